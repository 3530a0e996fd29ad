package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
)

// TestAuthConfigDeployedByTheKey judges by what Convex lists to the holder of
// a deploy key, even where the deployment redacts its errors.
func TestAuthConfigDeployedByTheKey(t *testing.T) {
	const file, own = "convex/auth.config.ts", api + "/user_management/" + client
	wanted := eval.Provider{Type: "customJwt", Issuer: own, JWKS: api + "/sso/jwks/" + client, Algorithm: "RS256", Position: js.Position{Path: file, Line: 4, Column: 5}}
	have := facts.Provider{Kind: "CustomJWT", Issuer: own + "/", JWKS: wanted.JWKS, Algorithm: "RS256"}
	changed := func(change func(*facts.Provider)) facts.Provider {
		p := have
		change(&p)
		return p
	}
	with := func(config facts.EvaluatedConfig, deployed ...facts.Provider) []gate.Given {
		config.File = file
		return given(
			facts.Repository.Is(source.Repository{Backends: []source.Backend{{Backend: project.Backend{AuthConfigs: []string{file}}}}}),
			facts.EvaluatedConfigs.Is([]facts.EvaluatedConfig{config}), facts.ConvexProviders.Is(deployed),
			facts.ConvexTrust.Is(redacted(trusting())), facts.ConvexSite.Is(convex), opens(convex),
		)
	}
	ours := facts.EvaluatedConfig{Providers: []eval.Provider{wanted}}
	other := gate.Fail("Convex has other providers than convex/auth.config.ts")
	judge(t, AuthConfigDeployed, []trial{
		{name: "the same", facts: with(ours, have), want: gate.Pass("Convex has the providers of convex/auth.config.ts under its own variables")},
		{
			name: "another address of keys", facts: with(ours, changed(func(p *facts.Provider) { p.JWKS = "https://old.example/jwks" })),
			want: other.At(placed("in the source only", "CustomJWT "+own+", no applicationID", wanted.Position)).
				Because("deployed only", "CustomJWT "+own+"/, no applicationID"),
		},
		{name: "another algorithm", facts: with(ours, changed(func(p *facts.Provider) { p.Algorithm = "ES256" })), want: other},
		{name: "an audience", facts: with(ours, changed(func(p *facts.Provider) { p.Audience = client })), want: other},
		{name: "one too many", facts: with(ours, have, changed(func(p *facts.Provider) { p.Issuer = "https://x.example" })), want: other.Because("deployed only", "CustomJWT https://x.example, no applicationID")},
		{
			name: "one that Convex would not take", facts: with(facts.EvaluatedConfig{Error: "Environment variable X is used in auth config file but its value was not set", Variable: "X"}, have),
			want: gate.Fail("convex/auth.config.ts is not what is deployed: under the deployment's variables Convex does not take it").
				FixedBy("Run `npx convex env set X … --deployment swift-lemur-482`, and deploy the backend from this commit."),
		},
	})
}
