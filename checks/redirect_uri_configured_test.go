package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
)

func TestRedirectURIConfigured(t *testing.T) {
	judge(t, RedirectURIConfigured, agreeingSources())
	judge(t, RedirectURIConfigured, disagreeingSources())
	judge(t, RedirectURIConfigured, untoldSources())
	judge(t, RedirectURIConfigured, convexJSONs())
	judge(t, RedirectURIConfigured, deployedURIs())
}

func registersOnly(all ...source.Registered) func(*source.Repository) {
	return onBackend(func(b *source.Backend) { b.Registers = all })
}

const bothMean = "the proxy and convex.json both mean https://${buildEnv.%s}/callback"

// perHost is a proxy that asks for the host that is visited.
func perHost() *eval.Proxy {
	p := covering("/(.*)")
	for _, host := range []string{hashHost, branchHost} {
		p.Visits = append(p.Visits, eval.Visit{URL: "https://" + host + "/", Runs: true, Calls: []eval.Call{{RedirectURI: "https://" + host + "/callback", Given: true}}})
	}
	return p
}

func agreeingSources() []trial {
	public := byBranch
	public.From = []string{"NEXT_PUBLIC_VERCEL_BRANCH_URL"}
	fixed := eval.Call{RedirectURI: "https://preview.acme.com/callback", Given: true}
	return []trial{
		{name: "the branch's host in both", facts: sourced(), want: gate.Pass(bothMean, "VERCEL_BRANCH_URL")},
		{
			name: "the deployment's host in both", facts: sourced(evaluated(calling(byHash)), registersOnly(registers("VERCEL_URL", hashHost))),
			want: gate.Pass(bothMean, "VERCEL_URL"),
		},
		{name: "Vercel's copy for the browser", facts: sourced(evaluated(calling(public))), want: gate.Pass(bothMean, "VERCEL_BRANCH_URL")},
		{
			name: "the second of two that are registered", facts: sourced(registersOnly(registers("VERCEL_URL", hashHost), registers("VERCEL_BRANCH_URL", branchHost))),
			want: gate.Pass(bothMean, "VERCEL_BRANCH_URL"),
		},
		{
			name: "a domain of their own, spelt out",
			facts: sourced(evaluated(calling(fixed)), registersOnly(source.Registered{
				Template: "https://preview.acme.com/callback", URI: "https://preview.acme.com/callback",
			})),
			want: gate.Pass("the proxy and convex.json both mean https://preview.acme.com/callback"),
		},
		{
			name:  "the visitor's host, with both of them registered",
			facts: sourced(evaluated(perHost()), registersOnly(registers("VERCEL_URL", hashHost), registers("VERCEL_BRANCH_URL", branchHost))),
			want:  gate.Pass("the proxy and convex.json both mean https://${buildEnv.VERCEL_URL}/callback"),
		},
		{
			name: "the second of two backends registers it",
			facts: sourced(registersOnly(registers("VERCEL_URL", hashHost)), func(r *source.Repository) {
				b := r.Backends[0]
				b.Registers = []source.Registered{registers("VERCEL_BRANCH_URL", branchHost)}
				r.Backends = append(r.Backends, b)
			}),
			want: gate.Pass(bothMean, "VERCEL_BRANCH_URL"),
		},
	}
}

func disagreeingSources() []trial {
	const fix = "Register in `packages/backend/convex.json` what the proxy asks for:\n\n```diff\n" +
		"-\"https://${buildEnv.VERCEL_BRANCH_URL}/callback\"\n+\"https://${buildEnv.VERCEL_URL}/callback\"\n```"
	disagree := gate.Fail("the proxy asks for https://${buildEnv.VERCEL_URL}/callback, and convex.json registers https://${buildEnv.VERCEL_BRANCH_URL}/callback")
	disagree.Fix = fix
	place := gate.Evidence{What: "redirectUris", Saw: "https://${buildEnv.VERCEL_BRANCH_URL}/callback", File: configFile, Line: 5, Column: 26}
	other := byBranch
	other.RedirectURI = "https://" + branchHost + "/auth/callback"
	local := eval.Call{RedirectURI: "http://localhost:3000/callback"}
	onOne := gate.Fail("the proxy asks for https://%s/callback, and convex.json registers https://${buildEnv.VERCEL_BRANCH_URL}/callback; sign-in works from %s", hashHost, branchHost).AndAdvises().
		FixedBy("Build `redirectUri` from the one variable of Vercel's that `convex.json` names, or register both of the deployment's hosts.")
	return []trial{
		{
			name: "the deployment's host and the branch's", facts: sourced(evaluated(calling(byHash))),
			want: disagree.At(place).At(gate.Evidence{What: "redirect URI of the proxy", Saw: "https://" + hashHost + "/callback", File: proxyFile}),
		},
		{
			name: "another path", facts: sourced(evaluated(calling(other))),
			want: gate.Fail("the proxy asks for https://${buildEnv.VERCEL_BRANCH_URL}/auth/callback, and convex.json registers https://${buildEnv.VERCEL_BRANCH_URL}/callback").
				FixedBy("Register in `packages/backend/convex.json` what the proxy asks for:\n\n```diff\n-\"https://${buildEnv.VERCEL_BRANCH_URL}/callback\"\n+\"https://${buildEnv.VERCEL_BRANCH_URL}/auth/callback\"\n```"),
		},
		{
			name: "a developer's machine", facts: sourced(evaluated(calling(local))),
			want: gate.Fail("the proxy asks for http://localhost:3000/callback, and convex.json registers https://${buildEnv.VERCEL_BRANCH_URL}/callback"),
		},
		{name: "the visitor's host, of which one is registered", facts: sourced(evaluated(perHost())), want: onOne},
		{
			name: "a first visit that is right and a later one that is not",
			facts: sourced(evaluated(func() *eval.Proxy {
				p := calling(byBranch)
				for _, host := range []string{hashHost, branchHost} {
					p.Visits = append(p.Visits, eval.Visit{URL: "https://" + host + "/x", Calls: []eval.Call{byHash}})
				}
				return p
			}())),
			want: disagree,
		},
		{
			name:  "taken back in the proxy, as when a wildcard is registered by hand",
			facts: sourced(evaluated(calling(byHash)), ignoring(proxyFile, 4, "redirect-uri-configured", "a wildcard is in the dashboard")),
			want:  gate.Pass("a comment in apps/web/proxy.ts says that this is meant"),
		},
		{name: "taken back without a reason", facts: sourced(evaluated(calling(byHash)), ignoring(proxyFile, 4, "redirect-uri-configured", "")), want: disagree},
		{name: "a comment for another check", facts: sourced(evaluated(calling(byHash)), ignoring(proxyFile, 4, "callback-route", "x")), want: disagree},
	}
}

func untoldSources() []trial {
	skip := func(variable, summary string) gate.Verdict {
		return gate.Verdict{Status: gate.Skipped, Summary: summary, Unlock: "--env " + variable + "=…"}
	}
	perhaps := byHash
	perhaps.Unset = []string{"APP_URL"}
	complete := func(r *source.Repository) { r.Complete = true }
	return []trial{
		{
			name: "left to the variable", facts: sourced(evaluated(calling(eval.Call{}))),
			want: skip("NEXT_PUBLIC_WORKOS_REDIRECT_URI", "apps/web/proxy.ts leaves the redirect URI to NEXT_PUBLIC_WORKOS_REDIRECT_URI, whose value is not known"),
		},
		{
			name: "left to a variable that is not set", facts: sourced(evaluated(calling(eval.Call{})), complete),
			want: gate.Fail("apps/web/proxy.ts has no redirect URI: NEXT_PUBLIC_WORKOS_REDIRECT_URI is not set").
				FixedBy("Give the proxy a `redirectUri` that is built from `process.env.VERCEL_URL`, or set `NEXT_PUBLIC_WORKOS_REDIRECT_URI` for the Preview environment."),
		},
		{
			name: "a variable of the app's own", facts: sourced(evaluated(calling(eval.Call{Given: true, Unset: []string{"APP_URL"}}))),
			want: skip("APP_URL", "the redirect URI of apps/web/proxy.ts comes from APP_URL, whose value is not known"),
		},
		{
			name: "a variable of the app's own before Vercel's", facts: sourced(evaluated(calling(perhaps))),
			want: skip("APP_URL", "the redirect URI of apps/web/proxy.ts comes from APP_URL where it is set, and that is not known"),
		},
		{
			name: "the same, known to be unset", facts: sourced(evaluated(calling(perhaps)), complete),
			want: gate.Fail("the proxy asks for https://${buildEnv.VERCEL_URL}/callback, and convex.json registers https://${buildEnv.VERCEL_BRANCH_URL}/callback").
				FixedBy("Register in `packages/backend/convex.json` what the proxy asks for:\n\n```diff\n-\"https://${buildEnv.VERCEL_BRANCH_URL}/callback\"\n+\"https://${buildEnv.VERCEL_URL}/callback\"\n```"),
		},
		{
			name:  "a template with a variable of the app's own",
			facts: sourced(registersOnly(source.Registered{Template: "https://${buildEnv.PREVIEW_HOST}/callback", Unknown: "PREVIEW_HOST"})),
			want:  skip("PREVIEW_HOST", "what convex.json registers comes from PREVIEW_HOST, whose value is not known"),
		},
		{
			name: "a package whose sources are not here", facts: sourced(evaluated(calling(eval.Call{Unknown: "@acme/env.url"}))),
			want: gate.Unsure("the redirect URI of apps/web/proxy.ts depends on what is not in the source: @acme/env.url"),
		},
		{name: "a proxy without AuthKit", facts: sourced(evaluated(covering("/(.*)"))), want: gate.Skip("the app's proxy was not seen to call AuthKit")},
		{
			name: "a proxy that could not be evaluated", facts: sourced(onApp(func(a *source.App) { a.Evaluated, a.Trouble = nil, "the analysis took too long" })),
			want: gate.Unsure("apps/web/proxy.ts could not be evaluated: the analysis took too long"),
		},
		{
			name: "several apps", facts: sourced(second),
			want: gate.Verdict{Status: gate.Skipped, Summary: "the source holds several apps that use AuthKit (apps/web and apps/admin)", Unlock: "--source with one app's directory"},
		},
		{name: "no app", facts: sourced(func(r *source.Repository) { r.Apps = nil }), want: gate.Skip("repo holds no Next.js app that uses AuthKit")},
	}
}

func convexJSONs() []trial {
	at := js.Position{Path: configFile, Line: 4, Column: 7}
	noRegisters := gate.Skip("no convex.json registers redirect URIs for previews")
	ignored := func(keys ...string) func(*source.Repository) {
		return onBackend(func(b *source.Backend) {
			b.Registers = nil
			for _, key := range keys {
				b.Config.Ignored = append(b.Config.Ignored, eval.String{Text: key, Position: at})
			}
		})
	}
	misspelt := func(key string) trial {
		return trial{
			name: key, facts: sourced(ignored(key)),
			want: gate.Fail("convex.json has a key that Convex passes over: %s", key).
				FixedBy("Spell the key as Convex does: `authKit.preview.configure.redirectUris`.").
				At(gate.Evidence{What: "convex.json", Saw: key, File: configFile, Line: 4, Column: 7}),
		}
	}
	meant := func(key string) trial { return trial{name: key, facts: sourced(ignored(key)), want: noRegisters} }
	const problem = "is not JSON: invalid character '/'"
	template := "https://${buildEnv.VERCEL_BRANCH_ULR}/callback"
	const refusal = "Cannot resolve template ${buildEnv.VERCEL_BRANCH_ULR}: Environment variable VERCEL_BRANCH_ULR is not set"
	return []trial{
		{name: "no convex.json", facts: sourced(func(r *source.Repository) { r.Backends = nil }), want: noRegisters},
		{name: "previews are not registered, on purpose", facts: sourced(ignored()), want: noRegisters},
		misspelt("authKit.preview.configure.redirectURIs"),
		misspelt("authKit.preview.configure.redirect_uris"),
		misspelt("authKit.preview.redirectUris"),
		misspelt("authKit.preview.config"),
		misspelt("authKit.previews"),
		meant("authKit.preview.configure.corsOrigin"),
		meant("authKit.preview.configure._comment"),
		meant("authKit.preview.$note"),
		meant("authKit.dev.configure.redirectURIs"),
		meant("authKit.prod.configure.redirectUri"),
		meant("authKit.staging"),
		{
			name: "a misspelt key beside the right one", facts: sourced(onBackend(func(b *source.Backend) {
				b.Config.Ignored = []eval.String{{Text: "authKit.preview.configure.redirectURIs", Position: at}}
			})),
			want: gate.Pass(bothMean, "VERCEL_BRANCH_URL"),
		},
		{
			name: "a convex.json that is no JSON", facts: sourced(onBackend(func(b *source.Backend) {
				b.Registers, b.Config.Problems = nil, []eval.Problem{{Message: problem, Position: at}}
			})),
			want: gate.Fail("convex.json stops the build: " + problem).FixedBy("Mend `packages/backend/convex.json` where it is shown.").
				At(gate.Evidence{What: "convex.json", Saw: problem, File: configFile, Line: 4, Column: 7}),
		},
		{
			name: "a convex.json that could not be read", facts: sourced(onBackend(func(b *source.Backend) { b.Registers, b.Unread = nil, "it is binary" })),
			want: gate.Unsure("packages/backend/convex.json was not read: it is binary"),
		},
		{
			name: "a template that no build resolves", facts: sourced(registersOnly(source.Registered{Template: template, Trouble: refusal + ".", Position: at})),
			want: gate.Fail("convex.json stops the build: " + refusal).
				FixedBy("Use `${buildEnv.VERCEL_URL}` or another variable that every preview build has.").
				At(gate.Evidence{What: "redirectUris", Saw: template, File: configFile, Line: 4, Column: 7}),
		},
	}
}

// deployedURIs are sources that disagree, beside what WorkOS says of the
// deployment.
func deployedURIs() []trial {
	refused := facts.Ruling{RedirectURI: preview + "/callback", Reason: "redirect-uri-invalid"}
	taken := facts.Ruling{RedirectURI: preview + "/callback", Accepted: true}
	asked := func(ours, control facts.Ruling) gate.Given {
		return facts.Examined.Is([]facts.Examination{{Real: ours, Control: control}})
	}
	disagree := gate.Fail("the proxy asks for https://${buildEnv.VERCEL_URL}/callback, and convex.json registers https://${buildEnv.VERCEL_BRANCH_URL}/callback").
		FixedBy("Register in `packages/backend/convex.json` what the proxy asks for:\n\n```diff\n-\"https://${buildEnv.VERCEL_BRANCH_URL}/callback\"\n+\"https://${buildEnv.VERCEL_URL}/callback\"\n```")
	return []trial{
		{
			name: "WorkOS accepts it, by a wildcard of the dashboard", facts: plus(sourced(evaluated(calling(byHash))), asked(taken, refused)),
			want: gate.Pass("WorkOS accepts %s/callback all the same (in the source, %s)", preview, disagree.Summary),
		},
		{name: "WorkOS accepts everything, which proves nothing", facts: plus(sourced(evaluated(calling(byHash))), asked(taken, taken)), want: disagree},
		{name: "WorkOS refuses it", facts: plus(sourced(evaluated(calling(byHash))), asked(refused, refused)), want: disagree},
		{name: "nothing was asked", facts: plus(sourced(evaluated(calling(byHash))), facts.Examined.Is(nil)), want: disagree},
		{name: "WorkOS refuses what the sources register", facts: plus(sourced(), asked(refused, refused)), want: gate.Pass(bothMean, "VERCEL_BRANCH_URL")},
	}
}
