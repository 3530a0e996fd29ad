package match

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A verdict is what the original makes of a pattern: an error, or a regular
// expression and the paths that it matches.
type verdict struct {
	Error   string   `json:"error"`
	Regexp  string   `json:"regexp"`
	Matches []string `json:"matches"`
}

// TestAgreesWithTheOriginal compares with what path-to-regexp 6.3.0, on Node,
// answered for patterns wrapped as Next.js 16 and as AuthKit 4 wrap them.
func TestAgreesWithTheOriginal(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Paths    []string
		Patterns []struct {
			Source        string
			Next, AuthKit verdict
		}
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors.Patterns {
		pattern, err := next(v.Source)
		if diff := cmp.Diff(v.Next, judged(t, pattern, err, vectors.Paths)); diff != "" {
			t.Errorf("Next.js, %q (-want +got):\n%s", v.Source, diff)
		}
		pattern, err = AuthKit(v.Source)
		if diff := cmp.Diff(v.AuthKit, judged(t, pattern, err, vectors.Paths)); diff != "" {
			t.Errorf("AuthKit, %q (-want +got):\n%s", v.Source, diff)
		}
	}
}

func judged(t *testing.T, p *Pattern, err error, paths []string) verdict {
	t.Helper()
	if err != nil {
		return verdict{Error: err.Error()}
	}
	v := verdict{Regexp: p.Regexp, Matches: []string{}}
	for _, path := range paths {
		ok, err := p.Matches(path)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			v.Matches = append(v.Matches, path)
		}
	}
	return v
}

func TestProxyRuns(t *testing.T) {
	header := func(name, value string) []Condition { return []Condition{{Type: "header", Key: name, Value: value}} }
	assets := Matcher{Source: `/((?!_next/static|_next/image|favicon\.ico|.*\.(?:svg|png)$).*)`}
	for name, c := range map[string]struct {
		matchers []Matcher
		request  string
		header   map[string]string
		want     bool
	}{
		"no matcher":                   {nil, "https://a.example/_next/static/x.js", nil, true},
		"a page":                       {[]Matcher{assets}, "https://a.example/dashboard", nil, true},
		"the root":                     {[]Matcher{assets}, "https://a.example/", nil, true},
		"an asset":                     {[]Matcher{assets}, "https://a.example/logo.svg", nil, false},
		"the data of a page":           {[]Matcher{{Source: "/dashboard"}}, "https://a.example/_next/data/b1/dashboard.json", nil, true},
		"another case":                 {[]Matcher{{Source: "/dashboard"}}, "https://a.example/Dashboard", nil, false},
		"a slash at the end":           {[]Matcher{{Source: "/dashboard"}}, "https://a.example/dashboard/", nil, true},
		"the second of two":            {[]Matcher{{Source: "/a"}, {Source: "/b/:path*"}}, "https://a.example/b/c/d", nil, true},
		"a header that has to be":      {[]Matcher{{Source: "/a", Has: header("x-a", "")}}, "https://a.example/a", nil, false},
		"a header that is":             {[]Matcher{{Source: "/a", Has: header("x-a", "")}}, "https://a.example/a", map[string]string{"x-a": "1"}, true},
		"a header of another value":    {[]Matcher{{Source: "/a", Has: header("x-a", "2|3")}}, "https://a.example/a", map[string]string{"x-a": "1"}, false},
		"a header that must not be":    {[]Matcher{{Source: "/a", Missing: header("purpose", "prefetch")}}, "https://a.example/a", map[string]string{"purpose": "prefetch"}, false},
		"a cookie":                     {[]Matcher{{Source: "/a", Has: []Condition{{Type: "cookie", Key: "s"}}}}, "https://a.example/a", map[string]string{"cookie": "t=1; s=2"}, true},
		"a parameter":                  {[]Matcher{{Source: "/a", Has: []Condition{{Type: "query", Key: "q", Value: "(?<n>.+)"}}}}, "https://a.example/a?q=1&q=2", nil, true},
		"a host":                       {[]Matcher{{Source: "/a", Has: []Condition{{Type: "host", Value: "a.example"}}}}, "https://A.example:8443/a", nil, true},
		"a host by the header":         {[]Matcher{{Source: "/a", Has: []Condition{{Type: "host", Value: "b.example"}}}}, "https://a.example/a", map[string]string{"host": "b.example"}, true},
		"a repetition without a slash": {[]Matcher{{Source: "/(api)*"}}, "https://a.example/api/api", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Next(c.matchers)
			if err != nil {
				t.Fatal(err)
			}
			r := Request{Header: make(http.Header)}
			if r.URL, err = url.Parse(c.request); err != nil {
				t.Fatal(err)
			}
			for name, value := range c.header {
				r.Header.Set(name, value)
			}
			got, err := p.Runs(r)
			if err != nil || got != c.want {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestNextRefuses(t *testing.T) {
	for _, source := range []string{"dashboard", "/:", "/(", "/(a", "/((a))", "/" + strings.Repeat("x", 5000), "/([)"} {
		if _, err := Next([]Matcher{{Source: source}}); err == nil {
			t.Errorf("%.20q was taken", source)
		}
	}
}

// TestMatchEnds states that a pattern without an end is given up.
func TestMatchEnds(t *testing.T) {
	p, err := Next([]Matcher{{Source: "/((?:(?:a|aa)+)+)/end"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.RunsPath("/" + strings.Repeat("a", 60) + "/endless"); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v, want ErrTooLong", err)
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"/", "/:path*", `/((?!api|.*\..*).*)`, "/{:a-}+b", `\`, "/(\\", "/a?#{x}"} {
		f.Add(s, "/dashboard")
	}
	f.Fuzz(func(t *testing.T, source, path string) {
		if len(source) > 200 || len(path) > 200 {
			t.Skip()
		}
		if p, err := AuthKit(source); err == nil {
			_, _ = p.Matches(path)
		}
		if p, err := Next([]Matcher{{Source: source}}); err == nil {
			_, _ = p.RunsPath(path)
		}
	})
}
