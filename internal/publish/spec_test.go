package publish

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/githubspec"
)

// Every kind of request there is, and every answer of our stand-in, against GitHub's own description.
func TestGitHubUnderstandsWhatIsAsked(t *testing.T) {
	b := newBench(t)
	b.wire = githubspec.Transport(t, b.wire)
	b.employ(t)
	o := withCheckRun()
	for line := range 120 {
		o.Report.Results[0].Verdict = o.Report.Results[0].At(gate.Evidence{File: "a.ts", Line: line + 1, Column: 1})
	}
	target := o.Report.Target
	if err := b.publisher.Pending(t.Context(), target, "", "looking"); err != nil {
		t.Error(err)
	}
	b.onceAfter("POST issues/7/comments", func() { b.add(actionsBot, textOf(markerOn(testSHA, older()))) })
	b.publish(t, o) // adds a comment, finds another one, adds a check run in batches
	b.once("PATCH issues/comments/", func() { b.statuses = append(b.statuses, statusOf(newer(), testSHA, "success")) })
	o.State, o.Fork, o.Markdown = "error", true, "### changed\n"
	b.publish(t, o) // writes over a newer run, and makes good for it
	b.isApp, b.login, b.before = false, "alice", refuse("POST statuses/"+testSHA, 404)
	b.add("alice", textOf(markerOn(testSHA, older())))
	b.statuses = nil
	b.publisher.Publish(t.Context(), o) //nolint:errcheck // it asks who it is, since the status does not tell
	b.publisher.Standing(t.Context(), target, "")
	for _, kind := range []string{
		"GET commits/heads/fix/auth/status", "GET commits/" + testSHA + "/statuses", "POST statuses/", "GET pulls/7", "GET issues/7/comments",
		"POST issues/7/comments", "PATCH issues/comments/", "DELETE issues/comments/", "POST check-runs", "PATCH check-runs/", "GET /user",
	} {
		if b.count(kind) == 0 {
			t.Errorf("nothing was asked like %s", kind)
		}
	}
}
