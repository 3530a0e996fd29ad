package match

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dlclark/regexp2"
)

// A Matcher is one of the matchers in a proxy's config.
type Matcher struct {
	Source  string      `json:"source"`
	Has     []Condition `json:"has,omitempty"`
	Missing []Condition `json:"missing,omitempty"`
}

// A Condition is a request's property that a matcher asks for.
type Condition struct {
	Type  string `json:"type"` // header, cookie, query or host
	Key   string `json:"key,omitempty"`
	Value string `json:"value,omitempty"` // a regular expression; empty: any
}

// A Request is what a matcher looks at.
type Request struct {
	URL    *url.URL
	Header http.Header // with Cookie; Host is taken from the URL where it is missing
}

// Proxy is a set of compiled matchers.
type Proxy struct {
	matchers []Matcher
	patterns []*Pattern
}

// maxSource is how long Next.js lets a compiled source be.
const maxSource = 4096

// Next compiles the matchers of a proxy as Next.js 16 does, for an app
// without basePath and i18n. No matcher at all matches every path.
func Next(matchers []Matcher) (*Proxy, error) {
	p := &Proxy{matchers: matchers}
	for _, m := range matchers {
		pattern, err := next(m.Source)
		if err != nil {
			return nil, fmt.Errorf("Invalid source '%s': %w", m.Source, err) //nolint:staticcheck // the words of Next.js
		}
		p.patterns = append(p.patterns, pattern)
	}
	return p, nil
}

func next(source string) (*Pattern, error) {
	if !strings.HasPrefix(source, "/") {
		return nil, errors.New("source must start with /")
	}
	suffix := `{(\.json)}?`
	if source == "/" {
		suffix = `(/?index|/?index\.json)?`
	}
	full := `/:nextData(_next/data/[^/]{1,})?` + source + suffix
	if len(full) > maxSource {
		return nil, fmt.Errorf("exceeds max built length of %d for route", maxSource)
	}
	tokens, err := parse(full)
	if err != nil {
		return nil, err
	}
	return compile(source, repeatable(tokens))
}

// repeatable gives a repeated parameter without a prefix the prefix that
// Next.js gives it, because path-to-regexp would refuse it.
func repeatable(tokens []token) []token {
	bare := func(t token) bool {
		return !t.isText && t.pattern != "" && (t.modifier == "*" || t.modifier == "+") && t.prefix == "" && t.suffix == ""
	}
	if !slices.ContainsFunc(tokens, bare) {
		return tokens
	}
	for i, t := range tokens {
		if bare(t) {
			tokens[i].prefix = "/"
		}
	}
	return tokens
}

// Runs says whether the proxy runs for a request.
func (p *Proxy) Runs(r Request) (bool, error) {
	if len(p.matchers) == 0 {
		return true, nil
	}
	for i, pattern := range p.patterns {
		ok, err := pattern.Matches(r.URL.EscapedPath())
		if err != nil {
			return false, err
		}
		if !ok {
			continue
		}
		if ok, err = p.matchers[i].holds(r); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// RunsPath is Runs for a plain GET of a path.
func (p *Proxy) RunsPath(path string) (bool, error) {
	return p.Runs(Request{URL: &url.URL{Path: path}})
}

func (m Matcher) holds(r Request) (bool, error) {
	for _, c := range m.Has {
		if ok, err := c.holds(r); !ok || err != nil {
			return false, err
		}
	}
	for _, c := range m.Missing {
		if ok, err := c.holds(r); ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c Condition) holds(r Request) (bool, error) {
	value := c.of(r)
	if value == "" || c.Value == "" {
		return value != "", nil
	}
	re, err := regexp2.Compile("^"+c.Value+"$", regexp2.ECMAScript)
	if err != nil {
		return false, fmt.Errorf("Invalid regular expression: /^%s$/: %w", c.Value, err) //nolint:staticcheck // V8's words
	}
	re.MatchTimeout = timeout
	ok, err := re.MatchString(value)
	if err != nil {
		return false, ErrTooLong
	}
	return ok, nil
}

// of returns what the request has of the property.
func (c Condition) of(r Request) string {
	switch c.Type {
	case "header":
		return strings.Join(r.Header.Values(c.Key), ", ")
	case "cookie":
		if cookie, err := (&http.Request{Header: r.Header}).Cookie(c.Key); err == nil {
			return cookie.Value
		}
	case "query":
		if values := r.URL.Query()[c.Key]; len(values) > 0 {
			return values[len(values)-1]
		}
	case "host":
		host := r.Header.Get("Host")
		if host == "" {
			host = r.URL.Host
		}
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		return strings.ToLower(host)
	}
	return ""
}
