package sandbox

import (
	"maps"
	"slices"
)

// Variants lists the healthy worlds.
func Variants() []Variant {
	return []Variant{
		{"v4", "AuthKit 4, redirect URI on the deployment's host", nil, func(*World) {}},
		{"v3", "AuthKit 3", nil, func(w *World) { w.App.AuthKit = 3 }},
		{"v2", "AuthKit 2: a plain state and no verifier cookie", nil, func(w *World) { w.App.AuthKit = 2 }},
		{"hash-url", "only the deployment's own URL is registered", nil, func(w *World) {
			w.WorkOS.Clients[0].RedirectURIs = []string{w.url(w.Hosts.Deployment, "/callback")}
		}},
		{"branch-alias", "the branch alias is both visited and registered", nil, branchAlias},
		{"wildcard", "a wildcard is registered for all previews", nil, func(w *World) {
			w.WorkOS.Clients[0].RedirectURIs = []string{"http://localhost:3000/callback", w.Scheme + "://web-*-acme.vercel.app/callback"}
		}},
		{"custom-auth-domain", "WorkOS' API and sign-in page have domains of their own", nil, customAuthDomain},
		{"error-domain", "WorkOS refuses redirect URIs on error.workos.com", nil, func(w *World) {
			w.WorkOS.RefusedAt = w.url(w.Hosts.WorkOSErrors, "/redirect-uri-invalid")
		}},
		{"convex-redacted", "Convex keeps the details of errors to itself", nil, func(w *World) { w.Convex.Preview.Redacts = true }},
		{"protected-with-bypass", "Vercel Authentication, and a secret that opens it", []string{"VERCEL_AUTOMATION_BYPASS_SECRET"}, func(w *World) {
			w.Edge.Guard = Authentication
		}},
		{"sign-out-post", "signing out is a form, and no Link leads there", nil, func(w *World) {
			w.App.Bundle.SignOutLink, w.App.Bundle.SignOutForm = "", "/sign-out"
		}},
		{"next-start", "no platform: `next start` behind a plain proxy", nil, func(w *World) { w.Edge.NextStart = true }},
		{"all-credentials", "the gate has every credential", slices.Sorted(maps.Keys(given())), func(*World) {}},
	}
}

func branchAlias(w *World) {
	w.URL = w.url(w.Hosts.Alias, "")
	w.App.Proxy.RedirectURI = w.url(w.Hosts.Alias, "/callback")
	w.WorkOS.Clients[0].RedirectURIs = []string{"http://localhost:3000/callback", w.App.Proxy.RedirectURI}
}

// customAuthDomain moves everything that bears WorkOS' name to domains of the
// application's owner, the issuer of its tokens included.
func customAuthDomain(w *World) {
	w.Hosts.AuthDomain, w.Hosts.AuthKit = "auth.acme.example", "login.acme.example"
	w.App.APIHost = w.Hosts.AuthDomain
	client := &w.WorkOS.Clients[0]
	client.Issuer = w.url(w.Hosts.AuthDomain, "/user_management/"+client.ID)
	client.AuthKit = w.url(w.Hosts.AuthKit, "")
	for i := range w.WorkOS.Clients[1:] {
		w.WorkOS.Clients[i+1].AuthKit = client.AuthKit
	}
	w.Convex.Preview.Providers = append(w.Convex.Preview.Providers, Provider{
		Type: "customJwt", Issuer: client.Issuer, Algorithm: "RS256", JWKS: w.url(w.Hosts.AuthDomain, "/sso/jwks/"+client.ID),
	})
}
