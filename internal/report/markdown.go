package report

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// commentCap is how long a comment may be: what GitHub takes (65,536), less
// room for what its publisher adds.
const commentCap = 64_000

// Markdown returns the report as the text of a comment.
func Markdown(r gate.Report, s Style) string { return MarkdownWithin(r, s, commentCap) }

// MarkdownWithin returns the report as Markdown of at most that many bytes.
// It gives up what helps least first: timings, the checks that passed, then
// evidence. What is wrong and how to fix it goes last.
func MarkdownWithin(r gate.Report, s Style, limit int) string {
	for _, d := range []detail{everything, withoutTimings, withoutPassed, fewEvidence, noTable, noEvidence} {
		body := page{r, s, d}.String()
		if len(body) <= limit {
			return body
		}
	}
	return page{r, s, noEvidence}.within(limit)
}

// A detail is how much of a report a page tells.
type detail int

// The details, from the whole report down to causes and fixes.
const (
	everything detail = iota
	withoutTimings
	withoutPassed // in the table of checks
	fewEvidence   // at most fewItems a diagnosis
	noTable
	noEvidence
)

const fewItems = 3

// A page is one rendering of a report as Markdown.
type page struct {
	gate.Report
	Style
	detail detail
}

// String returns the page. Its blocks are apart by an empty line.
func (p page) String() string {
	blocks := append(p.head(), p.diagnoses()...)
	blocks = append(blocks, p.doubts()...)
	for _, note := range p.Notes {
		blocks = append(blocks, inline(note))
	}
	if provesNothing(p.Report) {
		blocks = append(blocks, p.keys()...)
	}
	blocks = append(blocks, p.note()...)
	if p.detail < noTable {
		blocks = append(blocks, p.folded()...)
	}
	return strings.Join(blocks, "\n\n") + "\n"
}

// within returns the start of the page, whole blocks that fit into limit.
func (p page) within(limit int) string {
	blocks := append(p.head(), p.note()...)
	blocks = append(blocks, p.diagnoses()...)
	blocks = append(blocks, p.doubts()...)
	kept := "### " + markOfOutcome(p.Report).emoji() + "\n"
	for i := range blocks {
		body := strings.Join(blocks[:i+1], "\n\n") + "\n"
		if len(body) > limit {
			break
		}
		kept = body
	}
	return kept[:min(len(kept), max(limit, 0))]
}

// head says what the report adds up to, of what, and where the chain breaks.
func (p page) head() []string {
	blocks := []string{"### " + markOfOutcome(p.Report).emoji() + " " + Headline(p.Report)}
	if about := p.about(); about != "" {
		blocks = append(blocks, about)
	}
	blocks = append(blocks, chain(p.Report, mark.emoji))
	return append(blocks, p.verdict()...)
}

// about names the target.
func (p page) about() string {
	var words []string
	if preview, err := url.Parse(p.Target.URL); err == nil && isPlain(p.Target.URL) {
		words = append(words, link(span(preview.Host), p.Target.URL))
	} else if p.Target.URL != "" {
		words = append(words, span(p.Target.URL))
	}
	if sha := p.Target.SHA; sha != "" {
		words = append(words, "commit "+span(firstSeven(sha)))
	}
	if p.Target.Project != "" {
		words = append(words, "project "+span(p.Target.Project))
	}
	if isPlain(p.RunURL) {
		words = append(words, link("workflow run", p.RunURL))
	}
	return strings.Join(words, " · ")
}

// firstSeven returns a commit as people write it.
func firstSeven(sha string) string { return string([]rune(sha)[:min(7, len([]rune(sha)))]) }

// verdict says what an undecided gate means.
func (p page) verdict() []string {
	if words := undecidedMeans(p.Report, p.Style); words != "" {
		return []string{inline(words)}
	}
	return nil
}

// undecidedMeans says why a gate is undecided and what follows from it, in
// text with backticks.
func undecidedMeans(r gate.Report, s Style) string {
	if r.Outcome() != gate.Undecided {
		return ""
	}
	why := "No failure was found, but not everything that blocks could be found out."
	if provesNothing(r) {
		why = "Nothing was proven: no blocking check could be judged."
	}
	if s.UndecidedOpens {
		return why + " The preview may merge all the same (`undecided: open`)."
	}
	return why + " Until a run decides it, the preview may not merge (`undecided: close`)."
}

// diagnoses returns what to fix.
func (p page) diagnoses() []string {
	var blocks []string
	for _, d := range p.Diagnoses() {
		blocks = append(blocks, p.diagnosis(d)...)
	}
	return blocks
}

// diagnosis says what is wrong, what to do, what was seen and what waits.
func (p page) diagnosis(d gate.Diagnosis) []string {
	about := p.check(d.Check)
	if d.Severity == gate.Advisory {
		about += ", does not block"
	}
	blocks := []string{fmt.Sprintf("%s **%s** (%s)", markOf(d.Result).emoji(), inline(clause(d.Result)), about)}
	blocks = append(blocks, fix(fixOf(d))...)
	if list := p.evidence(d.Evidence, ""); list != "" {
		blocks = append(blocks, list)
	}
	if len(d.Waits) > 0 {
		blocks = append(blocks, "Waiting for this: "+ids(d.Waits, span))
	}
	return blocks
}

// check names a check, with a link to what is written about it.
func (p page) check(c *gate.Check) string { return link(span(c.ID), p.docs(c)) }

// ids lists the names of checks.
func ids(checks []*gate.Check, show func(string) string) string {
	var names []string
	for _, c := range checks {
		names = append(names, show(c.ID))
	}
	return strings.Join(names, ", ")
}

// fix returns the paragraphs and the blocks of code that tell what to do.
func fix(s string) []string {
	kept, rest := cut(s, fixCap)
	if rest != "" {
		kept += " " + rest
	}
	var blocks []string
	for _, part := range parts(kept) {
		switch {
		case part.code:
			blocks = append(blocks, fence(part.language, whole(part.text)))
		case len(blocks) == 0:
			blocks = append(blocks, "**Fix:** "+paragraph(part.text))
		default:
			blocks = append(blocks, paragraph(part.text))
		}
	}
	if len(blocks) > 0 && !strings.HasPrefix(blocks[0], "**Fix:**") {
		blocks = slices.Insert(blocks, 0, "**Fix:**")
	}
	return blocks
}

// evidence lists what was seen, each line after the indent.
func (p page) evidence(all []gate.Evidence, indent string) string {
	kept := all
	switch {
	case p.detail >= noEvidence:
		kept = nil
	case p.detail >= fewEvidence:
		kept = all[:min(len(all), fewItems)]
	}
	var items []string
	for _, e := range kept {
		if words := item(e, indent+"  "); words != "" {
			items = append(items, indent+"- "+words)
		}
	}
	if more := len(all) - len(kept); more > 0 && len(kept) > 0 {
		items = append(items, fmt.Sprintf("%s- … and %d more", indent, more))
	}
	return strings.Join(items, "\n")
}

// item words one piece of evidence. A value of several lines gets a block of
// its own, after the indent.
func item(e gate.Evidence, indent string) string {
	words := inline(e.What)
	block := ""
	switch {
	case severalLines(e.Saw):
		block = "\n\n" + indented(fence("text", excerpt(e.Saw)), indent)
	case e.Saw != "":
		words = strings.TrimPrefix(words+": "+span(e.Saw), ": ")
	}
	if e.File != "" {
		words = strings.TrimSpace(words + " at " + span(place(e)))
	}
	if words == "" && block != "" {
		words = "seen" // a list's item cannot start with a block
	}
	return words + block
}
