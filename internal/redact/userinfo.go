package redact

import "strings"

// passwords returns where s has the password of a URL: between the colon and
// the last at sign of what stands before its host.
func passwords(s string) []span {
	var spans []span
	const slashes = "://"
	for at := 0; ; {
		i := strings.Index(s[at:], slashes)
		if i < 0 {
			return spans
		}
		at += i + len(slashes)
		authority := s[at:]
		if end := strings.IndexAny(authority, "/?#\\ \t\r\n\"'`<>"); end >= 0 {
			authority = authority[:end]
		}
		colon, sign := strings.IndexByte(authority, ':'), strings.LastIndexByte(authority, '@')
		if colon >= 0 && colon+1 < sign {
			spans = append(spans, span{at + colon + 1, at + sign})
		}
	}
}
