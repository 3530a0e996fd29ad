package action

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

func TestThePreviewOfAPullRequest(t *testing.T) {
	const en = "Vercel – web"
	authorize := strings.Replace(commitStatus(2, "Vercel", "failure", "Deployment failed."), "acme/web/8Xq2mJr5ZpT1", "docs/accounts/team-members-and-roles", 1)
	for _, c := range []struct {
		name     string
		reports  []string // of each deployment
		statuses []string
		want     string // the state and the address or the reason
		asked    bool   // for the commit's statuses
	}{
		{"up", []string{list(reported(9, "success", newerURL))}, nil, "success " + newerURL, false},
		{"up twice", []string{list(reported(9, "success", newerURL)), list(reported(5, "success", olderURL))}, nil, "success " + newerURL, false},
		{"made anew", []string{list(reported(5, "success", olderURL), reported(9, "success", newerURL))}, nil, "success " + newerURL, false},
		{"made anew, and that canceled", []string{list(reported(9, "inactive", "Canceled from the Vercel Dashboard"), reported(5, "success", olderURL))}, nil, "success " + olderURL, false},
		{"up, and another being built", []string{list(reported(5, "success", olderURL)), list(reported(8, "pending", ""))}, nil, "success " + olderURL, false},
		{"canceled, and its sibling being built", []string{list(reported(2, "error", "Deployment was canceled")), list(reported(1, "queued", ""))}, nil, "building ", false},
		{"no word yet", []string{list()}, nil, "building ", false},
		{"failed", []string{list(reported(9, "failure", "Deployment has failed"))}, nil, "failure Deployment has failed", false},
		{"canceled", []string{list(reported(9, "error", "Deployment was canceled"))}, nil, "canceled Deployment was canceled", false},
		{"failed and canceled", []string{list(reported(9, "failure", "Deployment has failed")), list(reported(2, "inactive", "canceled"))}, nil, "failure Deployment has failed", false},
		{"skipped", []string{list(reported(9, "inactive", "Skipped - Not affected"))}, nil, "skipped Skipped - Not affected", false},
		{"failed, and skipped later", []string{list(reported(2, "failure", "Deployment has failed")), list(reported(9, "inactive", "Skipped - Not affected"))}, nil, "failure Deployment has failed", false},
		{"gone", []string{`404 {"message":"Not Found"}`}, nil, "missing ", true},

		{"no trace", nil, nil, "missing ", true},
		{"by the status, being built", nil, []string{commitStatus(1, "Vercel", "pending", "Vercel is deploying your app")}, "building Vercel is deploying your app", true},
		{"by the status, ignored", nil, []string{commitStatus(2, "Vercel", "success", "Canceled by Ignored Build Step"), commitStatus(1, "Vercel", "pending", "")}, "ignored Canceled by Ignored Build Step", true},
		{"by the status, ignored as an error", nil, []string{commitStatus(2, "Vercel", "error", "Canceled by Ignored Build Step")}, "ignored Canceled by Ignored Build Step", true},
		{"by the status, skipped", nil, []string{commitStatus(2, "Vercel", "success", "Skipped - Not affected")}, "skipped Skipped - Not affected", true},
		{"by the status, to be authorized", nil, []string{commitStatus(2, "Vercel", "failure", "Authorization required to deploy.")}, "blocked Authorization required to deploy.", true},
		{"by the status, rate limited", nil, []string{commitStatus(2, "Vercel", "failure", "Deployment rate limited — retry in 24 hours.")}, "blocked Deployment rate limited — retry in 24 hours.", true},
		{"by the status, an author without a seat", nil, []string{authorize}, "blocked Deployment failed.", true},
		{"by the status, failed", nil, []string{commitStatus(2, "Vercel", "failure", "Deployment has failed")}, "failure Deployment has failed", true},
		{"by the status, canceled", nil, []string{commitStatus(2, "Vercel", "failure", "Canceled from the Vercel Dashboard")}, "canceled Canceled from the Vercel Dashboard", true},
		{"by the status, a new attempt", nil, []string{commitStatus(2, "Vercel", "failure", "Deployment has failed"), commitStatus(3, "Vercel", "pending", "again")}, "building again", true},
		{"by the status, of a project", nil, []string{commitStatus(2, en, "pending", "x")}, "building x", true},
		{"a status by somebody else", nil, []string{strings.Replace(commitStatus(2, "Vercel", "success", "Skipped - Not affected"), "vercel[bot]", "mallory", 1)}, "missing ", true},
		{"a status of another name", nil, []string{commitStatus(2, "Vercel Preview Comments", "success", "x"), commitStatus(2, "Vercelweb", "pending", "x")}, "missing ", true},
		{"deployed without a deployment", nil, []string{commitStatus(2, "Vercel", "success", "Deployment has completed")}, "missing Vercel's status says that the commit is deployed, but GitHub knows no deployment with an address", true},

		{"superseded, and ignored", []string{list(reported(1, "inactive", ""))}, []string{commitStatus(2, "Vercel", "success", "Canceled by Ignored Build Step")}, "ignored Canceled by Ignored Build Step", true},
		{"superseded by another pull request's, and up", []string{list(reported(9, "inactive", ""), reported(5, "success", olderURL))}, []string{commitStatus(5, "Vercel", "success", "Deployment has completed")}, "success " + olderURL, true},
		{"superseded, and Vercel says nothing", []string{list(reported(9, "inactive", ""), reported(5, "success", olderURL))}, nil, "missing ", true},
		{"superseded, and another up", []string{list(reported(9, "inactive", ""), reported(8, "success", newerURL)), list(reported(5, "success", olderURL))}, nil, "success " + olderURL, false},
	} {
		answers := standing("Preview", c.reports...)
		answers[statusesOf] = list(c.statuses...)
		fake, gh := serve(t, answers)
		got, err := Resolve(t.Context(), gh, pullEvent())
		if result := got.State + " " + got.Target.URL + got.Detail; err != nil || result != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, result, err, c.want)
		}
		if asked := strings.Contains(strings.Join(fake.asked, " "), statusesOf); asked != c.asked {
			t.Errorf("%s: asked %q", c.name, fake.asked)
		}
		if len(got.Others) > 0 || len(got.Notes) > 0 || got.Closed || got.HeadMoved || got.Target.PullRequest != 7 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestOneProjectOfSeveralIsChosen(t *testing.T) {
	deployments := list(deployment(1, "Preview – docs"), deployment(2, "Preview – web"), deployment(3, "Preview – web"), deployment(4, "Preview – shop"))
	for _, c := range []struct {
		name            string
		docs, web, shop string
		want            string
		others          []string
	}{
		{
			"the one that is up", list(reported(9, "failure", "Deployment has failed")), list(reported(5, "success", newerURL)),
			list(reported(10, "inactive", "Skipped - Not affected")), "web success",
			[]string{"docs", "shop"},
		},
		{
			"the newest that is up", list(reported(9, "success", olderURL)), list(reported(5, "success", newerURL)), list(),
			"docs success",
			[]string{"shop", "web"},
		},
		{
			"the one that is being built", list(reported(9, "failure", "Deployment has failed")), list(reported(5, "failure", "Deployment has failed")), list(),
			"shop building",
			[]string{"docs", "web"},
		},
	} {
		_, gh := serve(t, map[string]string{
			"pulls/7": pull(7, testSHA, "here"), "deployments": deployments, comments: list(),
			"deployments/1/statuses": c.docs, "deployments/2/statuses": c.web, "deployments/3/statuses": list(reported(1, "error", "canceled")),
			"deployments/4/statuses": c.shop,
		})
		got, err := Resolve(t.Context(), gh, pullEvent())
		if err != nil || got.Scope+" "+got.State != c.want || got.Target.Project != got.Scope {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if diff := cmp.Diff(c.others, got.Others); diff != "" {
			t.Errorf("%s: others (-want +got):\n%s", c.name, diff)
		}
		note := "several projects deploy this commit: this run judges " + got.Scope + ", then " + strings.Join(c.others, " and ")
		if diff := cmp.Diff([]string{note}, got.Notes); diff != "" {
			t.Errorf("%s: notes (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestWhatIsSeenOfAnotherProjectDoesNotCount holds that runs of one project are not outranked by what a run of another
// has seen.
func TestWhatIsSeenOfAnotherProjectDoesNotCount(t *testing.T) {
	_, gh := serve(t, map[string]string{
		"pulls/7": pull(7, testSHA, "here"), comments: list(),
		"deployments":            list(deployment(2, "Preview – web"), deployment(1, "Preview – docs")),
		"deployments/1/statuses": list(reported(90, "failure", "Deployment has failed")),
		"deployments/2/statuses": list(reported(5, "success", testURL)),
	})
	got, err := Resolve(t.Context(), gh, pullEvent())
	if web := int64(3305); err != nil || got.Scope != "web" || got.Seen != web {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestOneProjectOfSeveralIsChosenByTheirStatuses(t *testing.T) {
	answers := standing("Preview")
	answers[statusesOf] = list(commitStatus(2, "Vercel – docs", "success", "Skipped - Not affected"),
		commitStatus(1, "Vercel – web", "failure", "Deployment rate limited — retry in 24 hours."))
	_, gh := serve(t, answers)
	got, err := Resolve(t.Context(), gh, pullEvent())
	if err != nil || got.State != Blocked || got.Scope != "web" || got.Target.Project != "web" || len(got.Others) != 1 || got.Others[0] != "docs" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnAddressIsNotTakenFromAnotherProject(t *testing.T) {
	answers := standing("Preview – docs", list(reported(9, "inactive", ""), reported(5, "success", olderURL)))
	answers[statusesOf] = list(commitStatus(5, "Vercel – web", "success", "Deployment has completed"))
	_, gh := serve(t, answers)
	if got, err := Resolve(t.Context(), gh, pullEvent()); err != nil || got.State != Missing || got.Target.URL != "" || got.Scope != "web" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAClosedPullRequestAndAMovedHead(t *testing.T) {
	answers := standing("Preview", list(reported(5, "success", olderURL)))
	answers["pulls/7"] = closed(pull(7, otherSHA, "fork"))
	_, gh := serve(t, answers)
	got, err := Resolve(t.Context(), gh, pullEvent())
	want := Resolved{State: Success, Closed: true, HeadMoved: true, Fork: true, Seen: 3305, Target: gate.Target{
		URL: olderURL, Environment: "preview", Repository: "acme/shop", PullRequest: 7, Branch: "feat/sign-in", SHA: testSHA,
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestProjectsInTheContextsOfStatuses(t *testing.T) {
	for context, want := range map[string]string{
		"Vercel": "", "Vercel – web": "web", "Vercel – a – b": "a – b", "Vercel - web-app": "web-app", "Vercel – w\u202eeb": "web",
		"vercel": "none", "Vercel –": "none", "Vercel – ": "none", "Vercel Preview Comments": "none", "Vercel–web": "none", "My Vercel": "none", "": "none",
	} {
		project, isVercels := projectOf(context)
		if !isVercels {
			project = "none"
		}
		if project != want {
			t.Errorf("%q is of %q, want %q", context, project, want)
		}
	}
}
