package sandbox

import "slices"

// failTemplate fails the build as convex deploy does when a template of
// convex.json has no value.
func failTemplate(w *World) {
	w.Vercel.ReadyState, w.Vercel.ErrorCode = "ERROR", "BUILD_FAILED"
	w.Vercel.ErrorMessage = `Command "npx convex deploy --cmd 'npm run build'" exited with 1`
	w.Vercel.BuildLog = []string{
		"Running \"npx convex deploy --cmd 'npm run build'\"",
		"✖ Error configuring redirect URI: Cannot resolve template ${buildEnv.VERCEL_BRANCH_URL}: Environment variable VERCEL_BRANCH_URL is not set.",
		"Error: " + w.Vercel.ErrorMessage,
	}
}

// keyFaults are seen only in the deployment's runtime log.
func keyFaults() []Fault {
	withVercel := []string{"VERCEL_TOKEN", "VERCEL_TEAM_ID"}
	return []Fault{
		{"app-api-key-wrong", "the deployed app has the API key of another WorkOS environment", "app-api-key", withVercel, func(w *World) {
			w.App.APIKey = otherKey
		}},
		{"app-api-key-revoked", "the deployed app has an API key that was revoked", "app-api-key", withVercel, func(w *World) {
			w.App.APIKey = previewKey[:len(previewKey)-4] + "gone"
		}},
	}
}

func refreshFaults() []Fault {
	return []Fault{
		{"refresh-storm-429", "WorkOS turns the app's refreshes down as too many", "refresh-errors", []string{"VERCEL_TOKEN", "VERCEL_TEAM_ID"}, func(w *World) {
			w.Vercel.LiveLog = slices.Repeat([]string{"Failed to refresh access token: Failed to refresh session: The request could not be completed."}, 12)
		}},
	}
}

// acceptanceFaults are told for certain only by a token of a test account.
func acceptanceFaults() []Fault {
	return []Fault{
		{"convex-wrong-issuer", "auth.config.ts has an issuer that AuthKit's tokens do not name", "convex-provider", withSignIn(), func(w *World) {
			trustOnly(w, w.url(w.Hosts.WorkOS, "/sso/"+previewClient), "", "")
		}},
		{"convex-wrong-audience", "auth.config.ts wants an audience that AuthKit's tokens do not have", "convex-provider", withSignIn(), func(w *World) {
			trustOnly(w, w.url(w.Hosts.WorkOS, "/user_management/"+previewClient), previewClient, "")
		}},
		{"convex-other-environment-redacted", "Convex has the client ID of another WorkOS environment, and does not say so", "convex-provider", withSignIn(), func(w *World) {
			trustOtherClient(w)
			w.Convex.Preview.Redacts = true
		}},
		{"convex-jwks-down", "auth.config.ts has an address of keys that answers 404", "convex-provider", withSignIn(), func(w *World) {
			trustOnly(w, w.url(w.Hosts.WorkOS, "/user_management/"+previewClient), "", w.url(w.Hosts.AuthKit, "/oauth2/jwks"))
		}},
		{"convex-jwks-content-type", "auth.config.ts has an address of keys that answers a page", "convex-provider", withSignIn(), func(w *World) {
			trustOnly(w, w.url(w.Hosts.WorkOS, "/user_management/"+previewClient), "", w.url(w.Hosts.AuthKit, "/sign-in"))
		}},
		{"convex-custom-domain-issuer", "WorkOS issues tokens in the name of a domain that auth.config.ts does not have", "convex-provider", withSignIn(), func(w *World) {
			customAuthDomain(w)
			w.Convex.Preview.Providers = providersOf(*w, previewClient)
		}},
		{"token-rotated-key-at-convex", "Convex has the keys from before WorkOS rotated them", "convex-accepts-token", withSignIn(), func(w *World) {
			w.Convex.Preview.OldKeys = []string{"sso_oidc_key_pair_01SANDB0X0LDKEY0"}
		}},
		{"convex-run-unauthorized", "a function turns the signed-in test account away", "convex-run", append(withSignIn(), "CONVEX_DEPLOY_KEY"), func(w *World) {
			w.Convex.Preview.Functions = append(functions(), Function{Path: "plans:list", Answer: Unauthorized})
			w.Calls = []string{`users:viewer`, `plans:list {"limit": 3}`, `jobs:tally {} as key`}
		}},
		{"convex-function-errors", "functions of the app turn callers away", "convex-logs", []string{"CONVEX_DEPLOY_KEY"}, func(w *World) {
			w.Convex.Preview.Logs = []string{"Uncaught Error: Unauthorized"}
		}},
		{"convex-stale", "Convex runs the functions of an older commit", "convex-fresh", []string{"CONVEX_DEPLOY_KEY", "VERCEL_TOKEN", "VERCEL_TEAM_ID"}, func(w *World) {
			w.Convex.Preview.Commit = baseSHA[:7]
		}},
	}
}

// trustOnly leaves Convex with one provider.
func trustOnly(w *World, issuer, audience, jwks string) {
	if jwks == "" {
		jwks = w.url(w.Hosts.WorkOS, "/sso/jwks/"+previewClient)
	}
	w.Convex.Preview.Providers = []Provider{{Type: "customJwt", Issuer: issuer, Algorithm: "RS256", JWKS: jwks, ApplicationID: audience}}
}
