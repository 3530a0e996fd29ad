package action

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	olderURL = "https://web-older1234-acme.vercel.app"
	newerURL = "https://web-newer1234-acme.vercel.app"
)

// eventOf is a deployment_status of a preview with one project.
func eventOf(state, urlOrWords string) Event {
	e := statusEvent()
	e.State, e.URL, e.Detail = state, "", urlOrWords
	if state == Success {
		e.URL, e.Detail = urlOrWords, ""
	}
	return e
}

// dispatchOf is the same as a dispatch, which does not tell GitHub's deployment.
func dispatchOf(state, urlOrWords string) Event {
	e := eventOf(state, urlOrWords)
	e.Name, e.Project, e.Deployment = repositoryDispatch, "web", "dpl_1"
	return e
}

// settled resolves an event in a repository whose deployments 1, 2, … have these reports.
func settled(t *testing.T, e Event, environment string, reports ...string) (Resolved, error) {
	t.Helper()
	_, gh := serve(t, standing(environment, reports...))
	return Resolve(t.Context(), gh, e)
}

// standing is what GitHub answers when the deployments 1, 2, … of a commit have these reports.
func standing(environment string, reports ...string) map[string]string {
	answers := map[string]string{
		pullsOfCommit: list(pull(7, testSHA, "here")), "pulls/7": pull(7, testSHA, "here"), comments: list(),
		inPreview: list(), inWeb: list(), statusesOf: list(),
	}
	var deployments []string
	for i, r := range reports {
		d := deployment(i+1, environment)
		deployments = append(deployments, d)
		answers["deployments/"+string(rune('1'+i))+"/statuses"] = r
	}
	answers["deployments"] = list(deployments...)
	return answers
}

func TestAnEventIsSetAgainstTheOtherDeployments(t *testing.T) {
	up := func(second int, url string) string { return reported(second, "success", url) }
	canceled := func(second int) string { return reported(second, "inactive", "Canceled from the Vercel Dashboard") }
	failed := func(second int) string { return reported(second, "failure", "Deployment has failed") }
	building := func(second int) string { return reported(second, "in_progress", "Vercel is deploying your app") }
	const skipped = "skip: another deployment of this commit is being built; its own run will judge it"
	for _, c := range []struct {
		name    string
		event   Event
		reports []string // of each deployment
		want    string   // the state and the address or the reason
		note    string   // begins like this; empty: there is none
	}{
		{"alone", eventOf(Success, newerURL), []string{list(up(9, newerURL))}, "success " + newerURL, ""},
		{"the newer of two", eventOf(Success, newerURL), []string{list(up(5, olderURL)), list(up(9, newerURL))}, "success " + newerURL, ""},
		{"the older of two", eventOf(Success, olderURL), []string{list(up(5, olderURL)), list(up(9, newerURL))}, "success " + newerURL, "the event is about an older deployment, at web-older1234-acme.vercel.app"},
		{"the older of two, with the greater id", eventOf(Success, olderURL), []string{list(up(9, newerURL)), list(up(5, olderURL))}, "success " + newerURL, "the event is about an older deployment"},
		{"the newer of two, with the smaller id", eventOf(Success, newerURL), []string{list(up(9, newerURL)), list(up(5, olderURL))}, "success " + newerURL, ""},
		{"the same address with a slash", eventOf(Success, newerURL+"/"), []string{list(up(5, olderURL)), list(up(9, newerURL))}, "success " + newerURL + "/", ""},
		{"made anew on one deployment, of the first", eventOf(Success, olderURL), []string{list(up(9, newerURL), up(5, olderURL))}, "success " + newerURL, "the event is about an older deployment"},
		{"made anew on one deployment, of the second", eventOf(Success, newerURL), []string{list(up(9, newerURL), up(5, olderURL))}, "success " + newerURL, ""},
		{"in the same second, by id", eventOf(Success, olderURL), []string{
			list(strings.Replace(up(9, newerURL), noon(9), noon(5), 1)), list(up(5, olderURL)),
		}, "success " + newerURL, "the event is about an older deployment"},
		{"later by time, though not by id", eventOf(Success, olderURL), []string{
			list(strings.Replace(up(2, newerURL), noon(2), noon(9), 1)), list(up(5, olderURL)),
		}, "success " + newerURL, "the event is about an older deployment"},
		{"newer than what GitHub shows", eventOf(Success, newerURL), []string{list(up(5, olderURL)), list(building(8))}, "success " + newerURL, ""},
		{"GitHub shows nothing", eventOf(Success, newerURL), nil, "success " + newerURL, ""},
		{"a newer one failed", eventOf(Success, olderURL), []string{list(up(5, olderURL)), list(failed(9))}, "success " + olderURL, ""},
		{"a newer one is inactive again", eventOf(Success, olderURL), []string{
			list(up(5, olderURL)), list(reported(10, "inactive", ""), up(9, newerURL)),
		}, "success " + olderURL, ""},
		{"inactive again, and an older one up", eventOf(Success, newerURL), []string{
			list(up(5, olderURL)), list(reported(10, "inactive", ""), up(9, newerURL)),
		}, "success " + newerURL, ""},
		{"superseded by another pull request's", eventOf(Success, olderURL), []string{list(reported(9, "inactive", ""), up(5, olderURL))}, "success " + olderURL, ""},
		{"made anew and canceled", eventOf(Success, olderURL), []string{list(canceled(9), building(8), up(5, olderURL))}, "success " + olderURL, ""},
		{"by somebody else", eventOf(Success, olderURL), []string{
			list(up(5, olderURL)), list(reportedBy("github-actions[bot]", 9, "success", newerURL)),
		}, "success " + olderURL, ""},
		{"a dispatch of the older", dispatchOf(Success, olderURL), []string{list(up(5, olderURL)), list(up(9, newerURL))}, "success " + newerURL, "the event is about an older deployment"},
		{"a dispatch ahead of GitHub", dispatchOf(Success, newerURL), []string{list(up(5, olderURL))}, "success " + newerURL, ""},

		{"a failure", eventOf(Failure, "Deployment has failed"), []string{list(failed(9))}, "failure Deployment has failed", ""},
		{"a failure before a success", eventOf(Failure, "Deployment has failed"), []string{list(failed(5)), list(up(9, newerURL))}, "success " + newerURL, `the event says "failure" of another deployment: judged is`},
		{"a failure before a success on one deployment", eventOf(Failure, "Deployment has failed"), []string{list(up(9, newerURL), failed(5))}, "success " + newerURL, `the event says "failure"`},
		{"a failure after a success", eventOf(Failure, "Deployment has failed"), []string{list(up(5, olderURL)), list(failed(9))}, "failure Deployment has failed", ""},
		{"a failure that GitHub does not show", dispatchOf(Failure, "error"), []string{list(up(5, olderURL))}, "failure error", ""},
		{"a refusal before a success", dispatchOf(Blocked, "authorization required"), []string{
			list(reported(5, "failure", "Authorization required to deploy.")), list(up(9, newerURL)),
		}, "success " + newerURL, `the event says "blocked"`},

		{"canceled, and the sibling is up", eventOf(Canceled, "x"), []string{list(canceled(2)), list(up(60, newerURL))}, "success " + newerURL, `the event says "canceled"`},
		{"canceled, and the sibling is being built", eventOf(Canceled, "x"), []string{list(canceled(2)), list(building(3))}, skipped, ""},
		{"canceled, and the sibling has not begun", eventOf(Canceled, "x"), []string{list(canceled(2)), list()}, skipped, ""},
		{"canceled, and the sibling failed", eventOf(Canceled, "x"), []string{list(canceled(2)), list(failed(60))}, "canceled x", ""},
		{"canceled after a success", eventOf(Canceled, "x"), []string{list(up(5, olderURL)), list(canceled(9))}, "success " + olderURL, `the event says "canceled"`},
		{"a further deployment canceled, and GitHub does not show it", eventOf(Canceled, "x"), []string{list(up(5, olderURL))}, "success " + olderURL, `the event says "canceled"`},
		{"canceled alone", eventOf(Canceled, "x"), []string{list(canceled(2))}, "canceled x", ""},
		{"a dispatch: canceled, and one is up", dispatchOf(Canceled, "canceled"), []string{list(up(9, newerURL))}, "success " + newerURL, `the event says "canceled"`},
		{"a dispatch: canceled, and GitHub shows it", dispatchOf(Canceled, "canceled"), []string{list(canceled(2)), list(building(3))}, skipped, ""},
		{"a dispatch: canceled, and GitHub may not show it yet", dispatchOf(Canceled, "canceled"), []string{list(building(3))}, "building ", ""},
		{"a dispatch: canceled, and no deployment", dispatchOf(Canceled, "canceled"), nil, "canceled canceled", ""},

		{"ignored", dispatchOf(Ignored, ""), nil, "ignored ", ""},
		{"ignored, and deployed by hand", dispatchOf(Ignored, ""), []string{list(up(9, newerURL))}, "success " + newerURL, `the event says "ignored"`},
		{"skipped", eventOf(Skipped, "Skipped - Not affected"), []string{list(reported(9, "inactive", "Skipped - Not affected"))}, "skipped Skipped - Not affected", ""},
	} {
		got, err := settled(t, c.event, "Preview", c.reports...)
		result := got.State + " " + got.Target.URL + got.Detail
		if skip, isSkip := errors.AsType[*Skip](err); isSkip {
			result = "skip: " + skip.Reason
		} else if err != nil {
			t.Fatal(c.name, err)
		}
		if result != c.want {
			t.Errorf("%s: %s, want %s", c.name, result, c.want)
		}
		if note := strings.Join(got.Notes, "\n"); !strings.HasPrefix(note, c.note) || (note == "") != (c.note == "") {
			t.Errorf("%s: notes %q, want %q", c.name, note, c.note)
		}
		if isOwn := got.Target.URL == c.event.URL; got.State == Success && c.event.Deployment != "" && (got.Target.Deployment != "") != isOwn {
			t.Errorf("%s: %q at %s", c.name, got.Target.Deployment, got.Target.URL)
		}
	}
}

// TestARepeatedEventEndsWhereTheLatestDid plays Vercel's events of two deployments in the order in which they came
// about, and then both once more.
func TestARepeatedEventEndsWhereTheLatestDid(t *testing.T) {
	fake, gh := serve(t, standing("Preview", list(reported(5, "success", olderURL)), list(reported(1, "pending", ""))))
	resolve := func(url string) string {
		t.Helper()
		got, err := Resolve(t.Context(), gh, eventOf(Success, url))
		if err != nil {
			t.Fatal(err)
		}
		return got.Target.URL
	}
	got := []string{resolve(olderURL)}
	fake.answer("deployments/2/statuses", list(reported(9, "success", newerURL), reported(1, "pending", "")))
	got = append(got, resolve(newerURL), resolve(olderURL), resolve(newerURL))
	if diff := cmp.Diff([]string{olderURL, newerURL, newerURL, newerURL}, got); diff != "" {
		t.Errorf("judged (-want +got):\n%s", diff)
	}
}

func TestOnlyTheEventsOwnProjectCounts(t *testing.T) {
	both := map[string]string{
		pullsOfCommit:            list(pull(7, testSHA, "here")),
		"deployments":            list(deployment(1, "Preview – web"), deployment(2, "Preview – docs"), deployment(3, "staging – web")),
		"deployments/1/statuses": list(reported(5, "success", olderURL)),
		"deployments/2/statuses": list(reported(9, "success", newerURL)),
		"deployments/3/statuses": list(reported(8, "success", newerURL)),
	}
	for _, name := range []string{deploymentStatus, repositoryDispatch} {
		e := eventOf(Success, olderURL)
		e.Name, e.Project = name, "web"
		fake, gh := serve(t, both)
		got, err := Resolve(t.Context(), gh, e)
		if err != nil || got.Target.URL != olderURL || got.Scope != "web" || len(got.Notes) > 0 || len(got.Others) > 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		want := []string{pullsOfCommit, "deployments", "deployments/1/statuses", comments}
		if diff := cmp.Diff(want, fake.requests()); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", name, diff)
		}
	}
	alone := map[string]string{
		pullsOfCommit:            list(pull(7, testSHA, "here")),
		"deployments":            list(deployment(1, "Preview"), deployment(2, "Preview – docs")),
		"deployments/1/statuses": list(reported(5, "success", olderURL)),
		"deployments/2/statuses": list(reported(9, "success", newerURL)),
	}
	_, gh := serve(t, alone)
	if got, err := Resolve(t.Context(), gh, eventOf(Success, olderURL)); err != nil || got.Target.URL != olderURL || got.Scope != "" {
		t.Errorf("a project without a name: %+v, %v", got, err)
	}
	e := eventOf(Success, newerURL)
	e.Environment, e.Project = "staging", "web"
	_, gh = serve(t, both)
	if got, err := Resolve(t.Context(), gh, e); err != nil || got.Target.URL != newerURL || got.Target.Environment != "staging" {
		t.Errorf("a custom environment: %+v, %v", got, err)
	}
}

func TestDeploymentsOfJobsAndOfOtherCommitsDoNotCount(t *testing.T) {
	e := eventOf(Success, olderURL)
	e.Environment = "staging"
	_, gh := serve(t, map[string]string{
		pullsOfCommit: list(pull(7, testSHA, "here")),
		"deployments": list(deployment(1, "staging"), deploymentBy(2, "staging", "vercel[bot]", "feat/sign-in"),
			strings.ReplaceAll(deployment(3, "staging"), testSHA, otherSHA)),
		"deployments/1/statuses": list(reported(5, "success", olderURL)),
		"deployments/2/statuses": list(reported(9, "success", newerURL)),
		"deployments/3/statuses": list(reported(9, "success", newerURL)),
	})
	if got, err := Resolve(t.Context(), gh, e); err != nil || got.Target.URL != olderURL {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAllPagesOfDeploymentsAreRead(t *testing.T) {
	_, gh := serve(t, map[string]string{
		pullsOfCommit:            list(pull(7, testSHA, "here")),
		"deployments":            list(deployment(1, "Preview"), deploymentBy(5, "ci", "github-actions[bot]", testSHA)),
		"deployments?page=2":     list(deployment(2, "Preview")),
		"deployments/1/statuses": list(reported(5, "success", olderURL)),
		"deployments/2/statuses": list(reported(9, "success", newerURL)),
	})
	if got, err := Resolve(t.Context(), gh, eventOf(Success, olderURL)); err != nil || got.Target.URL != newerURL {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestHostileReportsAreOfNoUse(t *testing.T) {
	for _, url := range []string{"https://x.test/\\n::error::", "https://é.test", "", "https://" + strings.Repeat("x", 3000)} {
		hostile := strings.Replace(reported(9, "success", newerURL), newerURL, url, 1)
		got, err := settled(t, eventOf(Success, olderURL), "Preview", list(reported(5, "success", olderURL)), list(hostile))
		if err != nil || got.Target.URL != olderURL || len(got.Notes) > 0 {
			t.Errorf("%.40q: %+v, %v", url, got, err)
		}
	}
}
