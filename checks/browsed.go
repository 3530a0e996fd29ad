package checks

import (
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

// browsedSession tells from a real sign-in whether the app takes its session.
// The cookie may be called otherwise, so that its absence alone does not tell;
// an error of the callback does.
func browsedSession(b facts.Browsed) gate.Verdict {
	refusal, refused := b.Traffic.CallbackError()
	switch {
	case b.Debug != nil && b.Debug.Session != nil && !b.Debug.Session.SignedIn && b.Session:
		return gate.Fail("the app's debug page sees no user, although the browser holds the session").
			Because("debug page", `"session": {"signedIn": false}`)
	case b.SignIn == facts.BrowserSignedIn && b.Session:
		return gate.Pass("a browser signed in as the test account and kept its session")
	case b.SignIn == facts.BrowserNoSession && refused:
		return gate.Fail("the callback answers a real sign-in with an error").
			FixedBy("Read the deployment's runtime log for the callback: `invalid_client` means a wrong `WORKOS_API_KEY`, `missing_pkce_cookie` or `oauth_state_mismatch` a sign-in that began on another host or under another `WORKOS_COOKIE_PASSWORD`.").
			Because(refusal.Name()+", "+refusal.Method+" "+refusal.Path, refusal.Short())
	}
	return tellsNothing("of the session: is WORKOS_COOKIE_NAME set?")
}

// browsedToken tells from what the client did with its token whether it had
// one.
func browsedToken(b facts.Browsed) gate.Verdict {
	said := b.Traffic.Convex()
	switch {
	case said.Authenticated:
		return gate.Pass("the client in the browser presented an access token to Convex")
	case b.Debug == nil || b.Debug.Token == nil:
		return tellsNothing("of a token")
	case b.Debug.Token.Present:
		return gate.Pass("the app's debug page has an access token")
	case b.Debug.Token.Error != "":
		return gate.Fail("the client gets an error in place of an access token").
			Because("debug page, token error", b.Debug.Token.Error)
	}
	return tellsNothing("of a token")
}

// browsedConvex tells from the messages on the browser's WebSocket whether
// Convex took the app's token.
func browsedConvex(b facts.Browsed) gate.Verdict {
	said := b.Traffic.Convex()
	switch {
	case said.Refusal != "":
		return gate.Fail("Convex refuses the token that the app's client presents").
			Because("AuthError on the WebSocket, "+said.Entry.Name(), strings.TrimSpace(said.Refusal))
	case said.Authenticated:
		return gate.Pass("Convex took the token of the client in the browser, over the WebSocket")
	}
	return tellsNothing("of Convex: no token was presented to it")
}

// tellsNothing is the verdict where neither a credential nor the browser
// shows enough.
func tellsNothing(of string) gate.Verdict {
	return gate.Skip("the visit with a browser tells nothing %s", of)
}
