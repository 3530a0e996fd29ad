package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// commentCap is how long a comment may be: what GitHub takes (65,536), less
// room for what its publisher adds.
const commentCap = 64_000

// Markdown returns the report as the text of a comment.
func Markdown(r gate.Report, s Style) string { return MarkdownWithin(r, s, commentCap) }

// MarkdownWithin returns the report as Markdown of at most that many bytes.
// GitHub counts characters, of which no text has more than bytes.
//
// It gives up what helps least first:
//
//  1. the timings
//  2. the checks that passed, in the table
//  3. the evidence of each finding beyond three pieces
//  4. the table, with what is folded around it
//  5. all evidence
//  6. the ends of fixes, and their blocks of code as blocks
//  7. the ends of causes, what waits, and the notes
//  8. all but the name of what failed
//
// From evidence on it does so no further than it must, beginning with the last
// finding, so that the first stays whole the longest.
//
// The page ends with what was left out and where that is. Every check that
// failed or is unknown is named where the limit is 1,500 bytes and 80 more for
// each of them, and its cause and fix are told in short where it is 5,000
// bytes and 1,000 more for each.
func MarkdownWithin(r gate.Report, s Style, limit int) string {
	p := newPage(r, s)
	for ; p.detail < nothing; p.detail++ {
		if len(p.String()) <= limit {
			return p.within(limit)
		}
	}
	p.detail = onlyNames
	return p.start(limit)
}

// A detail is how much of a report a page tells.
type detail int

// The details, from the whole report down to names.
const (
	everything detail = iota
	withoutTimings
	withoutPassed
	fewEvidence // at most fewItems a finding
	withoutTable
	withoutEvidence
	shortFixes
	shortCauses
	onlyNames
	nothing // is what no page tells
)

// How many characters of a text a page tells that is short of room.
const (
	shortFixCap = 240 // of a fix
	briefCap    = 80  // of a cause or a fix
)

// within returns the page, which fits into limit, with as many of the first
// findings as fit too told in the detail before.
func (p page) within(limit int) string {
	body := p.String()
	if p.detail < withoutEvidence {
		return body
	}
	p.fuller = sort.Search(p.count(), func(n int) bool {
		p.fuller = n + 1
		return len(p.String()) > limit
	})
	if fuller := p.String(); len(fuller) <= limit { // the search takes for granted that more detail is longer
		return fuller
	}
	return body
}

// count returns how many findings there are.
func (p page) count() int { return len(p.Diagnoses()) + len(doubts(p.Report)) }

// start returns the lines at the start of the page that fit into limit, and
// says among the first that there are more. A page of names has nothing that
// a cut could leave open.
func (p page) start(limit int) string {
	body := strings.Join(slices.Concat(p.head(), p.leftOut(), p.findings()), "\n\n") + "\n"
	kept := body[:min(len(body), max(limit, 0))]
	return kept[:strings.LastIndexByte(kept, '\n')+1]
}

// leftOut says what the page does not tell, and what does.
func (p page) leftOut() []string {
	if p.detail == everything {
		return nil
	}
	var what []string
	for _, kind := range []struct {
		words       string
		from, until detail // until it is a part of something else
	}{
		{"timings", withoutTimings, nothing},
		{"the checks that passed", withoutPassed, withoutTable},
		{"evidence beyond three pieces", fewEvidence, withoutEvidence},
		{"the table of all checks", withoutTable, nothing},
		{"notes", shortCauses, nothing},
		{"evidence", withoutEvidence, nothing},
		{"the ends of fixes", shortFixes, shortCauses},
		{"the ends of causes and fixes", shortCauses, onlyNames},
		{"causes and fixes", onlyNames, nothing},
	} {
		if kind.from <= p.detail && p.detail < kind.until && (kind.from != withoutPassed || p.anyPassed()) {
			what = append(what, kind.words)
		}
	}
	if p.fuller > 0 {
		what[len(what)-1] += fmt.Sprintf(" of the last %d", p.count()-p.fuller)
	}
	where := "The report as JSON has it all"
	if isPlain(p.RunURL) {
		where += ", and the log of the " + link("workflow run", p.RunURL) + " all but timings"
	}
	return []string{"Left out to fit here: " + strings.Join(what, ", ") + ". " + where + "."}
}

// anyPassed reports whether there are checks that passed.
func (p page) anyPassed() bool {
	return slices.ContainsFunc(p.Results, func(res gate.Result) bool { return markOf(res) == passed })
}
