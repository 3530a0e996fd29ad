package publish

import (
	"strings"
	"testing"
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
		b.publisher.KnowsOf("", c.knows)
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

// What is known of one project says nothing of another, and nor does what is assumed of it.
func TestWhatWasSeenCountsForOneScope(t *testing.T) {
	there := func(scope string, seen int64) posted {
		run := newer()
		run.seen = seen
		s := statusOf(run, testSHA, "success")
		s.Context = Context(scope)
		return s
	}
	for _, c := range []struct {
		name    string
		know    func(*Publisher)
		outdone map[string]bool
	}{
		{"each", func(p *Publisher) { p.KnowsOf("web", 50); p.KnowsOf("docs", 40) }, map[string]bool{"web": false, "docs": true}},
		{"nothing", func(*Publisher) {}, map[string]bool{"web": true, "docs": true}},
		{"one", func(p *Publisher) { p.KnowsOf("web", 49) }, map[string]bool{"web": false, "docs": true}},
	} {
		b := newBench(t)
		b.statuses = []posted{there("web", 48), there("docs", 45)}
		c.know(b.publisher)
		for _, scope := range []string{"web", "docs"} {
			o := testOutcome()
			o.Scope = scope
			if end := b.publish(t, o); end.Outdone != c.outdone[scope] {
				t.Errorf("%s, %s: outdone %v", c.name, scope, end.Outdone)
			}
		}
	}
}

// A run that does not know what it has seen of a project must not take it from another's.
func TestWhatIsAssumedStaysInItsScope(t *testing.T) {
	b := newBench(t)
	run := older()
	run.seen = 900
	s := statusOf(run, testSHA, "success")
	s.Context = Context("web")
	b.statuses = []posted{s}
	for _, scope := range []string{"web", "docs"} {
		o := testOutcome()
		o.Scope = scope
		b.publish(t, o)
	}
	for i, want := range []string{"&seen=900", ""} {
		if got := b.statuses[i+1].TargetURL; strings.Contains(got, "seen=") != (want != "") || !strings.Contains(got, want) {
			t.Errorf("the status %q is at %s", b.statuses[i+1].Context, got)
		}
	}
}
