package checks

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// ProxyCovers asks whether AuthKit's proxy runs where it must.
//
// The pages of AuthKit ask the proxy for the session. Without a proxy.ts (or
// a middleware.ts before Next.js 16), with one in the wrong folder, or with a
// matcher that misses a page, the page throws for signed-in visitors too. The
// build says nothing about it.
//
// Two signs tell. Where the proxy runs it deletes a session cookie that is no
// seal, and Next.js publishes the proxy's matcher to its client.
//
// # Fix
//
// Put proxy.ts beside the app folder (into src when app is in src), and let
// its matcher take in every page and the sign-in route:
//
//	export default authkitProxy();
//
//	export const config = {
//	  matcher: ['/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png|jpg)$).*)'],
//	};
var ProxyCovers = &gate.Check{
	ID:    "proxy-covers",
	Stage: gate.StageSignIn,
	Title: "AuthKit's proxy runs on the paths that need it",
	Fix:   "Put `proxy.ts` beside the `app` folder (`src/proxy.ts` when it is `src/app`; `middleware.ts` before Next.js 16) and widen its `matcher` to take in the path.",
	Uses:  []gate.Need{facts.BadSession, facts.ProxyMatchers, facts.Repository},
	After: []*gate.Check{PreviewReachable, ProxyAnswers},
	Judge: proxyCovers,
}

// proxyCovers believes the deployment where it shows that the proxy runs, and
// names the place in the source where it does not.
func proxyCovers(known *gate.Facts) gate.Verdict {
	static, given := fromSource(known, coversInSource)
	hops, err := facts.BadSession.Lookup(known)
	if err != nil {
		return withoutLive(err, static, given)
	}
	live := coversLive(known, hops)
	switch {
	case live.Status == gate.Failed && static.Status == gate.Failed:
		static.Evidence = append(static.Evidence, live.Evidence...)
		return static
	case live.Status == gate.Passed && static.Status == gate.Failed:
		live.Summary += fmt.Sprintf(" (in the source %s: was the deployment built from this commit?)", static.Summary)
	case live.Status == gate.Unknown || live.Status == gate.Skipped:
		if static.Status == gate.Failed || static.Status == gate.Passed {
			return static
		}
	}
	return live
}

func coversLive(known *gate.Facts, hops []facts.Hop) gate.Verdict {
	matchers, err := facts.ProxyMatchers.Lookup(known)
	deletes := func(hop facts.Hop) bool { return hop.Deletes(facts.SessionCookie) }
	if err == nil && len(matchers) == 0 && !slices.ContainsFunc(hops, deletes) {
		return noProxy(hops)
	}
	var covered, doubtful, unread int
	for _, hop := range hops {
		runs, sure := runsOn(hop, matchers, err == nil)
		switch {
		case runs:
			covered++
		case sure && mustBeCovered(hop):
			return missed(hop, matchers)
		case !sure:
			unread++
			doubtful++
		default:
			doubtful++
		}
	}
	switch {
	case covered == 0 && err != nil:
		return gate.Unsure("no sign of AuthKit's proxy was seen, and Next.js does not publish its matcher")
	case covered == 0 && unread > 0:
		return gate.Unsure("no sign of AuthKit's proxy was seen, and its matcher cannot be evaluated")
	case covered == 0:
		v := gate.Skip("the proxy runs on none of the %d paths tried, and none of them needs it", doubtful)
		v.Unlock = "--protected"
		return v
	}
	if doubtful > 0 {
		return gate.Pass("the proxy runs on %d of %d paths tried; the others do not need it to answer", covered, covered+doubtful)
	}
	return gate.Pass("the proxy runs on all %d paths tried", covered)
}

// runsOn says whether the proxy runs on the path, and whether that is sure.
// A deleted cookie is proof; without one only the published matcher is, as
// the cookie may have another name.
func runsOn(hop facts.Hop, matchers []facts.Matcher, published bool) (runs, sure bool) {
	if hop.Deletes(facts.SessionCookie) {
		return true, true
	}
	u, err := url.Parse(hop.URL)
	if err != nil || !published {
		return false, false
	}
	for _, m := range matchers {
		covers, err := m.Covers(u.Path)
		if err != nil {
			return false, false
		}
		if covers {
			return true, true
		}
	}
	return false, true
}

// mustBeCovered reports whether a path that the proxy misses is broken by
// that: a page that throws, or a sign-in without the redirect URI that the
// proxy would have given it. A public page that the matcher leaves out on
// purpose is healthy, and so is a sign-in route that has its redirect URI from
// the environment.
func mustBeCovered(hop facts.Hop) bool {
	if hop.Status == http.StatusInternalServerError {
		return true
	}
	to, err := url.Parse(hop.Location())
	return err == nil && strings.HasSuffix(to.Path, "/user_management/authorize") && to.Query().Get("redirect_uri") == ""
}

func noProxy(hops []facts.Hop) gate.Verdict {
	v := gate.Fail("the deployment has no proxy: Next.js found no proxy.ts (or middleware.ts) where it looks for one").
		FixedBy("Put `proxy.ts` beside the `app` folder (`src/proxy.ts` when it is `src/app`; `middleware.ts` before Next.js 16) and export `authkitProxy()` from it.").
		Because("_clientMiddlewareManifest.js", "no matchers")
	for _, hop := range hops {
		v = v.Because(hop.Request(), hop.Short())
	}
	return v
}

func missed(hop facts.Hop, matchers []facts.Matcher) gate.Verdict {
	v := gate.Fail("the proxy's matcher misses %s", hop.Request()[len("GET "):]).
		Because(hop.Request(), hop.Short())
	for _, m := range matchers {
		v = v.Because("matcher", m.Source)
	}
	return v
}

// coversInSource judges each app that uses AuthKit by where its proxy is and
// by what its matcher takes in.
func coversInSource(r source.Repository) gate.Verdict {
	if len(r.Apps) == 0 {
		return gate.Skip("no app in the source uses AuthKit's pages or routes")
	}
	var verdicts, skipped []gate.Verdict
	for _, app := range r.Apps {
		if v := appCovers(r, app); v.Status == gate.Skipped {
			skipped = append(skipped, v)
		} else {
			verdicts = append(verdicts, v)
		}
	}
	return worst(append(skipped, verdicts...))
}

func appCovers(r source.Repository, app source.App) gate.Verdict {
	p := app.Proxy
	switch {
	case p.Conflict && app.Next.Major == 0:
		return gate.Unsure("%s has both a proxy and a middleware file, and its version of Next.js is not known", app.Dir)
	case p.Conflict:
		return gate.Fail("%s has both a proxy and a middleware file, which Next.js refuses to build", app.Dir).
			FixedBy("Keep one of the two: `proxy` from Next.js 16 on, `middleware` before.").
			At(gate.Evidence{What: "proxy", Saw: p.File, File: p.File})
	case p.File == "" && !usesRoutes(r, app):
		return gate.Skip("%s has no proxy, and no page of it was seen to use AuthKit", app.Dir)
	case p.File == "" && len(p.Candidates) > 0:
		c := p.Candidates[0]
		return gate.Fail("Next.js does not run %s: %s", c.File, c.Reason).
			FixedBy("%s", unrunFix(app, c)).
			At(gate.Evidence{What: "passed over by Next.js", Saw: string(c.Reason), File: c.File})
	case p.File == "":
		return gate.Fail("%s has no proxy, which AuthKit needs", app.Dir).
			Because("looked for", path.Join(app.Root, "proxy.ts")+" and middleware.ts")
	case app.Evaluated == nil:
		return gate.Unsure("%s could not be evaluated: %s", p.File, app.Trouble)
	case app.Evaluated.Config.Problem != "":
		return gate.Fail("Next.js does not take the matcher of %s: %s", p.File, app.Evaluated.Config.Problem).
			FixedBy("Write `config.matcher` as plain strings in `%s` itself.", p.File).
			At(placed("matcher", app.Evaluated.Config.Problem, app.Evaluated.Config.Position))
	case app.Evaluated.Problem != "" && !app.Evaluated.Config.Static:
		return gate.Unsure("%s could not be evaluated: %s", p.File, app.Evaluated.Problem)
	case strings.HasPrefix(app.Evaluated.Problem, "exports no function"):
		return gate.Fail("Next.js does not take %s: it %s", p.File, app.Evaluated.Problem).
			FixedBy("Export the proxy of `%s` as its default.", p.File).
			At(placed("proxy", app.Evaluated.Problem, app.Evaluated.Position))
	}
	return takesIn(r, app)
}

// unrunFix says what makes Next.js run a file that it passes over.
func unrunFix(app source.App, c project.Candidate) string {
	switch c.Reason {
	case project.TooEarly:
		return fmt.Sprintf("Rename `%s` to `%s`, or go to Next.js 16.", c.File, path.Join(app.Root, "middleware"+path.Ext(c.File)))
	case project.WrongExtension:
		return fmt.Sprintf("Give `%s` an extension that Next.js takes, such as `.ts`.", c.File)
	case project.WrongDirectory, project.Shadowed:
	}
	return fmt.Sprintf("Move `%s` to `%s`.", c.File, path.Join(app.Root, path.Base(c.File)))
}

// usesRoutes reports whether the app was seen to sign anybody in by AuthKit's
// sessions, which the proxy keeps. An app that trades the code itself may keep
// sessions of its own.
func usesRoutes(r source.Repository, app source.App) bool {
	return slices.ContainsFunc(r.Findings.Callbacks, func(c rules.Callback) bool { return c.App == app.Dir && !c.Own }) ||
		slices.ContainsFunc(r.Findings.Protected, func(c rules.ProtectedCall) bool { return c.App == app.Dir && !c.Client })
}

// takesIn asks the matcher about the pages that demand a session.
func takesIn(r source.Repository, app source.App) gate.Verdict {
	asked := 0
	for _, page := range r.Findings.Protected {
		if page.App != app.Dir || page.Client || strings.Contains(page.URL, "[") || taken(r, "proxy-covers", page.Position) {
			continue
		}
		runs, err := app.Evaluated.Config.Runs(app.BasePath + page.URL)
		if err != nil {
			return gate.Unsure("the matcher of %s cannot be evaluated: %v", app.Proxy.File, err)
		}
		asked++
		if !runs {
			return gate.Fail("the matcher of %s misses %s, which demands a session", app.Proxy.File, page.URL).
				FixedBy("Widen `config.matcher` in `%s` to take in `%s`.", app.Proxy.File, page.URL).
				At(placed("matcher", matcherText(app), app.Evaluated.Config.Position)).
				At(at("demands a session", page.Token, page.Position))
		}
	}
	if asked == 0 {
		return gate.Pass("%s runs, and no page in the source demands a session", app.Proxy.File)
	}
	if asked == 1 {
		return gate.Pass("%s takes in the one page that demands a session", app.Proxy.File)
	}
	return gate.Pass("%s takes in all %d pages that demand a session", app.Proxy.File, asked)
}

func matcherText(app source.App) string {
	var all []string
	for _, m := range app.Evaluated.Config.Matchers {
		all = append(all, m.Source)
	}
	return strings.Join(all, ", ")
}
