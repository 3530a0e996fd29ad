package redact

import "strings"

// longestName bounds how far back from an equals sign the name of a field is looked for.
const longestName = 64

// fields finds the values of fields whose name says that they are secret, in queries, forms, cookies, headers and JSON.
func fields(s string) []span {
	var spans []span
	for _, sign := range []string{"=", "%3D", "%3d", "%253D", "%253d", ":"} {
		for at := 0; ; {
			i := strings.Index(s[at:], sign)
			if i < 0 {
				break
			}
			end := at + i
			at = end + len(sign)
			value := span{at, at}
			if sign == ":" {
				value = afterColon(s, end)
			} else if isSecretField(s[:end]) {
				value.end += valueLength(s[at:], strings.HasPrefix(sign, "%"))
			}
			if value.start < value.end {
				spans = append(spans, value)
				at = value.end
			}
		}
	}
	return spans
}

// isSecretField reports whether s, which ends before a sign, ends with the name of a secret field.
func isSecretField(s string) bool {
	lead, name := lastName(s)
	switch {
	case name == "code":
		// "exit code=1" is no secret: here the name must begin a field of a query or form.
		return lead == 0 || strings.IndexByte("?&#\"'`%\\;", lead) >= 0
	case strings.HasPrefix(name, "wos-session"), strings.HasPrefix(name, "wos-auth-verifier"):
		return true
	}
	return isSecretName(name)
}

func isSecretName(name string) bool {
	switch name {
	case "password", "client_secret", "code_verifier", "refresh_token", "access_token", "workos-access-token",
		"x-vercel-protection-bypass", "x-vercel-trusted-oidc-idp-token", "_vercel_jwt", "_vercel_password":
		return true
	}
	return false
}

// lastName returns the name that s ends with, in lower case, and the byte before it, 0 at the start of s.
func lastName(s string) (lead byte, name string) {
	start := len(s)
	for start > 0 && len(s)-start < longestName && isToken(s[start-1]) {
		start--
	}
	name = s[start:]
	if start > 0 {
		lead = s[start-1]
		name = afterEscape(lead, name)
	}
	return lead, strings.ToLower(name)
}

// valueLength returns the length of a value of a query, form or cookie. Within a value that was encoded as a whole, an
// encoded ampersand ends it.
func valueLength(s string, encoded bool) int {
	n := 0
	for n < len(s) && s[n] > ' ' && strings.IndexByte("&;#\"'`<>\\", s[n]) < 0 {
		if encoded && (strings.HasPrefix(s[n:], "%26") || strings.HasPrefix(s[n:], "%2526")) {
			break
		}
		n++
	}
	return n
}

// afterColon returns the value after the colon at s[colon]: of a JSON member, whose name and value are quoted, or of a
// header that is itself a secret.
func afterColon(s string, colon int) span {
	start := colon + 1
	start += run(s[start:], isBlank)
	before := strings.TrimRight(s[max(0, colon-longestName):colon], " \t")
	named := strings.TrimSuffix(before, `"`)
	if named == before {
		if _, name := lastName(before); !strings.HasPrefix(name, "x-vercel-") || !isSecretName(name) {
			return span{}
		}
		return span{start, start + valueLength(s[start:], false)}
	}
	escapes := len(named) - len(strings.TrimRight(named, `\`))
	quote := strings.Repeat(`\`, escapes) + `"`
	if _, name := lastName(named[:len(named)-escapes]); !isSecretName(name) || !strings.HasPrefix(s[start:], quote) {
		return span{}
	}
	start += len(quote)
	return span{start, start + quotedLength(s[start:], escapes)}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// quotedLength returns the length of a JSON string up to its closing quote. The string may be quoted inside another, so
// that its quotes are escaped.
func quotedLength(s string, escapes int) int {
	backslashes := 0
	for i := range len(s) {
		switch {
		case s[i] == '\\':
			backslashes++
		case s[i] == '"' && escapes == 0 && backslashes%2 == 0:
			return i
		case s[i] == '"' && escapes > 0 && backslashes <= escapes:
			return i - backslashes
		default:
			backslashes = 0
		}
	}
	return len(s)
}
