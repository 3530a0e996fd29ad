package report

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// A mark tells at a glance how a check or a stage stands.
type mark int

// The marks.
const (
	passed  mark = iota
	failed       // and blocks
	advised      // failed, and does not block
	unknown
	waiting // for the fix of another check's failure
	skipped
)

// emoji is the mark on a page.
func (m mark) emoji() string {
	return [...]string{
		passed: "✅", failed: "❌", advised: "⚠️", unknown: "❔", waiting: "⏳", skipped: "⚪",
	}[m]
}

// glyph is the mark on a terminal, one column wide.
func (m mark) glyph() string {
	return [...]string{
		passed: "✓", failed: "✗", advised: "!", unknown: "?", waiting: "…", skipped: "–",
	}[m]
}

// word completes the phrase "2 checks ...".
func (m mark) word() string {
	return [...]string{
		passed: "passed", failed: "failed", advised: "advisory failed",
		unknown: "unknown", waiting: "waiting", skipped: "skipped",
	}[m]
}

// markOf returns the mark of one check.
func markOf(res gate.Result) mark {
	switch {
	case res.Cause != nil:
		return waiting
	case res.Status == gate.Failed && res.Severity == gate.Advisory:
		return advised
	case res.Status == gate.Failed:
		return failed
	case res.Status == gate.Unknown:
		return unknown
	case res.Status == gate.Skipped:
		return skipped
	}
	return passed
}

// markOfStage returns the mark of a link of the chain: its worst news. Checks
// that wait count only where none was judged.
func markOfStage(r gate.Report, stage gate.Stage) mark {
	has := make(map[mark]bool)
	undecided := false
	for _, res := range r.Results {
		if res.Check.Stage == stage {
			has[markOf(res)] = true
			undecided = undecided || res.Status == gate.Unknown && res.Severity == gate.Blocking
		}
	}
	if undecided && !has[failed] {
		return unknown
	}
	for _, m := range []mark{failed, advised, unknown, passed, waiting} {
		if has[m] {
			return m
		}
	}
	return skipped
}

// chain shows every stage with its mark, in the order in which a visitor
// passes them.
func chain(r gate.Report, show func(mark) string) string {
	var links []string
	for _, stage := range gate.Stages() {
		links = append(links, stage.String()+" "+show(markOfStage(r, stage)))
	}
	return strings.Join(links, " → ")
}

// markOfOutcome returns the mark of the headline.
func markOfOutcome(r gate.Report) mark {
	return [...]mark{gate.Open: passed, gate.Closed: failed, gate.Undecided: unknown}[r.Outcome()]
}
