package checks

import (
	"slices"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// SessionAccepted asks whether the deployed app lets the test account in.
//
// WorkOS issues the session, and previewgate seals it under the cookie
// password as AuthKit does after a sign-in. The app is then asked for the
// protected paths with that cookie; without such a path, for one that no app
// has, if the proxy protects it, and else for the front page. An app that does
// not accept the session sends the visitor to sign in again and mostly deletes
// the cookie. Without the cookie password, a browser that signs in shows the
// same. It also shows a session that is lost while nobody signs out, and one
// whose cookie browsers do not keep.
//
// # Fix
//
// Compare WORKOS_COOKIE_PASSWORD, WORKOS_CLIENT_ID and WORKOS_API_HOSTNAME of
// the Preview environment in Vercel with those that previewgate is given, and
// redeploy after a change.
var SessionAccepted = &gate.Check{
	ID:    "session-accepted",
	Stage: gate.StageSession,
	Title: "The app accepts a session of the test account",
	Fix:   "Compare `WORKOS_COOKIE_PASSWORD`, `WORKOS_CLIENT_ID` and `WORKOS_API_HOSTNAME` of the Preview environment with those that previewgate is given, and redeploy after a change.",
	Needs: []gate.Need{facts.SessionShown},
	Uses:  []gate.Need{facts.ProtectedPages, facts.UnknownPage, facts.BadSession, facts.TokenProof},
	After: []*gate.Check{ProxyCovers, ProtectedPaths, CookiePassword, TestAccount, AppAPIKey},
	Judge: sessionAccepted,
}

func sessionAccepted(known *gate.Facts) gate.Verdict {
	shown := facts.SessionShown.From(known)
	if shown.Own == nil {
		return browsedSession(*shown.Browsed)
	}
	var verdicts []gate.Verdict
	for _, v := range shown.Own.Visits {
		verdicts = append(verdicts, welcome(known, v))
	}
	return besides(worst(verdicts), shown.Browsed, browsedSession)
}

// welcome tells from what a path shows to the test account whether the app
// took its session.
func welcome(known *gate.Facts, v facts.Visit) gate.Verdict {
	last := v.Last()
	elsewhere, closed := asStranger(known, v.Path)
	deleted := slices.ContainsFunc(v.Hops, func(h facts.Hop) bool { return h.Deletes(facts.SessionCookie) })
	sentAway := v.ToSignIn() || elsewhere != "" && v.Next == "" && last.URL == elsewhere
	proof, proofErr := facts.TokenProof.Lookup(known)
	switch {
	case last.Status == 429 || last.Status >= 500:
		return gate.Unsure("%s answers the test account with %s", last.Request(), last.Short())
	case deleted && proofErr != nil:
		return gate.Unsure("the app deletes the session, whose token could not be verified here either")
	case deleted && proof.Flaw != facts.NoFlaw:
		return gate.Skip("the app deletes a session whose token does not verify")
	case deleted:
		return gate.Fail("the app rejects a good session and deletes its cookie").
			Because(v.First().Request()+" with the session", v.First().Short()).
			Because("Set-Cookie", "deletes "+facts.SessionCookie)
	case sentAway && deletesBroken(known, v.Path):
		return gate.Unsure("the app keeps the session and sends the visitor of %s to sign in, as when WorkOS does not answer it", v.Path)
	case sentAway:
		return gate.Unsure("the app does not look at the cookie %s on %s: is WORKOS_COOKIE_NAME set?", facts.SessionCookie, v.Path)
	case last.Status == 401 || last.Status == 403:
		return gate.Unsure("%s answers the test account with %s", last.Request(), last.Short())
	case v.Next != "":
		return gate.Unsure("%s sends the test account to %s, which was not asked", v.Path, hostOf(v.Next))
	case closed, deletesBroken(known, v.Path):
		return gate.Pass("%s is open to the test account", v.Path)
	}
	return gate.Unsure("%s shows the same to everybody: name a protected path with --protected", v.Path)
}

// asStranger reports whether the path is closed without a session, and to
// which other page of the app it then leads, if it does.
func asStranger(known *gate.Facts, path string) (elsewhere string, closed bool) {
	visits, _ := facts.ProtectedPages.Lookup(known) // none are named: none to compare with
	if unknown, err := facts.UnknownPage.Lookup(known); err == nil {
		visits = append(slices.Clone(visits), unknown)
	}
	for _, v := range visits {
		switch {
		case v.Path != path:
		case v.ToSignIn():
			return "", true
		case v.Next == "" && !isPage(v.Last().URL, path):
			return v.Last().URL, true
		}
	}
	return "", false
}

// deletesBroken reports whether the path deletes a session that is no seal:
// AuthKit's proxy looks at the cookie there.
func deletesBroken(known *gate.Facts, path string) bool {
	hops, _ := facts.BadSession.Lookup(known) // not asked: not known
	return slices.ContainsFunc(hops, func(h facts.Hop) bool {
		return h.Request() == "GET "+path && h.Deletes(facts.SessionCookie)
	})
}
