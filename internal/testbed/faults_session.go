package testbed

import (
	"slices"

	"github.com/previewgate/previewgate/internal/sandbox"
)

func sessionCases() []Case {
	return []Case{
		borrowed("–", "test-account-wrong-password"),
		borrowed("T1", "app-api-key-wrong"),
		withBrowser(borrowed("T1", "app-api-key-wrong"), slices.Concat(withVercel, withAccount)),
		borrowed("T1", "app-api-key-revoked"),
		borrowed("T5", "jwks-unavailable"),
		borrowed("T5", "jwks-content-type"),
		{
			"refresh-429", "T3", "WorkOS turns visitors' refreshes down as too many", "refresh-errors", withVercel,
			Change{Visitors: 8, Tabs: 12, Refusal: 429},
		},
		{
			"refresh-503", "T3", "WorkOS has trouble of its own with visitors' refreshes", "refresh-errors", withVercel,
			Change{Visitors: 8, Tabs: 12, Refusal: 503},
		},
		{
			"refresh-replayed", "T3", "refresh tokens are used again, later than WorkOS allows", "refresh-errors", withVercel,
			Change{Visitors: 1, Tabs: 12, NoGrace: true},
		},
		{
			"refresh-ended", "T3", "the visitors' sessions have ended", "refresh-errors", withVercel,
			Change{Visitors: 1, Tabs: 4, World: refuseRefresh},
		},
		{"refresh-refused", "T3", "WorkOS refuses to refresh the session", "token-refreshes", withSession, Change{World: refuseRefresh}},
		{
			"refresh-loop", "T4", "the bridge to Convex refreshes whenever it is asked, on every render", "forced-refresh", nil,
			Change{Overlays: []string{"refresh-loop"}, Source: true},
		},
		{
			"refresh-loop-browser", "T4", "the same, and a browser looks instead of the source", "refresh-storm", withAccount,
			Change{Overlays: []string{"refresh-loop"}, Browser: true},
		},
		{
			"cookie-domain", "T1, T8", "WORKOS_COOKIE_DOMAIN is a domain that the preview is not under", "session-accepted", withAccount,
			Change{Env: cookieDomain(), Browser: true},
		},
		{
			"cookie-domain-session", "T1, T8", "the same, and the gate seals a session by itself as well", "session-accepted", withSession,
			Change{Env: cookieDomain(), Browser: true},
		},
	}
}

// withBrowser lets a browser look, as the test account.
func withBrowser(c Case, with []string) Case {
	c.ID, c.Title, c.With, c.Browser = c.ID+"-browser", "the same, and a browser looks", with, true
	return c
}

func cookieDomain() map[string]string {
	return map[string]string{"WORKOS_COOKIE_DOMAIN": "acme.example"}
}

func refuseRefresh(w *sandbox.World) { w.WorkOS.RefreshRefused = "Session has already ended." }

func convexCases() []Case {
	convexURL := func(address string) Change {
		return Change{BuildEnv: map[string]string{"NEXT_PUBLIC_CONVEX_URL": address}}
	}
	return []Case{
		{"convex-url-empty", "T7", "NEXT_PUBLIC_CONVEX_URL is not set in the build", "convex-url", nil, convexURL("")},
		{
			"convex-url-production", "T7", "NEXT_PUBLIC_CONVEX_URL is production's", "convex-url",
			[]string{"CONVEX_DEPLOY_KEY"},
			convexURL(sandbox.Healthy().Convex.Production.URL),
		},
		borrowed("T7", "convex-gone"),
		borrowed("T6", "convex-other-client"),
		withBrowser(borrowed("T6", "convex-other-client"), withAccount),
		borrowed("T6", "convex-env-padded"),
		borrowed("T5", "convex-other-client-redacted"),
		borrowed("T5", "convex-no-providers"),
		notDeployed(),
		borrowed("T5", "convex-wrong-issuer"),
		borrowed("T5", "convex-wrong-audience"),
		{
			"auth-config-audience", "T5", "auth.config.ts wants an audience of all tokens, and AuthKit's have none", "auth-config-valid",
			withAccount,
			Change{Source: true, Backend: []string{"auth-config-audience"}, World: everyAudience},
		},
		borrowed("T5", "convex-jwks-down"),
		borrowed("T5", "token-rotated-key-at-convex"),
		runUnauthorized(),
		borrowed("T10", "convex-function-errors"),
	}
}

func everyAudience(w *sandbox.World) {
	w.Convex.Preview.Providers[1].ApplicationID = w.App.ClientID
}

func notDeployed() Case {
	c := borrowed("T5", "convex-no-providers")
	c.ID, c.Title, c.Check, c.Source = "auth-config-not-deployed", "the same, and the gate reads the source", "auth-config-deployed", true
	return c
}

func runUnauthorized() Case {
	c := borrowed("T10", "convex-run-unauthorized")
	c.Flags = []string{"--convex-run", "users:viewer", "--convex-run", `plans:list {"limit": 3}`}
	return c
}

func signOutCases() []Case {
	return []Case{
		{
			"sign-out-prefetch", "T9", "a Link prefetches a route that signs out", "sign-out-prefetch", nil,
			Change{Overlays: []string{"sign-out-prefetch"}},
		},
		{
			"sign-out-prefetch-browser", "T9", "the same, and a browser looks", "sign-out-prefetch", withSession,
			Change{Overlays: []string{"sign-out-prefetch"}, Browser: true},
		},
		{
			"sign-out-in-an-effect", "T9", "a script signs out by a GET of a route that nobody told the gate of", "sign-out-background", withSession,
			Change{Overlays: []string{"sign-out-in-an-effect"}, Browser: true},
		},
		{
			"sign-out-action-in-an-effect", "T9", "a script calls the server action that signs out", "sign-out-background", withSession,
			Change{Overlays: []string{"sign-out-action-in-an-effect"}, Browser: true},
		},
		{"sign-out-get", "T9", "a GET signs out, and no Link leads there", "sign-out-get", nil, Change{Overlays: []string{"sign-out-get"}}},
		borrowed("–", "homepage-missing"),
	}
}
