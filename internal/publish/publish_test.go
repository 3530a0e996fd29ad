package publish

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

func TestEverythingIsPublished(t *testing.T) {
	b := newBench(t)
	o := testOutcome()
	o.Description = "two\r\nlines\x00 " + strings.Repeat("ü", 200)
	b.publish(t, o)
	if diff := cmp.Diff([]posted{{
		testSHA, "failure", "previewgate", "two lines " + strings.Repeat("ü", 129) + "…",
		"https://github.com/acme/shop/actions/runs/200/attempts/1#previewgate-started=1764000000&on=dpl_1&reported",
		userOf(actionsBot), "",
	}}, b.statuses); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if got := b.read(t, "summary"); got != "### 1 thing to fix\n\n" {
		t.Errorf("summary %q", got)
	}
	outputs := parseOutputs(t, b.read(t, "output"))
	report := outputs["report"]
	delete(outputs, "report")
	if diff := cmp.Diff(map[string]string{
		"outcome": "closed", "cause": "redirect-uri-registered", "comment-url": b.comments[0].URL,
	}, outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if got, err := os.ReadFile(report); err != nil || string(got) != `{"version":1}` {
		t.Errorf("report %q: %s, %v", report, got, err)
	}
	want := "::error title=previewgate%3A redirect-uri-registered::the redirect URI is not registered%0ARegister it.\n"
	if got := b.log.String(); got != want {
		t.Errorf("log %q, want %q", got, want)
	}
}

func TestAScopeHasItsOwnStatusAndComment(t *testing.T) {
	b := newBench(t)
	for _, scope := range []string{"web", "docs", "web"} {
		o := testOutcome()
		o.Scope = scope
		b.publish(t, o)
	}
	var contexts []string
	for _, s := range b.statuses {
		contexts = append(contexts, s.Context)
	}
	if diff := cmp.Diff([]string{"previewgate (web)", "previewgate (docs)", "previewgate (web)"}, contexts); diff != "" {
		t.Errorf("contexts (-want +got):\n%s", diff)
	}
	if len(b.comments) != 2 {
		t.Errorf("%d comments, want 2", len(b.comments))
	}
}

// openOutcome and undecidedOutcome are testOutcome with another end.
func openOutcome() Outcome {
	o := testOutcome()
	o.Report.Results[0].Verdict = gate.Pass("it is")
	return o
}

func undecidedOutcome() Outcome {
	o := testOutcome()
	o.Report.Results[0].Verdict = gate.Unsure("took too long")
	return o
}

func TestTheOutputsAreThoseOfTheWorst(t *testing.T) {
	nothing := testOutcome()
	nothing.Report.Results = nil
	inError := nothing
	inError.State = "error"
	for _, c := range []struct {
		name     string
		outcomes []Outcome
		worst    int
		outcome  string
	}{
		{"the first", []Outcome{testOutcome(), openOutcome(), undecidedOutcome()}, 0, "closed"},
		{"the second", []Outcome{openOutcome(), testOutcome(), undecidedOutcome()}, 1, "closed"},
		{"the last", []Outcome{openOutcome(), openOutcome(), undecidedOutcome()}, 2, "undecided"},
		{"one after the other", []Outcome{nothing, openOutcome(), undecidedOutcome(), testOutcome()}, 3, "closed"},
		{"the first of equals", []Outcome{openOutcome(), undecidedOutcome(), undecidedOutcome()}, 1, "undecided"},
		{"an error without a report", []Outcome{openOutcome(), inError}, 1, "undecided"},
		{"one of nothing", []Outcome{openOutcome(), nothing}, 0, "open"},
	} {
		b := newBench(t)
		var addresses []string
		for i, o := range c.outcomes {
			o.Scope = fmt.Sprintf("project-%d", i)
			o.Markdown = fmt.Sprintf("### of project %d\n", i)
			o.JSON = fmt.Appendf(nil, `{"project":%d}`, i)
			addresses = append(addresses, b.publish(t, o).CommentURL)
		}
		got := parseOutputs(t, b.read(t, "output"))
		if got["outcome"] != c.outcome || got["comment-url"] != addresses[c.worst] || (got["cause"] != "") != (c.outcome == "closed") {
			t.Errorf("%s: outputs %q of %q", c.name, got, addresses)
		}
		if report, err := os.ReadFile(got["report"]); err != nil || string(report) != fmt.Sprintf(`{"project":%d}`, c.worst) {
			t.Errorf("%s: report %q, %v", c.name, report, err)
		}
		if n := strings.Count(b.read(t, "summary"), "### of project"); n != len(c.outcomes) {
			t.Errorf("%s: the summary holds %d reports", c.name, n)
		}
	}
}

func TestACommitWithoutAPreview(t *testing.T) {
	b := newBench(t)
	o := testOutcome()
	o.Report.Results, o.State, o.Markdown, o.JSON = nil, "success", "", nil
	b.publish(t, o)
	outputs := parseOutputs(t, b.read(t, "output"))
	if diff := cmp.Diff(map[string]string{"outcome": "", "cause": "", "comment-url": "", "report": ""}, outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if len(b.statuses) != 1 || b.statuses[0].State != "success" || strings.Contains(b.statuses[0].TargetURL, "reported") {
		t.Errorf("statuses %v", b.statuses)
	}
}

func TestARunWithoutARunnerHasNoMark(t *testing.T) {
	b := newBench(t)
	clear(b.env)
	b.employ(t)
	b.publish(t, testOutcome())
	if len(b.comments) != 1 || b.statuses[0].TargetURL != "" {
		t.Errorf("%d comments, statuses %v", len(b.comments), b.statuses)
	}
}

// forbid refuses every write, or every request of which this is a part.
func forbid(parts ...string) func(string) int {
	return func(asked string) int {
		for _, part := range parts {
			if strings.Contains(asked, part) {
				return http.StatusForbidden
			}
		}
		return 0
	}
}

func TestWhatCannotBeWrittenIsLeftOut(t *testing.T) {
	const advice = "add these lines to the job, beside those it has:%0Apermissions:%0A"
	for _, c := range []struct {
		name     string
		change   func(*bench, *Outcome)
		fails    string // how the error begins
		statuses int
		comments int
		logged   string
	}{
		{"no permission to comment", func(b *bench, _ *Outcome) {
			b.before = forbid("POST issues/")
		}, "", 1, 0, advice + "  pull-requests: write\n"},
		{"no permission to read comments", func(b *bench, _ *Outcome) {
			b.before = forbid("issues/")
		}, "", 1, 0, advice + "  pull-requests: read\n"},
		{"no permission to set a status", func(b *bench, _ *Outcome) {
			b.before = forbid("statuses")
		}, "the commit status was not set: the token lacks `statuses: write`", 0, 1, advice + "  statuses: write\n"},
		{"no permission at all", func(b *bench, _ *Outcome) {
			b.before = forbid("status", "issues/", "pulls/")
		}, "the commit status was not set: the token lacks", 0, 0, advice + "  statuses: write%0A  pull-requests: read\n"},
		{"no commit", func(_ *bench, o *Outcome) { o.Report.Target.SHA = "" }, "", 0, 1, ""},
		{"no commit, no permission to comment", func(b *bench, o *Outcome) {
			o.Report.Target.SHA = ""
			b.before = forbid("POST issues/")
		}, "the comment was not written: the token lacks `pull-requests: write`", 0, 0, advice},
		{"no commit but an address", func(_ *bench, o *Outcome) {
			o.Report.Target.SHA = "../issues/7/comments"
		}, "the commit status was not set: what is to be judged is no commit", 0, 0, "::notice::the comment was not written: the pull request has got other commits"},
		{"no pull request", func(_ *bench, o *Outcome) { o.Report.Target.PullRequest = 0 }, "", 1, 0, ""},
		{"nothing to publish to", func(_ *bench, o *Outcome) {
			o.Report.Target.SHA, o.Report.Target.PullRequest = "", 0
		}, "", 0, 0, "::notice::no commit and no pull request is known"},
		{"nothing to say", func(_ *bench, o *Outcome) { o.Markdown = "" }, "", 1, 0, ""},
		{"a locked conversation", func(b *bench, _ *Outcome) {
			b.before = refuse("POST issues/7/comments", 410)
		}, "", 1, 0, "::warning::the comment was not written: the conversation of the pull request is locked (410)"},
		{"files that cannot be written", func(b *bench, _ *Outcome) {
			b.publisher.summary, b.publisher.outputs = b.dir, b.dir
		}, "", 1, 1, "::warning::the step summary was not written: open "},
		{"no runner", func(b *bench, _ *Outcome) {
			b.publisher.summary, b.publisher.outputs = "", ""
		}, "", 1, 1, ""},
		{"what has been said cannot be read", func(b *bench, _ *Outcome) {
			b.before = refuse("GET commits/"+testSHA+"/statuses", 404)
		}, "", 1, 1, "::warning::the last look at what other runs have said was not finished: GitHub finds nothing there"},
	} {
		b := newBench(t)
		o := testOutcome()
		c.change(b, &o)
		_, err := b.publisher.Publish(t.Context(), o)
		if (err == nil) != (c.fails == "") || err != nil && !strings.HasPrefix(err.Error(), c.fails) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.fails)
		}
		if len(b.statuses) != c.statuses || len(b.comments) != c.comments {
			t.Errorf("%s: %d statuses and %d comments", c.name, len(b.statuses), len(b.comments))
		}
		if !strings.Contains(b.log.String(), c.logged) || strings.Count(b.log.String(), "permissions:%0A") > 1 {
			t.Errorf("%s: log:\n%s", c.name, &b.log)
		}
	}
}

func TestAStoppedRunDoesNotWait(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.publisher.Publish(ctx, testOutcome())
	if err == nil || err.Error() != "the commit status was not set: the run was stopped" || len(b.asked) > 0 {
		t.Errorf("error %v, requests %q", err, b.asked)
	}
	if got := parseOutputs(t, b.read(t, "output"))["outcome"]; got != "closed" {
		t.Errorf("outcome %q", got)
	}
}
