package facts

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/scenario"
	"github.com/previewgate/previewgate/internal/web"
)

const (
	preview = "https://web-k3v9x2m1q-acme.vercel.app"
	alias   = "https://web-git-fix-login-acme.vercel.app"
	client  = "client_01JD5Q2M8W4N7RZK3XH6YB9TCE"
	build   = "q8ZtR3vLx0mWc5NfYk2pB"
)

// A play is a story that facts are learned from.
type play struct {
	transport *scenario.Transport
	target    gate.Target
	given     []gate.Given
}

// tell starts the healthy story of testdata, except for what differs.
func tell(t *testing.T, differs string, given ...gate.Given) play {
	t.Helper()
	text, err := os.ReadFile("../../testdata/stories/healthy.txtar")
	if err != nil {
		t.Fatal(err)
	}
	healthy, err := scenario.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	over, err := scenario.Parse([]byte(differs))
	if err != nil {
		t.Fatal(err)
	}
	p := play{transport: healthy.Except(over).Transport(), target: gate.Target{URL: preview}}
	c, err := web.New(web.Options{Transport: p.transport, Hosts: []string{"web-k3v9x2m1q-acme.vercel.app"}, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	usual := []gate.Given{Web.Is(c), Preview.Is(mustParse(t, preview)), Routes.Is(Paths{Protected: []string{"/dashboard"}})}
	p.given = slices.Concat(usual, given)
	t.Cleanup(func() {
		for _, complaint := range p.transport.Complaints() {
			t.Error(complaint)
		}
	})
	return p
}

// learn learns one fact, as a run of the gate would.
func learn[T any](t *testing.T, p play, fact *gate.Fact[T]) (T, error) {
	t.Helper()
	var value T
	var err error
	check := &gate.Check{ID: "test", Uses: []gate.Need{fact}, Judge: func(known *gate.Facts) gate.Verdict {
		value, err = fact.Lookup(known)
		return gate.Pass("")
	}}
	gate.Run(t.Context(), p.target, []*gate.Check{check}, gate.Options{}, p.given...)
	return value, err
}

// must learns one fact that has a value.
func must[T any](t *testing.T, p play, fact *gate.Fact[T]) T {
	t.Helper()
	value, err := learn(t, p, fact)
	if err != nil {
		t.Fatalf("%s: %v", fact.Name, err)
	}
	return value
}

// fails learns one fact that has no value, and returns why.
func fails[T any](t *testing.T, p play, fact *gate.Fact[T]) string {
	t.Helper()
	value, err := learn(t, p, fact)
	if err == nil {
		t.Fatalf("%s: it has the value %v", fact.Name, value)
	}
	return err.Error()
}

func asked(p play, what string) int {
	n := 0
	for _, request := range p.transport.Asked() {
		if strings.Contains(request, what) {
			n++
		}
	}
	return n
}

// TestNoURLIsFetchedTwice learns all that a run without credentials learns.
func TestNoURLIsFetchedTwice(t *testing.T) {
	p := tell(t, "")
	check := &gate.Check{ID: "test", Uses: []gate.Need{
		FrontPage, MissingAsset, UnknownPage, SignInPage, ProtectedPages, BadSession, ClientBundle, ProxyMatchers,
		Entrances, SignIn, Strangers, Elsewhere, Callback, SignOuts, Examined, JWKS, Issuer, ConvexSite, ConvexInstance, ConvexTrust,
	}, Judge: func(*gate.Facts) gate.Verdict { return gate.Pass("") }}
	gate.Run(t.Context(), p.target, []*gate.Check{check}, gate.Options{}, p.given...)
	times := make(map[string]int)
	for _, request := range p.transport.Asked() {
		times[request]++
	}
	for request, n := range times {
		withCookie := request == "GET "+preview+"/" || request == "GET "+preview+"/sign-in" || request == "GET "+preview+"/dashboard"
		switch {
		case strings.Contains(request, "/api/query_batch"), strings.Contains(request, "authkit.app/redirect-uri-invalid"):
		case withCookie && n == 2: // once without, and once with a broken session
		case n > 1:
			t.Errorf("%s was asked %d times", request, n)
		}
	}
	if n := asked(p, "/api/query_batch"); n != 5 {
		t.Errorf("%d tokens were presented to Convex", n)
	}
}

func TestVisitsFollowRedirectsOnTheSite(t *testing.T) {
	p := tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/dashboard --
HTTP/1.1 307 Temporary Redirect
Location: /en/dashboard#top
Set-Cookie: NEXT_LOCALE=en; Path=/
Set-Cookie: old=1
-- GET https://web-k3v9x2m1q-acme.vercel.app/en/dashboard [Cookie: NEXT_LOCALE=en; old=1] --
HTTP/1.1 307 Temporary Redirect
Location: https://web-k3v9x2m1q-acme.vercel.app/login
Set-Cookie: old=; Max-Age=0
-- GET https://web-k3v9x2m1q-acme.vercel.app/login [Cookie: NEXT_LOCALE=en] --
HTTP/1.1 307 Temporary Redirect
Location: https://api.workos.com/user_management/authorize?client_id=x
`)
	visits := must(t, p, ProtectedPages)
	v := visits[0]
	if len(v.Hops) != 3 || v.Next != "https://api.workos.com/user_management/authorize?client_id=x" {
		t.Errorf("got %d hops, then %q", len(v.Hops), v.Next)
	}
	if v.First().Request() != "GET /dashboard" || v.Last().Request() != "GET /login" {
		t.Errorf("it leads from %s to %s", v.First().Request(), v.Last().Request())
	}
}

func TestVisitsStopAtTheSitesBorder(t *testing.T) {
	for name, location := range map[string]string{
		"another host":   "https://web.acme.example/dashboard",
		"another scheme": "http://web-k3v9x2m1q-acme.vercel.app/dashboard",
		"no scheme":      "//web.acme.example/dashboard",
		"another port":   "https://web-k3v9x2m1q-acme.vercel.app:8443/dashboard",
	} {
		t.Run(name, func(t *testing.T) {
			p := tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/dashboard --\nHTTP/1.1 307 Temporary Redirect\nLocation: "+location+"\n")
			v := must(t, p, ProtectedPages)[0]
			if len(v.Hops) != 1 || v.Next == "" {
				t.Errorf("got %d hops, then %q", len(v.Hops), v.Next)
			}
		})
	}
}

func TestARedirectInACircleIsAnError(t *testing.T) {
	p := tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/dashboard --
HTTP/1.1 307 Temporary Redirect
Location: /sign-in
-- GET https://web-k3v9x2m1q-acme.vercel.app/sign-in --
HTTP/1.1 307 Temporary Redirect
Location: /dashboard
`)
	got := fails(t, p, ProtectedPages)
	if got != "/dashboard is redirected without end, by GET /sign-in to https://web-k3v9x2m1q-acme.vercel.app/dashboard" {
		t.Errorf("got %s", got)
	}
	if n := len(p.transport.Asked()); n != 2 {
		t.Errorf("%d requests were made", n)
	}
}

func TestACircleThatSetsCookiesEndsToo(t *testing.T) {
	p := tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/dashboard --
HTTP/1.1 307 Temporary Redirect
Location: /dashboard
Set-Cookie: a=1
-- GET https://web-k3v9x2m1q-acme.vercel.app/dashboard --
HTTP/1.1 307 Temporary Redirect
Location: /dashboard
Set-Cookie: b=1
`)
	fails(t, p, ProtectedPages)
}

func TestFrontPage(t *testing.T) {
	const wall = "-- GET https://web-k3v9x2m1q-acme.vercel.app/ --\nHTTP/1.1 302 Found\nServer: Vercel\nLocation: https://vercel.com/sso-api?url=x&nonce=y\n"
	front := must(t, tell(t, wall), FrontPage)
	if front.First().Wall() != WallSSO || front.Next != "" {
		t.Errorf("got %q, then %q", front.First().Wall(), front.Next)
	}
	if got := fails(t, tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/ --\nerror: connection refused\n"), FrontPage); !strings.Contains(got, "refused") {
		t.Errorf("got %s", got)
	}
	const gone = "-- GET https://web-k3v9x2m1q-acme.vercel.app/ --\nerror: no such host\n-- HEAD https://vercel.com/ --\n"
	if front := must(t, tell(t, gone+"HTTP/1.1 200 OK\n"), FrontPage); front.Trouble == "" || front.First().Status != 0 || front.Last().Status != 0 {
		t.Errorf("got %+v", front)
	}
	if got := fails(t, tell(t, gone+"error: no such host\n"), FrontPage); !strings.Contains(got, "no such host") {
		t.Errorf("got %s", got)
	}
}

func TestAWallIsNotTakenForThePage(t *testing.T) {
	p := tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/previewgate-nope.svg --\nHTTP/1.1 404 Not Found\nX-Vercel-Error: DEPLOYMENT_NOT_FOUND\n")
	if got := fails(t, p, MissingAsset); got != "GET /previewgate-nope.svg was answered by Vercel: DEPLOYMENT_NOT_FOUND" {
		t.Errorf("got %s", got)
	}
	p = tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/previewgate-nope.svg --\nHTTP/1.1 403 Forbidden\nX-Vercel-Mitigated: deny\n")
	if got := fails(t, p, MissingAsset); got != "GET /previewgate-nope.svg was answered by Vercel's firewall" {
		t.Errorf("got %s", got)
	}
}

func TestSignInPath(t *testing.T) {
	const missing = "-- GET https://web-k3v9x2m1q-acme.vercel.app/sign-in --\nHTTP/1.1 404 Not Found\n"
	const login = "-- GET https://web-k3v9x2m1q-acme.vercel.app/login --\n"
	const toWorkOS = "HTTP/1.1 307 Temporary Redirect\nLocation: https://api.workos.com/user_management/authorize?client_id=x&redirect_uri=y\n"
	const toLogin = "HTTP/1.1 307 Temporary Redirect\nLocation: /login\n"
	const unknown = "-- GET https://web-k3v9x2m1q-acme.vercel.app/previewgate-nope --\n"
	tests := []struct{ name, differs, want string }{
		{"the usual one", "", "/sign-in"},
		{"the other usual one", missing + login + toWorkOS + unknown + "HTTP/1.1 404 Not Found\n", "/login"},
		{"the other one, where visitors are sent", missing + login + toWorkOS + unknown + toLogin, "/login"},
		{"a proxy that protects whatever it does not know", missing + login + toWorkOS, "/sign-in"},
		{"neither", missing + login + "HTTP/1.1 404 Not Found\n", "/sign-in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if v := must(t, tell(t, tt.differs), SignInPage); v.Path != tt.want {
				t.Errorf("got %s", v.Path)
			}
		})
	}
	p := tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/enter --\nHTTP/1.1 404 Not Found\n", Routes.Is(Paths{SignIn: "/enter"}))
	if v := must(t, p, SignInPage); v.Path != "/enter" {
		t.Errorf("got %s for the named path", v.Path)
	}
}

func TestEntrances(t *testing.T) {
	all := must(t, tell(t, ""), Entrances)
	var paths []string
	for _, e := range all {
		paths = append(paths, e.Path)
		if e.ClientID != client || e.RedirectURI != preview+"/callback" || !e.Sealed || e.Origin != preview {
			t.Errorf("got %+v", e)
		}
	}
	if got := strings.Join(paths, " "); got != "/sign-in /dashboard /previewgate-nope" {
		t.Errorf("got %s", got)
	}
}

func TestALinkToWorkOSIsAnEntrance(t *testing.T) {
	p := tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/sign-in --
HTTP/1.1 200 OK
Content-Type: text/html

<a href="https://api.workos.com/user_management/authorize?client_id=client_01&amp;redirect_uri=https%3A%2F%2Fweb%2Fcallback">Sign in</a>
`)
	if in := must(t, p, SignIn); in.Path != "/sign-in" || in.ClientID != "client_01" || in.RedirectURI != "https://web/callback" || in.Sealed {
		t.Errorf("got %+v", in)
	}
}

func TestSignInPrefersAWholeRequest(t *testing.T) {
	p := tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/sign-in --\nHTTP/1.1 307 Temporary Redirect\nLocation: https://api.workos.com/user_management/authorize?client_id="+client+"&redirect_uri=\n")
	if in := must(t, p, SignIn); in.Path != "/dashboard" {
		t.Errorf("got %s", in.Path)
	}
	p = tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/{sign-in,login,dashboard,previewgate-nope} --
HTTP/1.1 404 Not Found
`)
	if got := fails(t, p, SignIn); got != "no path that was tried leads to WorkOS" {
		t.Errorf("got %s", got)
	}
}

func TestBadSession(t *testing.T) {
	p := tell(t, "", Routes.Is(Paths{Protected: []string{"/dashboard", "/dashboard", "/"}}))
	hops := must(t, p, BadSession)
	if len(hops) != 3 {
		t.Fatalf("got %d answers", len(hops))
	}
	for _, h := range hops {
		if !h.Deletes(SessionCookie) {
			t.Errorf("%s does not delete the session", h.Request())
		}
	}
}

func TestCallback(t *testing.T) {
	hop := must(t, tell(t, ""), Callback)
	if hop.Status != 500 || hop.Type() != "application/json" {
		t.Errorf("got %s", hop.Short())
	}
	p := tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/auth/return?state=previewgate --\nHTTP/1.1 404 Not Found\n",
		Routes.Is(Paths{Callback: "/auth/return"}))
	if hop := must(t, p, Callback); hop.Status != 404 {
		t.Errorf("got %s", hop.Short())
	}
	const to = "HTTP/1.1 307 Temporary Redirect\nLocation: https://api.workos.com/user_management/authorize?client_id=x&redirect_uri="
	for _, uri := range []string{"undefined/callback", "https://web.acme.example", "%25zz"} {
		p := tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/{sign-in,dashboard,previewgate-nope} --\n"+to+uri+"\n")
		if got := fails(t, p, Callback); !strings.Contains(got, "path") && !strings.Contains(got, "parse") {
			t.Errorf("%s: got %s", uri, got)
		}
	}
}

func TestSignOuts(t *testing.T) {
	p := tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/chunks/5e8a7d3c9b1f0246.js --
HTTP/1.1 200 OK

(0,t.jsx)(r.default,{href:"/api/auth/logout?to=/"}),(0,t.jsx)(r.default,{href:"//evil.example/logout"})
-- GET https://web-k3v9x2m1q-acme.vercel.app/api/auth/logout --
HTTP/1.1 307 Temporary Redirect
Location: /
Set-Cookie: wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=lax
`)
	outs := must(t, p, SignOuts)
	if len(outs) != 2 || outs[0].Path != "/sign-out" || outs[0].EndsSession() || !outs[1].EndsSession() {
		t.Errorf("got %+v", outs)
	}
	p = tell(t, "-- GET https://web-k3v9x2m1q-acme.vercel.app/leave --\nHTTP/1.1 405 Method Not Allowed\n", Routes.Is(Paths{SignOut: "/leave"}))
	if outs := must(t, p, SignOuts); len(outs) != 1 || outs[0].Status != 405 {
		t.Errorf("got %+v", outs)
	}
}
