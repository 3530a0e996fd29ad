package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// Text writes the report for a terminal, with colour where color says so.
// Lines are as long as what they say: a terminal breaks them.
func Text(w io.Writer, r gate.Report, s Style, color bool) error {
	t := text{Report: r, Style: s, color: color}
	t.head()
	if r.Outcome() == gate.Undecided { // what decides the gate comes first
		t.doubts()
	}
	for _, d := range r.Diagnoses() {
		t.diagnosis(d)
	}
	if r.Outcome() != gate.Undecided {
		t.doubts()
	}
	for _, note := range s.notes() {
		t.line("\n%s", plainWithin(note, fixCap))
	}
	t.table()
	t.keys()
	if s.Verbose {
		t.timings()
	}
	if lines := s.rerun(); lines != nil {
		t.line("\nRun this gate again: %s", strings.Join(lines, "\n"))
	}
	_, err := io.WriteString(w, disarmed(t.String()))
	return err
}

// disarmed breaks what a runner of GitHub Actions, which reads the terminal
// along, would take for a command.
func disarmed(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(s, "##[", "## [")) {
		rest := strings.TrimLeft(line, " ")
		if after, found := strings.CutPrefix(rest, "::"); found {
			line = line[:len(line)-len(rest)] + ": :" + after
		}
		b.WriteString(line)
	}
	return b.String()
}

// A text is a report on its way to a terminal.
type text struct {
	gate.Report
	Style
	color bool
	strings.Builder
}

// line adds a line. Its arguments are plain already.
func (t *text) line(format string, args ...any) {
	fmt.Fprintf(t, format+"\n", args...)
}

// paint colours a mark or a clause.
func (t *text) paint(m mark, s string) string {
	if !t.color {
		return s
	}
	code := [...]string{
		passed: "32", failed: "1;31", advised: "1;33", unknown: "1;36", waiting: "2", skipped: "2",
	}[m]
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// shown is the mark in its colour.
func (t *text) shown(m mark) string { return t.paint(m, m.glyph()) }

// head says what the report adds up to, of what, and where the chain breaks.
func (t *text) head() {
	m := markOfOutcome(t.Report)
	t.line("%s", t.paint(m, m.glyph()+" "+Headline(t.Report)))
	var about []string
	if t.Target.URL != "" {
		about = append(about, plain(t.Target.URL))
	}
	if t.Target.SHA != "" {
		about = append(about, "commit "+plain(firstSeven(t.Target.SHA)))
	}
	if t.Target.Project != "" {
		about = append(about, "project "+plain(t.Target.Project))
	}
	if t.Target.Recording != "" {
		about = append(about, "recorded in "+plain(t.Target.Recording))
	}
	if len(about) > 0 {
		t.line("%s", strings.Join(about, ", "))
	}
	t.line("%s", chain(t.Report, t.shown))
	if words := undecidedMeans(t.Report, t.Style); words != "" {
		t.line("%s", words)
	}
}

// diagnosis says what is wrong, what to do, what was seen and what waits.
func (t *text) diagnosis(d gate.Diagnosis) {
	m, id := markOf(d.Result), plain(d.Check.ID)
	if m == advised {
		id += ", does not block"
	}
	t.line("\n%s (%s)", t.paint(m, m.glyph()+" "+plain(clause(d.Result))), id)
	t.fix(fixOf(d))
	t.evidence(d.Evidence)
	if len(d.Waits) > 0 {
		t.line("  Waiting for this: %s", ids(d.Waits, plain))
	}
	if page := t.docs(d.Check); page != "" {
		t.line("  More: %s", plain(page))
	}
}

// fix tells what to do, blocks of code set in.
func (t *text) fix(s string) {
	start := "Fix: "
	for _, part := range parts(together(cut(s, fixCap))) {
		switch {
		case part.code:
			if start != "" {
				t.line("  Fix:")
			}
			t.line("      %s", strings.Join(whole(part.text), "\n      "))
		default:
			t.line("  %s%s", start, plainWithin(part.text, fixCap))
		}
		start = ""
	}
}

// evidence lists what was seen.
func (t *text) evidence(all []gate.Evidence) {
	for _, e := range all {
		words, block := plain(e.What), ""
		switch {
		case severalLines(e.Saw):
			block = "\n      " + strings.Join(excerpt(e.Saw), "\n      ")
		case e.Saw != "":
			words = strings.TrimPrefix(words+": "+plain(e.Saw), ": ")
		}
		if e.File != "" {
			words = strings.TrimSpace(words + " at " + plain(place(e)))
		}
		t.line("  - %s%s", words, block)
	}
}

// doubts says what could not be found out.
func (t *text) doubts() {
	all := doubts(t.Report)
	if len(all) > 0 {
		t.line("\nCould not be found out, which says nothing about the app:")
	}
	for _, d := range all {
		t.line("%s %s: %s", t.shown(unknown), plain(d.reason), ids(d.checks, plain))
		if d.fix != "" {
			t.line("  %s", plainWithin(d.fix, fixCap))
		}
		t.evidence(d.evidence)
	}
}

// table lists the checks in the order of the catalogue.
func (t *text) table() {
	t.line("\nAll %s: %s", plural(len(t.Results), "check", "checks"), tally(t.Report, " passed"))
	wide := 0
	for _, res := range t.Results {
		wide = max(wide, len(plain(res.Check.ID)))
	}
	for _, res := range t.Results {
		t.line("%s %-*s  %-12s  %s", t.shown(markOf(res)), wide, plain(res.Check.ID),
			res.Check.Stage, plain(clause(res)))
	}
}

// keys says what would unlock the checks that were skipped.
func (t *text) keys() {
	all := keys(t.Report)
	if len(all) > 0 {
		t.line("\nSkipped, for want of an input:")
	}
	for _, k := range all {
		t.line("%s %s unlocks %s", t.shown(skipped), plain(k.name), ids(k.checks, plain))
	}
}

// timings tells where the time went.
func (t *text) timings() {
	t.line("\nTook %s; slowest facts:", short(t.Took))
	for _, l := range slowest(t.Report) {
		t.line("  %8s  %s", short(l.Took), plain(l.Fact))
	}
}
