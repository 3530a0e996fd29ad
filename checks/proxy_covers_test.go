package checks

import (
	"errors"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

func TestProxyCovers(t *testing.T) {
	judge(t, ProxyCovers, coveringProxies())
	judge(t, ProxyCovers, missingProxies())
}

// deleting is an answer by which the proxy deletes a session that is no seal.
func deleting(h facts.Hop) facts.Hop {
	h.Header = h.Header.Clone()
	h.Header.Add("Set-Cookie", "wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0")
	return h
}

// asked are the answers to a broken session, and the matchers that Next.js
// publishes.
func asked(matchers []facts.Matcher, hops ...facts.Hop) []gate.Given {
	return given(facts.BadSession.Is(hops), facts.ProxyMatchers.Is(matchers))
}

// unpublished are the answers where Next.js publishes no matcher.
func unpublished(hops ...facts.Hop) []gate.Given {
	return given(facts.BadSession.Is(hops), facts.ProxyMatchers.IsMissing(gate.Moot("this version of Next.js publishes no manifest of its proxy")))
}

var (
	everything = []facts.Matcher{{Source: "/((?!_next).*)", Regexp: `^(?:\/((?!_next).*))[\/#\?]?$`}}
	dashboard  = []facts.Matcher{{Source: "/dashboard", Regexp: `^\/dashboard$`}}
)

func coveringProxies() []trial {
	signIn := toAuthorize("/sign-in", preview+"/callback")
	return []trial{
		{name: "a healthy app", facts: asked(everything, deleting(page("/", 200)), deleting(signIn)), want: gate.Pass("the proxy runs on all 2 paths tried")},
		{name: "an older Next.js", facts: unpublished(deleting(page("/", 200)), deleting(signIn)), want: gate.Pass("the proxy runs on all 2 paths tried")},
		{name: "a session cookie of another name", facts: asked(everything, page("/", 200), signIn), want: gate.Pass("the proxy runs on all 2 paths tried")},
		{
			name: "a public page left out of the matcher", facts: asked(dashboard, page("/", 200), deleting(page("/dashboard", 307))),
			want: gate.Pass("the proxy runs on 1 of 2 paths tried; the others do not need it to answer"),
		},
		{
			name:  "a front page left out of the matcher, which leads to a locale",
			facts: asked(dashboard, hop("/", 307, "Location", "/en"), deleting(page("/dashboard", 307))),
			want:  gate.Pass("the proxy runs on 1 of 2 paths tried; the others do not need it to answer"),
		},
		{
			name:  "a sign-in route left out of the matcher, with the redirect URI of the environment",
			facts: asked(dashboard, signIn, deleting(page("/dashboard", 307))),
			want:  gate.Pass("the proxy runs on 1 of 2 paths tried; the others do not need it to answer"),
		},
		{
			name: "a public page left out, and down for now", facts: asked(dashboard, page("/", 503), deleting(page("/dashboard", 307))),
			want: gate.Pass("the proxy runs on 1 of 2 paths tried; the others do not need it to answer"),
		},
		{
			name: "an empty manifest, which the answers belie", facts: asked([]facts.Matcher{}, deleting(page("/", 200)), deleting(signIn)),
			want: gate.Pass("the proxy runs on all 2 paths tried"),
		},
		{
			name: "no sign either way", facts: unpublished(page("/", 200), signIn),
			want: gate.Unsure("no sign of AuthKit's proxy was seen, and Next.js does not publish its matcher"),
		},
		{
			name: "a page that crashes, where nothing tells the matcher", facts: unpublished(page("/", 500)),
			want: gate.Unsure("no sign of AuthKit's proxy was seen, and Next.js does not publish its matcher"),
		},
		{
			name: "a matcher that no path tried is for", facts: asked(dashboard, page("/", 200), signIn),
			want: gate.Verdict{Status: gate.Skipped, Summary: "the proxy runs on none of the 2 paths tried, and none of them needs it", Unlock: "--protected"},
		},
		{
			name: "a matcher that is no expression", facts: asked([]facts.Matcher{{Source: "%s", Regexp: "("}}, page("/", 500)),
			want: gate.Unsure("no sign of AuthKit's proxy was seen, and its matcher cannot be evaluated"),
		},
		{
			name: "a matcher that never ends", facts: asked([]facts.Matcher{{Source: "/a", Regexp: `^(\/(a+)+)+$`}}, page("/"+strings.Repeat("a", 40)+"!", 500)),
			want: gate.Unsure("no sign of AuthKit's proxy was seen, and its matcher cannot be evaluated"),
		},
	}
}

func missingProxies() []trial {
	const put = "Put `proxy.ts` beside the `app` folder (`src/proxy.ts` when it is `src/app`; `middleware.ts` before Next.js 16) and export `authkitProxy()` from it."
	return []trial{
		{
			name: "no proxy.ts where Next.js looks for it", facts: asked([]facts.Matcher{}, page("/", 500), toAuthorize("/sign-in", "")),
			want: gate.Fail("the deployment has no proxy: Next.js found no proxy.ts (or middleware.ts) where it looks for one").FixedBy(put).
				Because("_clientMiddlewareManifest.js", "no matchers").
				Because("GET /", "500 Internal Server Error, text/html").
				Because("GET /sign-in", "307 Temporary Redirect to https://api.workos.com/user_management/authorize"),
		},
		{
			name: "a page that throws for want of the proxy", facts: asked([]facts.Matcher{}, page("/", 200), page("/dashboard", 500)),
			want: gate.Fail("the deployment has no proxy: Next.js found no proxy.ts (or middleware.ts) where it looks for one").FixedBy(put),
		},
		{
			name: "a page outside the matcher throws", facts: asked(dashboard, deleting(page("/dashboard", 307)), page("/settings", 500)),
			want: gate.Fail("the proxy's matcher misses /settings").
				Because("GET /settings", "500 Internal Server Error, text/html").Because("matcher", "/dashboard"),
		},
		{
			name: "a sign-in route outside the matcher, which names no redirect URI", facts: asked(dashboard, deleting(page("/dashboard", 307)), toAuthorize("/sign-in", "")),
			want: gate.Fail("the proxy's matcher misses /sign-in"),
		},
	}
}

func TestProxyCoversInSource(t *testing.T) {
	judge(t, ProxyCovers, placedProxies())
	judge(t, ProxyCovers, evaluatedProxies())
	judge(t, ProxyCovers, matchedProxies())
}

// offline gives the sources alone.
func offline(changes ...func(*source.Repository)) []gate.Given {
	return plus(sourced(changes...), facts.BadSession.IsMissing(gate.Moot("there is no preview")))
}

// proxied changes where the app's proxy is.
func proxied(p project.Proxy) func(*source.Repository) {
	return onApp(func(a *source.App) { a.Proxy, a.Evaluated = p, nil })
}

// passedOver is a proxy that Next.js does not run.
func passedOver(file string, reason project.Reason) func(*source.Repository) {
	return proxied(project.Proxy{Candidates: []project.Candidate{{File: file, Reason: reason}}})
}

func placedProxies() []trial {
	unrun := func(name, file string, reason project.Reason, fix string, more ...func(*source.Repository)) trial {
		return trial{
			name: name, facts: offline(append(more, passedOver(file, reason))...),
			want: gate.Fail("Next.js does not run %s: %s", file, reason).FixedBy("%s", fix).
				At(gate.Evidence{What: "passed over by Next.js", Saw: string(reason), File: file}),
		}
	}
	src := onApp(func(a *source.App) { a.Root = "apps/web/src" })
	root := onApp(func(a *source.App) { a.Root = "." })
	own := onFindings(func(f *rules.Findings) { f.Callbacks[0].Own, f.Protected = true, nil })
	clientOnly := onFindings(func(f *rules.Findings) { f.Callbacks, f.Protected[0].Client = nil, true })
	none := gate.Skip("apps/web has no proxy, and no page of it was seen to use AuthKit")
	conflict := project.Proxy{File: proxyFile, Conflict: true}
	return []trial{
		unrun("beside src", "apps/web/proxy.ts", project.WrongDirectory, "Move `apps/web/proxy.ts` to `apps/web/src/proxy.ts`.", src),
		unrun("before Next.js 16", "apps/web/proxy.ts", project.TooEarly, "Rename `apps/web/proxy.ts` to `apps/web/middleware.ts`, or go to Next.js 16."),
		unrun("before Next.js 16, at the root", "proxy.js", project.TooEarly, "Rename `proxy.js` to `middleware.js`, or go to Next.js 16.", root),
		unrun("an extension", "apps/web/proxy.mjs", project.WrongExtension, "Give `apps/web/proxy.mjs` an extension that Next.js takes, such as `.ts`."),
		{
			name: "none", facts: offline(proxied(project.Proxy{})),
			want: gate.Fail("apps/web has no proxy, which AuthKit needs").Because("looked for", "apps/web/proxy.ts and middleware.ts"),
		},
		{name: "none, with sessions of its own", facts: offline(own, proxied(project.Proxy{})), want: none},
		{name: "none, and a file of the name that is something else", facts: offline(own, passedOver("apps/web/app/proxy.ts", project.WrongDirectory)), want: none},
		{name: "none, and nothing but the browser asks", facts: offline(clientOnly, proxied(project.Proxy{})), want: none},
		{
			name: "both files", facts: offline(proxied(conflict)),
			want: gate.Fail("apps/web has both a proxy and a middleware file, which Next.js refuses to build").
				FixedBy("Keep one of the two: `proxy` from Next.js 16 on, `middleware` before.").
				At(gate.Evidence{What: "proxy", Saw: proxyFile, File: proxyFile}),
		},
		{
			name: "both files, and no version", facts: offline(proxied(conflict), onApp(func(a *source.App) { a.Next = project.Version{} })),
			want: gate.Unsure("apps/web has both a proxy and a middleware file, and its version of Next.js is not known"),
		},
		{name: "no app", facts: offline(func(r *source.Repository) { r.Apps = nil }), want: gate.Skip("no app in the source uses AuthKit's pages or routes")},
		{
			name: "an app in doubt before one that fails", facts: offline(proxied(project.Proxy{File: proxyFile}), second, func(r *source.Repository) {
				r.Apps[1].Proxy = project.Proxy{}
				r.Findings.Callbacks = append(r.Findings.Callbacks, rules.Callback{URL: "/callback", App: "apps/admin"})
			}),
			want: gate.Fail("apps/admin has no proxy, which AuthKit needs"),
		},
		{
			name: "the second of two apps", facts: offline(second, func(r *source.Repository) {
				r.Apps[1].Proxy = project.Proxy{}
				r.Findings.Callbacks = append(r.Findings.Callbacks, rules.Callback{URL: "/callback", App: "apps/admin"})
			}),
			want: gate.Fail("apps/admin has no proxy, which AuthKit needs"),
		},
	}
}

func evaluatedProxies() []trial {
	at := js.Position{Path: proxyFile, Line: 2, Column: 7}
	takesAll := gate.Pass("apps/web/proxy.ts takes in the one page that demands a session")
	changed := func(change func(*eval.Proxy)) func(*source.Repository) {
		p := covering("/(.*)")
		change(p)
		return evaluated(p)
	}
	return []trial{
		{
			name: "not evaluated", facts: offline(onApp(func(a *source.App) { a.Evaluated, a.Trouble = nil, "the analysis took too long" })),
			want: gate.Unsure("apps/web/proxy.ts could not be evaluated: the analysis took too long"),
		},
		{name: "one that throws for want of a variable, with a matcher that stands there", facts: offline(changed(func(p *eval.Proxy) { p.Problem, p.Handler = "STRIPE_KEY is not set", "" })), want: takesAll},
		{
			name: "one that throws, with a matcher that is computed", facts: offline(changed(func(p *eval.Proxy) { p.Problem, p.Config.Static = "STRIPE_KEY is not set", false })),
			want: gate.Unsure("apps/web/proxy.ts could not be evaluated: STRIPE_KEY is not set"),
		},
		{
			name: "one that does not parse", facts: offline(evaluated(&eval.Proxy{Problem: "Unexpected end of file"})),
			want: gate.Unsure("apps/web/proxy.ts could not be evaluated: Unexpected end of file"),
		},
		{
			name: "no function", facts: offline(changed(func(p *eval.Proxy) {
				p.Problem, p.Position, p.Handler = "exports no function as proxy or as default", at, ""
			})),
			want: gate.Fail("Next.js does not take apps/web/proxy.ts: it exports no function as proxy or as default").
				FixedBy("Export the proxy of `apps/web/proxy.ts` as its default.").
				At(gate.Evidence{What: "proxy", Saw: "exports no function as proxy or as default", File: proxyFile, Line: 2, Column: 7}),
		},
		{
			name: "a matcher that is none", facts: offline(changed(func(p *eval.Proxy) { p.Config.Problem = "Missing )" })),
			want: gate.Fail("Next.js does not take the matcher of apps/web/proxy.ts: Missing )").
				FixedBy("Write `config.matcher` as plain strings in `apps/web/proxy.ts` itself.").
				At(gate.Evidence{What: "matcher", Saw: "Missing )", File: proxyFile, Line: 9, Column: 12}),
		},
	}
}

func matchedProxies() []trial {
	matched := func(matcher string) func(*source.Repository) { return evaluated(covering(matcher)) }
	takesIn := gate.Pass("apps/web/proxy.ts takes in the one page that demands a session")
	free := gate.Pass("apps/web/proxy.ts runs, and no page in the source demands a session")
	misses := gate.Fail("the matcher of apps/web/proxy.ts misses /dashboard, which demands a session").
		FixedBy("Widen `config.matcher` in `apps/web/proxy.ts` to take in `/dashboard`.")
	protect := func(url string) func(*source.Repository) {
		return onFindings(func(f *rules.Findings) { f.Protected[0].URL = url })
	}
	page := "apps/web/app/dashboard/page.tsx"
	return []trial{
		{name: "the official matcher", facts: offline(matched(`/((?!_next|[^?]*\\.(?:html?|css|js(?!on))).*)`)), want: takesIn},
		{name: "no matcher at all", facts: offline(evaluated(&eval.Proxy{Handler: "default", Config: eval.Config{Static: true}})), want: takesIn},
		{
			name: "a page outside of it", facts: offline(matched("/admin/:path*")),
			want: misses.At(gate.Evidence{What: "matcher", Saw: "/admin/:path*", File: proxyFile, Line: 9, Column: 12}).
				At(gate.Evidence{What: "demands a session", Saw: "withAuth", File: page, Line: 4, Column: 26, EndColumn: 34}),
		},
		{
			name: "two pages", facts: offline(onFindings(func(f *rules.Findings) {
				f.Protected = append(f.Protected, rules.ProtectedCall{URL: "/settings", App: "apps/web"})
			})),
			want: gate.Pass("apps/web/proxy.ts takes in all 2 pages that demand a session"),
		},
		{name: "a page below a basePath", facts: offline(matched("/dashboard"), onApp(below)), want: misses},
		{name: "a page below a locale", facts: offline(matched("/admin"), protect("/[locale]/dashboard")), want: free},
		{name: "a page that only the browser protects", facts: offline(matched("/admin"), onFindings(func(f *rules.Findings) { f.Protected[0].Client = true })), want: free},
		{name: "a page of another app", facts: offline(matched("/admin"), onFindings(func(f *rules.Findings) { f.Protected[0].App = "apps/x" })), want: free},
		{name: "taken back", facts: offline(matched("/admin"), ignoring(page, 4, "proxy-covers", "the CDN rewrites it")), want: free},
		{name: "taken back without a reason", facts: offline(matched("/admin"), ignoring(page, 4, "proxy-covers", "")), want: misses},
		{
			name: "a matcher that cannot be evaluated", facts: offline(matched("/(")),
			want: gate.Unsure("the matcher of apps/web/proxy.ts cannot be evaluated: Invalid source '/(': Capturing groups are not allowed at 35"),
		},
	}
}

func TestProxyCoversInBothHalves(t *testing.T) {
	const inSource = "the matcher of apps/web/proxy.ts misses /dashboard, which demands a session"
	fromSource := gate.Fail(inSource).FixedBy("Widen `config.matcher` in `apps/web/proxy.ts` to take in `/dashboard`.")
	takesIn := gate.Pass("apps/web/proxy.ts takes in the one page that demands a session")
	trouble := gate.Unsure("apps/web/proxy.ts could not be evaluated: the analysis took too long")
	failed := gate.Fail("the proxy's matcher misses /settings")
	passed := gate.Pass("the proxy runs on all 1 paths tried")
	unsure := gate.Unsure("no sign of AuthKit's proxy was seen, and Next.js does not publish its matcher")
	skipped := gate.Verdict{Status: gate.Skipped, Summary: "the proxy runs on none of the 1 paths tried, and none of them needs it", Unlock: "--protected"}
	down := gate.Unsure("no answer")
	both := passed
	both.Summary += " (in the source " + inSource + ": was the deployment built from this commit?)"
	combined(t, ProxyCovers, []half{
		{"failed", sourced(evaluated(covering("/admin")))},
		{"passed", sourced()},
		{"unknown", sourced(onApp(func(a *source.App) { a.Evaluated, a.Trouble = nil, "the analysis took too long" }))},
		noSource,
	}, []half{
		{"failed", asked(dashboard, deleting(page("/dashboard", 307)), page("/settings", 500))},
		{"passed", asked(everything, deleting(page("/", 200)))},
		{"unknown", unpublished(page("/", 200))},
		{"skipped", asked(dashboard, page("/", 200))},
		{"down", given(facts.BadSession.IsMissing(errors.New("no answer")))},
		{"not given", given(facts.BadSession.IsMissing(gate.Moot("there is no preview")))},
	}, []gate.Verdict{
		fromSource, both, fromSource, fromSource, fromSource, fromSource,
		failed, passed, takesIn, takesIn, down, takesIn,
		failed, passed, unsure, skipped, down, trouble,
		failed, passed, unsure, skipped, down, gate.Skip("there is no preview"),
	})
}
