package redact

import "strings"

// A shape recognises secrets that begin with a known prefix. Its measure is given the text from the prefix on and
// returns how much of it was looked at, and which part of that is secret; from equals to when none is. What was looked
// at is not looked at again, which keeps the whole linear.
type shape struct {
	prefix  string
	measure func(s string) (looked, from, to int)
}

// shapes returns where s has something of the shape of a secret.
func shapes(s string) []span {
	spans := append(append(fields(s), convexKeys(s)...), passwords(s)...)
	for _, known := range knownShapes() {
		for at := 0; ; {
			i := strings.Index(s[at:], known.prefix)
			if i < 0 {
				break
			}
			at += i
			if !startsWord(s, at) {
				at += len(known.prefix)
				continue
			}
			looked, from, to := known.measure(s[at:])
			if from < to {
				spans = append(spans, span{at + from, at + to})
			}
			at += max(looked, len(known.prefix))
		}
	}
	return spans
}

func knownShapes() []shape {
	all := []shape{{"eyJ", webToken}, {"Fe26.2", seal}, {"sk_", workosKey}, {"github_pat_", token(len("github_pat_"))}}
	for _, prefix := range []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "vcp_", "vca_", "vci_", "vck_", "vcr_"} {
		all = append(all, shape{prefix, token(len(prefix))})
	}
	for _, scheme := range []string{"Bearer", "bearer", "BEARER", "Basic", "basic", "BASIC"} {
		all = append(all, shape{scheme, credentials(len(scheme))})
	}
	return all
}

// startsWord reports whether no word runs on into s[at:]. The end of an escape, as in %3Dsk_live or \nsk_live, is no
// word. A seal is told by its prefix alone, and a JWT by a long first part, so those may begin anywhere.
func startsWord(s string, at int) bool {
	const longPart = 16
	rest := s[at:min(len(s), at+longPart)]
	if at == 0 || !isWord(s[at-1]) || strings.HasPrefix(rest, "Fe26") {
		return true
	}
	if strings.HasPrefix(rest, "eyJ") && run(rest, isToken) == longPart {
		return true
	}
	start := at
	for start > 0 && at-start < 8 && isWord(s[start-1]) {
		start--
	}
	return start > 0 && afterEscape(s[start-1], s[start:at]) == ""
}

// afterEscape cuts from a word what belongs to the escape that lead, the byte before it, begins.
func afterEscape(lead byte, word string) string {
	switch {
	case lead == '%':
		for strings.HasPrefix(word, "25") && len(word) >= 4 {
			word = word[2:] // an escaped percent sign: the escape goes on
		}
		return word[min(2, len(word)):]
	case lead == '\\' && strings.HasPrefix(word, "u00"):
		return word[min(5, len(word)):]
	case lead == '\\':
		return word[min(1, len(word)):]
	}
	return word
}

// webToken measures a JWT or JWE: three parts of base64url or more, the first of which begins with `{"`.
func webToken(s string) (looked, from, to int) {
	end := run(s, isToken)
	dots, filled := 0, 1
	for end < len(s) && s[end] == '.' {
		part := run(s[end+1:], isToken)
		end += 1 + part
		dots++
		if part > 0 {
			filled++
		}
	}
	if dots < 2 || filled < 2 {
		return end, 0, 0
	}
	return end, 0, end
}

// seal measures an iron seal, as it is or percent-encoded.
func seal(s string) (looked, from, to int) {
	const prefix = "Fe26.2"
	end := len(prefix)
	for strings.HasPrefix(s[end:], prefix) {
		end += len(prefix)
	}
	if end == len(s) || sealStar(s[end:]) == 0 {
		return end, 0, 0
	}
	for end < len(s) {
		n := sealStar(s[end:])
		if n == 0 && isToken(s[end]) {
			n = 1
		}
		if n == 0 {
			break
		}
		end += n
	}
	return end, 0, end
}

// sealStar returns the length of the * or ~ that s begins with, plain or percent-encoded any number of times.
func sealStar(s string) int {
	if s[0] == '*' || s[0] == '~' {
		return 1
	}
	if s[0] != '%' {
		return 0
	}
	i := 1
	for strings.HasPrefix(s[i:], "25") {
		i += 2
	}
	if len(s) < i+2 {
		return 0
	}
	switch s[i : i+2] {
	case "2A", "2a", "7E", "7e":
		return i + 2
	}
	return 0
}

// workosKey measures sk_test_, sk_live_ and other keys that begin with sk_.
func workosKey(s string) (looked, from, to int) {
	end := run(s, isWord)
	least := len("sk_") + 12
	if strings.HasPrefix(s, "sk_test_") || strings.HasPrefix(s, "sk_live_") {
		least = len("sk_test_") + 6
	}
	if end < least {
		return end, 0, 0
	}
	return end, 0, end
}

// token measures a token of at least eight characters after its prefix.
func token(prefix int) func(s string) (looked, from, to int) {
	return func(s string) (looked, from, to int) {
		end := run(s, isToken)
		if end < prefix+8 {
			return end, 0, 0
		}
		return end, 0, end
	}
}

// run returns how many bytes at the start of s are of a class.
func run(s string, class func(byte) bool) int {
	n := 0
	for n < len(s) && class(s[n]) {
		n++
	}
	return n
}

func isToken(c byte) bool { return isWord(c) || c == '-' }

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
