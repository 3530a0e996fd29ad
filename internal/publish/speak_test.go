package publish

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

func TestPendingIsSetOnce(t *testing.T) {
	b := newBench(t)
	target := testOutcome().Report.Target
	for range 2 {
		if err := b.publisher.Pending(t.Context(), target, "web", "looking at\nthe preview"); err != nil {
			t.Fatal(err)
		}
	}
	want := posted{
		testSHA, "pending", "previewgate (web)", "looking at the preview",
		"https://github.com/acme/shop/actions/runs/200/attempts/1#previewgate-started=1764000000&on=dpl_1", userOf(actionsBot), "",
	}
	if diff := cmp.Diff([]posted{want}, b.statuses); diff != "" || len(b.asked) != 3 {
		t.Errorf("requests %q, statuses (-want +got):\n%s", b.asked, diff)
	}
	o := testOutcome()
	o.Scope = "web"
	if b.publish(t, o); len(b.statuses) != 2 || b.top(t).State != "failure" {
		t.Errorf("statuses %+v", b.statuses)
	}
}

func TestPendingIsSetOncePerScope(t *testing.T) {
	b := newBench(t)
	for _, scope := range []string{"web", "docs", "web", "docs"} {
		if err := b.publisher.Pending(t.Context(), testOutcome().Report.Target, scope, "looking"); err != nil {
			t.Fatal(err)
		}
	}
	var contexts []string
	for _, s := range b.statuses {
		contexts = append(contexts, s.Context)
	}
	if diff := cmp.Diff([]string{"previewgate (web)", "previewgate (docs)"}, contexts); diff != "" {
		t.Errorf("contexts (-want +got):\n%s", diff)
	}
}

func TestPendingDoesNotHoldARunUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.before = refuse("POST statuses/"+testSHA, 502)
		began := time.Now()
		err := b.publisher.Pending(t.Context(), testOutcome().Report.Target, "", "looking")
		if took := time.Since(began); err == nil || took > guardTime {
			t.Errorf("error %v after %v", err, took)
		}
	})
}

func TestWithoutACommitThereIsNoStatus(t *testing.T) {
	b := newBench(t)
	for _, err := range []error{
		b.publisher.Pending(t.Context(), gate.Target{}, "", "x"),
		b.publisher.Resolve(t.Context(), gate.Target{}, "", "error", "x"),
		b.publisher.Conclude(t.Context(), gate.Target{PullRequest: 7}, "", "error", "x"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if _, found := b.publisher.Standing(t.Context(), gate.Target{}, ""); found || len(b.asked) > 0 {
		t.Errorf("requests %q", b.asked)
	}
}

func TestPendingIsNotPutOverAVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		there posted
		set   bool
	}{
		"a newer run's":          {statusOf(newer(), testSHA, "success"), false},
		"what a newer run began": {statusOf(newer(), testSHA, "pending"), false},
		"our own":                {statusOf(ownStamp(), testSHA, "success"), false},
		"an older run's":         {statusOf(older(), testSHA, "success"), true},
	} {
		b := newBench(t)
		b.statuses = []posted{c.there}
		if err := b.publisher.Pending(t.Context(), testOutcome().Report.Target, "", "looking"); err != nil {
			t.Error(err)
		}
		if set := len(b.statuses) > 1; set != c.set {
			t.Errorf("%s: set %v", name, set)
		}
	}
}

func TestPendingComplainsOnlyToItsCaller(t *testing.T) {
	b := newBench(t)
	b.before = forbid("POST statuses/")
	err := b.publisher.Pending(t.Context(), testOutcome().Report.Target, "", "looking")
	if err == nil || !strings.HasPrefix(err.Error(), "the commit status was not set: the token lacks") || b.log.Len() > 0 {
		t.Errorf("error %v, log:\n%s", err, &b.log)
	}
}

func TestResolveSetsTheStatusAlone(t *testing.T) {
	b := newBench(t)
	ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
	b.statuses = []posted{statusOf(older(), testSHA, "success")}
	if err := b.publisher.Resolve(t.Context(), testOutcome().Report.Target, "", "error", "previewgate crashed"); err != nil {
		t.Fatal(err)
	}
	top := b.top(t)
	if top.State != "error" || top.Description != "previewgate crashed" || strings.Contains(top.TargetURL, "reported") {
		t.Errorf("%+v stands", top)
	}
	if ours.Body != textOf(markerOn(testSHA, older())) || len(b.asked) != 3 {
		t.Errorf("requests %q", b.asked)
	}
}

func TestResolveLeavesTheWordToANewerRun(t *testing.T) {
	b := newBench(t)
	b.statuses = []posted{statusOf(newer(), testSHA, "pending")}
	err := b.publisher.Resolve(t.Context(), testOutcome().Report.Target, "", "error", "cancelled")
	if err != nil || len(b.statuses) != 1 || !strings.Contains(b.log.String(), "::notice::nothing is published: a newer run, 201") {
		t.Errorf("error %v, %d statuses, log:\n%s", err, len(b.statuses), &b.log)
	}
}

func TestResolveComplains(t *testing.T) {
	b := newBench(t)
	b.before = forbid("status")
	err := b.publisher.Resolve(t.Context(), testOutcome().Report.Target, "", "error", "crashed")
	if err == nil || !strings.HasPrefix(err.Error(), "the commit status was not set: the token lacks `statuses: write`") {
		t.Errorf("error %v", err)
	}
	if got := b.log.String(); strings.Count(got, "::warning::") != 1 || !strings.Contains(got, "permissions:%0A  statuses: write\n") {
		t.Errorf("log:\n%s", got)
	}
}

// hanging is a GitHub that takes statuses and never lets anybody read.
type hanging struct{ next http.RoundTripper }

func (h hanging) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet {
		return h.next.RoundTrip(req)
	}
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func TestResolveDoesNotWaitForWhatItReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		gh, err := hub.New("", "ghs_x", hanging{within{b.fakeGitHub}})
		if err != nil {
			t.Fatal(err)
		}
		b.publisher.gh = gh
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		var setAfter time.Duration
		began := time.Now()
		b.before = func(string) int {
			setAfter = time.Since(began)
			return 0
		}
		if err := b.publisher.Resolve(ctx, testOutcome().Report.Target, "", "error", "cancelled"); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); len(b.statuses) != 1 || setAfter != hurry || took > 4*time.Second+grace {
			t.Errorf("%d statuses, the first after %v; ended after %v", len(b.statuses), setAfter, took)
		}
	})
}

func TestWhatStands(t *testing.T) {
	b := newBench(t)
	b.statuses = []posted{statusOf(newer(), testSHA, "failure"), statusOf(older(), testSHA, "success")}
	got, found := b.publisher.Standing(t.Context(), testOutcome().Report.Target, "")
	want := Standing{"success", "said by run 100", "dpl_1", 100, 1, time.Unix(started-60, 0).UTC()}
	if got != want || !found || len(b.asked) != 1 {
		t.Errorf("%+v stands (%v), want %+v", got, found, want)
	}
	if got.On != On(testOutcome().Report.Target) {
		t.Errorf("it is on %q", got.On)
	}
}

func TestWhatStandsIsNotOurs(t *testing.T) {
	ours := statusOf(older(), testSHA, "success")
	for name, change := range map[string]func(*bench){
		"nothing":                 func(*bench) {},
		"another commit's":        func(b *bench) { b.statuses = []posted{statusOf(older(), otherSHA, "success")} },
		"a foreign one over ours": func(b *bench) { b.statuses = []posted{ours, {SHA: testSHA, Context: "previewgate", State: "success"}} },
		"of the future":           func(b *bench) { b.statuses = []posted{ours, statusOf(begun(3600, 9, 1), testSHA, "success")} },
		"cannot be read":          func(b *bench) { b.statuses, b.before = []posted{ours}, forbid("statuses") },
	} {
		b := newBench(t)
		change(b)
		if got, found := b.publisher.Standing(t.Context(), testOutcome().Report.Target, ""); found {
			t.Errorf("%s: %+v stands", name, got)
		}
	}
}
