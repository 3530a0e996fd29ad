package testbed

import (
	"slices"

	"github.com/previewgate/previewgate/internal/sandbox"
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
			"redirect-uri-missing", "T8", "neither proxy.ts nor a variable names a redirect URI", "proxy-answers", nil,
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

// olderCases are faults under AuthKit 2, where they show differently.
func olderCases() []Case {
	older := func(c Case) Case {
		c.ID, c.AuthKit = c.ID+"-v2", 2
		if c.Refusal != 0 {
			c.Visitors, c.Tabs = 1, 6 // who get an answer at once: this version does not try again
		}
		return c
	}
	var all []Case
	for _, c := range slices.Concat(proxyCases(), redirectCases(), sessionCases(), signOutCases()) {
		if slices.Contains([]string{
			"cookie-password-missing", "client-id-missing", "proxy-missing", "redirect-uri-undefined", "redirect-uri-unregistered",
			"app-api-key-wrong", "refresh-429", "refresh-503", "refresh-loop-browser", "cookie-domain", "sign-out-in-an-effect",
		}, c.ID) {
			all = append(all, older(c))
		}
	}
	return all
}
