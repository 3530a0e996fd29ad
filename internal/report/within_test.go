package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
)

func TestMarkdownKeepsWithinItsLimit(t *testing.T) {
	for name, r := range samples() {
		for _, limit := range []int{0, 1, 10, 100, 500, 1000, 2000, 5000, 10_000, 65_536} {
			got := MarkdownWithin(r, style(), limit)
			if len(got) > limit {
				t.Errorf("%s: %d bytes, want at most %d", name, len(got), limit)
			}
		}
	}
}

func TestMarkdownKeepsCausesAndFixes(t *testing.T) {
	r := longSample()
	if whole := MarkdownWithin(r, style(), 1<<20); len(whole) <= 65_536 {
		t.Fatalf("%d bytes are not too long", len(whole))
	}
	got := MarkdownWithin(r, style(), 8000)
	for i := range r.Results {
		for _, want := range []string{"**link %d of the chain is broken**", "**Fix:** Mend link %d."} {
			if want := fmt.Sprintf(want, i); !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
	}
	if !strings.Contains(got, "Shortened to fit") {
		t.Error("the page does not say that it is shortened")
	}
}

func TestMarkdownShortensStepByStep(t *testing.T) {
	r, last := severalSample(), ""
	for d := everything; d <= noEvidence; d++ {
		got := page{r, style(), d}.String()
		if last != "" && d > withoutTimings && len(got) > len(last) {
			t.Errorf("detail %d is longer than the one before", d)
		}
		last = got
	}
}

func TestPlaceInTheRepository(t *testing.T) {
	for want, e := range map[string]gate.Evidence{
		"a.ts":     {File: "a.ts"},
		"a.ts:2":   {File: "a.ts", Line: 2},
		"a.ts:2:3": {File: "a.ts", Line: 2, Column: 3},
	} {
		if got := place(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestStageShowsItsWorstNews(t *testing.T) {
	at := func(results ...gate.Result) gate.Report { return reportOf(results...) }
	pass, fail := judged(issued(), gate.Pass("")), judged(issued(), gate.Fail("no"))
	unsure, skip := judged(issued(), gate.Unsure("?")), judged(issued(), gate.Skip("moot"))
	waits := waitingFor(registered(), issued())
	for name, c := range map[string]struct {
		report gate.Report
		want   mark
	}{
		"a failure before all":       {at(pass, unsure, fail), failed},
		"what blocks before advice":  {at(advisory(fail), unsure), unknown},
		"advice before small doubts": {at(advisory(fail), advisory(unsure)), advised},
		"a doubt before a pass":      {at(pass, advisory(unsure)), unknown},
		"a pass among waiting":       {at(pass, waits), passed},
		"all waiting":                {at(skip, waits), waiting},
		"skipped":                    {at(skip), skipped},
		"nothing":                    {at(), skipped},
	} {
		if got := markOfStage(c.report, gate.StageToken); got != c.want {
			t.Errorf("%s: %s, want %s", name, got.word(), c.want.word())
		}
	}
}
