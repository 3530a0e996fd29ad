package facts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConvexURLs(t *testing.T) {
	const lemur = "https://swift-lemur-482.convex.cloud"
	tests := []struct {
		name, code string
		want       []string
	}{
		{"given to a client", `new n.M("https://swift-lemur-482.convex.cloud",{expectAuth:e})`, []string{lemur}},
		{"in a variable", `let u="https://swift-lemur-482.convex.cloud",c=new M(u)`, []string{lemur}},
		{"in a template", "let u=`https://swift-lemur-482.convex.cloud`", []string{lemur}},
		{"twice", `"https://swift-lemur-482.convex.cloud";"https://swift-lemur-482.convex.cloud"`, []string{lemur}},
		{"two deployments", `"https://swift-lemur-482.convex.cloud";"https://calm-heron-77.convex.cloud"`, []string{"https://calm-heron-77.convex.cloud", lemur}},
		{"in Europe", `new n.M("https://swift-lemur-482.eu-west-1.convex.cloud",{expectAuth:!0})`, []string{"https://swift-lemur-482.eu-west-1.convex.cloud"}},
		{"with a path", `"https://swift-lemur-482.convex.cloud/api"`, []string{lemur}},
		{"at the start", lemur, []string{lemur}},
		{"at the end of a sentence", "See https://swift-lemur-482.convex.cloud.", []string{lemur}},
		{"the library's example", "throw Error(`ConvexReactClient requires a URL like 'https://happy-otter-123.convex.cloud', received`)", nil},
		{"the library's other examples", `"https://happy-animal-123.convex.cloud" "https://small-mouse-123.convex.cloud"`, nil},
		{"an example of a newer library", "requires a URL like 'https://brave-newt-9.convex.cloud'", nil},
		{"the site of HTTP actions", `"https://swift-lemur-482.convex.site"`, nil},
		{"plain http", `"http://swift-lemur-482.convex.cloud"`, nil},
		{"a host that goes on", `"https://swift-lemur-482.convex.cloud.evil.example"`, nil},
		{"a host that goes on without a dot", `"https://swift-lemur-482.convex.cloudy.example"`, nil},
		{"another host before it", `"https://evil.example/https/swift-lemur-482.convex.cloud"`, nil},
		{"a custom domain", `new n.M("https://convex.acme.example",{expectAuth:!0})`, []string{"https://convex.acme.example"}},
		{"a self-hosted deployment", `new t.ConvexReactClient("http://127.0.0.1:3210/",{verbose:!0})`, []string{"http://127.0.0.1:3210"}},
		{"single quotes", `new t.ConvexReactClient('https://convex.acme.example',{expectAuth:!0})`, []string{"https://convex.acme.example"}},
		{"another client", `new n.Analytics("https://eu.analytics.example",{debug:!0})`, nil},
		{"none", `function a(){}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := convexURLs(tt.code); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestReadScriptNotesConvex(t *testing.T) {
	tests := []struct {
		name, code       string
		usesSDK, noValue bool
	}{
		{"the library", `class M{constructor(e){throw Error("No address provided to ConvexReactClient.")}}`, true, false},
		{"Turbopack leaves the variable", `new n.M(a.default.env.NEXT_PUBLIC_CONVEX_URL,{expectAuth:!0})`, false, true},
		{"webpack leaves the variable", `let u=r.env.NEXT_PUBLIC_CONVEX_URL;new M(u)`, false, true},
		{"an empty value", `new n.M("",{expectAuth:!0})`, false, true},
		{"no value", `new n.M(void 0,{expectAuth:!0})`, false, true},
		{"an empty value of something else", `new n.Image("",{alt:"x"})`, false, false},
		{"another variable", `a.default.env.NEXT_PUBLIC_CONVEX_URL_2,`, false, false},
		{"a value", `new n.M("https://swift-lemur-482.convex.cloud",{expectAuth:!0})`, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := readScript("a.js", tt.code, nil)
			if s.UsesSDK != tt.usesSDK || s.NoConvex != tt.noValue {
				t.Errorf("got library %v, no value %v", s.UsesSDK, s.NoConvex)
			}
		})
	}
}

func TestLeaks(t *testing.T) {
	const key = "sk_" + "test_" + "a2V5XzAxSkQ1UTJBQ01FLHRveQ"
	tests := []struct {
		name, code string
		known      []string
		want       []Leak
	}{
		{"a secret key", `let k="` + key + `"`, nil, []Leak{{"a secret key (sk_test_…)", "a.js", 7}}},
		{"a live key at the start", strings.Replace(key, "test", "live", 1), nil, []Leak{{"a secret key (sk_live_…)", "a.js", 0}}},
		{"a placeholder", `"sk_test_123456789"`, nil, nil},
		{"a publishable key", `"pk_test_a2V5XzAxSkQ1UTJBQ01FLHRveQ"`, nil, nil},
		{"a part of a longer name", `task_test_a2V5XzAxSkQ1UTJBQ01FLHRveQ`, nil, nil},
		{"a credential that we know", `let p="a-cookie-password-of-32-characters"`, []string{"a-cookie-password-of-32-characters"}, []Leak{{"a credential that previewgate was given", "a.js", 7}}},
		{"a key that we know is told once", `let k="` + key + `"`, []string{key}, []Leak{{"a secret key (sk_test_…)", "a.js", 7}}},
		{"a value that is too short to be sure", `let p="password"`, []string{"password", ""}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := leaks("a.js", tt.code, tt.known)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			for _, l := range got {
				if strings.Contains(l.What, "a2V5") {
					t.Errorf("%q holds the secret", l.What)
				}
			}
		})
	}
}

func TestJSXLinks(t *testing.T) {
	link := func(path string, prefetch Prefetch) []Link { return []Link{{path, prefetch, "a.js", 0}} }
	tests := []struct {
		name, code string
		want       []Link
	}{
		{"Turbopack", `(0,e.jsx)(t.default,{href:"/sign-out",children:"Sign out"})`, link("/sign-out", Prefetches)},
		{"Turbopack, no prefetch", `(0,e.jsx)(t.default,{href:"/sign-out",prefetch:!1,children:"Sign out"})`, link("/sign-out", NoPrefetch)},
		{"webpack", `(0,r.jsx)(i(),{href:"/sign-out",children:"Sign out"})`, link("/sign-out", Prefetches)},
		{"webpack, scope hoisted", `(0,r.jsxs)(l.Z,{href:"/sign-out",children:["Sign out",e]})`, link("/sign-out", MayPrefetch)},
		{"a bare component", `(0,r.jsx)(Link,{href:"/sign-out"})`, link("/sign-out", MayPrefetch)},
		{"not minified", `_jsx(Link, {href: "/sign-out"})`, nil},
		{"the older runtime", `a.createElement(o.default,{href:"/sign-out"},"Sign out")`, link("/sign-out", Prefetches)},
		{"a function without a comma operator", `t.jsx(n.default,{href:"/sign-out"})`, link("/sign-out", Prefetches)},
		{"other properties before", `(0,e.jsx)(t.default,{className:"a {b}, c",onClick:()=>{x({a:1},[2])},href:"/sign-out"})`, link("/sign-out", Prefetches)},
		{"prefetch before", `(0,e.jsx)(t.default,{prefetch:!1,href:"/sign-out"})`, link("/sign-out", NoPrefetch)},
		{"prefetch after children", `(0,e.jsx)(t.default,{href:"/sign-out",children:(0,e.jsx)("b",{children:"Out"}),prefetch:!1})`, link("/sign-out", NoPrefetch)},
		{"children before", `(0,e.jsx)(t.default,{children:["Sign out",(0,e.jsx)("b",{title:"}"})],href:"/sign-out"})`, link("/sign-out", Prefetches)},
		{"prefetch false", `(0,e.jsx)(t.default,{href:"/sign-out",prefetch:false})`, link("/sign-out", NoPrefetch)},
		{"prefetch true", `(0,e.jsx)(t.default,{href:"/sign-out",prefetch:!0})`, link("/sign-out", Prefetches)},
		{"prefetch auto", `(0,e.jsx)(t.default,{href:"/sign-out",prefetch:null})`, link("/sign-out", Prefetches)},
		{"a template literal", "(0,e.jsx)(t.default,{title:`${a?`x}`:{b:`,`}.b}, y`,href:`/sign-out`})", link("/sign-out", Prefetches)},
		{"single quotes", `(0,e.jsx)(t.default,{'href':'/sign-out'})`, link("/sign-out", Prefetches)},
		{"quoted names", `(0,e.jsx)(t.default,{"data-x":"1","href":"/sign-out"})`, link("/sign-out", Prefetches)},
		{"spread properties", `(0,e.jsx)(t.default,{...n?{a:1}:{},href:"/sign-out"})`, link("/sign-out", Prefetches)},
		{"escaped quotes", `(0,e.jsx)(t.default,{title:"say \"x\", {",href:"/sign-out"})`, link("/sign-out", Prefetches)},
		{"an object for href", `(0,e.jsx)(t.default,{href:{pathname:"/sign-out",query:{a:1}}})`, link("/sign-out", Prefetches)},
		{"with a query", `(0,e.jsx)(t.default,{href:"/sign-out?to=/"})`, link("/sign-out?to=/", Prefetches)},
		{"a plain link", `(0,e.jsx)("a",{href:"/sign-out",children:"Sign out"})`, link("/sign-out", NoPrefetch)},
		{"a form", `(0,e.jsx)("form",{action:"/sign-out"})`, nil},
		{"a component by name", `(0,e.jsx)(i.Button,{href:"/sign-out"})`, link("/sign-out", MayPrefetch)},
		{"a computed prefetch", `(0,e.jsx)(t.default,{href:"/sign-out",prefetch:n})`, link("/sign-out", MayPrefetch)},
		{"a computed href", `(0,e.jsx)(t.default,{href:n})`, nil},
		{"a computed template", "(0,e.jsx)(t.default,{href:`/sign-out/${n}`})", nil},
		{"a sum", `(0,e.jsx)(t.default,{href:"/sign-out"+n})`, nil},
		{"another host", `(0,e.jsx)(t.default,{href:"https://x.example/sign-out"})`, nil},
		{"another host without a scheme", `(0,e.jsx)(t.default,{href:"//x.example/sign-out"})`, nil},
		{"another host by a backslash", `(0,e.jsx)(t.default,{href:"/\\x.example/sign-out"})`, nil},
		{"no properties", `(0,e.jsx)(t.default,null)`, nil},
		{"href of a child is not the parent's", `(0,e.jsx)(t.default,{children:n("a",{href:"/x"})})`, nil},
		{"cut off in a string", `(0,e.jsx)(t.default,{href:"/sign-o`, nil},
		{"cut off in a template", "(0,e.jsx)(t.default,{href:`/sign-${", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := jsxLinks("a.js", tt.code)
			for i := range got {
				got[i].Offset = 0
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinksInsideLinksAreFound(t *testing.T) {
	const code = `(0,e.jsxs)("nav",{children:[(0,e.jsx)(t.default,{href:"/a",children:"A"}),(0,e.jsx)(t.default,{href:"/b",prefetch:!1})]})`
	got := jsxLinks("a.js", code)
	want := []Link{{"/a", Prefetches, "a.js", 33}, {"/b", NoPrefetch, "a.js", 79}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPrefetchCalls(t *testing.T) {
	got := readScript("a.js", `r.prefetch("/sign-out");r.prefetch(e);r.prefetch("//x.example");r.prefetch('/b')`, nil).Links
	want := []Link{{"/sign-out", Prefetches, "a.js", 1}, {"/b", Prefetches, "a.js", 65}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// minified returns a chunk of that size on one line, of the kind that
// bundlers make.
func minified(size int) string {
	const code = `function a(b,c){return null==b?c:b.d(c)}class x extends y{constructor(c){super(c),this.d=new Map([["a","b"]])}}` +
		`(0,t.jsxs)("div",{className:"flex items-center",children:[(0,t.jsx)(r.default,{src:e,alt:"x"}),(0,t.jsx)("p",{children:n})]}),` +
		`let q=new n.Q("/path",{a:1}),u="https://docs.example/a";try{a.b(0)}catch(c){console.error(c.d)}` +
		`(0,t.jsx)(l.default,{href:"/docs",className:"a",children:"Docs"});`
	return strings.Repeat(code, size/len(code)+1)[:size]
}

func BenchmarkReadScript(b *testing.B) {
	code := minified(4 << 20)
	known := []string{"a-cookie-password-of-32-characters", "a-bypass-secret-of-32-characters-"}
	b.SetBytes(int64(len(code)))
	for b.Loop() {
		readScript("a.js", code, known)
	}
}

func TestReadScriptIsBounded(t *testing.T) {
	const size = 1 << 19
	for name, piece := range map[string]string{
		"ordinary code":        minified(size),
		"one name":             "a",
		"elements":             `(0,e.jsx)(t.default,{href`,
		"open templates":       "(0,e.jsx)(a,{href:`${",
		"open braces":          `jsx(a,{href:{`,
		"empty clients":        `new a("",{`,
		"clients":              `new a("https://x.example",{`,
		"addresses":            `https://a-b.convex.cloud`,
		"domains":              `.convex.cloud`,
		"keys":                 `sk_test_a`,
		"prefetch":             `.prefetch("/`,
		"new":                  `new `,
		"quotes":               `"`,
		"bytes of no alphabet": "\xff\x00",
	} {
		code := strings.Repeat(piece, size/len(piece)+1)[:size]
		started := time.Now()
		readScript("a.js", code, nil)
		if took := time.Since(started); took > 8*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
		t.Logf("%s: %v", name, time.Since(started))
	}
}
