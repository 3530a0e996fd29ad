package action

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

func manualEvent(e Event) Event {
	e.Name, e.State, e.Environment, e.Repository = workflowDispatch, Success, "preview", "acme/shop"
	return e
}

func TestAPersonNamesAPullRequest(t *testing.T) {
	const newest = "https://web-new-acme.vercel.app"
	fake, gh := serve(t, map[string]string{
		"pulls/7": pull(7, testSHA, "here"),
		"deployments": list(deployment(4, "Preview – web", "vercel[bot]"), deployment(3, "Preview – web", "vercel[bot]"),
			deployment(6, "Preview – web", "vercel[bot]"), deployment(9, "Preview", "mallory[bot]"),
			strings.ReplaceAll(deployment(8, "Preview – web", "vercel[bot]"), testSHA, otherSHA)),
		"deployments/6/statuses": list(deployed(60, "success", "", "vercel[bot]"), deployed(61, "failure", "", "vercel[bot]")),
		"deployments/4/statuses": list(deployed(41, "success", newest, "vercel[bot]"), deployed(40, "pending", "", "vercel[bot]")),
	})
	got, err := Resolve(t.Context(), gh, manualEvent(Event{PullRequest: 7}))
	want := Resolved{Scope: "web", Target: gate.Target{
		URL: newest, Project: "web", Environment: "preview", Repository: "acme/shop", PullRequest: 7,
		Branch: "feat/sign-in", SHA: testSHA,
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	asked := []string{"pulls/7", "deployments", "deployments/6/statuses", "deployments/4/statuses", comments}
	if diff := cmp.Diff(asked, fake.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestAnAddressThatSomebodyElseSetIsNotTaken(t *testing.T) {
	_, gh := serve(t, map[string]string{
		pullsOfCommit:            list(pull(7, testSHA, "here")),
		"deployments":            list(deployment(4, "Preview", "vercel[bot]")),
		"deployments/4/statuses": list(deployed(41, "success", "https://mallory.vercel.app", "github-actions[bot]")),
	})
	_, err := Resolve(t.Context(), gh, manualEvent(Event{SHA: testSHA}))
	var misuse *Misuse
	if !errors.As(err, &misuse) || !strings.Contains(err.Error(), "no preview deployment by Vercel of "+testSHA) {
		t.Errorf("error %v", err)
	}
}

func TestAPersonNamesAnAddress(t *testing.T) {
	fake, gh := serve(t, map[string]string{})
	got, err := Resolve(t.Context(), gh, manualEvent(Event{URL: testURL}))
	if err != nil || got.Target.URL != testURL || got.Fork || len(fake.asked) > 0 {
		t.Errorf("%+v, %v, asked %q", got, err, fake.asked)
	}
	_, gh = serve(t, map[string]string{
		"pulls/7":                pull(7, testSHA, "fork"),
		"deployments":            list(deployment(4, "Preview – docs", "vercel[bot]"), deployment(3, "Preview – web", "vercel[bot]")),
		"deployments/4/statuses": list(deployed(41, "success", "https://docs.vercel.app", "vercel[bot]")),
		"deployments/3/statuses": list(deployed(31, "success", testURL, "vercel[bot]")),
	})
	got, err = Resolve(t.Context(), gh, manualEvent(Event{PullRequest: 7, URL: testURL + "/"}))
	if err != nil || got.Target.URL != testURL+"/" || got.Scope != "web" || !got.Fork {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestALookupThatFails(t *testing.T) {
	for want, c := range map[string]struct {
		answers map[string]string
		event   Event
		misuse  bool
	}{
		"there is no pull request 7 in acme/shop": {map[string]string{}, Event{PullRequest: 7}, true},
		"looking up pull request 7: GitHub does not accept the token (401)": {
			map[string]string{"pulls/7": `401 {"message":"Bad credentials"}`}, Event{PullRequest: 7}, false,
		},
		"looking for Vercel's preview of " + testSHA + ": the token lacks `deployments: read`": {
			map[string]string{
				pullsOfCommit: list(pull(7, testSHA, "here")),
				"deployments": `403 {"message":"Resource not accessible by integration"}`,
			}, Event{SHA: testSHA}, false,
		},
	} {
		_, gh := serve(t, c.answers)
		_, err := Resolve(t.Context(), gh, manualEvent(c.event))
		var misuse *Misuse
		if err == nil || !strings.HasPrefix(err.Error(), want) || errors.As(err, &misuse) != c.misuse {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
