package action

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

func TestAPullRequestIsFoundByItsCommit(t *testing.T) {
	comment := vercelComment(`{"projects":[{"name":"web","previewUrl":"web-git-feat-acme.vercel.app"}]}`)
	fake, gh := serve(t, map[string]string{
		pullsOfCommit: list(pull(6, otherSHA, "here"), pull(8, testSHA, "fork"), pull(7, testSHA, "here")),
		comments:      list(commentBy("vercel[bot]", "Bot", comment)),
	})
	got, err := Resolve(t.Context(), gh, statusEvent())
	want := Resolved{
		Target: gate.Target{
			URL: testURL, Environment: "preview", Repository: "acme/shop", PullRequest: 7,
			Branch: "feat/sign-in", SHA: testSHA,
		},
		Hosts: []string{"web-git-feat-acme.vercel.app"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{pullsOfCommit, comments}, fake.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestWhichPullRequest(t *testing.T) {
	closed := strings.Replace(pull(5, testSHA, "here"), `"open"`, `"closed"`, 1)
	for _, c := range []struct {
		name    string
		answers map[string]string
		number  int
		fork    bool
		moved   bool
		asked   int
	}{
		{"the head of a fork", map[string]string{pullsOfCommit: list(pull(7, testSHA, "fork"))}, 7, true, false, 2},
		{"the head of a fork that is gone", map[string]string{pullsOfCommit: list(pull(7, testSHA, "gone"))}, 7, true, false, 2},
		{"one that has moved on", map[string]string{pullsOfCommit: list(pull(7, otherSHA, "here"))}, 7, false, true, 2},
		{"by branch, when the commit is not known", map[string]string{
			pullsOfCommit: `422 {"message":"No commit found"}`, "pulls?head=acme:feat/sign-in": list(pull(7, testSHA, "here")),
		}, 7, false, false, 3},
		{"a fork's by its head, not this repository's branch of the same name", map[string]string{
			pullsOfCommit: list(), "pulls?head=acme:feat/sign-in": list(pull(6, otherSHA, "here")),
			"pulls": list(pull(6, otherSHA, "here"), pull(7, testSHA, "fork")),
		}, 7, true, false, 4},
		{"by branch alone, and then it may be anybody's commit", map[string]string{
			pullsOfCommit: list(), "pulls?head=acme:feat/sign-in": list(pull(7, otherSHA, "here")), "pulls": list(),
			branchesOf: list(),
		}, 7, true, true, 5},
		{"none, but a branch", map[string]string{
			pullsOfCommit: list(closed), "pulls?head=acme:feat/sign-in": list(), "pulls": list(),
			branchesOf: list(`{"name":"feat/sign-in"}`),
		}, 0, false, false, 5},
		{"none and no branch", map[string]string{
			pullsOfCommit: `409 {"message":"Conflict"}`, "pulls?head=acme:feat/sign-in": list(), "pulls": list(),
		}, 0, true, false, 5},
	} {
		c.answers["deployments"] = list()
		fake, gh := serve(t, c.answers)
		e := dispatchEvent()
		e.URL, e.State = "", Failure // without an alias to look for
		got, err := Resolve(t.Context(), gh, e)
		if err != nil || got.Target.PullRequest != c.number || got.Fork != c.fork || got.HeadMoved != c.moved {
			t.Errorf("%s: number %d, fork %v, moved %v, error %v", c.name, got.Target.PullRequest, got.Fork, got.HeadMoved, err)
		}
		if len(fake.asked) != c.asked {
			t.Errorf("%s: asked %q, want %d requests", c.name, fake.asked, c.asked)
		}
	}
}

func TestWithoutPermissionTheGateGoesOn(t *testing.T) {
	denied := `403 {"message":"Resource not accessible by integration"}`
	_, gh := serve(t, map[string]string{pullsOfCommit: denied, "deployments": denied})
	got, err := Resolve(t.Context(), gh, dispatchEvent())
	want := []string{
		"the pull request was not found and the commit is treated like a fork's: the token lacks `pull-requests: read`: add it under `permissions:` in the workflow",
		"whether the repository has several projects was not found out: the token lacks `deployments: read`: add it under `permissions:` in the workflow",
	}
	if diff := cmp.Diff(want, got.Notes); diff != "" || err != nil {
		t.Errorf("error %v, notes (-want +got):\n%s", err, diff)
	}
	if !got.Fork || got.Scope != "web" || got.Target.SHA != testSHA {
		t.Errorf("%+v", got)
	}
}

func TestScope(t *testing.T) {
	for name, c := range map[string]struct {
		deployments string
		want        string
	}{
		"several projects":        {list(deployment(1, "Preview – web", "vercel[bot]"), deployment(2, "Preview – docs", "vercel[bot]")), "web"},
		"one project":             {list(deployment(1, "Preview", "vercel[bot]"), deployment(2, "Production", "vercel[bot]")), ""},
		"several, and a job's":    {list(deployment(1, "Preview – web", "vercel[bot]"), deployment(2, "Preview", "vercel[bot]")), "web"},
		"somebody else's preview": {list(deployment(1, "Preview", "github-actions[bot]")), "web"},
		"no deployments":          {list(), "web"},
		"other projects only":     {list(deployment(1, "Preview – docs", "vercel[bot]")), "web"},
	} {
		_, gh := serve(t, map[string]string{pullsOfCommit: list(pull(7, testSHA, "here")), "deployments": c.deployments})
		got, err := Resolve(t.Context(), gh, dispatchEvent())
		if err != nil || got.Scope != c.want || got.Target.Project != "web" {
			t.Errorf("%s: scope %q, project %q, error %v; want %q", name, got.Scope, got.Target.Project, err, c.want)
		}
	}
	e := statusEvent()
	e.Project = "web"
	_, gh := serve(t, map[string]string{pullsOfCommit: list(pull(7, testSHA, "here"))})
	if got, err := Resolve(t.Context(), gh, e); err != nil || got.Scope != "web" {
		t.Errorf("an environment that names its project: scope %q, error %v", got.Scope, err)
	}
}
