package redact

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strings"
)

// minLength is the length below which a value is not treated as a secret.
const minLength = 6

// A needle is one form of a secret. Where it is cut out of longer base64, the character before or after it still holds
// some bits of the secret and goes too.
type needle struct {
	text                string
	wideLeft, wideRight bool
}

// needles returns every form of a secret: of the whole, of each of its lines, and of the secret half of a Convex key.
func needles(secret string) []needle {
	values := append([]string{secret, strings.TrimSpace(secret)}, strings.FieldsFunc(secret, isLineEnd)...)
	if name, tail, found := strings.Cut(secret, "|"); found && isDeployment(name) {
		values = append(values, strings.TrimSpace(tail))
	}
	var all []needle
	for _, value := range values {
		if len(value) >= minLength {
			all = append(all, forms(value)...)
		}
	}
	return all
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' }

// forms returns a value as it is and in each encoding.
func forms(value string) []needle {
	query, path := url.QueryEscape(value), url.PathEscape(value)
	texts := []string{
		value, query, path, lowerEscapes(query), lowerEscapes(path),
		strings.ReplaceAll(query, "+", "%20"), url.QueryEscape(query), url.QueryEscape(path),
		html.EscapeString(value),
	}
	texts = append(texts, jsonForms(value)...)
	var all []needle
	for _, text := range texts {
		all = append(all, needle{text: text})
	}
	for align := range 3 {
		all = append(all, base64Forms(value, align)...)
	}
	return all
}

// jsonForms returns a value as it stands between the quotes of JSON: as Go writes it, as JavaScript does, and with the
// slashes escaped.
func jsonForms(value string) []string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // a string always encodes
	plain := strings.TrimSuffix(b.String(), "\n")
	plain = plain[1 : len(plain)-1]
	escaped, _ := json.Marshal(value) // a string always encodes
	return []string{plain, string(escaped[1 : len(escaped)-1]), strings.ReplaceAll(plain, "/", `\/`)}
}

// base64Forms returns the characters that a value is sure to leave in base64 when align bytes, modulo three, stand
// before it and anything after it.
func base64Forms(value string, align int) []needle {
	padded := append(make([]byte, align), value...)
	encoded := base64.RawStdEncoding.EncodeToString(padded)
	cut := []int{0, 2, 3}[align]
	n := needle{wideLeft: align > 0, wideRight: len(padded)%3 != 0}
	if n.wideRight {
		encoded = encoded[:len(encoded)-1]
	}
	core := encoded[cut:]
	escaped := url.QueryEscape(core)
	var all []needle
	for _, n.text = range []string{core, strings.NewReplacer("+", "-", "/", "_").Replace(core), escaped, lowerEscapes(escaped)} {
		all = append(all, n)
	}
	return all
}

// lowerEscapes writes the hexadecimal digits of percent escapes in lower case.
func lowerEscapes(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

// find returns where the needles are in s, overlapping ones included.
func find(s string, known []needle) []span {
	var spans []span
	for _, n := range known {
		for at := 0; ; {
			i := strings.Index(s[at:], n.text)
			if i < 0 {
				break
			}
			start, end := at+i, at+i+len(n.text)
			at = start + 1
			if n.wideLeft && start > 0 && isBase64(s[start-1]) {
				start--
			}
			if n.wideRight && end < len(s) && isBase64(s[end]) {
				end++
			}
			spans = append(spans, span{start, end})
		}
	}
	return spans
}

func isBase64(c byte) bool { return isToken(c) || c == '+' || c == '/' }
