package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
)

func TestAuthConfigDeployed(t *testing.T) {
	judge(t, AuthConfigDeployed, deployedConfigs())
	judge(t, AuthConfigDeployed, staleConfigs())
	judge(t, AuthConfigDeployed, untoldConfigs())
}

// shaped gives the backend providers, written with their variables.
func shaped(all ...eval.Provider) func(*source.Repository) {
	return onBackend(func(b *source.Backend) {
		b.Auth = &eval.AuthConfig{Shape: all, Variables: []eval.Variable{{Name: "WORKOS_CLIENT_ID", Reaches: []eval.Field{{Name: "issuer"}}}}}
	})
}

// deciding gives the auth.config a variable that reaches no provider.
func deciding(name string) func(*source.Repository) {
	return onBackend(func(b *source.Backend) { b.Auth.Variables = append(b.Auth.Variables, eval.Variable{Name: name}) })
}

// has is a Convex deployment with these providers.
func has(all ...facts.Provider) gate.Given {
	t := trusting()
	t.Providers = all
	return facts.ConvexTrust.Is(t)
}

var (
	ofClient = facts.Provider{Kind: "CustomJWT", Issuer: api + "/user_management/" + client}
	ofShared = facts.Provider{Kind: "CustomJWT", Issuer: api + "/", Audience: client}
	ofApple  = facts.Provider{Kind: "OIDC", Issuer: "https://appleid.apple.com", Audience: "com.acme.app"}
)

const anyClient = "${WORKOS_CLIENT_ID}"

func deployedConfigs() []trial {
	official := shaped(sharedProvider(anyClient), perClientProvider(anyClient))
	apple := withAudience(eval.Provider{Type: "oidc", Domain: "https://appleid.apple.com/"}, "com.acme.app")
	authkit := withAudience(eval.Provider{Type: "oidc", Domain: "${WORKOS_AUTHKIT_DOMAIN}"}, anyClient)
	same := gate.Pass("Convex has the providers of " + authFile)
	return []trial{
		{name: "one provider", facts: plus(sourced(), has(ofClient)), want: same},
		{name: "the official two", facts: plus(sourced(official), has(ofShared, ofClient)), want: same},
		{name: "in another order", facts: plus(sourced(official), has(ofClient, ofShared)), want: same},
		{name: "another vendor's beside it, with and without a slash", facts: plus(sourced(shaped(apple, perClientProvider(anyClient))), has(ofApple, ofClient)), want: same},
		{
			name: "AuthKit's own domain, by a variable", facts: plus(sourced(shaped(authkit)), has(facts.Provider{Kind: "OIDC", Issuer: "https://acme.authkit.app", Audience: client})),
			want: same,
		},
		{
			name: "a domain without a scheme", facts: plus(sourced(shaped(withAudience(eval.Provider{Type: "oidc", Domain: "acme.authkit.app"}, "x"))), has(facts.Provider{Kind: "OIDC", Issuer: "https://acme.authkit.app", Audience: "x"})),
			want: same,
		},
		{
			name: "several of one variable", facts: plus(sourced(shaped(eval.Provider{Type: "customJwt", Issuer: "${ISSUERS}"})), has(ofClient, facts.Provider{Kind: "CustomJWT", Issuer: "https://auth.acme.com"})),
			want: same,
		},
		{name: "one that stands twice in the source", facts: plus(sourced(shaped(perClientProvider(anyClient), perClientProvider(anyClient))), has(ofClient)), want: same},
		{name: "another client's value, which another check tells", facts: plus(sourced(), has(facts.Provider{Kind: "CustomJWT", Issuer: api + "/user_management/" + other})), want: same},
		{name: "a decision that came out as in the source", facts: plus(sourced(deciding("MODE")), has(ofClient)), want: same},
	}
}

func staleConfigs() []trial {
	others := gate.Fail("Convex has other providers than " + authFile)
	onlyHere := gate.Evidence{What: "in the source only", Saw: api + "/user_management/" + anyClient, File: authFile, Line: 7, Column: 5}
	return []trial{
		{
			name: "no provider is deployed", facts: plus(sourced(), has()),
			want: others.At(onlyHere),
		},
		{
			name: "the deployment lacks one", facts: plus(sourced(shaped(sharedProvider(anyClient), perClientProvider(anyClient))), has(ofShared)),
			want: others.At(onlyHere),
		},
		{
			name: "the deployment has one more", facts: plus(sourced(), has(ofClient, ofApple)),
			want: others.Because("deployed only", "OIDC https://appleid.apple.com, applicationID com.acme.app"),
		},
		{
			name: "another issuer", facts: plus(sourced(), has(facts.Provider{Kind: "CustomJWT", Issuer: "https://auth.acme.com"})),
			want: others.At(onlyHere).Because("deployed only", "CustomJWT https://auth.acme.com, no applicationID"),
		},
		{
			name: "an audience that the source took off", facts: plus(sourced(), has(facts.Provider{Kind: "CustomJWT", Issuer: ofClient.Issuer, Audience: client})),
			want: others.At(onlyHere).Because("deployed only", "CustomJWT "+ofClient.Issuer+", applicationID "+client),
		},
		{
			name: "another audience", facts: plus(sourced(shaped(withAudience(perClientProvider(anyClient), "convex"))), has(facts.Provider{Kind: "CustomJWT", Issuer: ofClient.Issuer, Audience: "web"})),
			want: others.At(onlyHere).Because("deployed only", "CustomJWT "+ofClient.Issuer+", applicationID web"),
		},
		{
			name: "another kind", facts: plus(sourced(), has(facts.Provider{Kind: "OIDC", Issuer: ofClient.Issuer})),
			want: others,
		},
		{
			name: "taken back", facts: plus(sourced(ignoring(authFile, 7, "auth-config-deployed", "deployed by hand")), has()),
			want: gate.Pass("a comment in " + authFile + " says that this is meant"),
		},
		{name: "taken back without a reason", facts: plus(sourced(ignoring(authFile, 7, "auth-config-deployed", "")), has()), want: others},
	}
}

func untoldConfigs() []trial {
	redacts := gate.Verdict{Status: gate.Skipped, Summary: "Convex does not say which providers it has", Unlock: "CONVEX_DEPLOY_KEY, or an unredacted Convex deployment"}
	open := trusting(client)
	open.Control = matching
	return []trial{
		{name: "a deployment that redacts", facts: plus(sourced(), facts.ConvexTrust.Is(redacted(trusting(client)))), want: redacts},
		{name: "one that complains of every token alike", facts: plus(sourced(), facts.ConvexTrust.Is(open)), want: redacts},
		{
			name: "a variable that decides which providers there are", facts: plus(sourced(deciding("ENABLE_APPLE"), deciding("MODE")), has(ofClient, ofApple)),
			want: gate.Skip("which providers %s has depends on the value of ENABLE_APPLE and MODE, which is not known", authFile),
		},
		{name: "no backend", facts: plus(sourced(func(r *source.Repository) { r.Backends = nil }), has()), want: gate.Skip("no auth.config of the source could be evaluated")},
		{
			name: "one that could not be evaluated", facts: plus(sourced(onBackend(func(b *source.Backend) { b.Auth = nil })), has()),
			want: gate.Skip("no auth.config of the source could be evaluated"),
		},
		{
			name: "several backends", facts: plus(sourced(func(r *source.Repository) { r.Backends = append(r.Backends, r.Backends[0]) }), has()),
			want: gate.Skip("the source holds several Convex backends"),
		},
		{
			name: "sources that could not be analysed", facts: plus(sourced(func(r *source.Repository) { r.Trouble = "the analysis took too long" }), has(ofClient)),
			want: gate.Unsure("the source could not be analysed: the analysis took too long"),
		},
	}
}

func TestShapePattern(t *testing.T) {
	for _, tt := range []struct {
		shape, value string
		want         bool
	}{
		{"https://api.workos.com/user_management/${ID}", "https://api.workos.com/user_management/client_1", true},
		{"https://api.workos.com/user_management/${ID}", "https://apiXworkos.com/user_management/client_1", false},
		{"${DOMAIN}", "https://x.example", true},
		{"https://${HOST}/a/", "https://x.example/a", true},
		{"https://${HOST}/a", "https://x.example/b", false},
		{"x.example", "https://x.example", true},
		{"$(a)+[b", "$(a)+[b", true},
	} {
		if got := shapePattern(tt.shape).MatchString(tt.value); got != tt.want {
			t.Errorf("%s, %s: got %v", tt.shape, tt.value, got)
		}
	}
	if got := fieldPlace(eval.Provider{Position: js.Position{Line: 3}}, "issuer"); got.Line != 3 {
		t.Errorf("a field without a place of its own: got %+v", got)
	}
}
