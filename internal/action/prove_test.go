package action

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// commitsOf is where GitHub lists the commits of the pull request.
const commitsOf = "pulls/7/commits"

func TestAnAddressIsHeldToBeOfTheCommit(t *testing.T) {
	const (
		alias    = "https://web-git-feat-acme.vercel.app"
		foreign  = "https://x.vercel.app"
		stranger = foreign + " is no preview of commit 8f4b7c1 that GitHub knows of"
	)
	rows := list(commentBy("vercel[bot]", "Bot", vercelComment(`{"projects":[{"name":"docs","previewUrl":"docs-git-feat-acme.vercel.app"},`+
		`{"name":"web","previewUrl":"web-git-feat-acme.vercel.app"}]}`)))
	web := list(deployment(1, "Preview – web"), deployment(2, "Preview – docs"), deployment(3, "staging – web"))
	up := func(url string) string { return list(reported(5, "success", url)) }
	for _, c := range []struct {
		name     string
		event    Event
		answers  map[string]string
		scope    string
		unproven string
	}{
		{"a build's", Event{PullRequest: 7, URL: testURL}, map[string]string{"deployments/1/statuses": up(testURL)}, "web", ""},
		{"a build's, by the commit", Event{SHA: testSHA, URL: testURL}, map[string]string{"deployments/1/statuses": up(testURL)}, "web", ""},
		{"a superseded build's", Event{PullRequest: 7, URL: testURL}, map[string]string{"deployments/1/statuses": list(reported(9, "inactive", ""), reported(5, "success", testURL))}, "web", ""},
		{"of a custom environment", Event{PullRequest: 7, URL: testURL}, map[string]string{"deployments/3/statuses": up(testURL)}, "web", ""},
		{"of no build", Event{PullRequest: 7, URL: foreign}, map[string]string{"deployments/1/statuses": up(testURL)}, "", stranger},
		{"of no build, by the commit", Event{SHA: testSHA, URL: foreign}, map[string]string{"deployments/1/statuses": up(testURL)}, "", stranger},
		{"set by somebody else", Event{PullRequest: 7, URL: foreign}, map[string]string{"deployments/1/statuses": list(reportedBy("github-actions[bot]", 5, "success", foreign))}, "", stranger},
		{"the alias", Event{PullRequest: 7, URL: alias}, map[string]string{"deployments/1/statuses": up(testURL)}, "web", ""},
		{"the alias, by the commit", Event{SHA: testSHA, URL: alias + "/"}, map[string]string{"deployments/1/statuses": up(testURL)}, "web", ""},
		{"the alias while it is of an older commit", Event{PullRequest: 7, URL: alias}, map[string]string{"deployments/1/statuses": list(), "deployments/2/statuses": up(testURL)}, "", alias + " is no preview of commit 8f4b7c1 that GitHub knows of"},
		{"the alias in somebody else's comment", Event{PullRequest: 7, URL: foreign}, map[string]string{comments: strings.ReplaceAll(rows, "vercel[bot]", "mallory"), "deployments/1/statuses": up(testURL)}, "", stranger},
		{"the alias, where Vercel makes no deployments", Event{PullRequest: 7, URL: alias}, map[string]string{"deployments": list()}, "", alias + " is no preview of commit 8f4b7c1 that GitHub knows of"},
		{"the alias, and deployments not to be listed", Event{PullRequest: 7, URL: alias}, map[string]string{"deployments": `403 {"message":"no"}`}, "", "whether " + alias + " is a preview of commit 8f4b7c1 was not found out: GitHub answers 403: no"},
		{"deployments not to be listed", Event{PullRequest: 7, URL: foreign}, map[string]string{"deployments": `403 {"message":"no"}`}, "", "whether " + foreign + " is a preview of commit 8f4b7c1 was not found out: GitHub answers 403: no"},
		{"no commit is known", Event{URL: foreign}, nil, "", ""},
	} {
		answers := map[string]string{
			"pulls/7": pull(7, testSHA, "here"), pullsOfCommit: list(pull(7, testSHA, "here")), comments: rows, "deployments": web,
			"deployments/1/statuses": list(), "deployments/2/statuses": list(), "deployments/3/statuses": list(),
			inPreview: list(), inWeb: list(),
		}
		maps.Copy(answers, c.answers)
		_, gh := serve(t, answers)
		got, err := Resolve(t.Context(), gh, manualEvent(c.event))
		if err != nil || got.Unproven != c.unproven || got.Scope != c.scope || got.Target.Project != c.scope {
			t.Errorf("%s: scope %q, project %q, unproven %q, error %v", c.name, got.Scope, got.Target.Project, got.Unproven, err)
		}
	}
}

// TestThePullRequestThatAPersonNamesHoldsForItsCommitsOnly plays a fork's commit under the number of a pull request of
// the repository's own.
func TestThePullRequestThatAPersonNamesHoldsForItsCommitsOnly(t *testing.T) {
	forks := strings.Replace(pull(8, testSHA, "fork"), "feat/sign-in", "theirs", 1)
	for _, c := range []struct {
		name    string
		answers map[string]string
		number  int
		fork    bool
		branch  string
	}{
		{"its head", map[string]string{"pulls/7": pull(7, testSHA, "here")}, 7, false, "feat/sign-in"},
		{"another of its commits", map[string]string{commitsOf: list(`{"sha":"`+otherSHA+`"}`, `{"sha":"`+testSHA+`"}`)}, 7, false, "feat/sign-in"},
		{"a fork's", map[string]string{commitsOf: list(`{"sha":"` + otherSHA + `"}`), pullsOfCommit: list(forks)}, 8, true, "theirs"},
		{"a fork's, its commits not to be listed", map[string]string{commitsOf: `403 {"message":"no"}`, pullsOfCommit: list(forks)}, 8, true, "theirs"},
		{"nobody's", map[string]string{commitsOf: list(), pullsOfCommit: list(), "pulls": list(), branchesOf: list()}, 0, true, ""},
	} {
		answers := standing("Preview", list(reported(5, "success", testURL)))
		answers["pulls/7"] = pull(7, otherSHA, "here")
		maps.Copy(answers, c.answers)
		for _, url := range []string{"", testURL} {
			_, gh := serve(t, answers)
			got, err := Resolve(t.Context(), gh, manualEvent(Event{PullRequest: 7, SHA: testSHA, URL: url}))
			if err != nil || got.Target.PullRequest != c.number || got.Fork != c.fork || got.Target.Branch != c.branch || got.Target.SHA != testSHA {
				t.Errorf("%s: %+v, %v", c.name, got, err)
			}
		}
	}
}

func TestWhichProjectsAnEventIsAbout(t *testing.T) {
	web, nameless := dispatchEvent(), statusEvent()
	byAddress := manualEvent(Event{PullRequest: 7, URL: testURL})
	for _, c := range []struct {
		name   string
		event  Event
		listed []string
		want   string // the projects, or the beginning of the error
	}{
		{"a dispatch of any", web, nil, "web"},
		{"a dispatch of the listed", web, []string{"docs", "web"}, "web"},
		{"in another letter case", web, []string{"Web"}, "web"},
		{"a dispatch of another", web, []string{"docs", "shop"}, "skip: the deployment is of the project web, and this workflow is for docs and shop (input project)"},
		{"a status without a name", nameless, []string{"web"}, "web"},
		{"a status without a name, of several", nameless, []string{"web", "docs"}, "the deployment names no project, so that it may be of any of web and docs: "},
		{"a pull request", pullEvent(), []string{"web", "docs"}, "web docs"},
		{"a pull request, of any", pullEvent(), nil, ""},
		{"by hand", manualEvent(Event{SHA: testSHA}), []string{"web", "docs"}, "web docs"},
		{"by hand, an address", byAddress, []string{"web"}, "web"},
		{"by hand, an address of several", byAddress, []string{"web", "docs"}, ""},
		{"a merge group", groupEvent(), []string{"web", "docs"}, ""},
	} {
		c.event.Projects = c.listed
		all, err := c.event.Each()
		var names []string
		for _, e := range all {
			names = append(names, e.Project)
		}
		got := strings.Join(names, " ")
		if skip, isSkip := errors.AsType[*Skip](err); isSkip {
			got = "skip: " + skip.Reason
		} else if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestAListedProjectHasItsNameInTheStatus holds that the name does not depend on what GitHub shows.
func TestAListedProjectHasItsNameInTheStatus(t *testing.T) {
	byAddress := manualEvent(Event{PullRequest: 7, URL: testURL})
	for _, c := range []struct {
		name        string
		event       Event
		listed      []string
		environment string
		want        string // the scope and the state, or the beginning of the error
	}{
		{"a dispatch, one linked", dispatchEvent(), []string{"web"}, "Preview", "web success"},
		{"a dispatch, several linked", dispatchEvent(), []string{"web"}, "Preview – web", "web success"},
		{"a status, one linked", statusEvent(), []string{"web"}, "Preview", "web success"},
		{"a pull request, one linked", pullEvent(), []string{"web"}, "Preview", "web success"},
		{"a pull request, several linked", pullEvent(), []string{"web"}, "Preview – web", "web success"},
		{"a pull request, in another letter case", pullEvent(), []string{"WEB"}, "Preview – web", "WEB success"},
		{"a pull request, its project not deployed yet", pullEvent(), []string{"web"}, "Preview – docs", "web missing"},
		{"by address, one linked", byAddress, []string{"web"}, "Preview", "web success"},
		{"by address, one of two", byAddress, []string{"docs", "web"}, "Preview – web", "web success"},
		{"by address, of another", byAddress, []string{"docs"}, "Preview – web", "the deployment is of the project web, and this workflow is for docs"},
		{"by address, of two and one linked", byAddress, []string{"docs", "web"}, "Preview", "the deployment names no project"},
	} {
		c.event.Projects = c.listed
		events, err := c.event.Each()
		if err != nil || len(events) != 1 {
			t.Fatalf("%s: %+v, %v", c.name, events, err)
		}
		_, gh := serve(t, standing(c.environment, list(reported(5, "success", testURL))))
		r, err := Resolve(t.Context(), gh, events[0])
		got := r.Scope + " " + r.State
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || r.AlsoPlain || len(r.Others) > 0 {
			t.Errorf("%s: %s, %+v, want %s", c.name, got, r, c.want)
		}
	}
}

func TestAGroupIsJudgedForTheListedProjects(t *testing.T) {
	_, gh := serve(t, queue([]string{"Sign in (#7)"}, map[int]string{7: statuses("previewgate (web)", "success", "previewgate", "failure")}))
	e := groupEvent()
	e.Projects = []string{"Web", "docs"}
	got, err := JudgeGroup(t.Context(), gh, e)
	want := []GroupVerdict{
		{"Web", "success", "#7 passed the gate", []int{7}},
		{"docs", "error", "#7: no verdict", []int{7}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestACrashAmongRequestsIsAnError(t *testing.T) {
	const place = "previewgate crashed at prove_test.go:"
	err := each(3, func(i int) error {
		if i == 1 {
			panic("secret")
		}
		return nil
	})
	if err == nil || !strings.HasPrefix(err.Error(), place) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	if err := each(2, func(i int) error { return []error{}[i] }); err == nil || !strings.HasPrefix(err.Error(), place) {
		t.Errorf("an index out of range: %v", err)
	}
}

// TestAMisuseTellsItsCommit holds that a status can be set on what is of no use.
func TestAMisuseTellsItsCommit(t *testing.T) {
	for file, want := range map[string]Event{
		"deployment_status-without-url":   {Name: deploymentStatus, SHA: testSHA},
		"repository_dispatch-without-url": {Name: repositoryDispatch, SHA: testSHA, Project: "web"},
	} {
		name, _, _ := strings.Cut(file, "-")
		e, err := read(t, name, "testdata/"+file+".json")
		if err == nil || e.Name != want.Name || e.SHA != want.SHA || e.Project != want.Project || e.Repository != "acme/shop" {
			t.Errorf("%s: %+v, %v", file, e, err)
		}
	}
}
