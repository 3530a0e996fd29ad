package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

func TestCallbackRoute(t *testing.T) {
	judge(t, CallbackRoute, callbacksInPlace())
	judge(t, CallbackRoute, callbacksElsewhere())
	judge(t, CallbackRoute, callbacksInDoubt())
	judge(t, CallbackRoute, callbacksOfDeployments())
}

// callbackAt moves the callback.
func callbackAt(url, file string) func(*source.Repository) {
	return func(r *source.Repository) {
		r.Findings.Callbacks = []rules.Callback{{Position: spot(file, 3, 20, "handleAuth"), URL: url, App: "apps/web"}}
		r.Apps[0].Routes = []project.Route{{File: file, URL: url, Kind: project.Handler}}
	}
}

func routed(routes ...project.Route) func(*source.Repository) {
	return onApp(func(a *source.App) { a.Routes = append(a.Routes, routes...) })
}

// asking is a proxy that asks for the redirect URI.
func asking(uri string) func(*source.Repository) {
	return evaluated(calling(eval.Call{RedirectURI: uri, Given: true}))
}

// below puts the app below a basePath.
func below(a *source.App) { a.BasePath = "/app" }

func named(callback string) gate.Given { return facts.Routes.Is(facts.Paths{Callback: callback}) }

func callbacksInPlace() []trial {
	handles := gate.Pass("apps/web/app/callback/route.ts handles /callback")
	return []trial{
		{name: "at the path", facts: sourced(), want: handles},
		{name: "a slash at the end of the redirect URI", facts: sourced(asking("https://x.example/callback/")), want: handles},
		{
			name: "in a route group", facts: sourced(callbackAt("/callback", "apps/web/app/(auth)/callback/route.ts")),
			want: gate.Pass("apps/web/app/(auth)/callback/route.ts handles /callback"),
		},
		{
			name:  "below a locale, which the redirect URI names",
			facts: sourced(callbackAt("/[locale]/callback", "apps/web/app/[locale]/callback/route.ts"), asking("https://x.example/en/callback")),
			want:  gate.Pass("apps/web/app/[locale]/callback/route.ts handles /en/callback"),
		},
		{
			name:  "a route that catches all",
			facts: sourced(callbackAt("/auth/[...workos]", "apps/web/app/auth/[...workos]/route.ts"), asking("https://x.example/auth/callback")),
			want:  gate.Pass("apps/web/app/auth/[...workos]/route.ts handles /auth/callback"),
		},
		{
			name:  "an API route of the pages router",
			facts: sourced(callbackAt("/api/auth/callback", "apps/web/pages/api/auth/callback.ts"), asking("https://x.example/api/auth/callback")),
			want:  gate.Pass("apps/web/pages/api/auth/callback.ts handles /api/auth/callback"),
		},
		{
			name: "in a file of its own, which the route hands over to", facts: sourced(func(r *source.Repository) {
				r.Findings.Callbacks[0].Position = spot("packages/auth/callback.ts", 9, 10, "handleAuth")
			}),
			want: gate.Pass("packages/auth/callback.ts handles /callback"),
		},
		{name: "below a basePath", facts: sourced(onApp(below), asking("https://x.example/app/callback")), want: handles},
		{
			name: "below a basePath that other paths start with", facts: sourced(onApp(below), asking("https://x.example/app/application"), callbackAt("/application", "a.ts")),
			want: gate.Pass("a.ts handles /application"),
		},
		{name: "named by the user", facts: plus(sourced(asking("https://x.example/elsewhere")), named("/callback")), want: handles},
		{name: "named by the user, below a basePath", facts: plus(sourced(onApp(below)), named("/app/callback/")), want: handles},
		{
			name: "named by the deployment", facts: plus(sourced(asking("https://x.example/elsewhere")), facts.SignIn.Is(entrance("/sign-in", preview+"/callback"))),
			want: handles,
		},
	}
}

func callbacksElsewhere() []trial {
	moved := callbackAt("/auth/callback", "apps/web/app/auth/callback/route.ts")
	none := gate.Fail("no route file handles /callback, where WorkOS sends visitors after sign-in")
	elsewhere := none.FixedBy("Let the redirect URI end in `/auth/callback`, where the callback is, or move the callback to `/callback`.")
	missing := func(r *source.Repository) { r.Findings.Callbacks, r.Apps[0].Routes = nil, nil }
	return []trial{
		{
			name: "at another path", facts: sourced(moved),
			want: elsewhere.Because("redirect URI of the proxy", "/callback").At(gate.Evidence{
				What: "callback at another path", Saw: "/auth/callback", File: "apps/web/app/auth/callback/route.ts", Line: 3, Column: 20, EndColumn: 30,
			}),
		},
		{
			name: "at another path than the deployment's", facts: plus(sourced(), facts.SignIn.Is(entrance("/sign-in", preview+"/auth/callback"))),
			want: gate.Fail("no route file handles /auth/callback, where WorkOS sends visitors after sign-in").
				FixedBy("Let the redirect URI end in `/callback`, where the callback is, or move the callback to `/auth/callback`.").
				Because("redirect_uri of the deployment", "/auth/callback").
				At(gate.Evidence{What: "callback at another path", Saw: "/callback", File: "apps/web/app/callback/route.ts", Line: 3, Column: 20, EndColumn: 30}),
		},
		{name: "nowhere", facts: sourced(missing), want: none.FixedBy("Export `GET = handleAuth()` from `apps/web/app/callback/route.ts`.").Because("redirect URI of the proxy", "/callback")},
		{name: "nowhere, with the pages router", facts: sourced(missing, onApp(func(a *source.App) { a.AppDir = "" })), want: none},
		{name: "in another app", facts: sourced(missing, onFindings(func(f *rules.Findings) {
			f.Callbacks = []rules.Callback{{URL: "/callback", App: "apps/other"}}
		})), want: none.FixedBy("Export `GET = handleAuth()` from `apps/web/app/callback/route.ts`.")},
		{
			name: "a basePath that the redirect URI leaves out", facts: sourced(onApp(below)),
			want: gate.Fail("the redirect URI's path /callback is outside of the app's basePath /app").
				FixedBy("Let the redirect URI end in `/app/callback`.").Because("redirect URI of the proxy", "/callback"),
		},
		{
			name: "a basePath that the path only starts with", facts: sourced(onApp(below), asking("https://x.example/application/callback")),
			want: gate.Fail("the redirect URI's path /application/callback is outside of the app's basePath /app").
				FixedBy("Let the redirect URI end in `/app/application/callback`."),
		},
		{
			name: "at another path below a basePath", facts: sourced(onApp(below), asking("https://x.example/app/callback"), moved),
			want: none.FixedBy("Let the redirect URI end in `/app/auth/callback`, where the callback is, or move the callback to `/app/callback`."),
		},
		{
			name: "taken back", facts: sourced(moved, ignoring("apps/web/app/auth/callback/route.ts", 3, "callback-route", "the router in front rewrites it")),
			want: gate.Pass("apps/web/app/auth/callback/route.ts says that this is meant"),
		},
		{name: "taken back without a reason", facts: sourced(moved, ignoring("apps/web/app/auth/callback/route.ts", 3, "callback-route", "")), want: elsewhere},
		{
			name: "one of two apps", facts: sourced(second),
			want: none.FixedBy("Export `GET = handleAuth()` from `apps/admin/app/callback/route.ts`."),
		},
	}
}

func callbacksInDoubt() []trial {
	moved := callbackAt("/auth/callback", "apps/web/app/auth/callback/route.ts")
	rewriting := onApp(func(a *source.App) { a.Rewritten = []string{"/(.*)", "/ingest/:path*", "/callback"} })
	perhaps := byHash
	perhaps.Unset = []string{"APP_URL"}
	several := gate.Verdict{Status: gate.Skipped, Summary: "the source holds several apps that use AuthKit (apps/web and apps/admin)", Unlock: "--source with one app's directory"}
	return []trial{
		{name: "no redirect URI is known", facts: sourced(evaluated(nil)), want: gate.Skip("the path of the redirect URI is not known")},
		{name: "one that is left to a variable", facts: sourced(evaluated(calling(eval.Call{}))), want: gate.Skip("the path of the redirect URI is not known")},
		{name: "one that a package computes", facts: sourced(evaluated(calling(eval.Call{RedirectURI: "https://x.example/[unknown x]", Unknown: "x"}))), want: gate.Skip("the path of the redirect URI is not known")},
		{name: "one without a path", facts: sourced(asking("https://x.example")), want: gate.Skip("the path of the redirect URI is not known")},
		{
			name:  "a handler of another library, which may hand over",
			facts: sourced(callbackAt("/x", "apps/web/app/x/route.ts"), routed(project.Route{File: "apps/web/app/[[...route]]/route.ts", URL: "/[[...route]]", Kind: project.Handler})),
			want:  gate.Unsure("apps/web/app/[[...route]]/route.ts serves /callback, and whether it hands over to AuthKit cannot be told"),
		},
		{
			name:  "a page before a callback that catches all",
			facts: sourced(callbackAt("/[...all]", "apps/web/app/[...all]/route.ts"), routed(project.Route{File: "apps/web/app/callback/page.tsx", URL: "/callback", Kind: project.Page})),
			want:  gate.Unsure("apps/web/app/callback/page.tsx serves /callback, and whether it hands over to AuthKit cannot be told"),
		},
		{
			name: "below a locale that the proxy may add", facts: sourced(callbackAt("/[locale]/callback", "apps/web/app/[locale]/callback/route.ts")),
			want: gate.Skip("whether /callback leads to the callback at /[locale]/callback depends on what the proxy puts before it"),
		},
		{name: "a rewrite", facts: sourced(moved, rewriting), want: gate.Skip("whether /callback leads to the callback depends on a rewrite of /callback")},
		{
			name: "a basePath that is computed", facts: sourced(moved, func(r *source.Repository) {
				r.Apps[0].Config = "apps/web/next.config.ts"
				r.Notes = []project.Note{{File: "apps/web/next.config.ts", Text: "basePath is not a literal here; paths are given without it"}}
			}),
			want: gate.Skip("whether a route file handles /callback depends on basePath, which apps/web/next.config.ts computes"),
		},
		{
			name: "a variable that may name another", facts: sourced(moved, evaluated(calling(perhaps))),
			want: gate.Verdict{Status: gate.Skipped, Summary: "the redirect URI comes from APP_URL where it is set, and that is not known", Unlock: "--env APP_URL=…"},
		},
		{name: "several apps and a deployment", facts: plus(sourced(second), facts.SignIn.Is(entrance("/sign-in", preview+"/callback"))), want: several},
		{name: "several apps and a path of one", facts: plus(sourced(second), named("/callback")), want: several},
		{name: "no app", facts: sourced(func(r *source.Repository) { r.Apps = nil }), want: gate.Skip("repo holds no Next.js app that uses AuthKit")},
	}
}

// callbacksOfDeployments are every verdict on the sources, with every answer
// of the deployment.
func callbacksOfDeployments() []trial {
	moved := callbackAt("/auth/callback", "apps/web/app/auth/callback/route.ts")
	served := sourced(callbackAt("/x", "apps/web/app/x/route.ts"), routed(project.Route{File: "r.ts", URL: "/[[...route]]", Kind: project.Handler}))
	answers := hop("/callback?state=previewgate", 500, "Content-Type", "application/json")
	answers.Body = `{"error":{"message":"Something went wrong","description":"Couldn't sign in."}}`
	there, gone := facts.Callback.Is(answers), facts.Callback.Is(page("/callback", 404))
	fail := gate.Fail("no route file handles /callback, where WorkOS sends visitors after sign-in").
		FixedBy("Let the redirect URI end in `/auth/callback`, where the callback is, or move the callback to `/callback`.")
	pass := gate.Pass("apps/web/app/callback/route.ts handles /callback")
	unsure := gate.Unsure("r.ts serves /callback, and whether it hands over to AuthKit cannot be told")
	all := func(in string) gate.Verdict {
		return gate.Pass("AuthKit's callback answers at /callback on the deployment (in the source, %s)", in)
	}
	return []trial{
		{name: "source failed, deployment passed", facts: plus(sourced(moved), there), want: all(fail.Summary)},
		{name: "source failed, deployment failed", facts: plus(sourced(moved), gone), want: fail},
		{name: "source unknown, deployment passed", facts: plus(served, there), want: all(unsure.Summary)},
		{name: "source unknown, deployment failed", facts: plus(served, gone), want: unsure},
		{name: "source passed, deployment failed, which another check tells", facts: plus(sourced(), gone), want: pass},
		{name: "source passed, deployment passed", facts: plus(sourced(), there), want: pass},
	}
}
