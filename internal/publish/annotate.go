package publish

import (
	"io/fs"
	"path"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
)

const (
	maxTitle  = 255    // characters of an annotation's title
	maxDetail = 64_000 // bytes of its message, of GitHub's 64 KB
	maxPlaces = 250    // annotations of a check run, so that it takes five requests at the most
)

// annotations returns the places in the repository's files that the diagnoses name, and how many are left out.
func annotations(r gate.Report) (all []*github.CheckRunAnnotation, left int) {
	for _, d := range r.Diagnoses() {
		for _, e := range d.Evidence {
			a := annotation(d, e)
			switch {
			case a == nil:
			case len(all) == maxPlaces:
				left++
			default:
				all = append(all, a)
			}
		}
	}
	return all, left
}

// annotation returns what a check run says at a place, in plain text; nil if the evidence names no place.
func annotation(d gate.Diagnosis, e gate.Evidence) *github.CheckRunAnnotation {
	file, ok := inRepository(e.File)
	if !ok || e.Line < 1 {
		return nil
	}
	level := "failure"
	if d.Severity == gate.Advisory {
		level = "warning"
	}
	a := &github.CheckRunAnnotation{
		Path: &file, StartLine: &e.Line, EndLine: &e.Line, AnnotationLevel: &level,
		Title:   new(cut(oneLine("previewgate: "+d.Check.ID), maxTitle)),
		Message: new(detail(d, e)),
	}
	if e.Column >= 1 { // the whole lies on one line, as GitHub demands of one with columns
		a.StartColumn, a.EndColumn = &e.Column, new(max(e.Column, e.EndColumn-1))
	}
	return a
}

// detail says what is wrong, what to do about it, and what was seen at the place.
func detail(d gate.Diagnosis, e gate.Evidence) string {
	text := explain(d.Result)
	if seen := strings.Trim(e.What+": "+e.Saw, ": "); seen != "" {
		text += "\n" + seen
	}
	text = visible(text, "\n\t")
	if len(text) > maxDetail {
		text = strings.ToValidUTF8(text[:maxDetail-3], "") + "…"
	}
	return text
}

// inRepository returns the path of a file as GitHub names it: from the repository's root, with slashes.
func inRepository(file string) (string, bool) {
	clean := path.Clean(file)
	return clean, file != "" && clean != "." && fs.ValidPath(clean) && clean == oneLine(clean)
}
