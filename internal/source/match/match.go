// Package match answers which paths a pattern matches: the matcher of a
// Next.js proxy, and the unauthenticatedPaths of AuthKit. Both are
// path-to-regexp's patterns, and each is compiled in its own way.
package match

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/previewgate/previewgate/internal/source/js/weburl"
)

// timeout bounds one match, since a pattern can backtrack without end.
const timeout = 100 * time.Millisecond

// ErrTooLong is a match that did not come to an end.
var ErrTooLong = errors.New("the pattern takes too long to match")

// A Pattern is a compiled one.
type Pattern struct {
	Source string // as it was written
	Regexp string // what it means, in JavaScript's notation

	re *regexp2.Regexp
}

// Matches says whether the pattern matches a path, which has no query.
func (p *Pattern) Matches(path string) (bool, error) {
	ok, err := p.re.MatchString(path)
	if err != nil {
		return false, ErrTooLong
	}
	return ok, nil
}

// AuthKit compiles a pattern of unauthenticatedPaths, or returns the error
// that every request then ends with. AuthKit reads it as a URL first, so that
// a question mark begins a query and a backslash is a slash.
func AuthKit(glob string) (*Pattern, error) {
	u, err := weburl.Parse(glob, &weburl.URL{Scheme: "https", Host: "example.com", Path: "/"})
	if err != nil {
		return nil, err
	}
	tokens, err := parse(u.Path + u.Hash)
	if err != nil {
		return nil, err
	}
	return compile(glob, tokens)
}

func compile(source string, tokens []token) (*Pattern, error) {
	expression, err := expression(tokens)
	if err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(expression, regexp2.ECMAScript)
	if err != nil {
		return nil, fmt.Errorf("Invalid regular expression: /%s/: %w", expression, err) //nolint:staticcheck // V8's words
	}
	re.MatchTimeout = timeout
	return &Pattern{source, escapeSlashes(expression), re}, nil
}

// escapeSlashes is what JavaScript does to a regular expression's source.
func escapeSlashes(expression string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(expression); i++ {
		switch c := expression[i]; {
		case c == '\\' && i+1 < len(expression):
			b.WriteByte(c)
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			b.WriteByte('\\')
		}
		b.WriteByte(expression[i])
	}
	return b.String()
}

// expression writes tokens as a regular expression with path-to-regexp's
// defaults: from the start to the end, one delimiter at the end allowed.
func expression(tokens []token) (string, error) {
	var b strings.Builder
	b.WriteByte('^')
	for _, t := range tokens {
		if t.isText {
			b.WriteString(quote(t.text))
			continue
		}
		part, err := t.expression()
		if err != nil {
			return "", err
		}
		b.WriteString(part)
	}
	b.WriteString("[" + quote(delimiter) + "]?$")
	return b.String(), nil
}

func (t token) expression() (string, error) {
	prefix, suffix := quote(t.prefix), quote(t.suffix)
	repeats := t.modifier == "+" || t.modifier == "*"
	switch {
	case t.pattern == "":
		return "(?:" + prefix + suffix + ")" + t.modifier, nil
	case prefix == "" && suffix == "" && repeats:
		return "", fmt.Errorf("Can not repeat \"%s\" without a prefix and suffix", t.name) //nolint:staticcheck // path-to-regexp's words
	case prefix == "" && suffix == "":
		return "(" + t.pattern + ")" + t.modifier, nil
	case repeats:
		optional := strings.Replace(strings.Replace(t.modifier, "*", "?", 1), "+", "", 1)
		return "(?:" + prefix + "((?:" + t.pattern + ")(?:" + suffix + prefix + "(?:" + t.pattern + "))*)" + suffix + ")" + optional, nil
	}
	return "(?:" + prefix + "(" + t.pattern + ")" + suffix + ")" + t.modifier, nil
}
