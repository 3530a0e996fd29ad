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

// pointer returns the comment that takes the place of the report of a run, whose text was replaced and cannot be had
// back: what its status says, and where its report is.
func (p *Publisher) pointer(s subject, sha string, of status) draft {
	words := strings.ReplaceAll(oneLine(of.description), "`", "'") // nobody knows who wrote them
	body := fmt.Sprintf("### %s: `%s`\n\nThe full report is in the summary of [the run](%s) that came to this.\n",
		of.state, words, p.run.page(of.mark.stamp))
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
