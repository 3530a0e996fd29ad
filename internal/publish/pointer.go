package publish

import (
	"fmt"
	"strings"
)

// A draft is what a comment is to be, marker and all.
type draft struct {
	marker
	text string
}

// newDraft returns a comment with a marker and a body, whose text may come from anywhere.
func newDraft(m marker, body string) draft {
	return draft{m, m.String() + "\n" + fit(withoutMarkers(body), MaxMarkdown)}
}

// pointer returns the comment that takes the place of a report: of one whose text was replaced and cannot be had back, or
// of an older one when a run ends without. It is what the run's status says, and where to read on.
func (p *Publisher) pointer(s subject, sha string, of status) draft {
	words := strings.ReplaceAll(oneLine(of.description), "`", "'") // nobody knows who wrote them
	body := fmt.Sprintf("### %s: `%s`\n", of.state, words)
	if page := p.run.page(of.mark.stamp); page != "" {
		body += fmt.Sprintf("\nThe page of [the run](%s) that came to this says more.\n", page)
	}
	return newDraft(newMarker(s, sha, of.mark.on, of.mark.stamp), body)
}

// fit cuts Markdown at the end of a line so that it has at most n bytes.
func fit(markdown string, n int) string {
	if len(markdown) <= n {
		return markdown
	}
	const note = "\n\n*This report was cut: it is too long for here.*\n"
	kept := markdown[:n-len(note)]
	if line := strings.LastIndexByte(kept, '\n'); line > 0 {
		return kept[:line] + note
	}
	return strings.ToValidUTF8(kept, "") + note
}
