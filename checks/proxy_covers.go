package checks

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
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
