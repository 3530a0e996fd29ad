package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
)

func TestGuardsAnswerInTheApplicationsPlace(t *testing.T) {
	const nonce = `_vercel_sso_nonce=[0-9a-f]{48}; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax`
	never := func(header map[string]string) map[string]string {
		for _, name := range []string{"X-Vercel-Error", "X-Matched-Path", "X-Vercel-Cache"} {
			header[name] = none
		}
		header["Server"], header["X-Vercel-Id"] = "Vercel", `iad1::[^:]+`
		return header
	}
	cases := []struct {
		name string
		edge Edge
		want shape
	}{
		{"authentication", Edge{Guard: Authentication}, shape{401, never(map[string]string{
			"Set-Cookie": nonce, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store, max-age=0", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex",
		}), `.*<title>Authentication Required</title>.*`}},
		{"authentication by redirect", Edge{Guard: Authentication, GuardRedirects: true}, shape{302, never(map[string]string{
			"Set-Cookie": nonce, "Content-Type": "text/plain", "Location": `https://vercel\.com/sso-api\?url=https%3A%2F%2Fweb-k3v9x2m1q-acme\.vercel\.app%2Fconvex\.svg&nonce=[0-9a-f]{64}`,
		}), `Redirecting\.\.\.`}},
		{"password", Edge{Guard: Password}, shape{401, never(map[string]string{"Set-Cookie": none}), `.*name="_vercel_password".*`}},
		{"firewall", Edge{Guard: Firewall}, shape{429, never(map[string]string{
			"X-Vercel-Mitigated": "challenge", "X-Vercel-Challenge-Token": ".+",
		}), `.*Vercel Security Checkpoint.*`}},
	}
	for _, c := range cases {
		c.edge.Bypass = []string{bypassSecret}
		v := visit(t, func(w *World) { w.Edge = c.edge })
		wantShape(t, c.name, v.ask("GET /convex.svg"), c.want)
	}
}

func TestTheNonceInTheRedirectIsTheCookiesHash(t *testing.T) {
	v := visit(t, func(w *World) { w.Edge.Guard, w.Edge.GuardRedirects = Authentication, true })
	got := v.ask("GET /")
	cookie, _, _ := strings.Cut(strings.TrimPrefix(got.header.Get("Set-Cookie"), "_vercel_sso_nonce="), ";")
	sum := sha256.Sum256([]byte(cookie))
	if !strings.HasSuffix(got.header.Get("Location"), "&nonce="+hex.EncodeToString(sum[:])) {
		t.Errorf("location %s, cookie %s", got.header.Get("Location"), cookie)
	}
}

func TestABypassSecretOpensTheGuard(t *testing.T) {
	v := visit(t, func(w *World) { w.Edge.Guard = Authentication })
	const header = "\nX-Vercel-Protection-Bypass: "
	cases := map[string]int{
		"GET /convex.svg" + header + bypassSecret:                             200,
		"GET /convex.svg" + header + "wrong":                                  401,
		"GET /convex.svg?x-vercel-protection-bypass=" + bypassSecret:          200,
		"GET /dashboard" + header + bypassSecret:                              307,
		"GET https://web.acme.example/convex.svg":                             200,
		"GET https://web-git-fix-login-acme.vercel.app/convex.svg":            401,
		"GET /convex.svg\nCookie: _vercel_jwt=" + "no such cookie was issued": 401,
	}
	for request, want := range cases {
		if got := v.ask(request); got.status != want {
			t.Errorf("%s: %d, want %d", request, got.status, want)
		}
	}
	given := v.ask("GET /convex.svg" + header + bypassSecret + "\nX-Vercel-Set-Bypass-Cookie: true")
	cookie, _, _ := strings.Cut(given.header.Get("Set-Cookie"), ";")
	if given.status != http.StatusTemporaryRedirect || given.header.Get("Location") != "/convex.svg" {
		t.Errorf("%d to %s", given.status, given.header.Get("Location"))
	}
	if got := v.ask("GET /convex.svg\nCookie: " + cookie); got.status != http.StatusOK {
		t.Errorf("with the cookie: %d", got.status)
	}
}

func TestNoSecretOpensTheFirewall(t *testing.T) {
	v := visit(t, func(w *World) { w.Edge.Guard = Firewall })
	if got := v.ask("GET /\nX-Vercel-Protection-Bypass: " + bypassSecret); got.status != http.StatusTooManyRequests {
		t.Errorf("%d", got.status)
	}
}

func TestPlatformErrorsFollowWhatIsAccepted(t *testing.T) {
	v := visit(t, func(w *World) { w.Edge.Error = "DEPLOYMENT_NOT_FOUND" })
	code := map[string]string{"X-Vercel-Error": "DEPLOYMENT_NOT_FOUND", "X-Matched-Path": none}
	wantShape(t, "text", v.ask("GET /convex.svg"), shape{404, code, `The deployment could not be found on Vercel\.\n\nDEPLOYMENT_NOT_FOUND\n\niad1::.*\n`})
	wantShape(t, "html", v.ask("GET /\nAccept: text/html"), shape{404, code, ".*404: NOT_FOUND.*`DEPLOYMENT_NOT_FOUND`.*"})
	wantShape(t, "json", v.ask("GET /\nAccept: application/json"), shape{404, code, `\{"error":\{"code":"DEPLOYMENT_NOT_FOUND",.*`})
}
