package action

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

func manualEvent(e Event) Event {
	e.Name, e.State, e.Environment, e.Repository = workflowDispatch, Missing, "preview", "acme/shop"
	if e.URL != "" {
		e.State = Success
	}
	return e
}

func TestAPersonNamesAPullRequest(t *testing.T) {
	const newest = "https://web-new-acme.vercel.app"
	fake, gh := serve(t, map[string]string{
		"pulls/7": pull(7, testSHA, "here"),
		"deployments": list(deployment(4, "Preview – web"), deployment(3, "Preview – web"), deployment(6, "Preview – web"),
			deploymentBy(9, "Preview", "mallory[bot]", testSHA),
			strings.ReplaceAll(deployment(8, "Preview – web"), testSHA, otherSHA)),
		"deployments/6/statuses": list(reported(10, "success", "https://web-fallen-acme.vercel.app"), reported(61, "failure", "Deployment has failed")),
		"deployments/4/statuses": list(reported(41, "success", newest), reported(40, "pending", "")),
		"deployments/3/statuses": list(reported(30, "success", testURL)),
	})
	got, err := Resolve(t.Context(), gh, manualEvent(Event{PullRequest: 7}))
	want := Resolved{State: Success, Scope: "web", Seen: 3361, Target: gate.Target{
		URL: newest, Project: "web", Environment: "preview", Repository: "acme/shop", PullRequest: 7,
		Branch: "feat/sign-in", SHA: testSHA,
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	asked := []string{
		"deployments", "deployments/3/statuses", "deployments/4/statuses", "deployments/6/statuses", comments, "pulls/7",
	}
	if diff := cmp.Diff(asked, fake.requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestAnAddressThatSomebodyElseSetIsNotTaken(t *testing.T) {
	_, gh := serve(t, map[string]string{
		pullsOfCommit:            list(pull(7, testSHA, "here")),
		"deployments":            list(deployment(4, "Preview")),
		"deployments/4/statuses": list(reportedBy("github-actions[bot]", 41, "success", "https://mallory.vercel.app")),
	})
	got, err := Resolve(t.Context(), gh, manualEvent(Event{SHA: testSHA}))
	if err != nil || got.State != Building || got.Target.URL != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAPersonNamesAnAddress(t *testing.T) {
	fake, gh := serve(t, map[string]string{})
	got, err := Resolve(t.Context(), gh, manualEvent(Event{URL: testURL}))
	if err != nil || got.Target.URL != testURL || got.State != Success || got.Fork || len(fake.asked) > 0 {
		t.Errorf("%+v, %v, asked %q", got, err, fake.asked)
	}
	_, gh = serve(t, map[string]string{
		"pulls/7":                pull(7, testSHA, "fork"),
		"deployments":            list(deployment(4, "Preview – docs"), deployment(3, "Preview – web"), deployment(2, "Preview – web")),
		"deployments/4/statuses": list(reported(41, "success", "https://docs.vercel.app")),
		"deployments/3/statuses": list(reported(31, "success", "https://web-newer-acme.vercel.app")),
		"deployments/2/statuses": list(reported(21, "success", testURL)),
	})
	got, err = Resolve(t.Context(), gh, manualEvent(Event{PullRequest: 7, URL: testURL + "/"}))
	if err != nil || got.Target.URL != testURL+"/" || got.Scope != "web" || !got.Fork || len(got.Notes) > 0 || len(got.Others) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
	_, gh = serve(t, map[string]string{"pulls/7": pull(7, testSHA, "here"), "deployments": `403 {"message":"no"}`})
	got, err = Resolve(t.Context(), gh, manualEvent(Event{PullRequest: 7, URL: testURL}))
	want := []string{"which project the preview belongs to was not found out: GitHub answers 403: no"}
	if diff := cmp.Diff(want, got.Notes); diff != "" || err != nil || got.State != Success {
		t.Errorf("error %v, notes (-want +got):\n%s", err, diff)
	}
}

func TestALookupThatFails(t *testing.T) {
	for want, c := range map[string]struct {
		answers map[string]string
		event   Event
		misuse  bool
	}{
		"looking for Vercel's status of " + testSHA + ": GitHub answers 403: no": {
			map[string]string{pullsOfCommit: list(pull(7, testSHA, "here")), "deployments": list(), statusesOf: `403 {"message":"no"}`},
			Event{SHA: testSHA},
			false,
		},
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
