package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestConvexProvider(t *testing.T) {
	judge(t, ConvexProvider, matchedProviders())
	judge(t, ConvexProvider, missingProviders())
	judge(t, ConvexProvider, doubtfulProviders())
	judge(t, ConvexProvider, realTokens())
}

// answering is a Convex deployment that so takes forged tokens.
func answering(t facts.Trust) []gate.Given {
	return given(facts.ConvexTrust.Is(t), facts.ConvexSite.Is(convex))
}

// says is the refusal of a token for its keys.
func says(message string) facts.Reply {
	return facts.Reply{Status: 401, Code: "InvalidAuthHeader", Message: message}
}

func matchedProviders() []trial {
	own := trusting(client)
	own.Issuer = "https://auth.acme.com"
	keysOf := func(message string) facts.Trust {
		t := trusting(client)
		t.Plain = says(message)
		return t
	}
	const jwks = "Write `jwks: 'https://api.workos.com/sso/jwks/client_01STAGING'` in `convex/auth.config.ts`, and deploy with `npx convex deploy`."
	broken := func(why string) gate.Verdict {
		return gate.Fail("Convex has a provider for the app's tokens, but cannot load its keys: %s", why).FixedBy(jwks)
	}
	has := gate.Pass("swift-lemur-482.convex.cloud has a provider for https://api.workos.com/user_management/client_01STAGING")
	return []trial{
		{name: "a provider", facts: answering(trusting(client)), want: has},
		{name: "a provider, and errors that say nothing", facts: answering(redacted(trusting(client))), want: has},
		{name: "an auth domain of its own", facts: answering(own), want: gate.Pass("swift-lemur-482.convex.cloud has a provider for https://auth.acme.com")},
		{
			name: "the keys of no client", facts: answering(keysOf("Could not fetch JWKS from URL 'https://x': HTTP 404 Not Found. Check that the URL is correct and accessible.")),
			want: broken("there are none at its address").Because("swift-lemur-482.convex.cloud", "401 InvalidAuthHeader: Could not fetch JWKS from URL 'https://x': HTTP 404 Not Found. Check that the URL is correct and accessible"),
		},
		{name: "a page instead of keys", facts: answering(keysOf("Invalid Content-Type 'text/html' when fetching JWKS from 'https://x'.")), want: broken("their content type is not JSON")},
		{name: "no keys in the body", facts: answering(keysOf("Invalid JWKS response body from 'https://x'.")), want: broken("what it gets is no key set")},
		{
			name: "WorkOS was down for Convex", facts: answering(keysOf("Could not fetch JWKS from URL 'https://x': HTTP 503 Service Unavailable. Check")),
			want: gate.Unsure("Convex has a provider for the app's tokens and could not load its keys just now: 401 InvalidAuthHeader: Could not fetch JWKS from URL 'https://x': HTTP 503 Service Unavailable. Check"),
		},
		{
			name: "WorkOS was busy for Convex", facts: answering(keysOf("Could not fetch JWKS from URL 'https://x': HTTP 429 Too Many Requests.\nCheck")),
			want: gate.Unsure("Convex has a provider for the app's tokens and could not load its keys just now: 401 InvalidAuthHeader: Could not fetch JWKS from URL 'https://x': HTTP 429 Too Many Requests"),
		},
	}
}

func missingProviders() []trial {
	const run = "Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`"
	unset := trusting("undefined")
	empty := trusting("")
	guessed := trusting(other)
	guessed.Sure = false
	missing := gate.Fail("Convex has no provider for the app's tokens")
	another := gate.Fail("Convex trusts the tokens of client_01OTHER, and the app's are of client_01STAGING").
		FixedBy("%s: the issuer in `convex/auth.config.ts` is made from it. Convex applies it at once.", run)
	return []trial{
		{
			name: "another client's provider", facts: answering(trusting(other)),
			want: another.Because("issuer of the app's tokens", api+"/user_management/"+client).
				Because("swift-lemur-482.convex.cloud", "401 NoAuthProvider: No auth provider found matching the given token").
				Because("provider", "CustomJWT https://api.workos.com/user_management/client_01OTHER, no applicationID"),
		},
		{name: "another client's, where WorkOS does not publish the issuer", facts: answering(guessed), want: another},
		{name: "no auth.config", facts: answering(trusting()), want: gate.Fail("no auth.config was deployed to Convex").FixedBy("Add `convex/auth.config.ts` with a provider for WorkOS and deploy it with `npx convex deploy`.")},
		{name: "an auth.config without a value", facts: answering(unset), want: missing.FixedBy("%s: the deployed auth.config was evaluated without a value.", run)},
		{name: "an auth.config with an empty value", facts: answering(empty), want: missing.FixedBy("%s: the deployed auth.config was evaluated without a value.", run)},
		{name: "errors that say nothing", facts: answering(redacted(trusting(other))), want: missing.FixedBy("%s, from which `convex/auth.config.ts` builds the issuer; Convex redacts what it has now.", run)},
	}
}

func doubtfulProviders() []trial {
	refusing, open, odd, audience, shared, unusual, own := trusting(other), trusting(client), trusting(other), trusting(other), trusting(other), trusting(other), trusting(other)
	refusing.Anonymous = facts.Reply{Status: 503}
	open.Control = facts.Reply{Status: 200}
	odd.Plain = facts.Reply{Status: 401, Code: "AuthProviderDiscoveryFailed", Message: "Auth provider discovery failed"}
	audience.WithAud = matching
	shared.Shared, shared.Sure = matching, false
	unusual.Sure, unusual.Providers = false, []facts.Provider{{Kind: "CustomJWT", Issuer: api + "/sso/" + client}}
	own.Sure, own.Issuer = false, "https://auth.acme.com/user_management/"+client
	assumed := "Convex has no provider for %s, and WorkOS does not say whether that is the issuer of the app's tokens: a token of a test account would tell"
	return []trial{
		{name: "down", facts: answering(refusing), want: gate.Unsure("swift-lemur-482.convex.cloud answers 503 to a request without a token")},
		{name: "a deployment that takes every token", facts: answering(open), want: gate.Unsure("swift-lemur-482.convex.cloud does not refuse a token of an issuer that nobody has (200), so its answers prove nothing")},
		{name: "an answer of another kind", facts: answering(odd), want: gate.Unsure("swift-lemur-482.convex.cloud answers 401 AuthProviderDiscoveryFailed: Auth provider discovery failed to a forged token")},
		{
			name: "an audience that AuthKit's tokens do not have as a rule", facts: answering(audience),
			want: gate.Unsure("Convex takes tokens of https://api.workos.com/user_management/client_01STAGING only with an audience, which AuthKit's do not have as a rule: a token of a test account would tell").
				FixedBy("Take `applicationID` off the provider with this issuer in `convex/auth.config.ts`, unless a JWT template adds the audience."),
		},
		{name: "the shared issuer", facts: answering(shared), want: gate.Unsure("Convex takes tokens of the shared issuer with an audience, and whether the app's are such cannot be told without one: a test account would tell")},
		{name: "the client under an unusual issuer", facts: answering(unusual), want: gate.Unsure(assumed, api+"/user_management/"+client)},
		{name: "an auth domain of its own, whose issuer is not published", facts: answering(own), want: gate.Unsure(assumed, "https://auth.acme.com/user_management/"+client)},
	}
}

// realTokens are cases in which a token of the test account tells what forged
// ones leave open.
func realTokens() []trial {
	with := func(c facts.Claims, r facts.Reply) []gate.Given {
		doubtful := trusting(other)
		doubtful.WithAud = matching
		return shown(c, r, facts.ConvexTrust.Is(doubtful))
	}
	shared := claimed()
	shared.Issuer = api + "/"
	return []trial{
		{name: "a token of the shared issuer that is taken", facts: with(shared, accepted), want: gate.Pass("swift-lemur-482.convex.cloud has a provider for https://api.workos.com/")},
		{name: "a token that expired", facts: with(claimed(), says("Could not validate token: Token expired 5 seconds ago")), want: gate.Pass("swift-lemur-482.convex.cloud has a provider for https://api.workos.com/user_management/client_01STAGING")},
		{name: "a token that nobody is for", facts: with(claimed(), none), want: gate.Fail("Convex trusts the tokens of client_01OTHER, and the app's are of client_01STAGING").
			FixedBy("Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`: the issuer in `convex/auth.config.ts` is made from it. Convex applies it at once.")},
		{name: "a token whose keys are nowhere", facts: with(claimed(), says("Could not fetch JWKS from URL 'https://api.workos.com/sso/jwks/client_01STAGING': HTTP 404 Not Found.")), want: gate.Fail("Convex has a provider for the app's tokens, but cannot load its keys: there are none at its address").
			FixedBy("Ask WorkOS' support: Convex asks for the keys where they belong, at `https://api.workos.com/sso/jwks/client_01STAGING`, and does not get them.")},
		{name: "an answer of another kind", facts: with(claimed(), facts.Reply{Status: 401, Code: "Unauthenticated", Message: "x"}), want: gate.Unsure("swift-lemur-482.convex.cloud answers 401 Unauthenticated: x to the token of the test account")},
	}
}
