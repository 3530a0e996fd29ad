package action

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

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
	_, gh := serve(t, map[string]string{pullsOfCommit: denied, "deployments": denied, branchesOf: denied})
	got, err := Resolve(t.Context(), gh, dispatchEvent())
	const lacks = "the token lacks `pull-requests: read`: add it under `permissions:` in the workflow"
	want := []string{
		"the pull request of the commit was not found out: " + lacks,
		"whether the commit is a fork's was not found out: " + lacks,
		"Vercel's other deployments of the commit were not found out: the token lacks `deployments: read`: add it under `permissions:` in the workflow",
	}
	if diff := cmp.Diff(want, got.Notes); diff != "" || err != nil {
		t.Errorf("error %v, notes (-want +got):\n%s", err, diff)
	}
	if !got.Fork || got.Doubt != want[1] || got.Scope != "web" || got.Target.SHA != testSHA || got.State != Success || got.Target.URL != testURL {
		t.Errorf("%+v", got)
	}
}

func TestWhetherACommitIsAForks(t *testing.T) {
	const down, queue = `500 {"message":"no"}`, "gh-readonly-queue/main/pr-7-8f4b7c1"
	branch := func(name string) string { return fmt.Sprintf(`{"name":%q}`, name) }
	for name, c := range map[string]struct {
		pulls, branches string
		fork            bool
		doubt           string // begins like this; empty: there is none
	}{
		"by its pull request":                {list(pull(7, testSHA, "here")), down, false, ""},
		"without one, a branch":              {list(), list(branch("main")), false, ""},
		"without one or a branch":            {list(), list(), true, ""},
		"without one, branches unknown":      {list(), down, true, "whether the commit is a fork's was not found out: GitHub is out of order (500)"},
		"not to be looked up, a branch":      {down, list(branch("main")), false, ""},
		"not to be looked up, and a queue's": {down, list(branch(queue)), true, "whether the commit is a fork's was not found out: GitHub is out of order (500)"},
		"not to be looked up, no branch":     {down, list(), true, "whether the commit is a fork's was not found out: GitHub"},
		"neither to be looked up":            {`403 {"message":"no"}`, down, true, "whether the commit is a fork's was not found out: GitHub answers 403: no"},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, gh := serve(t, map[string]string{
				pullsOfCommit: c.pulls, branchesOf: c.branches, "deployments": list(), inPreview: list(), inWeb: list(), comments: list(),
			})
			got, err := Resolve(t.Context(), gh, dispatchEvent())
			if err != nil || got.Fork != c.fork || !strings.HasPrefix(got.Doubt, c.doubt) || (got.Doubt == "") != (c.doubt == "") {
				t.Errorf("%s: fork %t, doubt %q, error %v", name, got.Fork, got.Doubt, err)
			}
		})
	}
}

func TestAMergeQueuesDeploymentIsLeftAlone(t *testing.T) {
	const reason = "the deployment is of a merge queue's branch: the merge_group event is what speaks on it"
	queue, ordinary := `{"name":"gh-readonly-queue/main/pr-7-8f4b7c1"}`, `{"name":"feat/sign-in"}`
	for name, c := range map[string]struct {
		pulls, branches string
		skips           bool
	}{
		"the queue's alone":                  {list(), list(queue), true},
		"the queue's twice":                  {list(), list(queue, queue), true},
		"also of the pull request's":         {list(), list(queue, ordinary), false},
		"of no branch":                       {list(), list(), false},
		"under a pull request of other head": {list(pull(7, otherSHA, "here")), list(queue), true},
		"the head of a pull request":         {list(pull(7, testSHA, "here")), list(queue), false},
		"with GitHub out of order":           {`500 {"message":"no"}`, list(queue), true},
	} {
		for _, state := range []string{Success, Failure, Skipped} {
			synctest.Test(t, func(t *testing.T) {
				_, gh := serve(t, map[string]string{pullsOfCommit: c.pulls, branchesOf: c.branches, "pulls": list(), "deployments": list(), comments: list()})
				_, err := Resolve(t.Context(), gh, eventOf(state, testURL))
				skip, skips := errors.AsType[*Skip](err)
				if skips != c.skips || skips && skip.Reason != reason {
					t.Errorf("%s, %s: %v", name, state, err)
				}
			})
		}
	}
	for _, ref := range []string{"gh-readonly-queue/main/pr-7-8f4b7c1", "refs/heads/gh-readonly-queue/release/2.0/pr-7-8f4b7c1"} {
		for _, state := range []string{"success", "error", "canceled", "ignored", "skipped"} {
			_, err := parse(repositoryDispatch, fmt.Appendf(nil, `{"action":"vercel.deployment.%s","client_payload":{"environment":"preview",`+
				`"url":%q,"project":{"name":"web"},"git":{"sha":%q,"ref":%q}}}`, state, testURL, testSHA, ref))
			if skip, skips := errors.AsType[*Skip](err); !skips || skip.Reason != reason {
				t.Errorf("a dispatch of %s, %s: %v", ref, state, err)
			}
		}
	}
}

func TestScope(t *testing.T) {
	const refused = `403 {"message":"Resource not accessible by integration"}`
	const doubt = " or plain"
	for name, c := range map[string]struct {
		ofCommit, plain, own string // deployments, and the latest of all commits in two environments
		want                 string
	}{
		"several projects":        {list(deployment(1, "Preview – web"), deployment(2, "Preview – docs")), list(), list(), "web"},
		"one project":             {list(deployment(1, "Preview"), deployment(2, "Production")), list(), list(), ""},
		"several, and a job's":    {list(deployment(1, "Preview – web"), deployment(2, "Preview")), list(), list(), "web"},
		"in another letter case":  {list(deployment(1, "Preview – Web"), deployment(2, "Preview")), list(), list(), "web"},
		"somebody else's preview": {list(deploymentBy(1, "Preview", "github-actions[bot]", testSHA)), list(), list(), "web" + doubt},
		"no deployments":          {list(), list(), list(), "web" + doubt},
		"production and jobs":     {list(deployment(1, "Production"), deploymentBy(2, "ci", "vercel[bot]", "main")), list(), list(), "web" + doubt},
		"other projects only":     {list(deployment(1, "Preview – docs")), list(deployment(2, "Preview")), list(), "web"},
		"one project, by others":  {list(), list(deployment(1, "Preview")), list(), ""},
		"several, by others":      {list(), list(), list(deployment(2, "Preview – web")), "web"},
		"several since":           {list(), list(deployment(1, "Preview")), list(deployment(2, "Preview – web")), "web"},
		"one since":               {list(), list(deployment(3, "Preview")), list(deployment(2, "Preview – web")), ""},
		"a custom one of this":    {list(deployment(1, "staging")), list(deployment(1, "Preview")), list(), ""},
		"jobs' in its place":      {list(), list(deploymentBy(7, "Preview", "github-actions[bot]", "main"), deployment(1, "Preview")), list(), ""},
		"none of others' to list": {list(), refused, list(), "web" + doubt},
		"none to list":            {refused, list(deployment(1, "Preview")), list(), "web" + doubt},
	} {
		_, gh := serve(t, map[string]string{
			pullsOfCommit: list(pull(7, testSHA, "here")), "deployments": c.ofCommit, inPreview: c.plain, inWeb: c.own,
		})
		got, err := Resolve(t.Context(), gh, dispatchEvent())
		scope := got.Scope
		if got.AlsoPlain {
			scope += doubt
		}
		if err != nil || scope != c.want || got.Target.Project != "web" {
			t.Errorf("%s: scope %q, project %q, error %v; want %q", name, scope, got.Target.Project, err, c.want)
		}
	}
	e := statusEvent()
	e.Project = "web"
	_, gh := serve(t, map[string]string{pullsOfCommit: list(pull(7, testSHA, "here")), "deployments": list()})
	if got, err := Resolve(t.Context(), gh, e); err != nil || got.Scope != "web" || got.AlsoPlain {
		t.Errorf("an environment that names its project: scope %q, error %v", got.Scope, err)
	}
}

func TestAGroupIsNotResolved(t *testing.T) {
	_, gh := serve(t, map[string]string{})
	if _, err := Resolve(t.Context(), gh, Event{Name: mergeGroup, Repository: "acme/shop", SHA: testSHA}); err == nil {
		t.Error("a merge group was resolved like a preview")
	}
}
