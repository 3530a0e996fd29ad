package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
)

// authConfigIs gives the backend another auth.config.
func authConfigIs(c eval.AuthConfig) func(*source.Repository) {
	return onBackend(func(b *source.Backend) { b.Auth = &c })
}

// withAudience gives a provider an applicationID.
func withAudience(p eval.Provider, id string) eval.Provider {
	p.ApplicationID = &id
	return p
}

// sharedProvider is WorkOS' provider of its shared issuer.
func sharedProvider(id string) eval.Provider {
	p := withAudience(perClientProvider(id), id)
	p.Issuer, p.Position.Line = api+"/", 4
	return p
}

func TestAuthConfigValid(t *testing.T) {
	refused := func(e eval.AuthError) func(*source.Repository) { return authConfigIs(eval.AuthConfig{Error: &e}) }
	at := js.Position{Path: authFile, Line: 3, Column: 29}
	const unset = "Environment variable WORKOS_CLIENT_ID is used in auth config file but its value was not set"
	missing := eval.AuthError{Code: "AuthConfigMissingEnvironmentVariable", Message: unset, Variable: "WORKOS_CLIENT_ID", Position: at}
	notTaken := gate.Fail("Convex does not take " + authFile + ": " + unset).
		FixedBy("Run `npx convex env set WORKOS_CLIENT_ID …` on the deployment, and `npx convex env default set WORKOS_CLIENT_ID … --type preview` for the next ones.")
	insecure := eval.AuthError{Code: "InsecureConfiguration", Message: "This auth configuration appears potentially insecure.", Detail: "the issuer is shared", Position: at}
	both := onBackend(func(b *source.Backend) {
		b.AuthConfigs, b.Auth = append(b.AuthConfigs, "packages/backend/convex/auth.config.js"), nil
	})
	two := gate.Fail("there are two auth.configs, of which Convex takes neither").
		FixedBy("Delete `packages/backend/convex/auth.config.ts` or `packages/backend/convex/auth.config.js`.")
	apple := eval.Provider{Type: "oidc", Domain: "https://appleid.apple.com"}
	clerk := withAudience(eval.Provider{Type: "oidc", Domain: "https://acme.clerk.accounts.dev"}, "convex")
	anotherBackend := func(change func(*source.Backend)) func(*source.Repository) {
		return func(r *source.Repository) {
			b := r.Backends[0]
			change(&b)
			r.Backends = append(r.Backends, b)
		}
	}
	taken := gate.Pass("a comment in %s says that this is meant", authFile)
	judge(t, AuthConfigValid, []trial{
		{name: "AuthKit's provider", facts: sourced(), want: gate.Pass(authFile + " evaluates to 1 provider")},
		{
			name: "the official two", facts: sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{sharedProvider(client), perClientProvider(client)}})),
			want: gate.Pass(authFile + " evaluates to 2 providers"),
		},
		{
			name: "others beside it", facts: sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{apple, clerk, perClientProvider(client)}})),
			want: gate.Pass(authFile + " evaluates to 3 providers"),
		},
		{
			name: "AuthKit's own domain", facts: sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{withAudience(eval.Provider{Type: "oidc", Domain: "https://acme.authkit.app"}, client)}})),
			want: gate.Pass(authFile + " evaluates to 1 provider"),
		},
		{name: "no provider", facts: sourced(authConfigIs(eval.AuthConfig{})), want: gate.Pass(authFile + " evaluates to 0 providers")},
		{name: "no backend", facts: sourced(func(r *source.Repository) { r.Backends = nil }), want: gate.Skip("the source holds no auth.config of Convex")},
		{name: "a backend without auth", facts: sourced(onBackend(func(b *source.Backend) { b.AuthConfigs, b.Auth = nil, nil })), want: gate.Skip("the source holds no auth.config of Convex")},
		{
			name: "a variable that is unset", facts: sourced(refused(missing)),
			want: notTaken.At(gate.Evidence{What: "auth.config", Saw: unset, File: authFile, Line: 3, Column: 29}),
		},
		{
			name: "what Convex takes for insecure", facts: sourced(refused(insecure)),
			want: gate.Fail("Convex does not take " + authFile + ": This auth configuration appears potentially insecure").
				At(gate.Evidence{What: "auth.config", Saw: "the issuer is shared", File: authFile, Line: 3, Column: 29}),
		},
		{
			name: "two files", facts: sourced(both),
			want: two.At(gate.Evidence{What: "auth.config", Saw: authFile, File: authFile}).
				At(gate.Evidence{What: "auth.config", Saw: "packages/backend/convex/auth.config.js", File: "packages/backend/convex/auth.config.js"}),
		},
		{
			name: "a value that decides and is not known", facts: sourced(refused(eval.AuthError{Message: "SyntaxError: Unexpected token"}), onBackend(func(b *source.Backend) { b.Unknown = []string{"PROVIDERS", "MODE"} })),
			want: gate.Verdict{Status: gate.Skipped, Summary: "whether Convex takes " + authFile + " depends on the value of PROVIDERS and MODE, which is not known", Unlock: "--env PROVIDERS=…"},
		},
		{
			name: "a file that could not be evaluated", facts: sourced(onBackend(func(b *source.Backend) { b.Auth, b.Trouble = nil, "the analysis took too long" })),
			want: gate.Unsure(authFile + " could not be evaluated: the analysis took too long"),
		},
		{
			name: "an audience on the client's own issuer", facts: sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{withAudience(perClientProvider(client), client)}})),
			want: gate.Unsure(authFile + " wants an audience of tokens with the client's own issuer, which AuthKit's do not have as a rule: a token of a test account would tell").
				FixedBy("Take `applicationID` off that provider, unless a JWT template adds the audience.").
				At(gate.Evidence{What: "applicationID", Saw: client, File: authFile, Line: 11, Column: 7}),
		},
		{
			name:  "an audience that the app's tokens do not have",
			facts: plus(sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{withAudience(perClientProvider(client), client)}})), tokenBy(api+"/user_management/"+client)),
			want: gate.Fail(authFile + " wants an audience of tokens with the client's own issuer, and the app's have none").
				FixedBy("Take `applicationID` off that provider, or add the audience in WorkOS' JWT template.").
				At(gate.Evidence{What: "applicationID", Saw: client, File: authFile, Line: 11, Column: 7}),
		},
		{
			name:  "an audience, and tokens that have one",
			facts: plus(sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{withAudience(perClientProvider(client), client)}})), tokenBy(api+"/user_management/"+client, "client_01REAL")),
			want:  gate.Pass(authFile + " evaluates to 1 provider"),
		},
		{
			name:  "an audience of tokens that the app does not have",
			facts: plus(sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{withAudience(perClientProvider(client), client), {Type: "customJwt", Issuer: "https://auth.acme.com"}}})), tokenBy("https://auth.acme.com")),
			want:  gate.Pass(authFile + " evaluates to 2 providers"),
		},
		{
			name: "the same beside one without", facts: sourced(authConfigIs(eval.AuthConfig{Providers: []eval.Provider{withAudience(perClientProvider(client), client), perClientProvider(client)}})),
			want: gate.Pass(authFile + " evaluates to 2 providers"),
		},
		{name: "taken back", facts: sourced(refused(missing), ignoring(authFile, 3, "auth-config-valid", "set by the platform team")), want: taken},
		{name: "taken back without a reason", facts: sourced(refused(missing), ignoring(authFile, 3, "auth-config-valid", "")), want: notTaken},
		{name: "taken back at another line", facts: sourced(refused(missing), ignoring(authFile, 9, "auth-config-valid", "x")), want: notTaken},
		{name: "two files, taken back in one of them", facts: sourced(both, ignoring(authFile, 9, "auth-config-valid", "x")), want: taken},
		{
			name: "the second of two backends", facts: sourced(anotherBackend(func(b *source.Backend) { b.Auth = &eval.AuthConfig{Error: &missing} })),
			want: notTaken,
		},
		{
			name: "the first of two backends has no auth", facts: sourced(anotherBackend(func(*source.Backend) {}), onBackend(func(b *source.Backend) { b.AuthConfigs = nil })),
			want: gate.Pass(authFile + " evaluates to 1 provider"),
		},
	})
}

// tokenBy is a token of the test account.
func tokenBy(issuer string, audience ...string) gate.Given {
	return facts.AccessToken.Is(facts.Token{Claims: facts.Claims{Issuer: issuer, Audience: audience}})
}
