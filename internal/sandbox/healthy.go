package sandbox

import (
	"net/http"
	"time"
)

// What a World is made of. Every secret is a toy of the right shape, spelled so
// that nobody takes it for one.
const (
	previewClient    = "client_01SANDB0XPREV1EW0000000001"
	otherClient      = "client_01SANDB0X0THER000000000002"
	productionClient = "client_01SANDB0XPR0D0000000000003"
	unknownClient    = "client_01SANDB0XN0WHERE0000000004"
	previewKey       = "sk_" + "test_" + "a2V5XzAxU0FOREIwWCxwcmV2aWV3Z2F0ZS10b3k"
	otherKey         = "sk_" + "test_" + "a2V5XzAxU0FOREIwWCxhbm90aGVyLXRveS1lbnY"
	productionKey    = "sk_" + "live_" + "a2V5XzAxU0FOREIwWCxwcm9kdWN0aW9uLXRveQ"
	cookiePassword   = "sandbox-cookie-password-of-no-value-0000"
	bypassSecret     = "SandboxBypassSecret0000000000000"
	vercelToken      = "SandboxVercelToken000000"
	gitHubToken      = "gh" + "s_" + "SandboxActionsToken00000000000000000"
	projectKey       = "preview:acme:web|eyJ2MiI6InNhbmRib3gtdG95LXByb2plY3Qta2V5In0="
	previewAdminKey  = "preview:swift-lemur-482|eyJ2MiI6InNhbmRib3gtdG95LXByZXZpZXcta2V5In0="
	prodAdminKey     = "prod:calm-heron-77|eyJ2MiI6InNhbmRib3gtdG95LXByb2R1Y3Rpb24ifQ=="
	testEmail        = "previewgate+sandbox@acme.example"
	testPassword     = "sandbox-test-account-password"
	headSHA          = "4f1d2c3b5a69788796a5b4c3d2e1f00112233445"
	baseSHA          = "b0a1c2d3e4f5061728394a5b6c7d8e9f00112233"
	branch           = "fix/login"
	jwksType         = "application/jwk-set+json; charset=utf-8"
	deploymentNumber = 2817400011
)

// deployed is when the preview was built.
func deployed() time.Time { return time.Date(2026, time.November, 20, 14, 3, 7, 0, time.UTC) }

// Healthy returns a fresh World in which everything works: AuthKit 4, its
// redirect URI on the deployment's own host, signing out by POST.
func Healthy() World {
	w := World{Scheme: "https", Hosts: hosts(), Protected: []string{"/dashboard"}, Given: given()}
	w.URL = w.url(w.Hosts.Deployment, "")
	w.Edge.Bypass = []string{bypassSecret}
	w.App = healthyApp(w, w.Hosts.Deployment)
	w.Production = healthyApp(w, w.Hosts.Production)
	w.Production.ClientID, w.Production.APIKey = productionClient, productionKey
	w.Production.Bundle.BuildID = "pR0dBu1ldSandb0x77hZq"
	w.Production.Bundle.ConvexURL = w.url(w.Hosts.ConvexProduction, "")
	w.WorkOS = healthyWorkOS(w)
	w.Convex = healthyConvex(w)
	w.Vercel = healthyVercel(w)
	w.GitHub = healthyGitHub()
	return w
}

func hosts() Hosts {
	return Hosts{
		Deployment:       "web-k3v9x2m1q-acme.vercel.app",
		Alias:            "web-git-fix-login-acme.vercel.app",
		Production:       "web.acme.example",
		WorkOS:           "api.workos.com",
		WorkOSErrors:     "error.workos.com",
		AuthKit:          "acme-staging.authkit.app",
		VercelSite:       "vercel.com",
		Convex:           "swift-lemur-482.convex.cloud",
		ConvexProduction: "calm-heron-77.convex.cloud",
		ConvexAPI:        "api.convex.dev",
		VercelAPI:        "api.vercel.com",
		GitHubAPI:        "api.github.com",
	}
}

func given() map[string]string {
	return map[string]string{
		"GITHUB_TOKEN":                    gitHubToken,
		"VERCEL_TOKEN":                    vercelToken,
		"VERCEL_TEAM_ID":                  "team_SandboxTeam0000000000000",
		"VERCEL_AUTOMATION_BYPASS_SECRET": bypassSecret,
		"WORKOS_API_KEY":                  previewKey,
		"WORKOS_CLIENT_ID":                previewClient,
		"WORKOS_COOKIE_PASSWORD":          cookiePassword,
		"CONVEX_DEPLOY_KEY":               projectKey,
		"PREVIEWGATE_TEST_EMAIL":          testEmail,
		"PREVIEWGATE_TEST_PASSWORD":       testPassword,
	}
}

func healthyApp(w World, host string) App {
	return App{
		AuthKit: 4, ClientID: previewClient, APIKey: previewKey, CookiePassword: cookiePassword,
		APIHost: w.Hosts.WorkOS, EagerAuth: true,
		Proxy: Proxy{
			RedirectURI: w.url(host, "/callback"),
			Matcher:     []string{BroadMatcher, "/(api|trpc)(.*)"},
			Open:        []string{"/", "/sign-in", "/sign-out"},
		},
		Routes: map[string]Route{
			"/": Page, "/dashboard": Page, "/settings": StrictPage, "/admin/auth-debug": Page,
			"/api/me": Data, "/sign-in": SignIn, "/callback": Callback, "/sign-out": SignOutPOST,
		},
		Bundle: Bundle{
			BuildID: "pGt0yBu1ldSandb0x482x", ConvexURL: w.url(w.Hosts.Convex, ""), SignOutLink: "/sign-out",
		},
	}
}

func healthyWorkOS(w World) WorkOS {
	client := func(id, key, name, kid string) Client {
		return Client{
			ID: id, APIKey: key, Name: name, Environment: "environment_01SANDB0X" + id[len(id)-4:],
			Issuer:  w.url(w.Hosts.WorkOS, "/user_management/"+id),
			AuthKit: w.url(w.Hosts.AuthKit, ""), Homepage: w.url(w.Hosts.Production, "/"),
			JWKS: JWKS{Status: http.StatusOK, ContentType: jwksType, Keys: []string{kid}},
		}
	}
	preview := client(previewClient, previewKey, "Acme (Staging)", "sso_oidc_key_pair_01SANDB0XPREV1EW")
	preview.RedirectURIs = []string{
		"http://localhost:3000/callback", w.url(w.Hosts.Deployment, "/callback"), w.url(w.Hosts.Alias, "/callback"),
	}
	other := client(otherClient, otherKey, "Acme (Sandbox)", "sso_oidc_key_pair_01SANDB0X0THER00")
	other.RedirectURIs = []string{"http://localhost:3000/callback"}
	production := client(productionClient, productionKey, "Acme (Production)", "sso_oidc_key_pair_01SANDB0XPR0D000")
	production.RedirectURIs = []string{w.url(w.Hosts.Production, "/callback")}
	return WorkOS{Clients: []Client{preview, other, production}, Email: testEmail, Password: testPassword}
}

func healthyConvex(w World) Convex {
	return Convex{
		Team: "acme", Project: "web", DeployKey: projectKey, Branch: branch,
		Defaults: map[string]string{"WORKOS_CLIENT_ID": previewClient},
		Preview: Deployment{
			Name: "swift-lemur-482", URL: w.url(w.Hosts.Convex, ""), Type: "preview", AdminKey: previewAdminKey,
			Env:       map[string]string{"WORKOS_CLIENT_ID": previewClient},
			Providers: providersOf(w, previewClient), Functions: functions(), Calls: []string{"users:viewer"}, Commit: headSHA[:7],
		},
		Production: Deployment{
			Name: "calm-heron-77", URL: w.url(w.Hosts.ConvexProduction, ""), Type: "prod", AdminKey: prodAdminKey, Redacts: true,
			Env:       map[string]string{"WORKOS_CLIENT_ID": productionClient},
			Providers: providersOf(w, productionClient), Functions: functions(), Commit: baseSHA[:7],
		},
	}
}

// functions are those of a small application.
func functions() []Function {
	return []Function{
		{Path: "users:viewer", Answer: CallersIdentity},
		{Path: "messages:search", Answer: Arguments},
		{Path: "messages:broken", Answer: Exception},
		{Path: "jobs:tally", Internal: true, Answer: Arguments},
	}
}

// providersOf is the official auth.config.ts, evaluated with a client ID.
func providersOf(w World, clientID string) []Provider {
	return []Provider{
		{
			Type: "customJwt", Issuer: w.url(w.Hosts.WorkOS, "/"), Algorithm: "RS256",
			JWKS: w.url(w.Hosts.WorkOS, "/sso/jwks/"+clientID), ApplicationID: clientID,
		},
		{
			Type: "customJwt", Issuer: w.url(w.Hosts.WorkOS, "/user_management/"+clientID), Algorithm: "RS256",
			JWKS: w.url(w.Hosts.WorkOS, "/sso/jwks/"+clientID),
		},
	}
}

func healthyVercel(w World) Vercel {
	v := Vercel{
		Token: vercelToken, TeamID: "team_SandboxTeam0000000000000", TeamSlug: "acme", Project: "web",
		ProjectID: "prj_SandboxProject00000000000000", DeploymentID: "dpl_SandboxDeployment00000000000",
		ReadyState: "READY", Created: deployed(), Aliases: []string{w.Hosts.Alias},
		EnvNames: []string{"CONVEX_DEPLOY_KEY", "WORKOS_API_KEY", "WORKOS_CLIENT_ID", "WORKOS_COOKIE_PASSWORD"},
		BuildLog: []string{"Running \"npx convex deploy --cmd 'next build'\"", "✓ Compiled successfully", "ƒ Proxy (Middleware)", "Build Completed in /vercel/output [58s]"},
	}
	for _, name := range v.EnvNames {
		v.Env = append(v.Env, EnvVar{Key: name, Type: "sensitive", Target: []string{"preview"}, Updated: v.Created.Add(-72 * time.Hour)})
	}
	return v
}

func healthyGitHub() GitHub {
	return GitHub{
		Token: gitHubToken, Login: actionsLogin, Owner: "acme", Repo: "web", PullRequest: 7, Branch: branch,
		HeadSHA: headSHA, DeployedSHA: headSHA,
		Permissions: map[string]string{
			"contents": "read", "deployments": "read", "statuses": "write", "pull-requests": "write", "checks": "write",
		},
		Comments: []Comment{{ID: 801, Author: "ada", Body: "Could somebody look at the login?"}},
	}
}
