package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// besides judges by what was learned with credentials, and lets a browser that
// saw something go wrong all the same have the last word: it uses the app as
// people do.
func besides(own gate.Verdict, b *facts.Browsed, judge func(facts.Browsed) gate.Verdict) gate.Verdict {
	if b == nil || own.Status != gate.Passed {
		return own
	}
	if seen := judge(*b); seen.Status == gate.Failed {
		return seen
	}
	return own
}

// browsedSession tells from a real sign-in whether the app takes its session,
// and keeps it. The cookie may be called otherwise, so that its absence alone
// does not tell; an error of the callback does, and so does the app's own debug
// page.
func browsedSession(b facts.Browsed) gate.Verdict {
	refusal, refused := b.Traffic.CallbackError()
	said := b.Debug != nil && b.Debug.Session != nil
	given, dropped := droppedSession(b.Traffic)
	switch {
	case dropped && !b.Had && !b.Session:
		return gate.Fail("the browser does not keep the session that %s sets", given.Path).
			FixedBy("Unset `WORKOS_COOKIE_DOMAIN` in the Preview environment, or set it to a domain that the preview is under, and redeploy: browsers drop a cookie for any other.").
			Because(given.Name()+", "+given.Method+" "+given.Path, given.Short()+", sets "+facts.SessionCookie).
			Because("all later requests to "+hostOf(given.Origin), "no "+facts.SessionCookie)
	case b.SignIn == facts.BrowserLoops:
		return gate.Skip("the browser was sent round in circles and not let in: redirect-loop tells of it")
	case b.Had && !b.Session:
		return lostSession(b)
	case said && !b.Debug.Session.SignedIn && b.Session:
		return gate.Fail("the app's debug page sees no user, although the browser holds the session").
			Because("debug page", `"session": {"signedIn": false}`)
	case b.SignIn == facts.BrowserSignedIn && b.Session:
		return gate.Pass("a browser signed in as the test account and kept its session")
	case said && b.Debug.Session.SignedIn:
		return gate.Pass("a browser signed in as the test account, and the app's debug page sees a user")
	case b.SignIn == facts.BrowserNoSession && refused:
		return gate.Fail("the callback answers a real sign-in with an error").
			FixedBy("Read the deployment's runtime log for the callback: `invalid_client` means a wrong `WORKOS_API_KEY`, `missing_pkce_cookie` or `oauth_state_mismatch` a sign-in that began on another host or under another `WORKOS_COOKIE_PASSWORD`.").
			Because(refusal.Name()+", "+refusal.Method+" "+refusal.Path, refusal.Short())
	}
	return tellsNothing(b, "of the session: is WORKOS_COOKIE_NAME set?")
}

// droppedSession returns the answer that first sets the session cookie, if the
// browser sends it with none of its later requests to the same host.
func droppedSession(t facts.Traffic) (given facts.Entry, dropped bool) {
	i := slices.IndexFunc(t.Entries, func(e facts.Entry) bool { return slices.Contains(e.Sets, facts.SessionCookie) })
	if i < 0 {
		return facts.Entry{}, false
	}
	given = t.Entries[i]
	later := slices.DeleteFunc(slices.Clone(t.Entries[i+1:]), func(e facts.Entry) bool { return e.Origin != given.Origin })
	return given, len(later) > 0 && !slices.ContainsFunc(later, func(e facts.Entry) bool { return e.Session })
}

// lostSession judges a session cookie that the browser held and holds no
// longer. Where a request signed out, the checks of signing out tell of it.
func lostSession(b facts.Browsed) gate.Verdict {
	if outs, routes := signOuts(b.Traffic, ""); len(outs) > 0 {
		return gate.Skip("the session ended by a request for %s: sign-out-background tells of it", list(routes))
	}
	if i := slices.IndexFunc(b.Traffic.Entries, func(e facts.Entry) bool { return e.ToLogout() || e.AtLogout() }); i >= 0 {
		return gate.Skip("the session ended by a request that leads to WorkOS' logout, %s", b.Traffic.Entries[i].Name())
	}
	v := gate.Fail("the session was lost while nobody signed out").
		FixedBy("Read the deployment's runtime log at that time for `Failed to refresh`: AuthKit's proxy deletes the session when WorkOS refuses to refresh it, or when it cannot unseal the cookie.")
	ended := slices.Clone(b.Traffic.Entries)
	ended = slices.DeleteFunc(ended, func(e facts.Entry) bool { return !e.EmptiesSession() })
	if len(ended) == 0 {
		return v.Because("the browser's cookies at the end", "no "+facts.SessionCookie+", and no answer in the recording deletes it")
	}
	return citing(v, ended, facts.Entry.Short)
}

// browsedToken tells from what the client did with its token whether it had
// one.
func browsedToken(b facts.Browsed) gate.Verdict {
	said := b.Traffic.Convex()
	switch {
	case said.Authenticated:
		return gate.Pass("the client in the browser presented an access token to Convex")
	case b.Debug == nil || b.Debug.Token == nil:
		return tellsNothing(b, "of a token")
	case b.Debug.Token.Present:
		return gate.Pass("the app's debug page has an access token")
	case b.Debug.Token.Error != "":
		return gate.Fail("the client gets an error in place of an access token").
			Because("debug page, token error", b.Debug.Token.Error)
	}
	return tellsNothing(b, "of a token")
}

// browsedConvex tells from the messages on the browser's WebSocket whether
// Convex took the app's token. What the debug page says of the same is shown
// with it.
func browsedConvex(b facts.Browsed) gate.Verdict {
	said := b.Traffic.Convex()
	switch {
	case said.Refusal != "":
		v := gate.Fail("Convex refuses the token that the app's client presents").
			Because("AuthError on the WebSocket, "+said.Entry.Name(), strings.TrimSpace(said.Refusal))
		return debugEvidence(v, b.Debug)
	case said.Authenticated:
		return gate.Pass("Convex took the token of the client in the browser, over the WebSocket")
	}
	return debugEvidence(tellsNothing(b, "of Convex: no token was presented to it"), b.Debug)
}

// debugEvidence adds what the app's debug page says of its token and of
// Convex.
func debugEvidence(v gate.Verdict, page *facts.DebugPage) gate.Verdict {
	if page == nil {
		return v
	}
	if t := page.Token; t != nil && t.Issuer != "" {
		v = v.Because("debug page, token", fmt.Sprintf("issuer %s, audience %s", t.Issuer, cmp.Or(strings.Join(t.Audience, " "), "none")))
	}
	if c := page.Convex; c != nil && c.State != "" {
		v = v.Because("debug page, Convex", strings.TrimSuffix(c.State+": "+c.Error, ": "))
	}
	return v
}

// tellsNothing is the verdict where neither a credential nor the browser
// shows enough. A debug page that was not read is named, since it would have.
func tellsNothing(b facts.Browsed, of string) gate.Verdict {
	v := gate.Skip("the visit with a browser tells nothing %s", of)
	if b.Unread != "" {
		v = v.Because("the debug page", b.Unread)
	}
	return v
}
