package facts

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// headers builds a header from lines as they stand on the wire.
func headers(lines ...string) http.Header {
	h := make(http.Header)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

func TestWallsAreToldFromTheApp(t *testing.T) {
	const (
		edge  = "X-Vercel-Id: iad1::x7k2p-1795183200000-4c1f0b9a2d77"
		ran   = "X-Vercel-Id: iad1::iad1::x7k2p-1795183200000-4c1f0b9a2d77"
		nonce = "Set-Cookie: _vercel_sso_nonce=5f2b8c1e9a7d4036; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax"
		title = "<!doctype html><title>Authentication Required</title>"
	)
	tests := []struct {
		name   string
		status int
		header http.Header
		body   string
		want   Wall
	}{
		{"Vercel Authentication, to a document", 401, headers("Server: Vercel", nonce, edge), title, WallSSO},
		{"Vercel Authentication, by redirect", 302, headers("Server: Vercel", "Location: https://vercel.com/sso-api?url=https%3A%2F%2Fweb&nonce=0a1b", nonce), "Redirecting...", WallSSO},
		{"Vercel Authentication, redirect without its cookie", 307, headers("Location: https://vercel.com/sso-api?url=x"), "", WallSSO},
		{"Vercel Authentication without its cookie", 401, headers("Server: Vercel", edge), title, WallSSO},
		{"Password Protection", 401, headers("Server: Vercel", edge), title + `<form><input type="password" name="_vercel_password"></form>`, WallPassword},
		{"a challenge of the firewall", 403, headers("Server: Vercel", "X-Vercel-Mitigated: challenge", "X-Vercel-Challenge-Token: 2.17"), "Vercel Security Checkpoint", WallFirewall},
		{"a challenge of the firewall as 429", 429, headers("Server: Vercel", "X-Vercel-Mitigated: challenge"), "", WallFirewall},
		{"a denial of the firewall", 403, headers("Server: Vercel", "X-Vercel-Mitigated: deny"), "", WallFirewall},
		{"an unexplained 403 of the edge", 403, headers("Server: Vercel", edge), "Forbidden", WallTrustedIPs},
		{"a deployment that is gone", 404, headers("Server: Vercel", "X-Vercel-Error: DEPLOYMENT_NOT_FOUND"), "", WallPlatform},
		{"a paused deployment", 503, headers("Server: Vercel", "X-Vercel-Error: DEPLOYMENT_PAUSED"), "", WallPlatform},
		{"a blocked deployment", 403, headers("Server: Vercel", "X-Vercel-Error: DEPLOYMENT_BLOCKED"), "", WallPlatform},
		{"a throttled function", 503, headers("Server: Vercel", "X-Vercel-Error: FUNCTION_THROTTLED"), "", WallPlatform},
		{"too many requests", 429, headers("Server: Vercel"), "", WallRateLimited},

		{"a page", 200, headers("Server: Vercel", "X-Matched-Path: /", ran), "<p>Hello</p>", NoWall},
		{"a page about authentication", 200, headers("Server: Vercel", edge), title, NoWall},
		{"a proxy that throws", 500, headers("Server: Vercel", "X-Vercel-Error: MIDDLEWARE_INVOCATION_FAILED"), "", NoWall},
		{"a function that throws", 500, headers("Server: Vercel", "X-Vercel-Error: FUNCTION_INVOCATION_FAILED"), "", NoWall},
		{"a route that is missing", 404, headers("Server: Vercel", "X-Vercel-Error: NOT_FOUND"), "", NoWall},
		{"the app's own 401", 401, headers("Server: Vercel", "X-Matched-Path: /api/me"), `{"error":"Unauthorized"}`, NoWall},
		{"the app's own 401 page", 401, headers("Server: Vercel", "X-Matched-Path: /401"), title, NoWall},
		{"basic authentication in the app's proxy", 401, headers("Server: Vercel", `Www-Authenticate: Basic realm="Preview"`, edge), "Authentication Required", NoWall},
		{"basic authentication with a page", 401, headers("Server: Vercel", `Www-Authenticate: Basic realm="Preview"`, edge), title, NoWall},
		{"a page about Vercel's password", 401, headers("Server: Vercel", "X-Matched-Path: /", ran), "_vercel_password", NoWall},
		{"the app's own 403", 403, headers("Server: Vercel", "X-Matched-Path: /admin", ran), "Forbidden", NoWall},
		{"a 403 of the app's proxy", 403, headers("Server: Vercel", ran), "Forbidden", NoWall},
		{"a cached 403 of the app", 403, headers("Server: Vercel", "X-Vercel-Cache: HIT", edge), "Forbidden", NoWall},
		{"a 403 of another server", 403, headers("Server: nginx"), "Forbidden", NoWall},
		{"the app's own 500", 500, headers("Server: Vercel", "X-Matched-Path: /500", ran), "<html>", NoWall},
		{"a redirect to sign in", 307, headers("Server: Vercel", "Location: https://api.workos.com/user_management/authorize?client_id=client_01"), "", NoWall},
		{"a redirect to Vercel's documents", 307, headers("Location: https://vercel.com/docs"), "", NoWall},
		{"a redirect to a host that ends alike", 307, headers("Location: https://notvercel.com/sso-api"), "", NoWall},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Answer{Method: "GET", URL: "https://web.vercel.app/", Status: tt.status, Header: tt.header, Body: tt.body}
			if got := a.Wall(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnswerDeletesCookies(t *testing.T) {
	tests := []struct {
		name, set string
		want      bool
	}{
		{"the sign-out route", "wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=lax", true},
		{"the proxy", "wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure", true},
		{"by age alone", "wos-session=; Path=/; Max-Age=0", true},
		{"by a negative age", "wos-session=; Max-Age=-1", true},
		{"a session", "wos-session=Fe26.2*1*ab~2; Path=/; HttpOnly; Max-Age=34560000", false},
		{"an empty cookie that stays", "wos-session=; Path=/; Max-Age=600", false},
		{"an empty cookie of the browser's session", "wos-session=", false},
		{"another cookie", "wos-auth-verifier-5b1d07e3=; Path=/; Max-Age=0", false},
		{"a cookie of a longer name", "wos-session-2=; Path=/; Max-Age=0", false},
		{"no cookie at all", "; Max-Age=0", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Answer{Header: http.Header{"Set-Cookie": {"other=1", tt.set}}}
			if got := a.Deletes(SessionCookie); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAnswersAreNamed(t *testing.T) {
	tests := []struct {
		name           string
		answer         Answer
		short, request string
	}{
		{
			"a redirect, without its query",
			Answer{"GET", "https://web.vercel.app/sign-in?x=1", 307, headers("Location: https://api.workos.com/user_management/authorize?state=secret#more"), ""},
			"307 Temporary Redirect to https://api.workos.com/user_management/authorize", "GET /sign-in",
		},
		{
			"a redirect to a path",
			Answer{"GET", "https://web.vercel.app/a/b", 302, headers("Location: ../c"), ""},
			"302 Found to https://web.vercel.app/c", "GET /a/b",
		},
		{
			"a bare error",
			Answer{"GET", "https://web.vercel.app", 500, headers("Content-Type: text/plain"), "Internal Server Error"},
			`500 Internal Server Error, text/plain "Internal Server Error"`, "GET /",
		},
		{
			"an error of Vercel's",
			Answer{"GET", "https://web.vercel.app/", 500, headers("X-Vercel-Error: MIDDLEWARE_INVOCATION_FAILED", "Content-Type: text/html"), "<html>"},
			"500 Internal Server Error, x-vercel-error: MIDDLEWARE_INVOCATION_FAILED", "GET /",
		},
		{
			"a status that has no name",
			Answer{"GET", "https://web.vercel.app/", 560, nil, ""},
			"560", "GET /",
		},
		{
			"a redirect that points nowhere",
			Answer{"GET", "https://web.vercel.app/", 307, headers("Location: http://%zz"), ""},
			"307 Temporary Redirect", "GET /",
		},
		{
			"a media type with a broken parameter",
			Answer{"GET", "https://web.vercel.app/", 200, headers("Content-Type: text/html; charset"), ""},
			"200 OK, text/html", "GET /",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.answer.Short(); got != tt.short {
				t.Errorf("Short: got %q, want %q", got, tt.short)
			}
			if got := tt.answer.Request(); got != tt.request {
				t.Errorf("Request: got %q, want %q", got, tt.request)
			}
		})
	}
}

func TestAnswersStayShort(t *testing.T) {
	long := strings.Repeat("ä", 30_000)
	for _, header := range []http.Header{
		headers("Location: https://web.vercel.app/" + long), headers("X-Vercel-Error: " + long), headers("Content-Type: text/" + long),
	} {
		a := Answer{"GET", "https://web.vercel.app/", 302, header, long}
		if got := a.Short(); len(got) > 300 {
			t.Errorf("it has %d bytes", len(got))
		}
	}
}

func TestCookiesOfAVisit(t *testing.T) {
	var jar cookies
	jar = jar.take(Answer{Header: headers("Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "Set-Cookie: gone=; Max-Age=0")})
	jar = jar.take(Answer{Header: headers("Set-Cookie: a=3", "Set-Cookie: b=; Max-Age=0", "Set-Cookie: c=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT")})
	if !slices.Equal(jar, cookies{"a=3"}) || jar.String() != "a=3" {
		t.Errorf("got %v", jar)
	}
}
