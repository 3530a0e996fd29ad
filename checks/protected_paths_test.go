package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestProtectedPaths(t *testing.T) {
	judge(t, ProtectedPaths, closedPages())
	judge(t, ProtectedPaths, openPages())
	judge(t, ProtectedPaths, doubtfulPages())
}

func visits(all ...facts.Visit) []gate.Given { return given(facts.ProtectedPages.Is(all)) }

func closedPages() []trial {
	toSignIn := visit(hop("/dashboard", 307, "Location", "/sign-in"), page("/sign-in", 200))
	closed := gate.Pass("/dashboard is closed to visitors without a session")
	return []trial{
		{name: "a redirect to WorkOS", facts: visits(visit(toAuthorize("/dashboard", preview+"/callback"))), want: closed},
		{name: "a redirect to the sign-in page", facts: visits(toSignIn), want: closed},
		{
			name:  "a sign-in route that leads on to WorkOS",
			facts: visits(visit(hop("/dashboard", 307, "Location", "/sign-in"), toAuthorize("/sign-in", preview+"/callback"))), want: closed,
		},
		{name: "a sign-in page that crashes is for another check", facts: visits(visit(hop("/dashboard", 307, "Location", "/sign-in"), page("/sign-in", 500))), want: closed},
		{name: "an API that refuses", facts: visits(visit(hop("/dashboard", 401, "Content-Type", "application/json"))), want: closed},
		{name: "a page that is forbidden", facts: visits(visit(page("/dashboard", 403))), want: closed},
		{
			name:  "two pages",
			facts: visits(toSignIn, visit(toAuthorize("/settings", preview+"/callback"))),
			want:  gate.Pass("all 2 are closed to visitors without a session"),
		},
		{
			name:  "the front page, which leads to sign in",
			facts: visits(visit(hop("/", 307, "Location", "/sign-in"), page("/sign-in", 200))),
			want:  gate.Pass("/ is closed to visitors without a session"),
		},
		{
			name:  "a page that Next.js streams, which redirects in its text",
			facts: visits(visit(withBody(page("/dashboard", 200), `<meta id="__next-page-redirect" http-equiv="refresh" content="1;url=/sign-in"/>`))),
			want:  closed,
		},
	}
}

func openPages() []trial {
	const protect = "Let the proxy protect `/dashboard`: take it out of `unauthenticatedPaths`. A page under `withAuth({ ensureSignedIn: true })` cannot set the sign-in cookie itself; the runtime log then says `Cookies can only be modified in a Server Action or Route Handler`."
	served := gate.Fail("/dashboard is served to visitors without a session")
	return []trial{
		{name: "a page for everybody", facts: visits(visit(page("/dashboard", 200))), want: served.Because("GET /dashboard", "200 OK, text/html")},
		{
			name: "a page behind its own slash", facts: visits(visit(hop("/dashboard", 308, "Location", "/dashboard/"), page("/dashboard/", 200))),
			want: served.Because("GET /dashboard/", "200 OK, text/html"),
		},
		{
			name: "a page behind its locale", facts: visits(visit(hop("/dashboard", 307, "Location", "/en/dashboard"), page("/en/dashboard", 200))),
			want: served.Because("GET /en/dashboard", "200 OK, text/html"),
		},
		{
			name: "the second of two pages", facts: visits(visit(toAuthorize("/settings", preview+"/callback")), visit(page("/dashboard", 200))),
			want: served,
		},
		{
			name:  "a page that asks for a session where the proxy does not",
			facts: visits(visit(page("/dashboard", 500))),
			want: gate.Fail("/dashboard crashes for visitors without a session instead of sending them to sign in").FixedBy(protect).
				Because("GET /dashboard", "500 Internal Server Error, text/html"),
		},
		{
			name: "an API that crashes", facts: visits(visit(hop("/dashboard", 500, "Content-Type", "application/json"))),
			want: gate.Fail("/dashboard fails for visitors without a session").
				FixedBy("Read the deployment's runtime logs for the exception at `/dashboard`."),
		},
		{
			name: "a failure is told before a doubt", facts: visits(visit(page("/settings", 404)), visit(page("/dashboard", 200))),
			want: served,
		},
	}
}

func doubtfulPages() []trial {
	return []trial{
		{name: "no such page", facts: visits(visit(page("/dashboard", 404))), want: gate.Unsure("there is no page at /dashboard: is the path right?")},
		{name: "down for now", facts: visits(visit(page("/dashboard", 503))), want: gate.Unsure("/dashboard answers 503 Service Unavailable, text/html, which tells neither way")},
		{name: "an empty answer", facts: visits(visit(hop("/dashboard", 204))), want: gate.Unsure("/dashboard answers 204 No Content, which tells neither way")},
		{
			name: "the same page on another host", facts: visits(visit(hop("/dashboard", 308, "Location", "https://www.acme.com/dashboard"))),
			want: gate.Unsure("/dashboard moves to www.acme.com, which was not asked"),
		},
		{
			name: "no path is named", facts: given(facts.ProtectedPages.IsMissing(gate.NotGiven{What: "a protected path", Unlock: "--protected"})),
			want: gate.Verdict{Status: gate.Skipped, Summary: "a protected path is not given (--protected)", Unlock: "--protected"},
		},
		{
			name: "a hostile path", facts: visits(facts.Visit{Path: "/%s`x`", Hops: []facts.Hop{hop("/%25s%60x%60", 500)}}),
			want: gate.Fail("%s fails for visitors without a session", "/%s`x`").
				FixedBy("Read the deployment's runtime logs for the exception at `%s`.", "/%s`x`"),
		},
	}
}

// TestProtectedPathsOfSource is about pages that the source names and not the
// user.
func TestProtectedPathsOfSource(t *testing.T) {
	unnamed := facts.Routes.Is(facts.Paths{})
	closed := gate.Pass("/dashboard is closed to visitors without a session")
	toSignIn := visit(toAuthorize("/dashboard", preview+"/callback"))
	judge(t, ProtectedPaths, []trial{
		{name: "one that is there", facts: plus(visits(toSignIn), unnamed), want: closed},
		{name: "one that a flag hides", facts: plus(visits(visit(page("/beta", 404)), toSignIn), unnamed), want: closed},
		{
			name: "none of them is there", facts: plus(visits(visit(page("/beta", 404))), unnamed),
			want: gate.Verdict{Status: gate.Skipped, Summary: "none of the pages that demand a session in the source is on the deployment", Unlock: "--protected"},
		},
		{
			name: "one that the user names", facts: plus(visits(visit(page("/beta", 404))), facts.Routes.Is(facts.Paths{Protected: []string{"/beta"}})),
			want: gate.Unsure("there is no page at /beta: is the path right?"),
		},
		{name: "one that everybody gets", facts: plus(visits(visit(page("/dashboard", 200))), unnamed), want: gate.Fail("/dashboard is served to visitors without a session")},
	})
}
