package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
)

// The answers of Convex to forged tokens.
var (
	none     = facts.Reply{Status: 401, Code: "NoAuthProvider", Message: "No auth provider found matching the given token"}
	matching = facts.Reply{Status: 401, Code: "InvalidAuthHeader", Message: "Could not decode token. The JWT's 'kid' (key ID) header doesn't match any key"}
	accepted = facts.Reply{Status: 200}
)

// trusting is a Convex deployment that trusts clients, or nobody, and lists
// whom.
func trusting(clients ...string) facts.Trust {
	t := facts.Trust{
		Issuer: api + "/user_management/" + client, Sure: true, ClientID: client,
		Anonymous: accepted, Control: none, Plain: none, WithAud: none, Shared: none, Listed: true,
	}
	for _, c := range clients {
		t.Providers = append(t.Providers, facts.Provider{Kind: "CustomJWT", Issuer: api + "/user_management/" + c})
		if c == client {
			t.Plain, t.WithAud = matching, matching
		}
	}
	return t
}

// redacted keeps to itself whom it trusts.
func redacted(t facts.Trust) facts.Trust {
	t.Listed, t.Providers = false, nil
	return t
}

// signedIn is the app's request for sign-in, with what else is known.
func signedIn(more ...gate.Given) []gate.Given {
	return append(given(facts.SignIn.Is(entrance("/sign-in", preview+"/callback"))), more...)
}

// opens is a deploy key that opens the Convex deployment at that address.
func opens(address string) gate.Given {
	return facts.ConvexOpened.Is(facts.Opened{DeployKey: facts.DeployKey{Kind: facts.KeyPreviews}, Branch: "fix/login", Name: "swift-lemur-482", URL: address})
}

// refusedURI is the refusal of a redirect URI that nobody registered.
func refusedURI() gate.Given {
	refused := facts.Ruling{RedirectURI: preview + "/callback", ClientID: client, Reason: "redirect-uri-invalid", Status: 200, End: "https://error.workos.com/redirect-uri-invalid"}
	return facts.Examined.Is([]facts.Examination{{Real: refused, Control: refused}})
}

func TestClientIDAgrees(t *testing.T) {
	judge(t, ClientIDAgrees, agreeingClients())
	judge(t, ClientIDAgrees, disagreeingClients())
	judge(t, ClientIDAgrees, incomparableClients())
}

func agreeingClients() []trial {
	elsewhere := trusting(other)
	elsewhere.Issuer, elsewhere.Plain = "https://auth.acme.com", matching
	ours := facts.ConvexVariables.Is(facts.ConvexSettings{ClientID: client})
	theirs := facts.ConvexVariables.Is(facts.ConvexSettings{ClientID: other})
	agree := gate.Pass("the app and Convex: client_01STAGING")
	return []trial{
		{name: "Convex lists the client", facts: signedIn(facts.ConvexTrust.Is(trusting(other, client))), want: agree},
		{name: "Convex takes its tokens and lists nobody", facts: signedIn(facts.ConvexTrust.Is(redacted(trusting(client)))), want: agree},
		{name: "an auth domain of its own, beside another client", facts: signedIn(facts.ConvexTrust.Is(elsewhere)), want: agree},
		{name: "Convex' environment", facts: signedIn(ours, opens(convex), facts.ConvexSite.Is(convex)), want: agree},
		{
			name: "pasted with quotes, which another check tells", facts: signedIn(facts.ConvexVariables.Is(facts.ConvexSettings{ClientID: `"` + client + `"`}), opens(convex), facts.ConvexSite.Is(convex)),
			want: agree,
		},
		{
			name:  "a Convex domain of its own, known by its name",
			facts: signedIn(ours, opens(convex), facts.ConvexSite.Is("https://api.acme.com"), facts.ConvexInstance.Is(facts.Answer{Status: 200, Body: "swift-lemur-482\n"})), want: agree,
		},
		{
			name: "another client in the environment, which auth.config does not read", facts: signedIn(theirs, opens(convex), facts.ConvexSite.Is(convex), facts.ConvexTrust.Is(trusting(client))),
			want: agree,
		},
		{
			name: "a key of another deployment", facts: signedIn(theirs, opens("https://other-fox-1.convex.cloud"), facts.ConvexSite.Is(convex), facts.ConvexTrust.Is(trusting(client))),
			want: agree,
		},
		{name: "the expected client", facts: signedIn(facts.ExpectedClient.Is(client)), want: gate.Pass("the app and the expectation: client_01STAGING")},
		{
			name: "and its tokens", facts: signedIn(tokenOf(client), facts.ConvexTrust.Is(trusting(client))),
			want: gate.Pass("the app, Convex and the tokens: client_01STAGING"),
		},
		{name: "tokens that name nobody", facts: signedIn(tokenOf(""), facts.ConvexTrust.Is(trusting(client))), want: agree},
		{
			name: "all three", facts: signedIn(facts.ExpectedClient.Is(client), facts.ConvexTrust.Is(trusting(client))),
			want: gate.Pass("the app, the expectation and Convex: client_01STAGING"),
		},
	}
}

// tokenOf is an access token that names its client.
func tokenOf(id string) gate.Given {
	return facts.AccessToken.Is(facts.Token{Claims: facts.Claims{ClientID: id}})
}

func disagreeingClients() []trial {
	hostile := entrance("/sign-in", preview+"/callback")
	hostile.ClientID = "client_01'; rm -rf ~ #"
	return []trial{
		{
			name: "another client than expected", facts: signedIn(facts.ExpectedClient.Is(other)),
			want: gate.Fail("the app signs in with client_01STAGING, not with the expected client_01OTHER").
				FixedBy("Set `WORKOS_CLIENT_ID` to `client_01OTHER` for the Preview environment in Vercel and redeploy; or correct the value that previewgate is given.").
				Because("client_id of the request for sign-in", client).Because("WORKOS_CLIENT_ID given to previewgate", other),
		},
		{
			name: "Convex lists another", facts: signedIn(facts.ConvexTrust.Is(trusting(other)), facts.ConvexSite.Is(convex)),
			want: gate.Fail("the app signs in with client_01STAGING, but Convex trusts client_01OTHER").
				FixedBy("Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`; Convex applies it at once.").
				Because("client_id of the request for sign-in", client).Because("providers that Convex lists", other),
		},
		{
			name: "Convex lists another, and WorkOS does not take the app's redirect URI", facts: signedIn(facts.ConvexTrust.Is(trusting(other)), facts.ConvexSite.Is(convex), refusedURI()),
			want: gate.Fail("the app signs in with client_01STAGING, but Convex trusts client_01OTHER").
				FixedBy("Set `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` of the Preview environment in Vercel to those of client_01OTHER, and redeploy: " +
					"WorkOS does not take the redirect URI from the app's client. If that is the right one all the same, register the URI and run " +
					"`npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`."),
		},
		{
			name:  "the app's client is the expected one, and WorkOS does not take the redirect URI either",
			facts: signedIn(facts.ConvexTrust.Is(trusting(other)), facts.ConvexSite.Is(convex), facts.ExpectedClient.Is(client), refusedURI()),
			want: gate.Fail("the app signs in with client_01STAGING, but Convex trusts client_01OTHER").
				FixedBy("Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`; Convex applies it at once."),
		},
		{
			name: "Convex' environment has another, in the EU", target: gate.Target{Branch: "fix/login"},
			facts: signedIn(facts.ConvexVariables.Is(facts.ConvexSettings{ClientID: other}), opens("https://a-b-1.eu-west-1.convex.cloud"), facts.ConvexSite.Is("https://a-b-1.eu-west-1.convex.cloud")),
			want: gate.Fail("the app signs in with client_01STAGING, but Convex trusts client_01OTHER").
				FixedBy("Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment a-b-1`; Convex applies it at once.").
				Because("client_id of the request for sign-in", client).Because("WORKOS_CLIENT_ID on the Convex deployment", other),
		},
		{
			name: "a Convex domain of its own, and a hostile branch", target: gate.Target{Branch: "x'`id`"},
			facts: signedIn(facts.ConvexTrust.Is(trusting(other)), facts.ConvexSite.Is("https://api.acme.com")),
			want: gate.Fail("the app signs in with client_01STAGING, but Convex trusts client_01OTHER").
				FixedBy("Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --preview-name %s`; Convex applies it at once.", `'x'\''`+"`id`'"),
		},
		{
			name: "tokens of another client", facts: signedIn(tokenOf(other), facts.ConvexTrust.Is(trusting(client))),
			want: gate.Fail("the app signs in with client_01STAGING, but its tokens are for client_01OTHER").
				FixedBy("Set `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` of the Preview environment in Vercel to those of one WorkOS environment, and redeploy.").
				Because("client_id of the request for sign-in", client).Because("client that the access token names", other),
		},
		{
			name: "a hostile client id", facts: given(facts.SignIn.Is(hostile), facts.ConvexTrust.Is(trusting(other))),
			want: gate.Fail("the app signs in with client_01'; rm -rf ~ #, but Convex trusts client_01OTHER").
				FixedBy(`Run `+"`npx convex env set WORKOS_CLIENT_ID %s`; Convex applies it at once.", `'client_01'\''; rm -rf ~ #'`),
		},
	}
}

func incomparableClients() []trial {
	skip := func(summary string) gate.Verdict {
		return gate.Verdict{Status: gate.Skipped, Summary: summary, Unlock: "WORKOS_CLIENT_ID or CONVEX_DEPLOY_KEY"}
	}
	open := trusting(other)
	open.Control, open.Plain = matching, matching // whatever the issuer: no proof
	noClient := trusting()
	noClient.Providers = []facts.Provider{{Kind: "OIDC", Issuer: "https://login.example"}}
	return []trial{
		{name: "only its tokens", facts: signedIn(tokenOf(client)), want: skip("nothing is known of the client that Convex means")},
		{name: "nothing is known of Convex", facts: signedIn(), want: skip("nothing is known of the client that Convex means")},
		{name: "Convex keeps it to itself", facts: signedIn(facts.ConvexTrust.Is(redacted(trusting(other)))), want: skip("Convex does not say which client it means")},
		{name: "Convex complains of every token alike", facts: signedIn(facts.ConvexTrust.Is(open)), want: skip("Convex does not say which client it means")},
		{name: "another vendor's provider", facts: signedIn(facts.ConvexTrust.Is(noClient)), want: gate.Skip("no provider that Convex lists names a WorkOS client")},
		{
			name:  "a key of another deployment",
			facts: signedIn(facts.ConvexVariables.Is(facts.ConvexSettings{ClientID: other}), opens("https://other-fox-1.convex.cloud"), facts.ConvexSite.Is(convex)),
			want:  skip("nothing is known of the client that Convex means"),
		},
	}
}

func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{
		"fix/login": "fix/login", "-x": "'-x'", "a b": "'a b'", "": "''", "$(id)": "'$(id)'", "it's": `'it'\''s'`, "a\nb": "'a\nb'",
	} {
		if got := shellWord(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}

// TestClientIDInSource is about clients that an auth.config spells out.
func TestClientIDInSource(t *testing.T) {
	spells := func(clients ...string) func(*source.Repository) {
		var all []eval.Provider
		for _, c := range clients {
			all = append(all, perClientProvider(c))
		}
		return shaped(all...)
	}
	in := func(more []gate.Given, changes ...func(*source.Repository)) []gate.Given {
		return plus(signedIn(sourced(changes...)...), more...)
	}
	nothing := gate.Verdict{Status: gate.Skipped, Summary: "nothing is known of the client that Convex means", Unlock: "WORKOS_CLIENT_ID or CONVEX_DEPLOY_KEY"}
	spelt := gate.Fail("the app signs in with client_01STAGING, but %s spells out client_01OTHER", authFile).
		FixedBy("Read the client id from `process.env.WORKOS_CLIENT_ID` in `%s`, and set it on the Convex deployment.", authFile)
	foreign := onBackend(func(b *source.Backend) {
		b.Auth.Shape = []eval.Provider{{Type: "oidc", Domain: "https://appleid.apple.com"}, withAudience(eval.Provider{Type: "oidc", Domain: "https://acme.clerk.accounts.dev"}, "convex")}
	})
	judge(t, ClientIDAgrees, []trial{
		{name: "read from the environment", facts: in(nil), want: nothing},
		{name: "the app's own, spelt out", facts: in(nil, spells(client)), want: nothing},
		{name: "beside another's", facts: in(nil, spells(other, client)), want: nothing},
		{name: "another's beside the environment's", facts: in(nil, spells(other, anyClient)), want: nothing},
		{name: "other vendors", facts: in(nil, foreign), want: nothing},
		{
			name: "another's", facts: in(nil, spells(other)),
			want: spelt.Because("client_id of the request for sign-in", client).
				At(gate.Evidence{What: "issuer", Saw: api + "/user_management/" + other, File: authFile, Line: 7, Column: 5}),
		},
		{name: "another's, although Convex takes the app's tokens", facts: in(given(facts.ConvexTrust.Is(trusting(client))), spells(other)), want: gate.Pass("the app and Convex: client_01STAGING")},
		{name: "another's, and a deployment that redacts", facts: in(given(facts.ConvexTrust.Is(redacted(trusting(other)))), spells(other)), want: spelt},
		{name: "taken back", facts: in(nil, spells(other), ignoring(authFile, 7, "client-id-agrees", "the shared tenant")), want: nothing},
		{name: "taken back without a reason", facts: in(nil, spells(other), ignoring(authFile, 7, "client-id-agrees", "")), want: spelt},
		{name: "not evaluated", facts: in(nil, onBackend(func(b *source.Backend) { b.Auth = nil })), want: nothing},
		{
			name: "one of two backends", facts: in(nil, spells(other), func(r *source.Repository) {
				b := r.Backends[0]
				b.Auth = &eval.AuthConfig{Shape: []eval.Provider{{Issuer: api + "/user_management/" + anyClient, Position: js.Position{Line: 1}}}}
				r.Backends = append(r.Backends, b)
			}),
			want: nothing,
		},
	})
}
