package publish

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestANewerRunSilencesAnOlderOne(t *testing.T) {
	b := newBench(t)
	b.statuses = []posted{statusOf(newer(), testSHA, "success")}
	b.add(actionsBot, textOf(markerOn(testSHA, older()))) // the newer run has not come to it yet
	o := testOutcome()
	o.CheckRun = true
	if end := b.publish(t, o); !end.Outdone || end.CommentURL != "" {
		t.Errorf("ending %+v", end)
	}
	if len(b.asked) != 1 || len(b.statuses) != 1 {
		t.Errorf("requests %q; want to look, and no more", b.asked)
	}
	if !strings.Contains(b.log.String(), "::notice::nothing is published: a newer run, 201 (attempt 1), has spoken") {
		t.Errorf("log:\n%s", &b.log)
	}
	if got := parseOutputs(t, b.read(t, "output"))["outcome"]; got != "closed" || b.read(t, "summary") == "" {
		t.Errorf("outcome %q; the step's outputs and summary are to be written all the same", got)
	}
}

// Runs that overlap may have seen the deployments in another order than that in which they began.
func TestWhoHasSeenMoreOfTheDeploymentsHasTheWord(t *testing.T) {
	at := func(seconds time.Duration) string {
		return time.Unix(started, 0).Add(seconds * time.Second).UTC().Format(time.RFC3339)
	}
	for _, c := range []struct {
		name    string
		seen    int64 // by the other run
		set     string
		knows   int64 // this one
		outdone bool
	}{
		{"an older run that has seen more", 42, at(0), 41, true},
		{"an older run that has seen as much", 42, at(0), 42, false},
		{"an older run that has seen less", 40, at(0), 41, false},
		{"an older run, when it is not known what we have seen", 42, at(0), 0, false},
		{"one that says it had seen more before we began", 42, at(-1), 41, false},
		{"one of which it is not said when it was set", 42, "", 41, true},
	} {
		b := newBench(t)
		there := older()
		there.seen = c.seen
		s := statusOf(there, testSHA, "success")
		s.CreatedAt = c.set
		b.statuses = []posted{s}
		b.publisher.Knows(c.knows)
		if end := b.publish(t, testOutcome()); end.Outdone != c.outdone {
			t.Errorf("%s: outdone %v, want %v", c.name, end.Outdone, c.outdone)
		}
	}
}

func TestWhatSilencesNobody(t *testing.T) {
	for name, s := range map[string]posted{
		"an older run":          statusOf(older(), testSHA, "success"),
		"the same run":          statusOf(ownStamp(), testSHA, "success"),
		"a run of the future":   statusOf(begun(3600, 201, 1), testSHA, "success"),
		"another repository":    {testSHA, "success", "previewgate", "", strings.Replace(addressOf(newer()), "shop", "sho", 1), userOf("mallory"), ""},
		"a status without mark": {testSHA, "success", "previewgate", "by hand", "https://example.com/", userOf("mallory"), ""},
		"another context":       {testSHA, "success", "previewgate (web)", "", addressOf(newer()), userOf(actionsBot), ""},
	} {
		b := newBench(t)
		b.statuses = []posted{s}
		if end := b.publish(t, testOutcome()); end.Outdone || len(b.statuses) != 2 || len(b.comments) != 1 {
			t.Errorf("%s: ending %+v, %d statuses, %d comments", name, end, len(b.statuses), len(b.comments))
		}
	}
}

// A newer run speaks after we have looked and before we speak.
func TestAStatusThatWasCoveredIsSetAgain(t *testing.T) {
	for _, publishing := range []string{"Publish", "Resolve", "Pending"} {
		b := newBench(t)
		b.paged = 2 // the newer one is not on the first page
		theirs := statusOf(newer(), testSHA, "success")
		b.once("POST statuses/", func() {
			b.statuses = append(b.statuses, theirs)
			for range 4 {
				b.statuses = append(b.statuses, posted{SHA: testSHA, Context: "lint", State: "success"})
			}
		})
		switch publishing {
		case "Publish":
			o := testOutcome()
			o.CheckRun, o.Report.Target.PullRequest = true, 0
			if end := b.publish(t, o); !end.Outdone || len(b.checks) > 0 {
				t.Errorf("ending %+v, %d check runs", end, len(b.checks))
			}
		case "Resolve":
			if err := b.publisher.Resolve(t.Context(), testOutcome().Report.Target, "", "error", "crashed"); err != nil {
				t.Error(err)
			}
		case "Pending":
			if err := b.publisher.Pending(t.Context(), testOutcome().Report.Target, "", "looking"); err != nil {
				t.Error(err)
			}
		}
		if top := b.top(t); top != theirs || len(b.statuses) != 7 {
			t.Errorf("%s: %+v stands of %d, want %+v", publishing, top, len(b.statuses), theirs)
		}
	}
}

// What a newer run has begun is not put over what it has ended.
func TestTheEndIsSetAgainAndNotTheBeginning(t *testing.T) {
	b := newBench(t)
	ended := statusOf(newer(), testSHA, "failure")
	b.once("POST statuses/", func() { b.statuses = append(b.statuses, statusOf(newer(), testSHA, pending)) })
	looks := 0
	before := b.before
	b.before = func(request string) int {
		if before(request); request == "POST statuses/"+testSHA {
			if looks++; looks == 2 { // just before we set the beginning again
				b.statuses = append(b.statuses, ended)
			}
		}
		return 0
	}
	b.publish(t, testOutcome())
	if top := b.top(t); top != ended {
		t.Errorf("%+v stands, want %+v", top, ended)
	}
}

func TestAForeignStatusOverOursIsCovered(t *testing.T) {
	b := newBench(t)
	b.onceAfter("POST statuses/", func() {
		b.statuses = append(b.statuses, posted{SHA: testSHA, Context: "PreviewGate", State: "success", Creator: userOf("mallory")})
	})
	b.publish(t, testOutcome())
	if top := b.top(t); top.State != "failure" || len(b.statuses) != 3 {
		t.Errorf("%+v stands of %d", top, len(b.statuses))
	}
}

// A newer run on our commit has spoken and written the comment when we write over it.
func TestACommentThatWasWrittenOverPointsToItsRun(t *testing.T) {
	for _, c := range []struct {
		name string
		sha  string // of the newer run
		head string // when we look at the end
	}{{"on our commit", testSHA, testSHA}, {"on a new head", otherSHA, otherSHA}} {
		b := newBench(t)
		ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
		theirs := statusOf(newer(), c.sha, "success")
		theirs.Description = "auth works: `x` <!-- @all\n| [a](b)"
		b.once("PATCH issues/comments/", func() {
			b.head, b.statuses = c.head, append(b.statuses, theirs)
			ours.Body = textOf(markerOn(c.sha, newer()))
		})
		b.publish(t, testOutcome())
		want := markerOn(c.sha, newer()).String() + "\n### success: `auth works: 'x' <!-- @all | [a](b)`\n\n" +
			"The full report is in the summary of [the run](https://github.com/acme/shop/actions/runs/201/attempts/1) that came to this.\n"
		if ours.Body != want {
			t.Errorf("%s: the comment is\n%s\nwant\n%s", c.name, ours.Body, want)
		}
		if len(b.comments) != 1 || b.count("PATCH") != 2 {
			t.Errorf("%s: requests %q", c.name, b.asked)
		}
	}
}

func TestThePointerIsNotPutOverSomethingNewer(t *testing.T) {
	b := newBench(t)
	ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
	newest := markerOn(testSHA, begun(4, 202, 1))
	b.once("PATCH issues/comments/", func() { b.statuses = append(b.statuses, statusOf(newer(), testSHA, "success")) })
	before := b.before
	b.before = func(request string) int {
		if before(request); request == "GET issues/7/comments" && b.count("PATCH") == 1 {
			ours.Body = textOf(newest) // when we come back to it, somebody else has been there
		}
		return 0
	}
	b.publish(t, testOutcome())
	if ours.Body != textOf(newest) || b.count("PATCH") != 1 {
		t.Errorf("the comment is %q after %q", ours.Body, b.asked)
	}
}

// What has no report has no comment that could have been written over.
func TestANewerRunWithoutAReportLeavesTheComment(t *testing.T) {
	b := newBench(t)
	ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
	theirs := statusOf(newer(), testSHA, "error")
	theirs.TargetURL = strings.TrimSuffix(theirs.TargetURL, "&reported")
	b.once("PATCH issues/comments/", func() { b.statuses = append(b.statuses, theirs) })
	if end := b.publish(t, testOutcome()); !end.Outdone {
		t.Errorf("ending %+v", end)
	}
	if !strings.Contains(ours.Body, "1 thing to fix") || b.count("PATCH") != 1 {
		t.Errorf("the comment is %q after %q", ours.Body, b.asked)
	}
}

func TestAHeadWithoutAReportLeavesTheComment(t *testing.T) {
	b := newBench(t)
	ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
	b.onceAfter("PATCH issues/comments/", func() { b.head = otherSHA })
	b.publish(t, testOutcome())
	if !strings.Contains(ours.Body, "1 thing to fix") || b.count("PATCH") != 1 {
		t.Errorf("the comment is %q after %q", ours.Body, b.asked)
	}
}

// A newer comment on another commit is a reason to look at the head again, before it is replaced.
func TestTheHeadMovesBeforeTheCommentIsRead(t *testing.T) {
	b := newBench(t)
	theirs := b.add(actionsBot, textOf(markerOn(otherSHA, newer())))
	b.onceAfter("POST statuses/", func() { b.head = otherSHA })
	b.publish(t, testOutcome())
	if theirs.Body != textOf(markerOn(otherSHA, newer())) || b.count("PATCH") > 0 {
		t.Errorf("the comment is %q after %q", theirs.Body, b.asked)
	}
}

func TestARedeliveredRunEndsTheSame(t *testing.T) {
	b := newBench(t)
	b.publish(t, testOutcome())
	b.now = b.now.Add(5 * time.Second)
	b.employ(t) // the same run and attempt, in a second process
	b.publish(t, testOutcome())
	if len(b.comments) != 1 || len(b.statuses) != 2 || !strings.Contains(b.top(t).TargetURL, "started=1764000005") {
		t.Errorf("%d comments, statuses %+v", len(b.comments), b.statuses)
	}
	if m, _ := parseMarker(b.comments[0].Body); m.stamp != begun(5, 200, 1) {
		t.Errorf("the comment is of %+v", m)
	}
}

// The stop comes while GitHub adds the comment, beside one that was added at the same time.
func TestARunThatIsStoppedStillTakesItsSecondCommentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		b.once("POST issues/7/comments", func() {
			b.add(actionsBot, textOf(markerOn(testSHA, older())))
			cancel()
		})
		started := time.Now()
		b.publisher.Publish(ctx, testOutcome()) //nolint:errcheck // whatever it says, one is to be left
		if len(b.comments) != 1 || !strings.Contains(b.comments[0].Body, "1 thing to fix") {
			t.Errorf("%d comments, the first %q", len(b.comments), b.comments[0].Body)
		}
		if took := time.Since(started); took > grace {
			t.Errorf("it took %v", took)
		}
	})
}

func TestALookThatIsOwedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		b.before = func(request string) int {
			if strings.HasPrefix(request, "POST statuses/") {
				cancel()
			}
			if b.count("POST statuses/") > 0 && request != "POST statuses/"+testSHA {
				return 502
			}
			return 0
		}
		started := time.Now()
		b.publisher.Publish(ctx, testOutcome()) //nolint:errcheck // how long it takes is what counts
		if took := time.Since(started); took > grace {
			t.Errorf("it took %v, want at most %v", took, grace)
		}
	})
}
