package main

import (
	"cmp"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/githubspec"
	"github.com/previewgate/previewgate/internal/sandbox"
)

// asked lists what GitHub was asked, and fails the test for each request that
// GitHub would refuse or misunderstand and each answer that it would not give.
// It is for the end of any test in which the action ran.
func asked(t *testing.T, s *sandbox.Sandbox) []string {
	t.Helper()
	spec, err := githubspec.New()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range s.GitHubExchanges() {
		req, err := http.NewRequestWithContext(t.Context(), x.Method, x.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = x.Header
		name, err := spec.Operation(req)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		names = append(names, name)
		if err := spec.Check(req, []byte(x.Body)); err != nil {
			t.Errorf("GitHub was asked: %v", err)
		}
		if err := spec.CheckAnswer(req, x.Status, []byte(x.Answer)); err != nil {
			t.Errorf("GitHub answered: %v", err)
		}
	}
	return names
}

// A trouble is a run with something in its way that the events' own rows lack:
// of a deployment_status, unless it says otherwise.
type trouble struct {
	actRow
	env map[string]string
}

func troubles(t *testing.T) []trouble {
	t.Helper()
	source, _ := unpack(t, filepath.Join(scans, "sign-out-prefetch.txtar"))
	mayOnly := func(permissions map[string]string) func(*sandbox.World) {
		return func(w *sandbox.World) {
			w.GitHub.Permissions = permissions
			w.GitHub.Comments = append(w.GitHub.Comments, sandbox.Comment{
				ID: 8899, Author: "other[bot]", Body: "<!-- previewgate v1 project= sha= dpl= run=1 attempt=1 -->\nan older one",
			})
		}
	}
	ofNobody := func(p map[string]any) {
		p["deployment"].(map[string]any)["sha"], p["deployment"].(map[string]any)["ref"] = strings.Repeat("6", 40), "feat/other"
	}
	return []trouble{
		{actRow: actRow{name: "a fork", change: func(w *sandbox.World) { w.GitHub.Fork = true }}},
		{actRow: actRow{name: "the head has moved", change: func(w *sandbox.World) { w.GitHub.HeadSHA = strings.Repeat("5", 40) }}},
		{actRow: actRow{name: "a commit of no pull request", edit: ofNobody}},
		{actRow: actRow{name: "a token that may do nothing", change: mayOnly(nil)}},
		{actRow: actRow{name: "a token that may comment", change: mayOnly(map[string]string{"pull-requests": "write"})}},
		{actRow: actRow{name: "a token that may read", change: mayOnly(map[string]string{
			"statuses": "read", "pull-requests": "read", "deployments": "read", "contents": "read", "checks": "read",
		})}, env: map[string]string{"INPUT_CHECK_RUN": "true"}},
		{actRow: actRow{name: "a token of nobody"}, env: map[string]string{"GITHUB_TOKEN": "ghs_other"}},
		{
			actRow: actRow{name: "a person's token", change: func(w *sandbox.World) { w.GitHub.Login = "ada" }},
			env:    map[string]string{"INPUT_CHECK_RUN": "true"},
		},
		{
			actRow: actRow{name: "a check run", change: noCallback},
			env:    map[string]string{"INPUT_CHECK_RUN": "true", "INPUT_SOURCE": source},
		},
		{actRow: actRow{name: "an input that is none"}, env: map[string]string{"INPUT_TIMEOUT": "soon"}},
	}
}

// TestGitHubIsAskedAsItDescribes plays every event and everything that can come
// of it.
func TestGitHubIsAskedAsItDescribes(t *testing.T) {
	ran, seen := 0, make(map[string]bool)
	all := troubles(t)
	for _, row := range actRows() {
		all = append(all, trouble{actRow: row})
	}
	for _, tt := range all {
		tt.event = cmp.Or(tt.event, "deployment_status")
		t.Run(tt.event+": "+tt.name, func(t *testing.T) {
			ran++
			w := sandbox.Healthy()
			if tt.change != nil {
				tt.change(&w)
			}
			p := employ(t, w, tt.event, []byte("{}"))
			if err := os.WriteFile(p.env["GITHUB_EVENT_PATH"], edited(t, p.Event(tt.event), tt.edit), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.then != nil {
				tt.then(p.Sandbox)
			}
			p.env["INPUT_WAIT"] = cmp.Or(tt.wait, "30s")
			maps.Copy(p.env, tt.env)
			code, log := p.run(t)
			if len(p.Comments()) > len(w.GitHub.Comments) { // to be replaced
				p.env["GITHUB_RUN_ATTEMPT"] = "2"
				p.run(t)
			}
			for _, name := range asked(t, p.Sandbox) {
				seen[name] = true
			}
			if t.Failed() {
				t.Logf("exit code %d\n%s", code, log)
			}
		})
	}
	if ran < len(all) { // of which -run chose some
		return
	}
	const repo = "/repos/{owner}/{repo}"
	for _, name := range []string{
		"GET /user", "POST /graphql", "GET " + repo + "/commits/{commit_sha}/branches-where-head", "GET " + repo + "/commits/{ref}/statuses",
		"GET " + repo + "/pulls", "GET " + repo + "/pulls/{pull_number}", "GET " + repo + "/commits/{commit_sha}/pulls",
		"GET " + repo + "/deployments", "GET " + repo + "/deployments/{deployment_id}/statuses", "GET " + repo + "/compare/{basehead}",
		"GET " + repo + "/collaborators/{username}/permission", "POST " + repo + "/statuses/{sha}", "POST " + repo + "/check-runs",
		"GET " + repo + "/issues/{issue_number}/comments", "POST " + repo + "/issues/{issue_number}/comments",
		"PATCH " + repo + "/issues/comments/{comment_id}",
	} {
		if !seen[name] {
			t.Errorf("no event led to %s", name)
		}
	}
}
