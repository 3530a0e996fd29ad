package sandbox

import "net/http"

// withSignIn are the credentials that a test account takes, and more.
func withSignIn(more ...string) []string {
	return append([]string{"WORKOS_API_KEY", "PREVIEWGATE_TEST_EMAIL", "PREVIEWGATE_TEST_PASSWORD"}, more...)
}

// withSession are the credentials that it takes to show the test account to
// the preview.
func withSession() []string { return withSignIn("WORKOS_COOKIE_PASSWORD") }

func sessionFaults() []Fault {
	withKey := []string{"WORKOS_API_KEY"}
	hurdle := func(id, title string, h Hurdle) Fault {
		return Fault{id, title, "test-account", withSignIn(), func(w *World) { w.WorkOS.Hurdle = h }}
	}
	return []Fault{
		{"api-key-revoked", "the WorkOS API key was revoked", "api-key-valid", withKey, func(w *World) {
			w.WorkOS.Clients[0].APIKey = "sk_" + "test_" + "a2V5XzAxU0FOREIwWCxhLW5ld2VyLXRveS1rZXk"
		}},
		{"api-key-of-another-environment", "the WorkOS API key is of another environment", "api-key-valid", withKey, func(w *World) {
			w.Given["WORKOS_API_KEY"] = otherKey
		}},
		{"test-account-wrong-password", "the test account has another password", "test-account", withSignIn(), func(w *World) {
			w.WorkOS.Password = "sandbox-password-that-was-changed"
		}},
		hurdle("test-account-unverified", "the test account's e-mail address is not verified", UnverifiedEmail),
		hurdle("test-account-mfa", "the test account is asked for a second factor", MFAChallenge),
	}
}

func sessionTokenFaults() []Fault {
	return []Fault{
		{"jwks-unavailable", "WorkOS publishes no keys for the preview's client", "jwks-reachable", nil, func(w *World) {
			w.WorkOS.Clients[0].JWKS = JWKS{Status: http.StatusNotFound, ContentType: "application/json"}
		}},
		{"jwks-empty", "the key set of the preview's client is empty", "jwks-reachable", nil, func(w *World) { w.WorkOS.Clients[0].JWKS.Keys = nil }},
		{"jwks-content-type", "the key set comes with a content type Convex refuses", "jwks-reachable", nil, func(w *World) {
			w.WorkOS.Clients[0].JWKS.ContentType = "text/plain; charset=utf-8"
		}},
		{"token-not-issued", "the app hands its client no access token", "token-issued", withSession(), func(w *World) {
			w.App.EagerAuth, w.App.WithholdsTokens = false, true
		}},
		{"token-of-rotated-key", "tokens are signed by a key that the key set no longer has", "token-verifies", withSession(), func(w *World) {
			w.WorkOS.Clients[0].SigningKey = "sso_oidc_key_pair_01SANDB0XR0TATED"
		}},
		{"token-expired", "the app's tokens have expired when they are issued", "token-verifies", withSignIn(), func(w *World) {
			w.WorkOS.Clients[0].Lifetime = -tokenTTL
		}},
		{"refresh-refused", "WorkOS refuses to refresh the session", "token-refreshes", withSession(), func(w *World) {
			w.WorkOS.RefreshRefused = "Session has already ended."
		}},
	}
}
