package publish

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A newer run speaks after we have looked and before we speak.
func TestAStatusThatWasCoveredIsSetAgain(t *testing.T) {
	for _, publishing := range []string{"Publish", "Resolve", "Conclude", "Pending"} {
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
		case "Conclude":
			if err := b.publisher.Conclude(t.Context(), testOutcome().Report.Target, "", "error", "crashed"); err != nil {
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

// The first try takes place though its answer is lost, and the second is refused.
func TestAStatusThatMayStandIsLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		theirs := statusOf(newer(), testSHA, "success")
		b.before = func(request string) int {
			if request != "POST statuses/"+testSHA {
				return 0
			}
			switch b.count(request) {
			case 1:
				b.statuses = append(b.statuses, theirs)
				return 1502
			case 2:
				return 422
			}
			return 0
		}
		if err := b.publisher.Resolve(t.Context(), testOutcome().Report.Target, "", "error", "x"); err == nil || b.top(t) != theirs {
			t.Errorf("error %v, %+v stands", err, b.top(t))
		}
	})
}

// The comment is written over that of a newer run, as often as it is tried, and no answer comes back.
func TestACommentThatMayHaveBeenWrittenOverIsLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
		b.before = func(request string) int {
			if !strings.HasPrefix(request, "PATCH") || b.count(request) > 4 {
				return 0
			}
			if b.count(request) == 1 {
				b.statuses = append(b.statuses, statusOf(newer(), testSHA, "success"))
			}
			return 1502
		}
		b.publish(t, testOutcome())
		if m, _ := parseMarker(ours.Body); m.stamp != newer() {
			t.Errorf("the comment is %q after %q", ours.Body, b.asked)
		}
	})
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
			"The page of [the run](https://github.com/acme/shop/actions/runs/201/attempts/1) that came to this says more.\n"
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
	if ours.Body != textOf(newest) || b.count("PATCH") != 1 || b.count("GET pulls/7") != 1 {
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
