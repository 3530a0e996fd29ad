package facts

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mustParse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestReadPage(t *testing.T) {
	const doc = `<!DOCTYPE html><html lang="en"><head>
<link rel="preload" as="script" href="/_next/static/chunks/preloaded.js"/>
<link rel="modulepreload" href="/_next/static/chunks/module.js"/>
<link rel="stylesheet" href="/_next/static/chunks/style.css"/>
<script src="/_next/static/chunks/polyfill.js" noModule=""></script>
<script src="/_next/static/chunks/a.js?dpl=dpl_1" async=""></script>
<script src="/_next/static/chunks/a.js?dpl=dpl_1" async=""></script>
<script src="https://cdn.example/_next/static/chunks/b.js"></script>
<script src="https://other.example/analytics.js"></script>
<script>"<a href='/not-a-link'>"</script></head>
<body><a href="/sign-in">Sign in</a><a href="https://elsewhere.example/">Out</a><a href="//elsewhere.example/">Out</a>
<a href="https://api.workos.com/user_management/authorize?client_id=client_01&amp;redirect_uri=https%3A%2F%2Fweb%2Fcallback&amp;reg=1">Sign in</a>
<script>self.__next_f.push([1,"0:{\"P\":null,\"b\":\"q8ZtR3vLx0mWc5NfYk2pB\",\"c\":[\"\",\"\"],\"f\":[[\"$\",\"$L5\",null,{\"children\":\"Say \\\"bye\\\"\",\"href\":\"/sign-out\"}]]}"])</script>
<script>window.env={CONVEX:"https://swift-lemur-482.convex.cloud"}</script></body></html>`
	got := readPage(mustParse(t, "https://web.vercel.app/de/"), []byte(doc))
	want := Page{
		Scripts: []string{
			"https://web.vercel.app/_next/static/chunks/preloaded.js",
			"https://web.vercel.app/_next/static/chunks/module.js",
			"https://web.vercel.app/_next/static/chunks/a.js?dpl=dpl_1",
			"https://cdn.example/_next/static/chunks/b.js",
		},
		BuildID:   "q8ZtR3vLx0mWc5NfYk2pB",
		Convex:    []string{"https://swift-lemur-482.convex.cloud"},
		Authorize: "https://api.workos.com/user_management/authorize?client_id=client_01&redirect_uri=https%3A%2F%2Fweb%2Fcallback&reg=1",
		Anchors:   []string{"/sign-in"},
		Links:     []Link{{Path: "/sign-out", Prefetch: MayPrefetch, Source: "the page's flight data"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadPageNotesACrash(t *testing.T) {
	p := readPage(mustParse(t, "https://web.vercel.app/"), []byte(`<!DOCTYPE html><html id="__next_error__" lang="en">`))
	if !p.Crashed {
		t.Error("the page of Next.js for an exception is not recognised")
	}
}

// TestReadPageFindsTheChunksOfACrash holds that the chunks of a page that
// crashed are found: it loads none of the app's own by an element, since the
// browser renders once more what the flight data says.
func TestReadPageFindsTheChunksOfACrash(t *testing.T) {
	const doc = `<!DOCTYPE html><html id="__next_error__"><head>
<script src="/_next/static/chunks/runtime.js" async=""></script><script src="/_next/static/chunks/polyfill.js" noModule=""></script></head><body>
<script id="_R_">load({"otherChunks":["static/chunks/runtime.js"],"note":"/_next/static/chunks/none.js"})</script>
<script>self.__next_f.push([1,"4:\"/_next/static/chunks/shared.js\"\n5:I[35746,[\"$4\",\"https://cdn.example/_next/static/chunks/providers.js?dpl=dpl_1\"],\"Providers\"]\n"])</script>
<script>self.__next_f.push([1,"6:\"/_next/static/chunks/runtime.js\"\n7:\"/_next/static/chunks/style.css\"\n8:\"go to /_next/static/chunks/text.js\"\n"])</script></body></html>`
	got := readPage(mustParse(t, "https://web.vercel.app/"), []byte(doc)).Scripts
	want := []string{
		"https://web.vercel.app/_next/static/chunks/runtime.js",
		"https://web.vercel.app/_next/static/chunks/shared.js",
		"https://cdn.example/_next/static/chunks/providers.js?dpl=dpl_1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuildID(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"App Router, Next.js 16", `0:{"P":null,"b":"q8ZtR3vLx0mWc5NfYk2pB","c":["",""],"q":""`, "q8ZtR3vLx0mWc5NfYk2pB"},
		{"App Router, Next.js 15", `0:{"P":null,"b":"q8ZtR3vLx0mWc5NfYk2pB","p":"","c":["",""]`, "q8ZtR3vLx0mWc5NfYk2pB"},
		{"App Router, Next.js 14", `0:["$","$L2",null,{"buildId":"q8ZtR3vLx0mWc5NfYk2pB","assetPrefix":""`, "q8ZtR3vLx0mWc5NfYk2pB"},
		{"an answer of a server action", `0:{"a":"$@1","f":"","q":"","i":false,"b":"q8ZtR3vLx0mWc5NfYk2pB"}`, "q8ZtR3vLx0mWc5NfYk2pB"},
		{"Pages Router", `<script id="__NEXT_DATA__" type="application/json">{"page":"/","buildId":"q8ZtR3vLx0mWc5NfYk2pB"}`, "q8ZtR3vLx0mWc5NfYk2pB"},
		{"the manifest's path", `<script src="/_next/static/q8ZtR3vLx0mWc5NfYk2pB/_buildManifest.js">`, "q8ZtR3vLx0mWc5NfYk2pB"},
		{"the app's own data before the root", `{"a":1,"b":"something-else"} 0:{"P":null,"b":"q8ZtR3vLx0mWc5NfYk2pB","c":[""]`, "q8ZtR3vLx0mWc5NfYk2pB"},
		{"a short value", `0:{"P":null,"b":"abc","c":[""]`, ""},
		{"a value of a path", `/_next/static/../_buildManifest.js`, ""},
		{"a chunk's path", `/_next/static/chunks/main.js`, ""},
		{"none", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := buildID(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFlightLinks(t *testing.T) {
	link := func(path string, prefetch Prefetch) []Link {
		return []Link{{Path: path, Prefetch: prefetch, Source: "the page's flight data"}}
	}
	tests := []struct {
		name, text string
		want       []Link
	}{
		{"a Link", `["$","$L5",null,{"href":"/sign-out","children":"Sign out"}]`, link("/sign-out", MayPrefetch)},
		{"a Link with a key", `["$","$L1f","out",{"className":"x","href":"/sign-out"}]`, link("/sign-out", MayPrefetch)},
		{"a Link without prefetch", `["$","$L5",null,{"href":"/sign-out","prefetch":false,"children":"Sign out"}]`, link("/sign-out", NoPrefetch)},
		{"prefetch before href", `["$","$L5",null,{"prefetch":false,"href":"/sign-out"}]`, link("/sign-out", NoPrefetch)},
		{"children that are elements", `["$","$L5",null,{"children":["$","b",null,{"children":"Sign out"}],"href":"/sign-out"}]`, link("/sign-out", MayPrefetch)},
		{"a plain link", `["$","a",null,{"href":"/sign-out","children":"Sign out"}]`, link("/sign-out", NoPrefetch)},
		{"the same twice", `["$","$L5",null,{"href":"/x"}]["$","$L5",null,{"href":"/x"}]`, link("/x", MayPrefetch)},
		{"a link in a list", `["$","ul",null,{"children":["$","$L5",null,{"href":"/x"}]}]`, link("/x", MayPrefetch)},
		{"another host", `["$","$L5",null,{"href":"https://x.example/"}]`, nil},
		{"another host without a scheme", `["$","$L5",null,{"href":"//x.example/sign-out"}]`, nil},
		{"cut off", `["$","$L5",null,{"href":"/sign-ou`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, flightLinks(tt.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadPageIsBounded(t *testing.T) {
	var scripts, flight strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&scripts, `<script src="/_next/static/chunks/%d.js" async=""></script><a href="/%d">x</a>`, i, i)
	}
	for flight.Len() < 1<<19 {
		flight.WriteString(`[\"$\",\"$L5\",null,{\"className\":\"x\",\"href\":\"/a\",\"children\":[`)
	}
	for name, doc := range map[string]string{
		"scripts": scripts.String(), "flight data": flight.String(),
		"chunks in flight data": `<script>self.__next_f.push([1,` + strings.Repeat(`/_next/static/chunks/x`, 50_000) + `"`,
		"an attribute":          `<script src="` + strings.Repeat("x", 1<<20), "build": strings.Repeat(`,"b":"`, 100_000),
	} {
		started := time.Now()
		p := readPage(mustParse(t, "https://web.vercel.app/"), []byte(doc))
		if took := time.Since(started); took > time.Minute {
			t.Errorf("%s: it took %v", name, took)
		}
		if len(p.Scripts) > maxScripts || len(p.Anchors) > maxScripts || len(p.Links) > maxScripts {
			t.Errorf("%s: it kept %d scripts, %d anchors and %d links", name, len(p.Scripts), len(p.Anchors), len(p.Links))
		}
	}
}
