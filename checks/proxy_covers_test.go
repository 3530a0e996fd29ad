package checks

import (
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
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
