package match

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// A kind of lexeme, by the name that path-to-regexp's messages use.
type kind string

const (
	open     kind = "OPEN"
	closing  kind = "CLOSE"
	pattern  kind = "PATTERN"
	name     kind = "NAME"
	char     kind = "CHAR"
	escaped  kind = "ESCAPED_CHAR"
	modifier kind = "MODIFIER"
	end      kind = "END"
)

type lexeme struct {
	kind  kind
	index int // in UTF-16 code units, for messages
	value string
}

type lexer struct {
	in   []rune
	at   int
	unit int // the index in UTF-16 code units of in[at]
	out  []lexeme
}

func lex(s string) ([]lexeme, error) {
	l := &lexer{in: []rune(s)}
	for l.at < len(l.in) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.add(end, "", 0)
	return l.out, nil
}

// add appends a lexeme and goes on behind the n characters it takes.
func (l *lexer) add(k kind, value string, n int) {
	l.out = append(l.out, lexeme{k, l.unit, value})
	behind := min(l.at+n, len(l.in)) // a backslash may be the last character
	for _, r := range l.in[l.at:behind] {
		l.unit += utf16.RuneLen(r)
	}
	l.at = behind
}

func (l *lexer) next() error {
	switch c := l.in[l.at]; c {
	case '*', '+', '?':
		l.add(modifier, string(c), 1)
	case '\\':
		value := ""
		if l.at+1 < len(l.in) {
			value = string(l.in[l.at+1])
		}
		l.add(escaped, value, 2)
	case '{':
		l.add(open, "{", 1)
	case '}':
		l.add(closing, "}", 1)
	case ':':
		return l.name()
	case '(':
		return l.pattern()
	default:
		l.add(char, string(c), 1)
	}
	return nil
}

func (l *lexer) name() error {
	n := 1
	for l.at+n < len(l.in) && isName(l.in[l.at+n]) {
		n++
	}
	if n == 1 {
		return fmt.Errorf("Missing parameter name at %d", l.unit) //nolint:staticcheck // path-to-regexp's words
	}
	l.add(name, string(l.in[l.at+1:l.at+n]), n)
	return nil
}

func isName(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_'
}

// pattern takes a regular expression in brackets; the only groups it may have
// are those that capture nothing.
func (l *lexer) pattern() error {
	rest := l.in[l.at+1:]
	if len(rest) > 0 && rest[0] == '?' {
		return fmt.Errorf("Pattern cannot start with \"?\" at %d", l.unit+1)
	}
	depth, n := 1, 0
	for n < len(rest) && depth > 0 {
		switch rest[n] {
		case '\\':
			n++
		case ')':
			depth--
		case '(':
			depth++
			if n+1 >= len(rest) || rest[n+1] != '?' {
				return fmt.Errorf("Capturing groups are not allowed at %d", l.unit+1+n) //nolint:staticcheck // path-to-regexp's words
			}
		}
		n++
	}
	if depth > 0 {
		return fmt.Errorf("Unbalanced pattern at %d", l.unit) //nolint:staticcheck // path-to-regexp's words
	}
	if n == 1 {
		return fmt.Errorf("Missing pattern at %d", l.unit) //nolint:staticcheck // path-to-regexp's words
	}
	l.add(pattern, string(rest[:n-1]), n+1)
	return nil
}

// quote escapes what has a meaning in a regular expression.
func quote(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`.+*?=^!:${}()[]|/\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
