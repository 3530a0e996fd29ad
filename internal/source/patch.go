package source

import (
	"io/fs"
	"strings"

	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// patches shows what the links' edits change, as a diff of the lines that they
// touch, in the order of the links. A link without an edit has none.
func patches(fsys fs.FS, links []rules.Link) []string {
	all := make([]string, len(links))
	for i, l := range links {
		if l.Edit == nil {
			continue
		}
		text, err := project.Read(fsys, l.Edit.File, js.MaxFile)
		if err == nil {
			all[i] = patch(string(text), *l.Edit)
		}
	}
	return all
}

// refreshPatches shows, for each forced refresh in the order of the findings,
// the diff that lets AuthKit decide instead: getAccessToken() refreshes by
// itself when the token is about to expire. Where the file does not have that
// function at hand there is none.
func refreshPatches(fsys fs.FS, refreshes []rules.Refresh) []string {
	all := make([]string, len(refreshes))
	for i, r := range refreshes {
		if r.Rule != rules.RefreshLoop && r.Rule != rules.RefreshUnconditional || r.Token != "refresh" {
			continue
		}
		text, err := project.Read(fsys, r.File, js.MaxFile)
		if err == nil && strings.Contains(string(text), "getAccessToken") {
			all[i] = patch(string(text), rules.Edit{
				File: r.File, Start: r.Offset, End: r.Offset + len(r.Token), Text: "getAccessToken",
			})
		}
	}
	return all
}

// patch returns the lines that an edit touches, before and after it, as the
// body of a diff; "" for an edit that lies outside the text.
func patch(text string, e rules.Edit) string {
	if e.Start < 0 || e.End < e.Start || e.End > len(text) {
		return ""
	}
	start := strings.LastIndexByte(text[:e.Start], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[e.End:], '\n'); i >= 0 {
		end = e.End + i
	}
	before := text[start:end]
	after := text[start:e.Start] + e.Text + text[e.End:end]
	return marked("-", before) + marked("+", after)
}

func marked(mark, lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		b.WriteString(mark + strings.TrimRight(line, "\r\n") + "\n")
	}
	return b.String()
}
