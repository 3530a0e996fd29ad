package facts

import (
	"net/url"
	"slices"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// TestEnvironmentOfSource holds what the sources are evaluated under: hosts
// that are known stand in Vercel's variables, and visitors are where the
// preview was tested.
func TestEnvironmentOfSource(t *testing.T) {
	const hash, branch = "web-abc123def-acme.vercel.app", "web-git-fix-acme.vercel.app"
	assumed := source.Preview()
	at := func(host string) *url.URL { return &url.URL{Scheme: "https", Host: host} }
	none := Preview.IsMissing(gate.Moot("there is no preview"))
	for _, tt := range []struct {
		name               string
		preview            gate.Given
		aliases            []*url.URL
		stated             Stated
		host, hash, branch string
		client             string
		guess              bool
	}{
		{"no preview", none, nil, Stated{}, "", assumed.Build["VERCEL_URL"], assumed.Build["VERCEL_BRANCH_URL"], "client_01EXPECTED", true},
		{"the deployment's host", Preview.Is(at(hash)), nil, Stated{}, hash, hash, assumed.Build["VERCEL_BRANCH_URL"], "client_01EXPECTED", true},
		{"the branch's host", Preview.Is(at(branch)), nil, Stated{}, branch, assumed.Build["VERCEL_URL"], branch, "client_01EXPECTED", true},
		{"both", Preview.Is(at(hash)), []*url.URL{at(branch)}, Stated{}, hash, hash, branch, "client_01EXPECTED", true},
		{"a domain of the user's own", Preview.Is(at("preview.acme.com")), []*url.URL{at(branch)}, Stated{}, "preview.acme.com", assumed.Build["VERCEL_URL"], branch, "client_01EXPECTED", true},
		{
			"stated otherwise", Preview.Is(at(hash)), nil,
			Stated{Variables: map[string]string{"VERCEL_URL": "x.vercel.app", "WORKOS_CLIENT_ID": "client_01STATED"}, Complete: true},
			hash, "x.vercel.app", assumed.Build["VERCEL_BRANCH_URL"], "client_01STATED", false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := environment(gate.Know(gate.Target{}, tt.preview, Aliases.Is(tt.aliases), ExpectedClient.Is("client_01EXPECTED"), StatedEnv.Is(tt.stated)))
			if e.Host != tt.host || e.Build["VERCEL_URL"] != tt.hash || e.Build["VERCEL_BRANCH_URL"] != tt.branch ||
				e.Build["WORKOS_CLIENT_ID"] != tt.client || e.Convex["WORKOS_CLIENT_ID"] != tt.client || e.Guess != tt.guess {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestProtectedPathsOfSource(t *testing.T) {
	call := func(app, path string, client bool) rules.ProtectedCall {
		return rules.ProtectedCall{App: app, URL: path, Client: client}
	}
	r := source.Repository{
		Apps: []source.App{{App: project.App{Dir: "web", BasePath: "/app"}}},
		Findings: rules.Findings{Protected: []rules.ProtectedCall{
			call("web", "/a", false), call("web", "/a", false), call("web", "/b", true), call("other", "/c", false), call("web", "/[id]", false),
			call("web", "/d", false), call("web", "/e", false), call("web", "/f", false), call("web", "/g", false), call("web", "/h", false),
		}},
	}
	two := r
	two.Apps = append(slices.Clone(r.Apps), source.App{})
	for _, tt := range []struct {
		name   string
		named  []string
		source gate.Given
		want   []string
	}{
		{"the source's, a few", nil, Repository.Is(r), []string{"/app/a", "/app/d", "/app/e", "/app/f", "/app/g"}},
		{"the user's", []string{"/x"}, Repository.Is(r), []string{"/x"}},
		{"several apps", nil, Repository.Is(two), nil},
		{"no source", nil, Repository.IsMissing(gate.NotGiven{What: "source"}), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := protectedPaths(gate.Know(gate.Target{}, Routes.Is(Paths{Protected: tt.named}), tt.source))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
