package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexProvider asks whether the deployed auth.config has a provider for the
// app's tokens, and whether Convex can load its keys.
//
// Convex compares a token's issuer and audience with its providers, to the
// letter but for a slash at the end of the issuer, before it verifies
// anything. So a token that nobody signed tells: where a provider matches,
// Convex complains of the signature, and otherwise that there is no provider.
// A token of an issuer that nobody has must get the second answer in the same
// run; otherwise the first proves nothing.
//
// AuthKit's tokens name https://api.workos.com/user_management/ and the client
// id as their issuer, and as a rule no audience. With a custom authentication
// domain that domain is the issuer.
//
// # Fix
//
// In convex/auth.config.ts:
//
//	{
//	  type: 'customJwt',
//	  issuer: `https://api.workos.com/user_management/${process.env.WORKOS_CLIENT_ID}`,
//	  algorithm: 'RS256',
//	  jwks: `https://api.workos.com/sso/jwks/${process.env.WORKOS_CLIENT_ID}`,
//	},
//
// without applicationID, since these tokens have no audience.
var ConvexProvider = &gate.Check{
	ID:    "convex-provider",
	Stage: gate.StageConvex,
	Title: "Convex has a provider for the app's tokens",
	Fix:   "Give `convex/auth.config.ts` a `customJwt` provider with the issuer of the app's tokens and no `applicationID`, set `WORKOS_CLIENT_ID` on the Convex deployment, and deploy.",
	Needs: []gate.Need{facts.ConvexTrust, facts.ConvexSite},
	Uses:  []gate.Need{facts.ConvexAcceptance, facts.ConvexProviders, facts.ConvexOpened, facts.ConvexInstance, facts.JWKS, facts.Repository},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, SignInStarts, ClientIDKnown, ClientIDAgrees, JWKSReachable, ConvexURL, ConvexReachable, ConvexEnv, AuthConfigValid, AuthConfigDeployed},
	Judge: convexProvider,
}

func convexProvider(known *gate.Facts) gate.Verdict {
	t, site := facts.ConvexTrust.From(known), hostOf(facts.ConvexSite.From(known))
	switch {
	case t.Anonymous.Status != 200:
		return gate.Unsure("%s answers %s to a request without a token", site, reply(t.Anonymous))
	case !t.Control.Unmatched():
		return gate.Unsure("%s does not refuse a token of an issuer that nobody has (%s), so its answers prove nothing", site, reply(t.Control))
	}
	if a, err := facts.ConvexAcceptance.Lookup(known); err == nil {
		return providerOfToken(known, a, site)
	}
	assumed := facts.Claims{Issuer: t.Issuer, ClientID: t.ClientID}
	switch {
	case t.Plain.Matched():
		return keysOf(known, t.Plain, assumed)
	case !t.Plain.Unmatched():
		return gate.Unsure("%s answers %s to a forged token", site, reply(t.Plain))
	case t.WithAud.Matched():
		return gate.Unsure("Convex takes tokens of %s only with an audience, which AuthKit's do not have as a rule: a token of a test account would tell", t.Issuer).
			FixedBy("Take `applicationID` off the provider with this issuer in `convex/auth.config.ts`, unless a JWT template adds the audience.")
	case t.Shared.Matched():
		return gate.Unsure("Convex takes tokens of the shared issuer with an audience, and whether the app's are such cannot be told without one: a test account would tell")
	case !t.Sure && unusual(t):
		return gate.Unsure("Convex has no provider for %s, and WorkOS does not say whether that is the issuer of the app's tokens: a token of a test account would tell", t.Issuer)
	}
	return unmatchedToken(known, assumed, t.Plain)
}

// providerOfToken judges by a real token, whose issuer and audience are not
// only assumed. What else Convex has against it is for another check.
func providerOfToken(known *gate.Facts, a facts.Acceptance, site string) gate.Verdict {
	switch {
	case a.HTTP.Unmatched():
		return unmatchedToken(known, a.Claims, a.HTTP)
	case isKeyTrouble(a.HTTP.Message):
		return keysOf(known, a.HTTP, a.Claims)
	case a.HTTP.Status == 200, a.HTTP.Matched():
		return gate.Pass("%s has a provider for %s", site, a.Claims.Issuer)
	}
	return gate.Unsure("%s answers %s to the token of the test account", site, reply(a.HTTP))
}

// unusual reports whether the app's tokens may well have another issuer than
// the usual one that is assumed: the app talks to WorkOS by a domain of its
// own, or a provider names the app's client in some other way.
func unusual(t facts.Trust) bool {
	names := func(p facts.Provider) bool {
		return t.ClientID != "" && (strings.Contains(p.Issuer, t.ClientID) || p.Audience == t.ClientID)
	}
	return !strings.HasPrefix(t.Issuer, "https://api.workos.com/") || slices.ContainsFunc(t.Providers, names)
}

func describe(p facts.Provider) string {
	if p.Audience == "" {
		return p.Kind + " " + p.Issuer + ", no applicationID"
	}
	return p.Kind + " " + p.Issuer + ", applicationID " + p.Audience
}

func reply(r facts.Reply) string {
	if r.Code == "" {
		return fmt.Sprintf("%d", r.Status)
	}
	message, _, _ := strings.Cut(r.Message, ": [")
	message, _, _ = strings.Cut(message, "\n")
	return fmt.Sprintf("%d %s: %.200s", r.Status, r.Code, strings.TrimRight(message, ". "))
}
