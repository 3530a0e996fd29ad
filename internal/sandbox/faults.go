package sandbox

import (
	"maps"
	"slices"
	"time"
)

// Faults lists what can be broken, in the order of the chain.
func Faults() []Fault {
	return slices.Concat(
		deploymentFaults(), signInFaults(), redirectFaults(), sessionFaults(), keyFaults(), sessionTokenFaults(), refreshFaults(),
		convexFaults(), acceptanceFaults(), signOutFaults(),
	)
}

func deploymentFaults() []Fault {
	withVercel := []string{"VERCEL_TOKEN", "VERCEL_TEAM_ID"}
	return []Fault{
		{"build-failed-template", "a template of convex.json has no value in the build", "preview-built", withVercel, failTemplate},
		{"deployment-gone", "the deployment was deleted", "preview-reachable", nil, func(w *World) { w.Edge.Error = "DEPLOYMENT_NOT_FOUND" }},
		{"deployment-protected", "Vercel Authentication keeps the gate out", "preview-reachable", nil, func(w *World) { w.Edge.Guard = Authentication }},
		{"deployment-protected-redirect", "Vercel Authentication sends the gate to its sign-in page", "preview-reachable", nil, func(w *World) {
			w.Edge.Guard, w.Edge.GuardRedirects = Authentication, true
		}},
		{"deployment-password", "a password keeps the gate out", "preview-reachable", nil, func(w *World) { w.Edge.Guard = Password }},
		{"bypass-wrong", "the bypass secret was rotated and the gate has the old one", "preview-reachable", []string{"VERCEL_AUTOMATION_BYPASS_SECRET"}, func(w *World) {
			w.Edge.Guard, w.Edge.Bypass = Authentication, []string{"SandboxBypassRotated000000000000"}
		}},
		{"firewall-challenge", "the firewall challenges every visitor", "preview-reachable", nil, func(w *World) { w.Edge.Guard = Firewall }},
		{"cookie-password-unset", "WORKOS_COOKIE_PASSWORD is not set on the preview", "preview-env", withVercel, unsetCookiePassword},
		{"api-key-unset", "WORKOS_API_KEY is not set on the preview", "preview-env", withVercel, func(w *World) {
			w.App.APIKey = ""
			unset(w, "WORKOS_API_KEY")
		}},
		{"env-changed-after-build", "WORKOS_CLIENT_ID was changed after the preview was built", "preview-env", withVercel, func(w *World) {
			i := slices.IndexFunc(w.Vercel.Env, func(e EnvVar) bool { return e.Key == "WORKOS_CLIENT_ID" })
			w.Vercel.Env[i].Updated = w.Vercel.Created.Add(40 * time.Minute)
		}},
		{"secret-in-bundle", "the WorkOS API key is in a client chunk", "secrets-not-public", nil, func(w *World) {
			w.App.Bundle.Literals = []string{previewKey}
		}},
	}
}

// unset takes a variable away from the Vercel project and the deployment.
func unset(w *World, name string) {
	w.Vercel.EnvNames = slices.DeleteFunc(w.Vercel.EnvNames, func(n string) bool { return n == name })
	w.Vercel.Env = slices.DeleteFunc(w.Vercel.Env, func(e EnvVar) bool { return e.Key == name })
}

func unsetCookiePassword(w *World) {
	w.App.CookiePassword = ""
	unset(w, "WORKOS_COOKIE_PASSWORD")
}

func signInFaults() []Fault {
	return []Fault{
		{"cookie-password-missing", "AuthKit's proxy throws for want of a cookie password", "proxy-answers", nil, unsetCookiePassword},
		{"cookie-password-short", "AuthKit's proxy throws because its cookie password is too short", "proxy-answers", nil, func(w *World) {
			w.App.CookiePassword = "too-short"
		}},
		{"proxy-missing", "proxy.ts is not where Next.js looks for it", "proxy-covers", nil, func(w *World) { w.App.Proxy.Missing = true }},
		{"matcher-misses", "the proxy's matcher leaves out /dashboard", "proxy-covers", nil, func(w *World) {
			w.App.Proxy.Matcher = []string{"/", "/sign-in", "/sign-out", "/callback", "/settings/:path*"}
		}},
		{"protected-page-open", "/dashboard is served to anonymous visitors", "protected-paths", nil, func(w *World) {
			w.App.Proxy.Open = append(w.App.Proxy.Open, "/dashboard")
		}},
		{"ensure-signed-in-crash", "/dashboard crashes for anonymous visitors", "protected-paths", nil, func(w *World) {
			w.App.Proxy.Open = append(w.App.Proxy.Open, "/dashboard")
			setRoute(w, "/dashboard", StrictPage)
		}},
		{"sign-in-missing", "there is no sign-in route", "sign-in-starts", nil, func(w *World) { setRoute(w, "/sign-in", "") }},
		{"client-unknown", "WorkOS does not know the preview's client ID", "client-id-known", nil, func(w *World) { w.App.ClientID = unknownClient }},
		{"convex-other-client", "Convex trusts the tokens of another WorkOS client", "client-id-agrees", nil, trustOtherClient},
		{"convex-other-environment", "Convex has the client ID of another WorkOS environment", "client-id-agrees", withSignIn(), trustOtherClient},
		{"cookie-password-differs", "the preview has another cookie password than the gate", "cookie-password", []string{"WORKOS_COOKIE_PASSWORD"}, func(w *World) {
			w.App.CookiePassword = "sandbox-cookie-password-of-the-app-only"
		}},
	}
}

// setRoute changes what is at a path; an empty route removes it.
func setRoute(w *World, path string, route Route) {
	w.App.Routes = maps.Clone(w.App.Routes)
	w.App.Routes[path] = route
	if route == "" {
		delete(w.App.Routes, path)
	}
}

func trustOtherClient(w *World) {
	w.Convex.Preview.Env = map[string]string{"WORKOS_CLIENT_ID": otherClient}
	w.Convex.Preview.Providers = providersOf(*w, otherClient)
}

func redirectFaults() []Fault {
	host := func(id, title, uri string) Fault {
		return Fault{id, title, "redirect-uri-host", nil, func(w *World) { redirectTo(w, uri) }}
	}
	return []Fault{
		host("redirect-uri-localhost", "the redirect URI is a developer's machine", "http://localhost:3000/callback"),
		{"redirect-uri-production", "the redirect URI is production's", "redirect-uri-host", nil, func(w *World) {
			redirectTo(w, w.url(w.Hosts.Production, "/callback"))
		}},
		host("redirect-uri-undefined", "the redirect URI was built from a variable that is not there", "https://undefined/callback"),
		host("redirect-uri-foreign", "the redirect URI is somebody else's host", "https://app.other.example/callback"),
		{"alias-only", "sign-in works only from the branch alias", "redirect-uri-same-host", nil, func(w *World) {
			w.App.Proxy.RedirectURI = w.url(w.Hosts.Alias, "/callback")
		}},
		{"redirect-uri-inconsistent", "protected pages and the sign-in route ask for different redirect URIs", "redirect-uri-consistent", nil, func(w *World) {
			w.App.SignInRedirectURI = w.url(w.Hosts.Alias, "/callback")
		}},
		{"redirect-uri-unregistered", "WorkOS does not know the preview's redirect URI", "redirect-uri-registered", nil, func(w *World) {
			w.WorkOS.Clients[0].RedirectURIs = []string{"http://localhost:3000/callback", w.url(w.Hosts.Production, "/callback")}
		}},
		{"callback-missing", "no route answers at the redirect URI", "callback-answers", nil, func(w *World) { setRoute(w, "/callback", "") }},
	}
}

// redirectTo makes the proxy ask for a redirect URI that WorkOS accepts.
func redirectTo(w *World, uri string) {
	w.App.Proxy.RedirectURI = uri
	w.WorkOS.Clients[0].RedirectURIs = append(w.WorkOS.Clients[0].RedirectURIs, uri)
}
