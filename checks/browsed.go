package checks

import (
	"errors"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// orBrowsed judges a check that lacks an input by what a browser saw in its
// place, if one looked and saw something that tells.
func orBrowsed(known *gate.Facts, lacks error, judge func(facts.Browsed) (gate.Verdict, bool)) gate.Verdict {
	b, err := facts.BrowserVisit.Lookup(known)
	if _, notGiven := errors.AsType[gate.NotGiven](lacks); err != nil || !notGiven {
		return gate.Without(lacks)
	}
	if v, tells := judge(b); tells {
		return v
	}
	return gate.Without(lacks)
}

// browsedSession tells from a real sign-in whether the app takes its session.
// The cookie may be called otherwise, so that its absence alone does not tell;
// an error of the callback does.
func browsedSession(b facts.Browsed) (gate.Verdict, bool) {
	refusal, refused := b.Traffic.CallbackError()
	switch {
	case b.Debug != nil && b.Debug.Session != nil && !b.Debug.Session.SignedIn && b.Session:
		return gate.Fail("the app's debug page sees no user, although the browser holds the session").
			Because("debug page", `"session": {"signedIn": false}`), true
	case b.SignIn == facts.BrowserSignedIn && b.Session:
		return gate.Pass("a browser signed in as the test account and kept its session"), true
	case b.SignIn == facts.BrowserNoSession && refused:
		return gate.Fail("the callback answers a real sign-in with an error").
			FixedBy("Read the deployment's runtime log for the callback: `invalid_client` means a wrong `WORKOS_API_KEY`, `missing_pkce_cookie` or `oauth_state_mismatch` a sign-in that began on another host or under another `WORKOS_COOKIE_PASSWORD`.").
			Because(refusal.Name()+", "+refusal.Method+" "+refusal.Path, refusal.Short()), true
	}
	return gate.Verdict{}, false
}

// browsedToken tells from what the client did with its token whether it had
// one.
func browsedToken(b facts.Browsed) (gate.Verdict, bool) {
	said := b.Traffic.Convex()
	switch {
	case said.Authenticated:
		return gate.Pass("the client in the browser presented an access token to Convex"), true
	case b.Debug == nil || b.Debug.Token == nil:
		return gate.Verdict{}, false
	case b.Debug.Token.Present:
		return gate.Pass("the app's debug page has an access token"), true
	case b.Debug.Token.Error != "":
		return gate.Fail("the client gets an error in place of an access token").
			Because("debug page, token error", b.Debug.Token.Error), true
	}
	return gate.Verdict{}, false
}

// browsedConvex tells from the messages on the browser's WebSocket whether
// Convex took the app's token.
func browsedConvex(b facts.Browsed) (gate.Verdict, bool) {
	said := b.Traffic.Convex()
	switch {
	case said.Refusal != "":
		return gate.Fail("Convex refuses the token that the app's client presents").
			Because("AuthError on the WebSocket, "+said.Entry.Name(), strings.TrimSpace(said.Refusal)), true
	case said.Authenticated:
		return gate.Pass("Convex took the token of the client in the browser, over the WebSocket"), true
	}
	return gate.Verdict{}, false
}
