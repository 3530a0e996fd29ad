package report

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
)

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
