package har

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/previewgate/previewgate/internal/redact"
)

// path returns the path of an address with masks in place of what may be a
// secret.
func (r *reader) path(u *url.URL) string { return r.redactor.String(MaskedPath(u)) }

// MaskedPath returns the path of an address with masks in place of parts that
// are longer than words and have a digit, such as the token of an invitation.
func MaskedPath(u *url.URL) string {
	const longest = 200
	path := u.EscapedPath()
	if path == "" {
		return "/"
	}
	if len(path) > longest {
		path = path[:longest] + "…"
	}
	if strings.HasPrefix(path, "/_next/static/") {
		return path
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		name, _, _ := strings.Cut(part, ";")
		if longPart(name) {
			name = redact.Mask
		}
		parts[i] = name
	}
	return strings.Join(parts, "/")
}

// longPart reports whether a part of a path is longer than words are.
func longPart(part string) bool {
	const longest = 24
	return len(part) > longest && strings.ContainsAny(part, "0123456789%")
}

// parameters lists the names of a query's parameters.
func parameters(query string) []string {
	const most = 20
	var names []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if len(names) < most && parameterName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}

var parameterName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z_.-]{0,31}$`)

// cookieName returns the name of a cookie, and "" for what is no usual name.
func cookieName(name string) string {
	if len(name) > 64 || !tokenName.MatchString(name) {
		return ""
	}
	return name
}

var tokenName = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)

// word returns a word of a list that recorders choose from, in lower case, and
// "" for anything else.
func word(text string) string {
	text = strings.ToLower(text)
	if len(text) > 24 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return ""
	}
	return text
}

// printable leaves the letters, digits and simple marks of a name.
func printable(name string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, name))
}

func withoutFragment(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}
