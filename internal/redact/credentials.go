package redact

import (
	"slices"
	"strings"
)

// credentials measures what follows an authentication scheme: long, and not made like a word, because prose has "Basic
// authentication" and "a Bearer token".
func credentials(scheme int) func(s string) (looked, from, to int) {
	return func(s string) (looked, from, to int) {
		start := scheme + gap(s[scheme:])
		if start == scheme {
			return scheme, 0, 0
		}
		end := start + run(s[start:], isCredential)
		if end-start < 6 || isProse(s[start:end]) {
			return start, 0, 0
		}
		return end, start, end
	}
}

// gap returns the length of the blanks, plain or encoded, at the start of s.
func gap(s string) int {
	n := 0
	for {
		switch {
		case strings.HasPrefix(s[n:], " "), strings.HasPrefix(s[n:], "\t"), strings.HasPrefix(s[n:], "+"):
			n++
		case strings.HasPrefix(s[n:], "%20"):
			n += len("%20")
		default:
			return n
		}
	}
}

func isCredential(c byte) bool { return isToken(c) || strings.IndexByte("+/=.~%", c) >= 0 }

// isProse reports whether a word has no digit and no upper-case letter after its first, and is not longer than words
// are.
func isProse(word string) bool {
	const longestWord = 24
	for i := range len(word) {
		if isDigit(word[i]) || i > 0 && 'A' <= word[i] && word[i] <= 'Z' {
			return false
		}
	}
	return len(word) <= longestWord
}

// convexKeys finds deploy keys, kind:name|secret, and keeps what stands before the bar.
func convexKeys(s string) []span {
	var spans []span
	for _, bar := range []string{"|", "%7C", "%7c"} {
		for at := 0; ; {
			i := strings.Index(s[at:], bar)
			if i < 0 {
				break
			}
			start := at + i + len(bar)
			at = start
			if !isDeployment(s[:start-len(bar)]) {
				continue
			}
			at += run(s[start:], isKey)
			if at-start >= 8 {
				spans = append(spans, span{start, at})
			}
		}
	}
	return spans
}

func isKey(c byte) bool { return isToken(c) || strings.IndexByte("+/=.%*", c) >= 0 }

// isDeployment reports whether s ends with the public half of a deploy key.
func isDeployment(s string) bool {
	const longest = 200
	start := len(s)
	for start > 0 && len(s)-start < longest && isName(s[start-1]) {
		start--
	}
	name := s[start:]
	return slices.ContainsFunc([]string{"prod", "dev", "preview", "project", "custom"}, func(kind string) bool {
		_, rest, found := strings.Cut(name, kind)
		return found && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "%3A") || strings.HasPrefix(rest, "%3a"))
	})
}

func isName(c byte) bool { return isToken(c) || c == ':' || c == '.' || c == '%' }
