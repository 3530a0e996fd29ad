package publish

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pointed is the comment that points to the run of a bench.
func pointed(state, words string) string {
	m := markerOn(testSHA, ownStamp())
	return m.String() + "\n### " + state + ": `" + words + "`\n\n" +
		"The page of [the run](https://github.com/acme/shop/actions/runs/200/attempts/1) that came to this says more.\n"
}

func conclude(t *testing.T, b *bench) {
	t.Helper()
	if err := b.publisher.Conclude(t.Context(), testOutcome().Report.Target, "", "success", "no preview on purpose"); err != nil {
		t.Fatal(err)
	}
}

func TestACommentThatIsOutOfDatePointsToTheRunThatEndsWithoutAReport(t *testing.T) {
	scoped := markerOn(otherSHA, older())
	scoped.project = "docs"
	for _, c := range []struct {
		name     string
		there    string // the comment; empty for none
		author   string
		change   func(*bench)
		replaced bool
	}{
		{"an earlier commit's", textOf(markerOn(otherSHA, older())), actionsBot, nil, true},
		{"an earlier run's on this commit", textOf(markerOn(testSHA, older())), actionsBot, nil, true},
		{"a newer run's on a commit that is not the head", textOf(markerOn(otherSHA, newer())), actionsBot, nil, true},
		{"a newer run's on this commit", textOf(markerOn(testSHA, newer())), actionsBot, nil, false},
		{"another project's", textOf(scoped), actionsBot, nil, false},
		{"somebody else's", textOf(markerOn(otherSHA, older())), "mallory", nil, false},
		{"none", "", "", nil, false},
		{"of a pull request that has moved on", textOf(markerOn(otherSHA, older())), actionsBot, func(b *bench) { b.head = otherSHA }, false},
		{"of one that moves on meanwhile", textOf(markerOn(otherSHA, newer())), actionsBot, func(b *bench) {
			b.onceAfter("POST statuses/", func() { b.head = otherSHA })
		}, false},
		{"where a newer run has spoken", textOf(markerOn(testSHA, older())), actionsBot, func(b *bench) {
			b.statuses = []posted{statusOf(newer(), testSHA, "success")}
		}, false},
	} {
		b := newBench(t)
		if c.there != "" {
			b.add(c.author, c.there)
		}
		if c.change != nil {
			c.change(b)
		}
		conclude(t, b)
		want := c.there
		if c.replaced {
			want = pointed("success", "no preview on purpose")
		}
		switch {
		case len(b.comments) != min(len(c.there), 1):
			t.Errorf("%s: %d comments", c.name, len(b.comments))
		case len(b.comments) == 1 && b.comments[0].Body != want:
			t.Errorf("%s: the comment is %q, want %q", c.name, b.comments[0].Body, want)
		}
		if strings.Contains(b.log.String(), "comment") {
			t.Errorf("%s: log:\n%s", c.name, &b.log)
		}
	}
}

func TestWhatItTakesToConclude(t *testing.T) {
	const statuses = "GET commits/" + testSHA + "/statuses"
	for _, c := range []struct {
		name   string
		change func(*bench)
		pull   int
		want   []string
	}{
		{"a comment that is there", func(b *bench) { b.add(actionsBot, textOf(markerOn(otherSHA, older()))) }, 7, []string{
			"GET commits/heads/fix/auth/status", "POST statuses/" + testSHA, "GET issues/7/comments", "PATCH issues/comments/101",
			statuses, "GET pulls/7", // the look at the head that every edit owes
		}},
		{"no comment", func(*bench) {}, 7, []string{
			"GET commits/heads/fix/auth/status", "POST statuses/" + testSHA, "GET issues/7/comments", statuses,
		}},
		{"a head that has moved", func(b *bench) { b.head = otherSHA }, 7, []string{
			"GET commits/heads/fix/auth/status", "GET pulls/7", statuses, "POST statuses/" + testSHA, statuses,
		}},
		{"no pull request", func(*bench) {}, 0, []string{statuses, "POST statuses/" + testSHA, statuses}},
	} {
		b := newBench(t)
		c.change(b)
		target := testOutcome().Report.Target
		target.PullRequest = c.pull
		if err := b.publisher.Conclude(t.Context(), target, "", "error", "crashed"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(c.want, b.asked); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", c.name, diff)
		}
	}
}

// The newer run is one that concludes, and the two really go at the same time.
func TestTwoRunsOfWhichTheNewerConcludes(t *testing.T) {
	b := newBench(t)
	older := b.publisher
	b.env["GITHUB_RUN_ID"] = "300"
	b.employ(t)
	newer := b.publisher
	done := false
	b.before = func(request string) int {
		if done || request != "POST issues/7/comments" {
			return 0
		}
		done = true
		b.mu.Unlock() // the older run's request waits while the newer run goes its way
		defer b.mu.Lock()
		if err := newer.Conclude(t.Context(), testOutcome().Report.Target, "", "success", "no preview on purpose"); err != nil {
			t.Error(err)
		}
		return 0
	}
	end, err := older.Publish(t.Context(), testOutcome())
	if err != nil || !end.Outdone || len(b.comments) != 1 || !strings.Contains(b.comments[0].Body, "no preview on purpose") {
		t.Errorf("ending %+v, %v; the comment is %q", end, err, b.comments[0].Body)
	}
	if top := b.top(t); top.State != "success" {
		t.Errorf("%+v stands", top)
	}
}

// A newer run writes its report when this one is about to write over it.
func TestAPointerDoesNotStayOverANewerReport(t *testing.T) {
	for _, sha := range []string{testSHA, otherSHA} {
		b := newBench(t)
		ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
		b.once("PATCH issues/comments/", func() {
			b.head, b.statuses = sha, append(b.statuses, statusOf(newer(), sha, "failure"))
			ours.Body = textOf(markerOn(sha, newer()))
		})
		conclude(t, b)
		if m, _ := parseMarker(ours.Body); m.stamp != newer() || m.sha != sha {
			t.Errorf("the comment is %q", ours.Body)
		}
	}
}

func TestAPointerThatCannotBeWrittenIsAWarning(t *testing.T) {
	b := newBench(t)
	b.add(actionsBot, textOf(markerOn(otherSHA, older())))
	b.before = forbid("PATCH issues/")
	conclude(t, b)
	const want = "::warning::the comment was not written: the token lacks `pull-requests: write`"
	if got := b.log.String(); !strings.HasPrefix(got, want) || !strings.Contains(got, "permissions:%0A  pull-requests: write") {
		t.Errorf("log:\n%s", got)
	}
}

func TestOutsideOfAWorkflowThereIsNothingToPointTo(t *testing.T) {
	b := newBench(t)
	ours := b.add(actionsBot, textOf(markerOn(otherSHA, stamp{})))
	clear(b.env)
	b.employ(t)
	conclude(t, b)
	if !strings.HasSuffix(ours.Body, "\n### success: `no preview on purpose`\n") {
		t.Errorf("the comment is %q", ours.Body)
	}
}

// TestAnErrorWithoutAReportIsAnOutcome holds that later steps of the workflow
// take no run for open that ended without a verdict.
func TestAnErrorWithoutAReportIsAnOutcome(t *testing.T) {
	for state, want := range map[string]string{"error": "undecided", "success": "open"} {
		b := newBench(t)
		b.publish(t, openOutcome())
		if err := b.publisher.Conclude(t.Context(), testOutcome().Report.Target, "docs", state, "x"); err != nil {
			t.Fatal(err)
		}
		if got := parseOutputs(t, b.read(t, "output"))["outcome"]; got != want {
			t.Errorf("%s: the outcome is %q, want %q", state, got, want)
		}
	}
}

// TestAProjectIsKnownInEitherCase holds that a project is the same whether it
// is named as at Vercel or as in an input.
func TestAProjectIsKnownInEitherCase(t *testing.T) {
	b := newBench(t)
	m := markerOn(otherSHA, older())
	m.project = "web"
	b.add(actionsBot, textOf(m))
	o := testOutcome()
	o.Scope = "Web"
	b.publish(t, o)
	if len(b.comments) != 1 {
		t.Errorf("got %d comments", len(b.comments))
	}
}
