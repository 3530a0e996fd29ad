package gate_test

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
)

func TestChecksWaitForTheirCause(t *testing.T) {
	root := saying("root", gate.Blocking, gate.Fail("broken"))
	next := saying("next", gate.Blocking, gate.Fail("also broken"), root)
	last := saying("last", gate.Advisory, gate.Fail("broken too"), next)
	apart := saying("apart", gate.Blocking, gate.Pass("fine"))
	fine := saying("fine", gate.Blocking, gate.Pass("fine"), apart)
	equal(t, lines(run(t, []*gate.Check{root, next, last, apart, fine})), ""+
		"root blocking failed: broken\n"+
		"next blocking skipped: waits for root (root)\n"+
		"last advisory skipped: waits for root (root)\n"+
		"apart blocking passed: fine\n"+
		"fine blocking passed: fine\n")
	// What is unknown or left out explains nothing.
	unsure := saying("unsure", gate.Blocking, gate.Unsure("no answer"))
	equal(t, lines(run(t, []*gate.Check{unsure, saying("x", gate.Blocking, gate.Fail("broken"), unsure, root)})), ""+
		"unsure blocking unknown: no answer\nx blocking failed: broken\n")
}

func TestTheFirstCauseIsNamed(t *testing.T) {
	a, b := saying("a", gate.Blocking, gate.Fail("broken")), saying("b", gate.Blocking, gate.Fail("broken"))
	c := saying("c", gate.Blocking, gate.Fail("broken"), b, a)
	equal(t, run(t, []*gate.Check{a, b, c}).Results[2].Cause.ID, "b")
}

func TestAnAdvisoryFailureSilencesNothingThatBlocks(t *testing.T) {
	advice := saying("advice", gate.Advisory, gate.Fail("not so good"))
	waiting := saying("waiting", gate.Advisory, gate.Fail("worse"), advice)
	blocking := saying("blocking", gate.Blocking, gate.Fail("broken"), advice, waiting)
	r := run(t, []*gate.Check{advice, waiting, blocking})
	equal(t, lines(r), "advice advisory failed: not so good\nwaiting advisory skipped: waits for advice (advice)\nblocking blocking failed: broken\n")
	equal(t, r.Outcome(), gate.Closed)
}

func TestTheRunMayDowngradeACheck(t *testing.T) {
	root := saying("root", gate.Blocking, gate.Fail("broken").AndBlocks())
	next := saying("next", gate.Blocking, gate.Pass("fine"), root)
	r := gate.Run(t.Context(), gate.Target{}, []*gate.Check{root, next}, gate.Options{Advisory: []string{"root"}})
	equal(t, lines(r), "root advisory failed: broken\nnext blocking passed: fine\n")
	equal(t, r.Outcome(), gate.Open)
}

func TestAVerdictMayBlockForAnAdvisoryCheck(t *testing.T) {
	advice := saying("advice", gate.Advisory, gate.Fail("worse than usual").AndBlocks())
	next := saying("next", gate.Blocking, gate.Fail("broken"), advice)
	r := run(t, []*gate.Check{advice, next})
	equal(t, lines(r), "advice blocking failed: worse than usual\nnext blocking skipped: waits for advice (advice)\n")
	equal(t, r.Outcome(), gate.Closed)

	passed := saying("passed", gate.Advisory, gate.Pass("fine").AndBlocks())
	unsure := saying("unsure", gate.Advisory, gate.Unsure("no answer").AndBlocks())
	equal(t, lines(run(t, []*gate.Check{passed, unsure})), "passed advisory passed: fine\nunsure advisory unknown: no answer\n")
}

func TestAVerdictMayOnlyAdviseForABlockingCheck(t *testing.T) {
	mild := saying("mild", gate.Blocking, gate.Fail("less than usual").AndAdvises())
	next := saying("next", gate.Blocking, gate.Pass("fine"), mild)
	r := run(t, []*gate.Check{mild, next})
	equal(t, lines(r), "mild advisory failed: less than usual\nnext blocking passed: fine\n")
	equal(t, r.Outcome(), gate.Open)
}

// TestWhatWasNotGivenWaitsForNothing holds that a check without its input says
// so: it would not be judged once the cause is mended either.
func TestWhatWasNotGivenWaitsForNothing(t *testing.T) {
	key := &gate.Fact[int]{Name: "key"}
	root := saying("root", gate.Blocking, gate.Fail("broken"))
	keyed := reading("keyed", key)
	keyed.After = []*gate.Check{root}
	last := saying("last", gate.Blocking, gate.Fail("broken too"), keyed)
	equal(t, lines(run(t, []*gate.Check{root, keyed, last}, key.IsMissing(gate.NotGiven{What: "key", Unlock: "KEY"}))), ""+
		"root blocking failed: broken\n"+
		"keyed blocking skipped: key is not given (KEY)\n"+
		"last blocking skipped: waits for root (root)\n")
}

func TestOutcome(t *testing.T) {
	blocking := func(v gate.Verdict) *gate.Check { return saying("blocking", gate.Blocking, v) }
	advisory := func(v gate.Verdict) *gate.Check { return saying("advisory", gate.Advisory, v) }
	pass, fail, skip, unsure := gate.Pass("fine"), gate.Fail("broken"), gate.Skip("not here"), gate.Unsure("no answer")
	tests := []struct {
		name   string
		checks []*gate.Check
		want   gate.Outcome
	}{
		{"all passed", []*gate.Check{blocking(pass), advisory(pass)}, gate.Open},
		{"some were skipped", []*gate.Check{blocking(pass), blocking(skip)}, gate.Open},
		{"advice failed", []*gate.Check{blocking(pass), advisory(fail)}, gate.Open},
		{"advice is unknown", []*gate.Check{blocking(pass), advisory(unsure)}, gate.Open},
		{"one failed", []*gate.Check{blocking(pass), blocking(fail)}, gate.Closed},
		{"one failed and one is unknown", []*gate.Check{blocking(unsure), blocking(fail)}, gate.Closed},
		{"one is unknown", []*gate.Check{blocking(pass), blocking(unsure)}, gate.Undecided},
		{"all were skipped", []*gate.Check{blocking(skip)}, gate.Undecided},
		{"only advice passed", []*gate.Check{advisory(pass), blocking(skip)}, gate.Undecided},
		{"no checks", nil, gate.Undecided},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { equal(t, run(t, tt.checks).Outcome(), tt.want) })
	}
}

func TestDiagnoses(t *testing.T) {
	advice := saying("advice", gate.Advisory, gate.Fail("not so good"))
	first := saying("first", gate.Blocking, gate.Fail("broken"))
	waits := saying("waits", gate.Blocking, gate.Pass("fine"), first)
	alsoWaits := saying("also-waits", gate.Advisory, gate.Pass("fine"), waits)
	second := saying("second", gate.Blocking, gate.Fail("broken"))
	unsure := saying("unsure", gate.Blocking, gate.Unsure("no answer"))
	var got []string
	for _, d := range run(t, []*gate.Check{advice, first, waits, alsoWaits, second, unsure}).Diagnoses() {
		line := d.Check.ID
		for _, w := range d.Waits {
			line += " < " + w.ID
		}
		got = append(got, line)
	}
	equal(t, got, []string{"first < waits < also-waits", "second", "advice"})
}

func TestEvidenceIsNotShared(t *testing.T) {
	base := gate.Fail("%d of %d", 1, 2).Because("a", "1")
	left, right := base.Because("b", "2"), base.Because("c", "3").FixedBy("Mend %s.", "it")
	equal(t, left, gate.Verdict{Status: gate.Failed, Summary: "1 of 2", Evidence: []gate.Evidence{{What: "a", Saw: "1"}, {What: "b", Saw: "2"}}})
	equal(t, right, gate.Verdict{Status: gate.Failed, Summary: "1 of 2", Fix: "Mend it.", Evidence: []gate.Evidence{{What: "a", Saw: "1"}, {What: "c", Saw: "3"}}})
}

func TestWords(t *testing.T) {
	var stages []string
	for _, s := range gate.Stages() {
		stages = append(stages, s.String())
	}
	equal(t, stages, []string{"deployment", "sign-in", "redirect-uri", "session", "token", "convex", "sign-out"})
	equal(t, []string{gate.Passed.String(), gate.Failed.String(), gate.Skipped.String(), gate.Unknown.String()}, []string{"passed", "failed", "skipped", "unknown"})
	equal(t, []string{gate.Open.String(), gate.Closed.String(), gate.Undecided.String()}, []string{"open", "closed", "undecided"})
	equal(t, []string{gate.Blocking.String(), gate.Advisory.String()}, []string{"blocking", "advisory"})
}
