package checks

import (
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexAcceptsToken asks whether Convex takes the access token of the test
// account, over HTTP and over the WebSocket that browsers use.
//
// Over HTTP the token comes with an empty batch of queries, which Convex
// authenticates and has nothing to do for: no function runs. A request without
// a token has to pass and one with a forged token has to be refused in the
// same run; otherwise the answer proves nothing. Over the WebSocket Convex
// says the same with fewer words.
//
// Convex refuses in this order: no provider has the token's issuer and
// audience; its keys cannot be loaded; none of them signed the token; the
// token is not valid yet, or no longer; it lacks a claim. Each has a fix of its
// own. Where no token could be had here and a browser looked, the app's own
// messages to Convex tell whether it was taken. A token that expired less than a minute before Convex saw it says that
// this run was slow, and nothing of the app.
//
// # Fix
//
// Do what the report says: it compares the token with the providers that are
// deployed, and names the line of auth.config.ts that is off.
var ConvexAcceptsToken = &gate.Check{
	ID:    "convex-accepts-token",
	Stage: gate.StageConvex,
	Title: "Convex takes the app's tokens",
	Fix:   "Make the provider in `convex/auth.config.ts` fit the token's issuer and audience, and deploy.",
	Needs: []gate.Need{facts.TokenTaken, facts.ConvexTrust, facts.ConvexSite},
	Uses:  []gate.Need{facts.ConvexAcceptance, facts.ConvexProviders, facts.ConvexOpened, facts.ConvexInstance, facts.JWKS, facts.Repository},
	After: []*gate.Check{PreviewReachable, SignInStarts, ClientIDKnown, ClientIDAgrees, JWKSReachable, TokenVerifies, ConvexURL, ConvexReachable, ConvexEnv, AuthConfigValid, AuthConfigDeployed, ConvexProvider},
	Judge: convexAcceptsToken,
}

func convexAcceptsToken(known *gate.Facts) gate.Verdict {
	taken, t, site := facts.TokenTaken.From(known), facts.ConvexTrust.From(known), hostOf(facts.ConvexSite.From(known))
	if taken.Own == nil {
		return browsedConvex(*taken.Browsed)
	}
	a := *taken.Own
	switch {
	case t.Anonymous.Status != 200:
		return gate.Unsure("%s answers %s to a request without a token", site, reply(t.Anonymous))
	case !t.Control.Unmatched():
		return gate.Unsure("%s does not refuse a token of an issuer that nobody has (%s), so its answers prove nothing", site, reply(t.Control))
	case a.HTTP.Status == 200:
		return besides(overSocket(a, site), taken.Browsed, browsedConvex)
	case a.HTTP.Unmatched():
		return unmatchedToken(known, a.Claims, a.HTTP)
	}
	return refusedToken(known, a).Because(site, reply(a.HTTP))
}

// overSocket judges a token that Convex takes over HTTP.
func overSocket(a facts.Acceptance, site string) gate.Verdict {
	switch s := a.Socket; {
	case s.Accepted:
		return gate.Pass("%s takes the token over HTTP and over the WebSocket", site)
	case s.Refusal != "":
		return gate.Fail("Convex takes the token over HTTP and refuses it over the WebSocket").
			FixedBy("Run the gate again: the two differ only while Convex changes its auth.config. When it stays, tell Convex' support with the text below.").
			Because("WebSocket", s.Refusal)
	default:
		return gate.Unsure("%s takes the token over HTTP, and did not judge it over the WebSocket: %s", site, s.Trouble)
	}
}
