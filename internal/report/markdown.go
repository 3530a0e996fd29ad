package report

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// A page is one rendering of a report as Markdown.
type page struct {
	gate.Report
	Style
	detail detail
	fuller int // how many of the first findings are told in the detail before
	told   map[telling][]string
}

// newPage returns the whole page.
func newPage(r gate.Report, s Style) page {
	return page{Report: r, Style: s, told: make(map[telling][]string)}
}

// String returns the page. Its blocks are apart by an empty line.
func (p page) String() string {
	blocks := append(p.head(), p.findings()...)
	if p.detail < shortCauses {
		blocks = append(blocks, p.notes()...)
	}
	if provesNothing(p.Report) && p.detail < onlyNames {
		blocks = append(blocks, p.keys()...)
	}
	if p.detail < withoutTable {
		blocks = append(blocks, p.folded()...)
	}
	return strings.Join(append(blocks, p.leftOut()...), "\n\n") + "\n"
}

// notes are what was assumed, and where to find what the browser saw: the
// anchor is that of GitHub's page of a run.
func (p page) notes() []string {
	if len(p.Kept) == 0 || !isPlain(p.RunURL) {
		return inlines(p.Style.notes())
	}
	var files []string
	for _, file := range p.Kept {
		files = append(files, span(filepath.Base(file)))
	}
	where := link("artifacts of the workflow run", p.RunURL+"#artifacts")
	return append(inlines(p.Notes), "What the browser saw: "+strings.Join(files, " and ")+" among the "+where+", where the workflow uploads them.")
}

func inlines(notes []string) []string {
	var all []string
	for _, note := range notes {
		all = append(all, inline(note))
	}
	return all
}

// head says what the report adds up to, of what, and where the chain breaks.
func (p page) head() []string {
	blocks := []string{"### " + markOfOutcome(p.Report).emoji() + " " + Headline(p.Report)}
	if about := p.about(); about != "" && p.detail < onlyNames {
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
	if p.Target.Recording != "" {
		words = append(words, "recorded in "+span(p.Target.Recording))
	}
	if isPlain(p.RunURL) {
		words = append(words, link("workflow run", p.RunURL))
	}
	return strings.Join(words, " · ")
}

// firstSeven returns a commit as people write it.
func firstSeven(sha string) string {
	start, _ := startOf(sha, 7)
	return start
}

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
