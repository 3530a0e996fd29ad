package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

func TestAPullRequestIsFoundByItsCommit(t *testing.T) {
	comment := vercelComment(`{"projects":[{"name":"web","previewUrl":"web-git-feat-acme.vercel.app"}]}`)
	fake, gh := serve(t, map[string]string{
		pullsOfCommit:            list(pull(6, otherSHA, "here"), pull(8, testSHA, "fork"), pull(7, testSHA, "here")),
		"deployments":            list(deployment(4, "Preview"), deployment(3, "Production"), deploymentBy(9, "Preview", "mallory[bot]", testSHA)),
		"deployments/4/statuses": list(reported(40, "success", testURL), reported(1, "pending", "Vercel is deploying your app")),
		comments:                 list(commentBy("vercel[bot]", "Bot", comment)),
	})
	got, err := Resolve(t.Context(), gh, statusEvent())
	want := Resolved{
		State: Success,
		Target: gate.Target{
			URL: testURL, Environment: "preview", Repository: "acme/shop", PullRequest: 7,
			Branch: "feat/sign-in", SHA: testSHA,
		},
		Hosts: []string{"web-git-feat-acme.vercel.app"},
		Seen:  3340,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{pullsOfCommit, "deployments", "deployments/4/statuses", comments}, fake.requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestWhichPullRequest(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers map[string]string
		number  int
		fork    bool
		moved   bool
		asked   int
	}{
		{"the head of a fork", map[string]string{pullsOfCommit: list(pull(7, testSHA, "fork"))}, 7, true, false, 3},
		{"the head of a fork that is gone", map[string]string{pullsOfCommit: list(pull(7, testSHA, "gone"))}, 7, true, false, 3},
		{"one that has moved on", map[string]string{pullsOfCommit: list(pull(7, otherSHA, "here"))}, 7, false, true, 3},
		{"by branch, when the commit is not known", map[string]string{
			pullsOfCommit: `422 {"message":"No commit found"}`, "pulls?head=acme:feat/sign-in": list(pull(7, testSHA, "here")),
		}, 7, false, false, 4},
		{"a fork's by its head, not this repository's branch of the same name", map[string]string{
			pullsOfCommit: list(), "pulls?head=acme:feat/sign-in": list(pull(6, otherSHA, "here")),
			"pulls": list(pull(6, otherSHA, "here"), pull(7, testSHA, "fork")),
		}, 7, true, false, 5},
		{"by branch alone, and then it may be anybody's commit", map[string]string{
			pullsOfCommit: list(), "pulls?head=acme:feat/sign-in": list(pull(7, otherSHA, "here")), "pulls": list(),
			branchesOf: list(),
		}, 7, true, true, 6},
		{"none, but a branch", map[string]string{
			pullsOfCommit: list(closed(pull(5, testSHA, "here"))), "pulls?head=acme:feat/sign-in": list(), "pulls": list(),
			branchesOf: list(`{"name":"feat/sign-in"}`),
		}, 0, false, false, 6},
		{"none and no branch", map[string]string{
			pullsOfCommit: `409 {"message":"Conflict"}`, "pulls?head=acme:feat/sign-in": list(), "pulls": list(),
		}, 0, true, false, 6},
	} {
		c.answers["deployments"] = list(deployment(4, "Preview – web"))
		c.answers["deployments/4/statuses"] = list(reported(3, "failure", "Deployment has failed"))
		fake, gh := serve(t, c.answers)
		e := dispatchEvent()
		e.URL, e.State = "", Failure // without an alias to look for
		got, err := Resolve(t.Context(), gh, e)
		if err != nil || got.Target.PullRequest != c.number || got.Fork != c.fork || got.HeadMoved != c.moved {
			t.Errorf("%s: number %d, fork %v, moved %v, error %v", c.name, got.Target.PullRequest, got.Fork, got.HeadMoved, err)
		}
		if len(fake.asked) != c.asked {
			t.Errorf("%s: asked %q, want %d requests", c.name, fake.requests(), c.asked)
		}
	}
}

func TestWithoutPermissionTheGateGoesOn(t *testing.T) {
	denied := `403 {"message":"Resource not accessible by integration"}`
	_, gh := serve(t, map[string]string{pullsOfCommit: denied, "deployments": denied})
	got, err := Resolve(t.Context(), gh, dispatchEvent())
	want := []string{
		"the pull request was not found and the commit is treated like a fork's: the token lacks `pull-requests: read`: add it under `permissions:` in the workflow",
		"Vercel's other deployments of the commit were not found out: the token lacks `deployments: read`: add it under `permissions:` in the workflow",
	}
	if diff := cmp.Diff(want, got.Notes); diff != "" || err != nil {
		t.Errorf("error %v, notes (-want +got):\n%s", err, diff)
	}
	if !got.Fork || got.Scope != "web" || got.Target.SHA != testSHA || got.State != Success || got.Target.URL != testURL {
		t.Errorf("%+v", got)
	}
}

func TestScope(t *testing.T) {
	for name, c := range map[string]struct {
		ofCommit, ofAll string
		want            string
	}{
		"several projects":        {list(deployment(1, "Preview – web"), deployment(2, "Preview – docs")), list(), "web"},
		"one project":             {list(deployment(1, "Preview"), deployment(2, "Production")), list(), ""},
		"several, and a job's":    {list(deployment(1, "Preview – web"), deployment(2, "Preview")), list(), "web"},
		"somebody else's preview": {list(deploymentBy(1, "Preview", "github-actions[bot]", testSHA)), list(), "web"},
		"no deployments":          {list(), list(), "web"},
		"other projects only":     {list(deployment(1, "Preview – docs")), list(deployment(2, "Preview")), "web"},
		"one project, by others":  {list(), list(deployment(1, "Preview")), ""},
		"several, by others":      {list(), list(deployment(1, "Preview – docs"), deployment(2, "Preview – web")), "web"},
		"a custom one of this":    {list(deployment(1, "staging")), list(deployment(1, "Preview")), ""},
		"not to be listed":        {list(), `403 {"message":"Resource not accessible by integration"}`, "web"},
	} {
		_, gh := serve(t, map[string]string{
			pullsOfCommit: list(pull(7, testSHA, "here")), "deployments": c.ofCommit, "deployments?all": c.ofAll,
		})
		got, err := Resolve(t.Context(), gh, dispatchEvent())
		if err != nil || got.Scope != c.want || got.Target.Project != "web" {
			t.Errorf("%s: scope %q, project %q, error %v; want %q", name, got.Scope, got.Target.Project, err, c.want)
		}
	}
	e := statusEvent()
	e.Project = "web"
	_, gh := serve(t, map[string]string{pullsOfCommit: list(pull(7, testSHA, "here")), "deployments": list()})
	if got, err := Resolve(t.Context(), gh, e); err != nil || got.Scope != "web" {
		t.Errorf("an environment that names its project: scope %q, error %v", got.Scope, err)
	}
}

func TestAGroupIsNotResolved(t *testing.T) {
	_, gh := serve(t, map[string]string{})
	if _, err := Resolve(t.Context(), gh, Event{Name: mergeGroup, Repository: "acme/shop", SHA: testSHA}); err == nil {
		t.Error("a merge group was resolved like a preview")
	}
}
