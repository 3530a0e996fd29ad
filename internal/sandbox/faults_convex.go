package sandbox

func convexFaults() []Fault {
	withConvex := []string{"CONVEX_DEPLOY_KEY"}
	return []Fault{
		{"convex-url-empty", "the client bundle has no Convex URL", "convex-url", nil, func(w *World) { w.App.Bundle.ConvexURL = "" }},
		{"convex-production", "the preview talks to production's Convex deployment", "convex-url", withConvex, func(w *World) {
			w.App.Bundle.ConvexURL = w.Convex.Production.URL
		}},
		{"convex-gone", "the preview's Convex deployment has expired", "convex-reachable", nil, func(w *World) { w.Convex.Preview.Gone = true }},
		{"convex-env-padded", "WORKOS_CLIENT_ID was pasted into Convex with a line break", "convex-env", withConvex, func(w *World) {
			padded := previewClient + "\n"
			w.Convex.Preview.Env = map[string]string{"WORKOS_CLIENT_ID": padded}
			w.Convex.Preview.Providers = providersOf(*w, padded)
		}},
		{"convex-env-quoted", "WORKOS_CLIENT_ID was pasted into Convex with its quotes", "convex-env", withConvex, func(w *World) {
			quoted := `"` + previewClient + `"`
			w.Convex.Preview.Env = map[string]string{"WORKOS_CLIENT_ID": quoted}
			w.Convex.Preview.Providers = providersOf(*w, quoted)
		}},
		{"convex-other-client-redacted", "Convex trusts another WorkOS client, and does not say which", "convex-provider", nil, func(w *World) {
			trustOtherClient(w)
			w.Convex.Preview.Redacts = true
		}},
		{"convex-no-providers", "auth.config.ts was never deployed", "convex-provider", nil, func(w *World) { w.Convex.Preview.Providers = nil }},
	}
}

func signOutFaults() []Fault {
	return []Fault{
		{"sign-out-get", "a GET signs people out", "sign-out-get", nil, func(w *World) { setRoute(w, "/sign-out", SignOutGET) }},
		{"sign-out-prefetch", "a Link prefetches the sign-out route", "sign-out-prefetch", nil, func(w *World) {
			setRoute(w, "/sign-out", SignOutGET)
			w.App.Bundle.SignOutPrefetch = true
		}},
		{"homepage-missing", "signing out has nowhere to land", "homepage-url", []string{"WORKOS_API_KEY"}, func(w *World) {
			w.WorkOS.Clients[0].Homepage = ""
		}},
	}
}
