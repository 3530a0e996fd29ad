package publish

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The three ways on which nothing comes in between.
func TestTheHappyPathsTakeSixRequests(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*bench, *Outcome)
		want   []string
	}{
		{"the first comment", func(b *bench, _ *Outcome) { b.add("mallory", textOf(markerOn(testSHA, ownStamp()))) }, []string{
			"GET commits/heads/fix/auth/status", "POST statuses/" + testSHA, "GET issues/7/comments", "POST issues/7/comments",
			"GET issues/7/comments", "GET commits/" + testSHA + "/statuses",
		}},
		{"a comment that is there", func(b *bench, _ *Outcome) { b.add(actionsBot, textOf(markerOn(otherSHA, older()))) }, []string{
			"GET commits/heads/fix/auth/status", "POST statuses/" + testSHA, "GET issues/7/comments", "PATCH issues/comments/101",
			"GET commits/" + testSHA + "/statuses", "GET pulls/7",
		}},
		{"no pull request", func(_ *bench, o *Outcome) { o.Report.Target.PullRequest = 0 }, []string{
			"GET commits/" + testSHA + "/statuses", "POST statuses/" + testSHA, "GET commits/" + testSHA + "/statuses",
		}},
		{"nothing to say but the status", func(_ *bench, o *Outcome) { o.Markdown = "" }, []string{
			"GET commits/" + testSHA + "/statuses", "POST statuses/" + testSHA, "GET commits/" + testSHA + "/statuses",
		}},
	} {
		b, o := newBench(t), testOutcome()
		c.change(b, &o)
		end := b.publish(t, o)
		if diff := cmp.Diff(c.want, b.asked); diff != "" || end.Outdone {
			t.Errorf("%s: outdone %v, requests (-want +got):\n%s", c.name, end.Outdone, diff)
		}
		if o.Report.Target.PullRequest == 0 || o.Markdown == "" {
			continue
		}
		want := "<!-- previewgate v1 project= sha=" + testSHA + " dpl=dpl_1 run=200 attempt=1 started=1764000000 seen=0 -->\n### 1 thing to fix\n"
		last := b.comments[len(b.comments)-1]
		if last.Body != want || end.CommentURL != last.URL {
			t.Errorf("%s: commented %q at %s, want %q", c.name, last.Body, end.CommentURL, want)
		}
	}
}

// What is not a plain branch of this repository takes one request more, to learn the head.
func TestTheHeadIsAskedForWhereTheBranchDoesNotTell(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*bench, *Outcome)
		tip    bool // the branch was asked for
	}{
		{"a fork", func(_ *bench, o *Outcome) { o.Fork = true }, false},
		{"an unknown branch", func(_ *bench, o *Outcome) { o.Report.Target.Branch = "" }, false},
		{"a branch that leads elsewhere", func(_ *bench, o *Outcome) { o.Report.Target.Branch = "../../pulls" }, false},
		{"a branch with a line break", func(_ *bench, o *Outcome) { o.Report.Target.Branch = "fix\n" }, false},
		{"a branch that is gone", func(_ *bench, o *Outcome) { o.Report.Target.Branch = "gone" }, true},
		{"a commit with many statuses", func(b *bench, _ *Outcome) { b.others = 101 }, true},
		{"a branch that is no pull request's", func(b *bench, _ *Outcome) {
			b.before = func(request string) int {
				if request == "GET commits/heads/fix/auth/status" {
					b.head = otherSHA
				} else {
					b.head = testSHA
				}
				return 0
			}
		}, true},
	} {
		b, o := newBench(t), testOutcome()
		c.change(b, &o)
		b.publish(t, o)
		if asked := b.count("GET commits/heads/") > 0; asked != c.tip || b.count("GET pulls/7") != 1 {
			t.Errorf("%s: requests %q", c.name, b.asked)
		}
		if len(b.comments) != 1 || len(b.statuses) != 1 {
			t.Errorf("%s: %d comments, %d statuses", c.name, len(b.comments), len(b.statuses))
		}
	}
}

func TestWhoseCommentItIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		login  string
		isApp  bool
		others []string // who else has written our marker
		edited bool     // or else added
	}{
		{"a person's token", "alice", false, []string{"mallory"}, true},
		{"a person's token, in other letters", "Alice", false, nil, true},
		{"the workflow's token", actionsBot, true, []string{"mallory"}, true},
		{"an app's token", "gatekeeper[bot]", true, []string{actionsBot, "mallory"}, true},
		{"a first comment after forged ones", actionsBot, true, []string{"mallory", "github-actions"}, false},
	} {
		for _, status := range []string{"", "POST statuses/" + testSHA} { // whether GitHub tells in the answer to the status
			b := newBench(t)
			b.login, b.isApp, b.before = c.login, c.isApp, refuse(status, 404)
			for _, other := range c.others {
				b.add(other, textOf(markerOn(testSHA, older())))
			}
			if c.edited {
				b.add(strings.ToLower(c.login), textOf(markerOn(testSHA, older())))
			}
			if _, err := b.publisher.Publish(t.Context(), testOutcome()); (err == nil) != (status == "") {
				t.Errorf("%s: %v", c.name, err)
			}
			last := b.comments[len(b.comments)-1]
			if len(b.comments) != len(c.others)+1 || !strings.EqualFold(last.User.Login, c.login) ||
				!strings.Contains(last.Body, "1 thing to fix") {
				t.Errorf("%s: %d comments, the last by %s: %q", c.name, len(b.comments), last.User.Login, last.Body)
			}
			if added := b.count("POST issues/7/comments") > 0; added == c.edited {
				t.Errorf("%s: added %v", c.name, added)
			}
			if asked := b.count("GET /user") + b.count("POST /graphql"); asked > 0 && status == "" {
				t.Errorf("%s: GitHub was asked who the token is", c.name)
			}
		}
	}
}

func TestAnAppsNameWithoutAnAppIsNotOurs(t *testing.T) {
	b := newBench(t)
	there := b.add(actionsBot, textOf(markerOn(testSHA, older())))
	there.User.Type = "User"
	if b.publish(t, testOutcome()); len(b.comments) != 2 || there.Body != textOf(markerOn(testSHA, older())) {
		t.Errorf("%d comments, theirs is %q", len(b.comments), there.Body)
	}
}

func TestANewerRunHasTheWordInTheComment(t *testing.T) {
	scoped := markerOn(testSHA, newer())
	scoped.project = "docs"
	old := markerOn(testSHA, stamp{0, 0, 900, 9})
	withoutStart := strings.Replace(textOf(old), " started=0 seen=0", "", 1)
	for _, c := range []struct {
		name   string
		there  string
		before func(string) int
		want   string // replaced, kept or added
	}{
		{"an older run", textOf(markerOn(testSHA, begun(-60, 999, 9))), nil, "replaced"},
		{"the same run, told twice", textOf(markerOn(testSHA, ownStamp())), nil, "replaced"},
		{"an earlier attempt", textOf(markerOn(testSHA, begun(-9, 200, 0))), nil, "replaced"},
		{"a run of the same second with a lower id", textOf(markerOn(testSHA, begun(0, 199, 1))), nil, "replaced"},
		{"a run of the same second with a higher id", textOf(markerOn(testSHA, begun(0, 201, 1))), nil, "kept"},
		{"a run that began later, with a lower id", textOf(markerOn(testSHA, begun(1, 100, 2))), nil, "kept"},
		{"a release that did not know when it began", withoutStart, nil, "replaced"},
		{"a run of the future", textOf(markerOn(testSHA, begun(3600, 201, 1))), nil, "replaced"},
		{"a newer run on a commit that is not the head", textOf(markerOn(otherSHA, newer())), nil, "replaced"},
		{"another project", textOf(scoped), nil, "added"},
		{"a newer run elsewhere when the head is not known", textOf(markerOn(otherSHA, newer())), noHead, "kept"},
		{"an older run elsewhere when the head is not known", textOf(markerOn(otherSHA, older())), noHead, "replaced"},
	} {
		b := newBench(t)
		there := b.add(actionsBot, c.there)
		b.before = c.before
		b.publish(t, testOutcome())
		got := "kept"
		switch {
		case len(b.comments) > 1:
			got = "added"
		case there.Body != c.there:
			got = "replaced"
		}
		if got != c.want || len(b.statuses) != 1 {
			t.Errorf("%s: %s, want %s; %d statuses", c.name, got, c.want, len(b.statuses))
		}
		if note := strings.Contains(b.log.String(), "::notice::the comment was not written: a newer run has written it"); note != (got == "kept") {
			t.Errorf("%s: log:\n%s", c.name, &b.log)
		}
	}
}

// noHead keeps it from being found out which commit is the head.
func noHead(request string) int {
	if request == "GET pulls/7" || strings.HasPrefix(request, "GET commits/heads/") {
		return 403
	}
	return 0
}

func TestTheHeadHasMoved(t *testing.T) {
	b := newBench(t)
	b.head = otherSHA
	there := b.add(actionsBot, textOf(markerOn(testSHA, older())))
	if end := b.publish(t, testOutcome()); end.Outdone || end.CommentURL != "" {
		t.Errorf("ending %+v", end)
	}
	if there.Body != textOf(markerOn(testSHA, older())) || len(b.comments) != 1 || len(b.statuses) != 1 {
		t.Errorf("comments %v, statuses %v; want a status alone", b.comments, b.statuses)
	}
	if !strings.Contains(b.log.String(), "::notice::the comment was not written: the pull request has got other commits") {
		t.Errorf("log:\n%s", &b.log)
	}
}

func TestLongReportsAreCut(t *testing.T) {
	b := newBench(t)
	o := testOutcome()
	o.Markdown = strings.Repeat("a line with ünïcode\n", 5000)
	o.Scope = strings.Repeat("ü", 100)
	b.publish(t, o)
	body := b.comments[0].Body
	if len(body) > 65_536 || len(body) < 63_000 || !strings.HasSuffix(body, "ünïcode\n\n*This report was cut: it is too long for here.*\n") {
		t.Errorf("%d bytes, ending in %q", len(body), body[len(body)-100:])
	}
	if _, ok := parseMarker(body); !ok {
		t.Errorf("the marker of a long name is none: %.300q", body)
	}
	if got := fit(strings.Repeat("ü", 100), 99); len(got) > 99 || !strings.HasPrefix(got, "ü") {
		t.Errorf("a single line is cut to %q", got)
	}
}
