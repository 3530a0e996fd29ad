// Package report turns a [gate.Report] into words: the comment on a pull
// request, the terminal's text, JSON, and the short lines of a commit status.
//
// # The rules of the wording
//
//   - The cause comes first, then the fix, then what was seen.
//   - A failure is one bold clause. It says what is wrong with the target,
//     never how previewgate found out.
//   - A fix is an imperative sentence with the exact command or setting.
//   - What could not be found out is neither good nor bad. It is said apart
//     from the failures, with its reason, each reason once.
//   - A failure that another explains is not told again: it is listed as
//     waiting.
//   - Nothing proven is not "works".
//   - No capital at the start of a clause, no full stop at its end.
//
// # Foreign text
//
// Every string of a report may hold text of the preview, of a vendor or of
// the pull request. Markdown is made of it by inline, paragraph, brief, cell,
// span and fence only, terminal text by plain, plainWithin, whole and excerpt
// only; see escape.go and visible.go for what these guarantee. Secrets are the
// caller's concern: it redacts the report.
package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// Style is what a rendering says beyond the report itself.
type Style struct {
	// Rerun is the exact command that runs this gate again, empty when it is
	// not known.
	Rerun string

	// DocsURL is the page that documents the checks, each under a heading
	// that is its ID.
	DocsURL string

	// RunURL is the workflow run, empty when there is none.
	RunURL string

	// UndecidedOpens says that an undecided gate lets the preview merge.
	UndecidedOpens bool

	// Notes are said below the diagnoses, a line each: what was assumed.
	Notes []string

	// Kept are the files that hold what a browser saw. The page says where
	// people find them.
	Kept []string

	// Verbose adds timings to the terminal's text.
	Verbose bool
}

// notes returns what is said below the diagnoses where nothing can be linked.
func (s Style) notes() []string {
	if len(s.Kept) == 0 {
		return s.Notes
	}
	return append(slices.Clone(s.Notes), "What the browser saw is kept in "+strings.Join(s.Kept, " and ")+".")
}

// docs returns where the check is documented, empty when that is not known.
func (s Style) docs(c *gate.Check) string {
	if s.DocsURL == "" {
		return ""
	}
	return s.DocsURL + "#" + c.ID
}

// rerun returns the lines of the command that runs the gate again: none when
// it is not known, nor when it is too long to be shown whole.
func (s Style) rerun() []string {
	if len(s.Rerun) > fixCap {
		return nil
	}
	return whole(s.Rerun)
}

// Headline says in one line what the report adds up to.
func Headline(r gate.Report) string {
	blocking, advisory := diagnoses(r)
	switch r.Outcome() {
	case gate.Closed:
		things := plural(len(blocking), "thing", "things")
		if r.Target.Recording != "" {
			return things + " wrong with auth in " + subject(r)
		}
		return things + " to fix before " + subject(r) + " can merge"
	case gate.Undecided:
		return "could not be decided"
	case gate.Open:
		if len(advisory) > 0 {
			return working(r) + ", " + plural(len(advisory), "piece", "pieces") + " of advice"
		}
	}
	return working(r)
}

// descriptionCap is how many characters GitHub takes as the description of a
// commit status.
const descriptionCap = 140

// Description words the report for a commit status: one line that names the
// cause and is never longer than GitHub takes.
func Description(r gate.Report, s Style) string {
	blocking, _ := diagnoses(r)
	switch r.Outcome() {
	case gate.Closed:
		return naming("", blocking[0].Result, len(blocking)-1)
	case gate.Undecided:
		return undecided(r, s)
	default:
		return oneLine("auth works: "+tally(r, " checks passed"), descriptionCap)
	}
}

// undecided is the description of an undecided gate.
func undecided(r gate.Report, s Style) string {
	start := "could not be decided: "
	if s.UndecidedOpens {
		start = "could not be decided, does not block: "
	}
	open := blockingUnknowns(r)
	if len(open) == 0 {
		return start + "no blocking check could be judged"
	}
	return naming(start, open[0], len(open)-1)
}

// naming is a description that names the first of several results.
func naming(start string, first gate.Result, others int) string {
	end := ""
	if others > 0 {
		end = fmt.Sprintf(" (+%d more)", others)
	}
	line := start + first.Check.ID + ": " + strings.ReplaceAll(first.Summary, "`", "")
	return oneLine(line, descriptionCap-len(end)) + end
}

// oneLine cuts s to that many characters, the ellipsis included.
func oneLine(s string, most int) string {
	runes := []rune(visible(joined(s)))
	if len(runes) <= most {
		return string(runes)
	}
	return strings.TrimRight(string(runes[:most-1]), " ") + "…"
}

// tally counts the results by status: "19 checks passed, 4 skipped".
func tally(r gate.Report, havePassed string) string {
	count := make(map[mark]int)
	for _, res := range r.Results {
		count[markOf(res)]++
	}
	if count[passed] == 1 {
		havePassed = strings.Replace(havePassed, "checks", "check", 1)
	}
	words := []string{fmt.Sprintf("%d%s", count[passed], havePassed)}
	for _, m := range []mark{failed, advised, unknown, waiting, skipped} {
		if count[m] > 0 {
			words = append(words, fmt.Sprintf("%d %s", count[m], m.word()))
		}
	}
	return strings.Join(words, ", ")
}

// plural writes a count with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes a count with a comma before each three digits, without which
// seven digits could be those of a commit.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// subject names what was judged: a deployment, what a browser recorded, or
// sources alone.
func subject(r gate.Report) string {
	switch {
	case r.Target.Recording != "":
		return "this recording"
	case r.Target == (gate.Target{}):
		return "this source"
	}
	return "this preview"
}

// working is what an open gate proves: only of a deployment that auth works.
func working(r gate.Report) string {
	if subject(r) != "this preview" {
		return "nothing wrong with auth in " + subject(r)
	}
	return "auth works on this preview"
}
