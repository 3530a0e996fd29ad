package testbed

import (
	"maps"
	"slices"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A Change is how a preview differs from the healthy one.
type Change struct {
	AuthKit  int                  // major version of authkit-nextjs; 0: 4
	Overlays []string             // folders of testdata/apps/faults that are laid over the application before it is built
	Remove   []string             // files that are left out before it is built
	BuildEnv map[string]string    // of the build
	Backend  []string             // folders that are laid over the source the gate reads: of the backend, which is not built
	Env      map[string]string    // of the application when it runs; empty: unset
	World    func(*sandbox.World) // what else is different: identity, Convex, Vercel
	Alias    bool                 // the gate is given the branch alias
	Source   bool                 // the gate is given the source
	Browser  bool                 // the gate may use the installed browser
	Flags    []string             // of the gate
	Visitors int                  // signed-in visitors whose sessions are refreshed again and again while the gate looks
	Tabs     int                  // that each visitor has open; 0: 1
	TooMany  bool                 // WorkOS turns every refresh down as one too many
}

// A Case is a preview that the gate is tried on.
type Case struct {
	ID     string
	Branch string   // of the triage, as triage lists them
	Title  string   // what is different, one clause
	Check  string   // the check whose failure must be the diagnosis; empty: the preview is healthy
	With   []string // credentials that the gate is given, by environment variable
	Change
}

// Credentials that go together.
var (
	withVercel  = []string{"VERCEL_TOKEN", "VERCEL_TEAM_ID"}
	withAccount = []string{"WORKOS_API_KEY", "PREVIEWGATE_TEST_EMAIL", "PREVIEWGATE_TEST_PASSWORD"}
	withSession = append(slices.Clone(withAccount), "WORKOS_COOKIE_PASSWORD")
)

// Singles lists the faults, each alone, in the order of the chain.
func Singles() []Case {
	return slices.Concat(deploymentCases(), proxyCases(), redirectCases(), sessionCases(), convexCases(), signOutCases(), olderCases())
}

// borrowed is a fault of the sandbox that breaks nothing which the real
// application decides: its environment, identity, Convex, Vercel.
func borrowed(branch, id string) Case {
	all := sandbox.Faults()
	f := all[slices.IndexFunc(all, func(f sandbox.Fault) bool { return f.ID == id })]
	return Case{ID: id, Branch: branch, Title: f.Title, Check: f.Check, With: f.With, Change: Change{World: f.Break}}
}

func deploymentCases() []Case {
	return []Case{
		borrowed("–", "deployment-protected"),
		borrowed("T2", "cookie-password-unset"),
		borrowed("T1", "api-key-unset"),
		borrowed("–", "env-changed-after-build"),
		{
			"secret-in-bundle", "–", "a client component uses the WorkOS API key", "secrets-not-public", nil,
			Change{Overlays: []string{"secret-in-bundle"}, BuildEnv: map[string]string{"NEXT_PUBLIC_WORKOS_API_KEY": sandbox.Healthy().App.APIKey}},
		},
	}
}

const proxyFile = "apps/web/src/proxy.ts"

func proxyCases() []Case {
	return []Case{
		borrowed("T2", "cookie-password-missing"),
		borrowed("T2", "cookie-password-short"),
		{"client-id-missing", "T8", "WORKOS_CLIENT_ID is not set on the preview", "proxy-answers", nil, Change{World: withoutClient}},
		{
			"redirect-uri-missing", "F3", "neither proxy.ts nor a variable names a redirect URI", "proxy-answers", nil,
			Change{Overlays: []string{"redirect-uri-by-variable"}},
		},
		{"proxy-missing", "T1", "there is no proxy.ts", "proxy-covers", nil, Change{Remove: []string{proxyFile}}},
		{
			"proxy-beside-src", "T1", "proxy.ts lies beside src, where Next.js ignores it", "proxy-covers", nil,
			Change{Overlays: []string{"proxy-beside-src"}, Remove: []string{proxyFile}, Source: true},
		},
		{
			"matcher-misses-page", "T1", "the proxy's matcher leaves out /dashboard", "proxy-covers", nil,
			Change{Overlays: []string{"matcher-misses-page"}},
		},
		{
			"matcher-misses-sign-in", "T1", "the proxy's matcher leaves out /sign-in, which then asks for another redirect URI", "redirect-uri-consistent", nil,
			Change{Overlays: []string{"matcher-misses-sign-in"}, BuildEnv: map[string]string{
				"NEXT_PUBLIC_WORKOS_REDIRECT_URI": "https://web-git-fix-login-acme.vercel.app/callback",
			}},
		},
		{
			"protected-page-open", "T1", "the proxy lets everybody see /dashboard", "protected-paths", nil,
			Change{Overlays: []string{"paths-too-open"}},
		},
		{
			"ensure-signed-in-crash", "T1", "/settings insists on a user where the proxy lets everybody in", "protected-paths", nil,
			Change{Overlays: []string{"paths-too-open"}, Flags: []string{"--protected", "/settings"}},
		},
		borrowed("T8", "client-unknown"),
		{
			"client-id-of-another-environment", "T8", "WORKOS_CLIENT_ID is of another environment", "client-id-agrees", nil,
			Change{World: otherClient},
		},
		borrowed("–", "cookie-password-differs"),
	}
}

func withoutClient(w *sandbox.World) {
	w.App.ClientID = ""
	isClient := func(name string) bool { return name == "WORKOS_CLIENT_ID" }
	w.Vercel.EnvNames = slices.DeleteFunc(w.Vercel.EnvNames, isClient)
	w.Vercel.Env = slices.DeleteFunc(w.Vercel.Env, func(e sandbox.EnvVar) bool { return isClient(e.Key) })
}

// otherClient gives the application the client ID and the key of the second
// environment.
func otherClient(w *sandbox.World) {
	w.App.ClientID, w.App.APIKey = w.WorkOS.Clients[1].ID, w.WorkOS.Clients[1].APIKey
}

func redirectCases() []Case {
	byVariable := func(origin string) Change {
		return Change{Overlays: []string{"redirect-uri-by-variable"}, BuildEnv: map[string]string{
			"NEXT_PUBLIC_WORKOS_REDIRECT_URI": origin + "/callback",
		}}
	}
	return []Case{
		{
			"redirect-uri-localhost", "T8", "NEXT_PUBLIC_WORKOS_REDIRECT_URI is a developer's machine", "redirect-uri-host", nil,
			byVariable("http://localhost:3000"),
		},
		{
			"redirect-uri-production", "T8", "NEXT_PUBLIC_WORKOS_REDIRECT_URI is production's", "redirect-uri-host", nil,
			byVariable("https://" + sandbox.Healthy().Hosts.Production),
		},
		{
			"redirect-uri-undefined", "T8", "VERCEL_URL is not exposed to the application", "redirect-uri-host", nil,
			Change{Env: map[string]string{"VERCEL_URL": ""}},
		},
		{
			"alias-visited", "T8", "the branch alias is visited, and the redirect URI is on the deployment's host", "redirect-uri-same-host", nil,
			Change{Alias: true},
		},
		{
			"convex-json-branch-url", "T8", "convex.json registers the branch alias, the proxy asks for the deployment's host", "redirect-uri-configured", nil,
			Change{Backend: []string{"convex-json-branch-url"}, Source: true, World: onlyAliasRegistered},
		},
		borrowed("T8", "redirect-uri-unregistered"),
		{
			"callback-missing", "T1", "there is no callback route", "callback-answers", nil,
			Change{Remove: []string{"apps/web/src/app/callback/route.ts"}},
		},
		{
			"callback-elsewhere", "T1", "the callback route is at /auth/callback", "callback-answers", nil,
			Change{Remove: []string{"apps/web/src/app/callback/route.ts"}, Overlays: []string{"callback-elsewhere"}},
		},
	}
}

func onlyAliasRegistered(w *sandbox.World) {
	w.WorkOS.Clients[0].RedirectURIs = []string{"http://localhost:3000/callback", "https://" + w.Hosts.Alias + "/callback"}
}

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
			Change{Visitors: 8, Tabs: 12, TooMany: true},
		},
		{
			"refresh-race", "T3", "the tabs of a visitor refresh one session at the same time", "refresh-errors", withVercel,
			Change{Visitors: 1, Tabs: 12},
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
		{"sign-out-get", "T9", "a GET signs out, and no Link leads there", "sign-out-get", nil, Change{Overlays: []string{"sign-out-get"}}},
		borrowed("–", "homepage-missing"),
	}
}

// olderCases are faults under AuthKit 2, where they show differently.
func olderCases() []Case {
	older := func(c Case) Case {
		c.ID, c.AuthKit = c.ID+"-v2", 2
		return c
	}
	var all []Case
	for _, c := range slices.Concat(proxyCases(), redirectCases(), sessionCases()) {
		if slices.Contains([]string{
			"cookie-password-missing", "client-id-missing", "proxy-missing", "redirect-uri-undefined", "redirect-uri-unregistered",
			"app-api-key-wrong", "refresh-429",
		}, c.ID) {
			all = append(all, older(c))
		}
	}
	return all
}

// Healthy lists the previews that must be open, without a word against them.
func Healthy() []Case {
	all := slices.Sorted(maps.Keys(sandbox.Healthy().Given))
	var cases []Case
	for _, major := range []int{4, 2} {
		is := func(id, title string, with []string, c Change) {
			c.AuthKit = major
			cases = append(cases, Case{ID: id, Title: title, With: with, Change: c})
		}
		is("browser", "the gate has a test account and a browser", withSession, Change{
			Browser: true, Flags: []string{"--debug", "/admin/auth-debug"},
		})
		is("no-credentials", "the gate has nothing but the address", nil, Change{})
		is("all-credentials", "the gate has every credential", all, Change{})
		is("with-source", "the gate has every credential and the source", all, Change{Source: true})
		is("behind-protection", "Vercel Authentication, and a secret that opens it", []string{"VERCEL_AUTOMATION_BYPASS_SECRET"}, Change{
			World: func(w *sandbox.World) { w.Edge.Guard = sandbox.Authentication },
		})
		is("visitors", "signed-in visitors refresh their sessions", withVercel, Change{Visitors: 3})
		is("convex-redacted", "Convex keeps the details of errors to itself", nil, Change{World: func(w *sandbox.World) { w.Convex.Preview.Redacts = true }})
	}
	return append(
		cases,
		Case{
			ID: "branch-alias", Title: "the branch alias is visited, named by NEXT_PUBLIC_WORKOS_REDIRECT_URI and registered", With: withSession,
			Change: Change{
				AuthKit: 4, Alias: true, Overlays: []string{"redirect-uri-by-variable"}, World: onlyAliasRegistered,
				BuildEnv: map[string]string{"NEXT_PUBLIC_WORKOS_REDIRECT_URI": "https://web-git-fix-login-acme.vercel.app/callback"},
			},
		},
		Case{
			ID: "page-insists", Title: "/settings itself sends visitors to sign in, which pages can under AuthKit 2", With: withSession,
			Change: Change{AuthKit: 2, Overlays: []string{"paths-too-open"}, Flags: []string{"--protected", "/settings"}},
		},
	)
}
