package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shape is what an answer must look like: every header given must match its
// pattern whole, none meaning absent.
type shape struct {
	status int
	header map[string]string
	body   string // a pattern for the whole body
}

const none = "^$"

// wantShape compares an answer with its shape. Several values of a header are
// joined by line breaks.
func wantShape(t *testing.T, name string, got answer, want shape) {
	t.Helper()
	if got.status != want.status {
		t.Errorf("%s: status %d, want %d", name, got.status, want.status)
	}
	for header, pattern := range want.header {
		if value := strings.Join(got.header.Values(header), "\n"); !whole(pattern, value) {
			t.Errorf("%s: %s: %q, want %s", name, header, value, pattern)
		}
	}
	if !whole(want.body, got.body) {
		t.Errorf("%s: body %.300q, want %s", name, got.body, want.body)
	}
}

func whole(pattern, text string) bool {
	return regexp.MustCompile(`^(?s:` + pattern + `)$`).MatchString(text)
}

const (
	authorizeV4 = `https://api\.workos\.com/user_management/authorize\?client_id=client_01SANDB0XPREV1EW0000000001` +
		`&code_challenge=[\w-]{43}&code_challenge_method=S256&provider=authkit` +
		`&redirect_uri=https%3A%2F%2Fweb-k3v9x2m1q-acme\.vercel\.app%2Fcallback&response_type=code&screen_hint=sign-in` +
		`&state=Fe26\.2%2A1%2A[0-9a-f]{64}%2A[\w-]+%2A[\w-]+%2A\d{13}%2A[0-9a-f]{64}%2A[\w-]{43}~2`
	proxyVerifier   = `wos-auth-verifier-[0-9a-f]{8}=Fe26\.2\*1\*.*~2; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure`
	handlerVerifier = `wos-auth-verifier-[0-9a-f]{8}=Fe26\.2\*1\*.*~2; Path=/; Expires=[^;]+ GMT; Max-Age=600; Secure; HttpOnly; SameSite=lax`
	deletedSession  = `wos-session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure`
	deletedEager    = `workos-access-token=; SameSite=Lax; Max-Age=0; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT`
	signedOut       = `wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=lax`
	callbackJSON    = `\{"error":\{"message":"Something went wrong","description":"Couldn't sign in\. .*"\}\}`
	crashedHTML     = `<!DOCTYPE html><html id="__next_error__".*`
	twoRegions      = `iad1::iad1::[0-9a-f]{5}-\d{13}-[0-9a-f]{12}`
)

func TestAHealthyPreviewAnswers(t *testing.T) {
	const document = "\nAccept: text/html"
	v := visit(t)
	anonymous := map[string]string{"Set-Cookie": none, "Location": authorizeV4}
	cases := map[string]shape{
		"GET /" + document: {200, map[string]string{
			"Set-Cookie": none, "Content-Type": "text/html; charset=utf-8", "Server": "Vercel", "X-Vercel-Id": twoRegions, "X-Matched-Path": "/", "X-Vercel-Cache": "MISS",
		}, `<!DOCTYPE html><html lang="en">.*\\"b\\":\\"pGt0yBu1ldSandb0x482x\\".*`},
		"GET /dashboard" + document: {307, map[string]string{
			"Location": authorizeV4, "Set-Cookie": proxyVerifier, "Cache-Control": "no-store", "Vary": none, "X-Vercel-Error": none,
		}, authorizeV4},
		"GET /dashboard?x=1\nAccept: */*":                         {307, map[string]string{"Location": authorizeV4, "Set-Cookie": none, "Cache-Control": none}, authorizeV4},
		"GET /dashboard" + document + "\nRSC: 1":                  {307, anonymous, authorizeV4},
		"GET /dashboard" + document + "\nNext-Router-Prefetch: 1": {307, anonymous, authorizeV4},
		"POST /dashboard":                   {303, anonymous, authorizeV4},
		"GET /api/me":                       {307, anonymous, authorizeV4},
		"GET /no-such-page":                 {307, anonymous, authorizeV4},
		"GET /sign-in":                      {307, map[string]string{"Location": authorizeV4, "Set-Cookie": handlerVerifier, "Vary": "rsc, .*"}, ""},
		"GET /callback":                     {500, map[string]string{"Content-Type": "application/json", "X-Middleware-Cache": "no-cache", "Set-Cookie": none}, callbackJSON},
		"GET /callback?error=access_denied": {500, map[string]string{"Set-Cookie": none}, callbackJSON},
		"GET /callback?code=x&state=abc":    {500, map[string]string{"Set-Cookie": `wos-auth-verifier-1a47e90b=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure`}, callbackJSON},
		"GET /sign-out":                     {405, map[string]string{"Set-Cookie": none}, ""},
		"POST /sign-out":                    {307, map[string]string{"Set-Cookie": signedOut, "Location": "/"}, ""},
		"GET /convex.svg":                   {200, map[string]string{"X-Vercel-Cache": "HIT", "X-Vercel-Id": `iad1::[^:]+`}, `<svg.*`},
		"GET /previewgate-nope.svg":         {500, map[string]string{"X-Matched-Path": "/500", "X-Vercel-Error": none}, crashedHTML},
		"GET /dashboard" + document + "\nCookie: wos-session=garbage":    {307, map[string]string{"Set-Cookie": deletedSession + "\n" + deletedEager + "\n" + proxyVerifier, "Vary": "Cookie"}, ".*"},
		"GET /" + "\nCookie: wos-session=garbage":                        {200, map[string]string{"Set-Cookie": deletedSession + "\n" + deletedEager}, ".*"},
		"GET /callback\nCookie: wos-session=garbage":                     {500, map[string]string{"Set-Cookie": deletedSession + "\n" + deletedEager}, callbackJSON},
		"GET /previewgate-nope.svg\nCookie: wos-session=garbage":         {500, map[string]string{"Set-Cookie": none}, crashedHTML},
		"POST /\nNext-Action: no-such-action\n\n[]":                      {409, map[string]string{"X-Nextjs-Action-Not-Found": "1"}, `Server Action unavailable\.`},
		"POST /\nNext-Action: " + actionID("getAuthAction") + "\n\n[{}]": {200, map[string]string{"Content-Type": "text/x-component"}, `0:\{.*\n1:\{"user":null\}\n`},
	}
	for request, want := range cases {
		wantShape(t, request, v.ask(request), want)
	}
}

func actionID(name string) string {
	i := slices.IndexFunc(actions(), func(a action) bool { return a.name == name })
	return actions()[i].id
}

func TestTheCallbacksAnswerIs153Bytes(t *testing.T) {
	if got := visit(t).ask("GET /callback"); len(got.body) != 153 {
		t.Errorf("%d bytes", len(got.body))
	}
}

func TestABrokenPreviewAnswers(t *testing.T) {
	noPassword := func(w *World) { w.App.CookiePassword = "" }
	nextStart := func(w *World) { w.Edge.NextStart = true }
	noProxy := func(w *World) { w.App.Proxy.Missing = true }
	strict := func(w *World) {
		w.App.Proxy.Open = append(w.App.Proxy.Open, "/dashboard")
		setRoute(w, "/dashboard", StrictPage)
	}
	threw := shape{500, map[string]string{"X-Vercel-Error": "MIDDLEWARE_INVOCATION_FAILED"}, `A server error has occurred\n\nMIDDLEWARE_INVOCATION_FAILED\n\niad1::.*`}
	threwPlain := shape{500, map[string]string{"Content-Type": "text/plain", "Server": none, "Set-Cookie": none}, "Internal Server Error"}
	cases := []struct {
		name    string
		changes []func(*World)
		request string
		want    shape
	}{
		{"the proxy throws on pages", []func(*World){noPassword}, "GET /", threw},
		{"the proxy throws on unknown paths", []func(*World){noPassword}, "GET /no-such-page", threw},
		{"the proxy throws on the callback", []func(*World){noPassword}, "GET /callback", threw},
		{"the proxy throws without a platform", []func(*World){noPassword, nextStart}, "GET /callback", threwPlain},
		{"a short password throws", []func(*World){func(w *World) { w.App.CookiePassword = "short" }, nextStart}, "GET /", threwPlain},
		{"no client ID throws", []func(*World){func(w *World) { w.App.ClientID = "" }, nextStart}, "GET /", threwPlain},
		{"no redirect URI throws", []func(*World){func(w *World) { w.App.Proxy.RedirectURI = "" }, nextStart}, "GET /", threwPlain},
		{"static files survive", []func(*World){noPassword}, "GET /convex.svg", shape{200, nil, "<svg.*"}},
		{"missing assets survive", []func(*World){noPassword}, "GET /previewgate-nope.svg", shape{500, map[string]string{"X-Vercel-Error": none}, crashedHTML}},
		{"without a proxy pages crash", []func(*World){noProxy}, "GET /dashboard", shape{500, map[string]string{"Content-Type": "text/html.*"}, crashedHTML}},
		{"without a proxy handlers crash", []func(*World){noProxy}, "GET /api/me", shape{500, nil, ""}},
		{"without a proxy unknown paths crash", []func(*World){noProxy}, "GET /no-such-page", shape{500, nil, crashedHTML}},
		{"without a proxy nothing is deleted", []func(*World){noProxy}, "GET /\nCookie: wos-session=garbage", shape{500, map[string]string{"Set-Cookie": none}, crashedHTML}},
		{"without a proxy sign-in has no redirect URI", []func(*World){noProxy}, "GET /sign-in", shape{307, map[string]string{"Location": `.*&redirect_uri=&.*`}, ""}},
		{"a strict page crashes", []func(*World){strict}, "GET /dashboard\nCookie: wos-session=garbage", shape{500, map[string]string{"Set-Cookie": deletedSession + ".*"}, crashedHTML}},
		{"a strict page of AuthKit 2 redirects", []func(*World){strict, func(w *World) { w.App.AuthKit = 2 }}, "GET /dashboard", shape{307, map[string]string{"Location": "https://api.workos.com/.*"}, ""}},
		{"a missing callback is a 404", []func(*World){func(w *World) { setRoute(w, "/callback", "") }}, "GET /callback", shape{404, map[string]string{"Content-Type": "text/html.*", "X-Matched-Path": "/404"}, ".*This page could not be found.*"}},
		{"a GET signs out", []func(*World){func(w *World) { setRoute(w, "/sign-out", SignOutGET) }}, "GET /sign-out\nCookie: wos-auth-verifier-0a0b0c0d=x", shape{307, map[string]string{
			"Location": "/", "Set-Cookie": signedOut + "\n" + strings.Replace(signedOut, "wos-session", "wos-auth-verifier-0a0b0c0d", 1),
		}, ""}},
		{"a localhost redirect URI drops Secure", []func(*World){func(w *World) { w.App.PublicRedirectURI = "http://localhost:3000/callback" }}, "GET /sign-in", shape{307, map[string]string{"Set-Cookie": `.*; Max-Age=600; HttpOnly; SameSite=lax`}, ""}},
	}
	for _, c := range cases {
		wantShape(t, c.name, visit(t, c.changes...).ask(c.request), c.want)
	}
}

func TestAuthKit2HasNoVerifier(t *testing.T) {
	v := visit(t, func(w *World) { w.App.AuthKit = 2 })
	wantShape(t, "page", v.ask("GET /dashboard?x=1\nAccept: text/html"), shape{307, map[string]string{
		"Set-Cookie": none,
		"Location":   `https://api\.workos\.com/user_management/authorize\?client_id=\w+&provider=authkit&redirect_uri=[^&]+&response_type=code&screen_hint=sign-in&state=eyJ[\w%-]+`,
	}, ".*"})
	wantShape(t, "sign-in", v.ask("GET /sign-in"), shape{307, map[string]string{
		"Set-Cookie": none, "Location": `https://api\.workos\.com/user_management/authorize\?client_id=\w+&provider=authkit&redirect_uri=[^&]+&response_type=code&screen_hint=sign-in`,
	}, ""})
}

func TestTheStateOpensWithTheDeploymentsPassword(t *testing.T) {
	v := visit(t)
	location, err := url.Parse(v.ask("GET /dashboard?x=1").header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	var state oauthState
	if !(app{App: v.world.App}).unseal(location.Query().Get("state"), &state) || state.ReturnPathname != "/dashboard?x=1" {
		t.Errorf("got %+v", state)
	}
}

func TestTheChunksGiveTheBundleAway(t *testing.T) {
	v := visit(t, func(w *World) { w.App.Bundle.Literals = []string{previewKey} })
	scripts := regexp.MustCompile(`<script src="(/_next/static/chunks/[^"]+\.js)"`).FindAllStringSubmatch(v.ask("GET /previewgate-nope.svg").body, -1)
	if len(scripts) != 10 {
		t.Fatalf("%d chunks", len(scripts))
	}
	var all strings.Builder
	for _, script := range scripts {
		got := v.ask("GET " + script[1])
		if got.status != http.StatusOK || len(got.body) < 600 || len(got.body) > 60_000 {
			t.Errorf("%s: %d, %d bytes", script[1], got.status, len(got.body))
		}
		all.WriteString(got.body)
	}
	for _, want := range []string{
		`("https://swift-lemur-482.convex.cloud",{expectAuth:`, `https://happy-otter-123.convex.cloud`, `href:"/sign-out",prefetch:!1,children:`,
		previewKey, `"getAccessTokenAction")`,
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no chunk has %s", want)
		}
	}
}

func TestTheManifestShowsTheMatcher(t *testing.T) {
	v := visit(t, func(w *World) { w.App.Proxy.Matcher = []string{"/settings/:path*"} })
	want := "self.__MIDDLEWARE_MATCHERS = [\n  {\n    \"regexp\": \"^(?:\\\\/(_next\\\\/data\\\\/[^/]{1,}))?\\\\/settings(?:\\\\/((?:[^\\\\/#\\\\?]+?)(?:\\\\/(?:[^\\\\/#\\\\?]+?))*))?(\\\\.json|\\\\.rsc|\\\\.segments\\\\/.+\\\\.segment\\\\.rsc)?[\\\\/#\\\\?]?$\",\n" +
		"    \"originalSource\": \"/settings/:path*\"\n  }\n];self.__MIDDLEWARE_MATCHERS_CB && self.__MIDDLEWARE_MATCHERS_CB()"
	if got := v.ask("GET /_next/static/pGt0yBu1ldSandb0x482x/_clientMiddlewareManifest.js").body; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	v = visit(t, func(w *World) { w.App.Proxy.Missing = true })
	if got := v.ask("GET /_next/static/pGt0yBu1ldSandb0x482x/_clientMiddlewareManifest.js").body; !strings.HasPrefix(got, "self.__MIDDLEWARE_MATCHERS = [];") {
		t.Errorf("without a proxy: %s", got)
	}
}

func TestMatchersCoverPaths(t *testing.T) {
	cases := []struct {
		pattern, path string
		want          bool
	}{
		{BroadMatcher, "/", true},
		{BroadMatcher, "/dashboard", true},
		{BroadMatcher, "/data.json", true},
		{BroadMatcher, "/nope.svg", false},
		{BroadMatcher, "/_next/static/x.js", false},
		{"/dashboard", "/dashboard", true},
		{"/dashboard", "/dashboard/x", false},
		{"/docs/:path*", "/docs", true},
		{"/docs/:path*", "/docs/a/b", true},
		{"/docs/:path*", "/docsets", false},
		{"/(api|trpc)(.*)", "/api/me", true},
		{"/(api|trpc)(.*)", "/dashboard", false},
	}
	for _, c := range cases {
		if got := matches(c.pattern, c.path); got != c.want {
			t.Errorf("%s on %s: %t", c.pattern, c.path, got)
		}
	}
}
