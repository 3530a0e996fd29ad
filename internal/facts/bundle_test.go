package facts

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// broad is the matcher of the official templates as Next.js 16 publishes it.
const broad = `^(?:\/(_next\/data\/[^/]{1,}))?(?:\/((?!_next|[^?]*\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*))(\.json|\.rsc|\.segments\/.+\.segment\.rsc)?[\/#\?]?$`

func TestReadMatchers(t *testing.T) {
	tests := []struct {
		name, script string
		want         []Matcher
		is           bool
	}{
		{"one", `self.__MIDDLEWARE_MATCHERS = [
  {
    "regexp": "^\\/a[;\\]];$",
    "originalSource": "/a"
  }
];self.__MIDDLEWARE_MATCHERS_CB && self.__MIDDLEWARE_MATCHERS_CB()`, []Matcher{{"/a", `^\/a[;\]];$`}}, true},
		{"minified", `self.__MIDDLEWARE_MATCHERS=[{"regexp":"^a$","originalSource":"/a"},{"regexp":"^b$"}];`, []Matcher{{"/a", "^a$"}, {"", "^b$"}}, true},
		{"no proxy", `self.__MIDDLEWARE_MATCHERS = [];self.__MIDDLEWARE_MATCHERS_CB && self.__MIDDLEWARE_MATCHERS_CB()`, []Matcher{}, true},
		{"no value", `self.__MIDDLEWARE_MATCHERS = null;`, nil, false},
		{"no assignment", `self.__MIDDLEWARE_MATCHERS_CB()`, nil, false},
		{"not JSON", `self.__MIDDLEWARE_MATCHERS = [a()];`, nil, false},
		{"cut off", `self.__MIDDLEWARE_MATCHERS = [{"regexp":"^a`, nil, false},
		{"another script", `self.__BUILD_MANIFEST = {}`, nil, false},
		{"too many", `__MIDDLEWARE_MATCHERS=[` + strings.Repeat(`{},`, maxMatchers) + `{}]`, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, is := readMatchers(tt.script)
			if is != tt.is {
				t.Fatalf("got %v, want %v", is, tt.is)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMatcherCovers(t *testing.T) {
	const dashboard = `^(?:\/(_next\/data\/[^/]{1,}))?\/dashboard(?:\/((?:[^\/#\?]+?)(?:\/(?:[^\/#\?]+?))*))?(\.json|\.rsc|\.segments\/.+\.segment\.rsc)?[\/#\?]?$`
	tests := []struct {
		name, regexp, path string
		want               bool
	}{
		{"the front page", broad, "/", true},
		{"a page", broad, "/dashboard", true},
		{"a page below", broad, "/dashboard/settings", true},
		{"a JSON file", broad, "/data.json", true},
		{"Next.js' own files", broad, "/_next/static/chunks/a.js", false},
		{"a script", broad, "/a.js", false},
		{"a picture", broad, "/logo.svg", false},
		{"a path that holds an extension", broad, "/a.svg.page", false},
		{"a parameter", dashboard, "/dashboard", true},
		{"a parameter below", dashboard, "/dashboard/a/b", true},
		{"a longer name", dashboard, "/dashboards", false},
		{"a lookbehind", `^.*(?<!\.svg)$`, "/a.svg", false},
		{"a named group", `^/(?<lang>de|en)/x$`, "/de/x", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Matcher{tt.name, tt.regexp}.Covers(tt.path)
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestMatchersAreEvaluatedInBoundedTime(t *testing.T) {
	for name, pattern := range map[string]string{
		"catastrophic": `^\/(([a-z])+.)+[A-Z]([a-z])+$`,
		"nested":       `^\/(a*)*(a*)*(a*)*(a*)*b$`,
		"invalid":      `^(`,
		"too long":     strings.Repeat("a", 10_001),
		"deep":         strings.Repeat("(", 3_000) + strings.Repeat(")*", 3_000) + "b",
	} {
		started := time.Now()
		covers, err := Matcher{name, pattern}.Covers("/" + strings.Repeat("a", 200))
		if took := time.Since(started); took > 3*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
		if covers {
			t.Errorf("%s: it covers the path", name)
		}
		if err == nil && name != "deep" {
			t.Errorf("%s: it is no error", name)
		}
		if err != nil && len(err.Error()) > 700 {
			t.Errorf("%s: the error has %d bytes", name, len(err.Error()))
		}
	}
}
