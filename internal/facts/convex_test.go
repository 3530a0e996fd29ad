package facts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadProviders(t *testing.T) {
	const before = "No auth provider found matching the given token"
	const list = before + ". Check that your JWT's issuer and audience match one of your configured providers: ["
	tests := []struct {
		name, message string
		want          []Provider
		listed        bool
	}{
		{
			"the official pair",
			list + "CustomJWT(issuer=https://api.workos.com/, app_id=client_01), CustomJWT(issuer=https://api.workos.com/user_management/client_01, app_id=none)]",
			[]Provider{{Kind: "CustomJWT", Issuer: "https://api.workos.com/", Audience: "client_01"}, {Kind: "CustomJWT", Issuer: "https://api.workos.com/user_management/client_01", Audience: ""}},
			true,
		},
		{"OpenID", list + "OIDC(domain=https://acme.example, app_id=convex)]", []Provider{{Kind: "OIDC", Issuer: "https://acme.example", Audience: "convex"}}, true},
		{"undefined", list + "CustomJWT(issuer=https://api.workos.com/user_management/undefined, app_id=none)]\n", []Provider{{Kind: "CustomJWT", Issuer: "https://api.workos.com/user_management/undefined", Audience: ""}}, true},
		{"a line break that was pasted", list + "CustomJWT(issuer=https://api.workos.com/user_management/client_01\n, app_id=none)]", []Provider{{Kind: "CustomJWT", Issuer: "https://api.workos.com/user_management/client_01\n", Audience: ""}}, true},
		{"none", before + " (no providers configured). Check convex/auth.config.ts.", nil, true},
		{"an empty list", list + "]", nil, true},
		{"a provider of another kind", list + "Magic(x=1)]", nil, true},
		{"redacted", before, nil, false},
		{"another message", "Could not decode token.", nil, false},
		{"cut off", list + "CustomJWT(issuer=https://api", nil, false},
		{"nothing", "", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, listed := readProviders(tt.message)
			if listed != tt.listed {
				t.Errorf("listed: got %v, want %v", listed, tt.listed)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadDeployKey(t *testing.T) {
	tests := []struct {
		name, key string
		want      DeployKey
		err       string
	}{
		{"previews", "preview:acme:web|eyJ2MiI6Inh9=", DeployKey{Kind: KeyPreviews, Team: "acme", Project: "web", Environment: "preview"}, ""},
		{"one preview", "preview:swift-lemur-482|eyJ2MiI6Inh9", DeployKey{Kind: KeyDeployment, Deployment: "swift-lemur-482", Environment: "preview"}, ""},
		{"production", "prod:calm-heron-77|eyJ2MiI6Inh9", DeployKey{Kind: KeyDeployment, Deployment: "calm-heron-77", Environment: "prod"}, ""},
		{"development", "dev:calm-heron-77|eyJ2MiI6Inh9", DeployKey{Kind: KeyDeployment, Deployment: "calm-heron-77", Environment: "dev"}, ""},
		{"a project", "project:acme:web|eyJ2MiI6Inh9", DeployKey{Kind: KeyProject, Team: "acme", Project: "web"}, ""},
		{"self-hosted", "convex-self-hosted|0123abcd", DeployKey{Kind: KeyAdmin, Deployment: "convex-self-hosted"}, ""},
		{"an access token", "eyJ2MiI6Inh9", DeployKey{Kind: KeyToken}, ""},
		{"a | in the secret", "prod:calm-heron-77|a|b", DeployKey{Kind: KeyDeployment, Deployment: "calm-heron-77", Environment: "prod"}, ""},
		{"cut off before its |", "prod:calm-heron-77", DeployKey{}, "the Convex deploy key has no | in it: copy it whole from the dashboard"},
		{"cut off at its |", "prod:calm-heron-77|", DeployKey{}, "the Convex deploy key ends at its |: copy it whole from the dashboard"},
		{"quoted", `"prod:calm-heron-77|secret"`, DeployKey{}, "the Convex deploy key is malformed before its |"},
		{"too many parts", "prod:a:b|secret", DeployKey{}, "the Convex deploy key is of no known kind"},
		{"an empty part", "preview::web|secret", DeployKey{}, "the Convex deploy key is malformed before its |"},
		{"nothing", "", DeployKey{}, "the Convex deploy key has no | in it: copy it whole from the dashboard"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadDeployKey(tt.key)
			if err == nil && tt.err != "" || err != nil && err.Error() != tt.err {
				t.Fatalf("got error %v, want %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestForgedTokens(t *testing.T) {
	token := forge("https://previewgate.invalid", "client_01")
	if parts := strings.Split(token, "."); len(parts) != 3 || parts[2] == "" {
		t.Errorf("%q has %d parts", token, len(parts))
	}
	if plain := forge("https://previewgate.invalid", ""); len(plain) >= len(token) {
		t.Error("a token without an audience is as long as one with it")
	}
}
