package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

const deletion = "wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure"

// asShown is what the test account sees, beside what everybody else does: the
// dashboard is closed, and the proxy runs on it and on the front page.
func asShown(visits []facts.Visit, more ...gate.Given) []gate.Given {
	broken := hop("/", 200, "Set-Cookie", deletion)
	closed := hop("/dashboard", 307, "Set-Cookie", deletion)
	return append(
		given(
			own(facts.SessionShown, facts.AppVisit{Visits: visits}),
			facts.ProtectedPages.Is([]facts.Visit{visit(toAuthorize("/dashboard", preview+"/callback"))}),
			facts.UnknownPage.Is(visit(toAuthorize("/previewgate-nope", preview+"/callback"))),
			facts.BadSession.Is([]facts.Hop{broken, closed}),
			facts.TokenProof.Is(facts.Proof{Claims: goodClaims()}),
		), more...,
	)
}

// sentAway is a redirect to WorkOS that deletes the session.
func sentAway() facts.Hop {
	h := toAuthorize("/dashboard", preview+"/callback")
	h.Header.Add("Set-Cookie", deletion)
	return h
}

func TestSessionAccepted(t *testing.T) {
	judge(t, SessionAccepted, acceptedSessions())
	judge(t, SessionAccepted, rejectedSessions())
	judge(t, SessionAccepted, doubtfulSessions())
}

func acceptedSessions() []trial {
	one := func(hops ...facts.Hop) []gate.Given { return asShown([]facts.Visit{visit(hops...)}) }
	open := func(path string) gate.Verdict { return gate.Pass("%s is open to the test account", path) }
	login := visit(hop("/team", 307, "Location", "/login"), page("/login", 200))
	return []trial{
		{name: "the page is shown", facts: one(page("/dashboard", 200)), want: open("/dashboard")},
		{name: "by way of another page", facts: one(hop("/dashboard", 307, "Location", "/dashboard/home"), page("/dashboard/home", 200)), want: open("/dashboard")},
		{name: "a path that no app has", facts: one(page("/previewgate-nope", 404)), want: open("/previewgate-nope")},
		{name: "the front page, where the proxy looks at the cookie", facts: one(page("/", 200)), want: open("/")},
		{
			name: "a sign-in page of the app's own", facts: asShown([]facts.Visit{visit(page("/team", 200))}, facts.ProtectedPages.Is([]facts.Visit{login})),
			want: open("/team"),
		},
	}
}

func rejectedSessions() []trial {
	rejected := gate.Fail("the app rejects a good session and deletes its cookie")
	return []trial{
		{
			name: "deleted and sent to sign in", facts: asShown([]facts.Visit{visit(sentAway())}),
			want: rejected.Because("GET /dashboard with the session", "307 Temporary Redirect to https://api.workos.com/user_management/authorize").
				Because("Set-Cookie", "deletes wos-session"),
		},
		{name: "deleted on a page that everybody may see", facts: asShown([]facts.Visit{visit(hop("/", 200, "Set-Cookie", deletion))}), want: rejected},
		{name: "on one of two pages", facts: asShown([]facts.Visit{visit(page("/", 200)), visit(sentAway())}), want: rejected},
		{
			name: "its token does not verify, which another check tells", facts: asShown([]facts.Visit{visit(sentAway())}, facts.TokenProof.Is(facts.Proof{Flaw: facts.UnknownKey})),
			want: gate.Skip("the app deletes a session whose token does not verify"),
		},
		{
			name: "its token cannot be verified", facts: asShown([]facts.Visit{visit(sentAway())}, facts.TokenProof.IsMissing(gate.Moot("there is no JWKS"))),
			want: gate.Unsure("the app deletes the session, whose token could not be verified here either"),
		},
	}
}

func doubtfulSessions() []trial {
	kept := toAuthorize("/dashboard", preview+"/callback")
	login := []facts.Visit{visit(hop("/dashboard", 307, "Location", "/login"), page("/login", 200))}
	tests := []trial{
		{name: "kept, and sent to sign in", want: gate.Unsure("the app keeps the session and sends the visitor of /dashboard to sign in, as when WorkOS does not answer it"), facts: asShown([]facts.Visit{visit(kept)})},
		{
			name: "another cookie's name", facts: asShown([]facts.Visit{visit(kept)}, facts.BadSession.Is(nil)),
			want: gate.Unsure("the app does not look at the cookie wos-session on /dashboard: is WORKOS_COOKIE_NAME set?"),
		},
		{
			name: "a sign-in page of the app's own", facts: asShown(login, facts.ProtectedPages.Is(login)),
			want: gate.Unsure("the app keeps the session and sends the visitor of /dashboard to sign in, as when WorkOS does not answer it"),
		},
		{name: "a crash", facts: asShown([]facts.Visit{visit(page("/dashboard", 500))}), want: gate.Unsure("GET /dashboard answers the test account with 500 Internal Server Error, text/html")},
		{name: "busy", facts: asShown([]facts.Visit{visit(hop("/dashboard", 429))}), want: gate.Unsure("GET /dashboard answers the test account with 429 Too Many Requests")},
		{name: "forbidden to this account", facts: asShown([]facts.Visit{visit(hop("/dashboard", 403))}), want: gate.Unsure("GET /dashboard answers the test account with 403 Forbidden")},
		{
			name: "another host", facts: asShown([]facts.Visit{visit(hop("/dashboard", 307, "Location", "https://app.acme.com/"))}),
			want: gate.Unsure("/dashboard sends the test account to app.acme.com, which was not asked"),
		},
		{
			name: "a front page that the proxy does not cover", facts: asShown([]facts.Visit{visit(page("/", 200))}, facts.BadSession.Is(nil)),
			want: gate.Unsure("/ shows the same to everybody: name a protected path with --protected"),
		},
	}
	return tests
}
