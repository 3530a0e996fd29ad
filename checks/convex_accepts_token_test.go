package checks

import (
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
)

func TestConvexAcceptsToken(t *testing.T) {
	judge(t, ConvexAcceptsToken, takenTokens())
	judge(t, ConvexAcceptsToken, unmatchedTokens())
	judge(t, ConvexAcceptsToken, unknownKeys())
	judge(t, ConvexAcceptsToken, untimelyTokens())
	judge(t, ConvexAcceptsToken, otherRefusals())
}

var presented = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// claimed is what a token of the app's client says, without an audience.
func claimed() facts.Claims {
	return facts.Claims{
		KeyID: "key_new", Issuer: api + "/user_management/" + client, Subject: "user_1", ClientID: client,
		Issued: presented.Add(-time.Second), Expires: presented.Add(5 * time.Minute),
	}
}

// shown is a deployment that so answers the test account's token.
func shown(c facts.Claims, r facts.Reply, more ...gate.Given) []gate.Given {
	a := facts.Acceptance{Claims: c, Asked: presented, HTTP: r}
	return append(given(own(facts.TokenTaken, a), facts.ConvexAcceptance.Is(a), facts.ConvexTrust.Is(trusting(client)), facts.ConvexSite.Is(convex)), more...)
}

// listing is a deployment with those providers, which it prints.
func listing(providers ...facts.Provider) gate.Given {
	t := trusting()
	t.Providers = providers
	return facts.ConvexTrust.Is(t)
}

func jwt(issuer, audience string) facts.Provider {
	return facts.Provider{Kind: "CustomJWT", Issuer: issuer, Audience: audience}
}

func takenTokens() []trial {
	over := func(s facts.Handshake) []gate.Given {
		a := facts.Acceptance{Claims: claimed(), Asked: presented, HTTP: facts.Reply{Status: 200}, Socket: s}
		return shown(claimed(), facts.Reply{}, own(facts.TokenTaken, a), facts.ConvexAcceptance.Is(a))
	}
	down, open := trusting(client), trusting(client)
	down.Anonymous, open.Control = facts.Reply{Status: 503}, facts.Reply{Status: 200}
	return []trial{
		{name: "taken", facts: over(facts.Handshake{Accepted: true}), want: gate.Pass("swift-lemur-482.convex.cloud takes the token over HTTP and over the WebSocket")},
		{
			name: "refused by the WebSocket alone", facts: over(facts.Handshake{Refusal: "Token expired"}),
			want: gate.Fail("Convex takes the token over HTTP and refuses it over the WebSocket").
				FixedBy("Run the gate again: the two differ only while Convex changes its auth.config. When it stays, tell Convex' support with the text below.").
				Because("WebSocket", "Token expired"),
		},
		{
			name: "no WebSocket", facts: over(facts.Handshake{Trouble: "convex opened no WebSocket: HTTP 503", Status: 503}),
			want: gate.Unsure("swift-lemur-482.convex.cloud takes the token over HTTP, and did not judge it over the WebSocket: convex opened no WebSocket: HTTP 503"),
		},
		{name: "down", facts: shown(claimed(), facts.Reply{Status: 200}, facts.ConvexTrust.Is(down)), want: gate.Unsure("swift-lemur-482.convex.cloud answers 503 to a request without a token")},
		{
			name: "a deployment that takes every token", facts: shown(claimed(), facts.Reply{Status: 200}, facts.ConvexTrust.Is(open)),
			want: gate.Unsure("swift-lemur-482.convex.cloud does not refuse a token of an issuer that nobody has (200), so its answers prove nothing"),
		},
	}
}

func unmatchedTokens() []trial {
	own := api + "/user_management/" + client
	audience, domain := claimed(), claimed()
	audience.Audience, domain.Issuer = []string{client}, "https://auth.acme.com/user_management/"+client
	const run = "Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`"
	const deploy = ", and deploy with `npx convex deploy`."
	key := []gate.Given{opens(convex), facts.ConvexProviders.Is([]facts.Provider{jwt(own, "client_old")})}
	return []trial{
		{
			name: "an audience that the token does not have", facts: shown(claimed(), none, listing(jwt(own+"/", client))),
			want: gate.Fail("Convex wants the audience client_01STAGING, and the app's tokens have none").
				FixedBy("Delete the line `applicationID: …` of the provider with the issuer `%s/` in `convex/auth.config.ts`"+deploy, own).
				Because("issuer of the app's tokens", own).Because("audience of the app's tokens", "none").
				Because("swift-lemur-482.convex.cloud", "401 NoAuthProvider: No auth provider found matching the given token").
				Because("provider", "CustomJWT "+own+"/, applicationID client_01STAGING"),
		},
		{
			name: "another audience, by the deploy key", facts: shown(audience, none, append(key, facts.ConvexTrust.Is(redacted(trusting())))...),
			want: gate.Fail("Convex wants the audience client_old, and the app's tokens are for client_01STAGING").
				FixedBy("Write `applicationID: 'client_01STAGING'` in the provider with the issuer `%s` in `convex/auth.config.ts`"+deploy, own),
		},
		{
			name: "another client", facts: shown(claimed(), none, listing(jwt(api+"/", other), jwt(api+"/user_management/"+other, ""))),
			want: gate.Fail("Convex trusts the tokens of client_01OTHER, and the app's are of client_01STAGING").
				FixedBy("%s: the issuer in `convex/auth.config.ts` is made from it. Convex applies it at once.", run),
		},
		{
			name: "no client", facts: shown(claimed(), none, listing(jwt(api+"/user_management/undefined", ""))),
			want: gate.Fail("Convex has no provider for the app's tokens").FixedBy("%s: the deployed auth.config was evaluated without a value.", run),
		},
		{
			name: "a domain of its own", facts: shown(domain, none, listing(jwt(own, ""))),
			want: gate.Fail("the app's tokens are issued by auth.acme.com, and Convex expects those of api.workos.com").
				FixedBy("Write `issuer: '%s'` in place of `%s` in `convex/auth.config.ts`"+deploy, domain.Issuer, own),
		},
		{
			name: "another issuer", facts: shown(claimed(), none, listing(jwt(api+"/sso/"+client, ""))),
			want: gate.Fail("Convex has no provider for %s, which issues the app's tokens", own).
				FixedBy("Write `issuer: '%s'` in place of `%s` in `convex/auth.config.ts`"+deploy, own, api+"/sso/"+client),
		},
		{
			name: "another issuer, whose place is known", facts: shown(claimed(), none, listing(jwt(api+"/sso/"+client, "")), repositoryWith(api+"/sso/${WORKOS_CLIENT_ID}")),
			want: gate.Fail("Convex has no provider for %s, which issues the app's tokens", own).
				FixedBy("Write `issuer: '%s'` in place of `%s` in `convex/auth.config.ts`, line 7"+deploy, own, api+"/sso/"+client),
		},
		{
			name: "nobody", facts: shown(claimed(), none, listing()),
			want: gate.Fail("no auth.config was deployed to Convex").FixedBy("Add `convex/auth.config.ts` with a provider for WorkOS and deploy it with `npx convex deploy`."),
		},
		{
			name: "errors that say nothing", facts: shown(claimed(), none, facts.ConvexTrust.Is(redacted(trusting()))),
			want: gate.Fail("Convex has no provider for the app's tokens").FixedBy("%s, from which `convex/auth.config.ts` builds the issuer; Convex redacts what it has now.", run),
		},
	}
}

// repositoryWith is a source whose auth.config has one provider, at line 5.
func repositoryWith(issuer string) gate.Given {
	return facts.Repository.Is(source.Repository{Backends: []source.Backend{{
		Backend: project.Backend{AuthConfigs: []string{"convex/auth.config.ts"}},
		Auth: &eval.AuthConfig{Shape: []eval.Provider{{
			Type: "customJwt", Issuer: issuer,
			Fields: map[string]js.Position{"issuer": {Path: "convex/auth.config.ts", Line: 7, Column: 7}},
		}}},
	}}})
}

func unknownKeys() []trial {
	refused := says("Could not decode token. The JWT's 'kid' (key ID) header is 'key_new', does this key match any key in the provider's JWKS?")
	published := func(id string) gate.Given {
		return facts.JWKS.Is(facts.KeySet{Answer: facts.Answer{Status: 200, URL: api + "/sso/jwks/" + client}, Keys: []facts.Key{{ID: id}}})
	}
	with := func(jwks string) []gate.Given {
		p := jwt(api+"/user_management/"+client, "")
		p.JWKS = jwks
		return []gate.Given{published("key_new"), opens(convex), facts.ConvexProviders.Is([]facts.Provider{p})}
	}
	const own = api + "/sso/jwks/" + client
	return []trial{
		{
			name: "the keys of another client", facts: shown(claimed(), refused, with(api+"/sso/jwks/"+other)...),
			want: gate.Fail("Convex looks for the app's keys among those of client_01OTHER").
				FixedBy("Write `jwks: '%s'` in `convex/auth.config.ts`, and deploy with `npx convex deploy`.", own),
		},
		{
			name: "keys from before they were rotated", facts: shown(claimed(), refused, with(own)...),
			want: gate.Fail("Convex has the app's keys from before WorkOS rotated them").
				FixedBy("Write `jwks: '%s?rotated'` in place of `%s` in `convex/auth.config.ts`, and deploy with `npx convex deploy`: Convex loads the keys of another address anew. Or wait until its copy expires.", own, own),
		},
		{
			name: "a key that nobody publishes", facts: shown(claimed(), refused, published("key_other")),
			want: gate.Fail("the app's tokens are signed by a key that WorkOS does not publish for its client").
				FixedBy("Give the app `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` of one and the same WorkOS environment."),
		},
		{
			name: "without a deploy key", facts: shown(claimed(), says("Could not decode token. The JWT's 'kid' (key ID) header doesn't match any key in the provider's JWKS, or the JWT signature is invalid."), published("key_new")),
			want: gate.Fail("Convex does not know the key that signs the app's tokens").
				FixedBy("Write `jwks: '%s'` in `convex/auth.config.ts`. If it says so already, Convex has a copy from before the key was rotated: write `jwks: '%s?rotated'`, and deploy with `npx convex deploy`.", own, own),
		},
	}
}

func untimelyTokens() []trial {
	expired := func(text string) facts.Reply { return says("Could not validate token: Token expired " + text) }
	stale, early := claimed(), claimed()
	stale.Expires, early.Issued = presented.Add(-5*time.Minute), presented.Add(time.Hour)
	return []trial{
		{name: "a slow run", facts: shown(claimed(), expired("12 seconds ago")), want: gate.Unsure("the token expired 12 seconds before Convex saw it: this run was slow, which says nothing of the app")},
		{name: "a second", facts: shown(claimed(), expired("1 second ago")), want: gate.Unsure("the token expired 1 seconds before Convex saw it: this run was slow, which says nothing of the app")},
		{
			name: "expired long ago", facts: shown(stale, expired("300 seconds ago")),
			want: gate.Fail("the app's tokens have expired when they are handed out, 300 seconds ago").
				FixedBy("Set the access token duration under Authentication, Sessions in the WorkOS dashboard back to 5 minutes, and hand Convex what `getAccessToken()` returns: it refreshes a token that is about to expire.").
				Because("exp of the token", "2026-11-24T11:55:00Z").
				Because("swift-lemur-482.convex.cloud", "401 InvalidAuthHeader: Could not validate token: Token expired 300 seconds ago"),
		},
		{
			name: "a clock that is ahead", facts: shown(claimed(), expired("3600 seconds ago")),
			want: gate.Unsure("Convex says that the token expired 3600 seconds ago, and by our clock it is good for 5m0s: one of the clocks is wrong"),
		},
		{
			name: "a clock that is behind", facts: shown(claimed(), says("Could not validate token: Token will be valid in 40 seconds")),
			want: gate.Unsure("Convex says that the token is good only in 40 seconds, and by our clock it is good now: one of the clocks is wrong"),
		},
		{
			name: "issued for later", facts: shown(early, says("Could not validate token: Token will be valid in 3595 seconds")),
			want: gate.Fail("the app's tokens are issued for 3595 seconds from now").
				FixedBy("Put back `iat` and `nbf` where the JWT template of this WorkOS environment changes them; otherwise wait, since WorkOS' clock is ahead."),
		},
		{name: "a number that no clock has", facts: shown(claimed(), expired("99999999999999999999 seconds ago")), want: gate.Unsure("Convex says that the token expired 60 seconds ago, and by our clock it is good for 5m0s: one of the clocks is wrong")},
	}
}

func otherRefusals() []trial {
	nameless, own := claimed(), "Write `jwks: '"+api+"/sso/jwks/"+client+"'` in `convex/auth.config.ts`, and deploy with `npx convex deploy`."
	nameless.Subject, nameless.Expires = "", time.Time{}
	needs := "Put back what the JWT template of this WorkOS environment changes (WorkOS dashboard, Authentication, Sessions): Convex needs `iss`, `sub` and `exp`."
	cannot := "Convex has a provider for the app's tokens, but cannot load its keys: "
	return []trial{
		{name: "no user", facts: shown(nameless, says("Could not verify token claim. Check that the JWT contains valid claims")), want: gate.Fail("the app's tokens lack `sub` and `exp`, which Convex needs").FixedBy("%s", needs)},
		{name: "a claim that is not known", facts: shown(claimed(), says("Could not verify token claim.")), want: gate.Fail("the app's tokens lack a claim, which Convex needs").FixedBy("%s", needs)},
		{name: "no keys", facts: shown(claimed(), says("Could not fetch JWKS from URL 'https://x': HTTP 404 Not Found.")), want: gate.Fail("%sthere are none at its address", cannot).FixedBy("%s", own)},
		{name: "a page", facts: shown(claimed(), says("Invalid Content-Type 'text/html' when fetching JWKS from 'https://x'.")), want: gate.Fail("%stheir content type is not JSON", cannot).FixedBy("%s", own)},
		{
			name: "WorkOS is down for Convex", facts: shown(claimed(), says("Could not fetch JWKS from URL 'https://x': HTTP 503 Service Unavailable.")),
			want: gate.Unsure("Convex has a provider for the app's tokens and could not load its keys just now: 401 InvalidAuthHeader: Could not fetch JWKS from URL 'https://x': HTTP 503 Service Unavailable"),
		},
		{
			name: "taken for OpenID", facts: shown(claimed(), facts.Reply{Status: 401, Code: "Unauthenticated", Message: "Could not verify OIDC token claim."}),
			want: gate.Fail("Convex takes the tokens' issuer for an OpenID provider, and cannot verify its tokens").
				FixedBy("Write the provider as `type: 'customJwt'` with `issuer: '%s'`, `algorithm: 'RS256'` and `jwks` in `convex/auth.config.ts`, and deploy.", claimed().Issuer),
		},
		{
			name: "OpenID that is down", facts: shown(claimed(), facts.Reply{Status: 503, Code: "AuthProviderDiscoveryFailed", Message: "Auth provider discovery failed"}),
			want: gate.Unsure("Convex could not read the OpenID configuration of the tokens' issuer just now"),
		},
		{name: "something new", facts: shown(claimed(), facts.Reply{Status: 418, Code: "Teapot"}), want: gate.Unsure("Convex answers the token in a way that is not known")},
	}
}
