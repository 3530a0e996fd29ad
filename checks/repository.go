package checks

import (
	"path"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// fromSource judges the sources, and says whether there are any. Sources that
// could not be analysed are unknown, whatever they may hold.
func fromSource(known *gate.Facts, judge func(source.Repository) gate.Verdict) (v gate.Verdict, given bool) {
	r, err := facts.Repository.Lookup(known)
	switch {
	case err != nil:
		v = gate.Without(err)
		return v, v.Status != gate.Skipped
	case r.Trouble != "":
		return gate.Unsure("the source could not be analysed: %s", r.Trouble), true
	case len(r.Apps) == 0 && len(r.Backends) == 0:
		return gate.Skip("%s holds no Next.js app that uses AuthKit and no Convex backend", r.Dir), true
	}
	return judge(r), true
}

// ifRead keeps a pass of the rules only when every file that they had to look
// at could be read: what they find nothing in may hide something.
func ifRead(r source.Repository, v gate.Verdict) gate.Verdict {
	if v.Status != gate.Passed {
		return v
	}
	for _, n := range r.Findings.Notes {
		if matters(r, n) {
			return gate.Unsure("nothing was found, but %s was not read: %s", n.File, n.Text)
		}
	}
	cut := func(n project.Note) bool { return strings.HasPrefix(n.Text, "the walk stopped") }
	if r.Findings.FilesLimited || slices.ContainsFunc(r.Notes, cut) {
		return gate.Unsure("nothing was found, but the source is too large to be read whole")
	}
	return v
}

// matters reports whether a file that was not read may hold what the rules
// look for: it is part of what is built, and written by people. Nobody writes
// a megabyte or a binary file by hand, unless to hide something in a page.
func matters(r source.Repository, n project.Note) bool {
	if strings.Contains(n.Text, "what follows was not read") {
		return true
	}
	for _, app := range r.Apps {
		isRoute := func(route project.Route) bool { return route.File == n.File }
		if n.File == app.Proxy.File || slices.ContainsFunc(app.Routes, isRoute) {
			return true
		}
	}
	if strings.Contains(n.Text, "bytes") && strings.Contains(n.Text, "that are read") || strings.HasPrefix(n.Text, "it is binary") {
		return false
	}
	for part := range strings.SplitSeq(path.Dir(n.File), "/") {
		switch part {
		case "public", "static", "vendor", "third_party", "test", "tests", "__tests__", "__mocks__", "fixtures", "__fixtures__",
			"testdata", "e2e", "cypress", "playwright", "template", "templates", "examples", "docs":
			return false
		}
	}
	base := path.Base(n.File)
	return !strings.Contains(base, ".test.") && !strings.Contains(base, ".spec.") && !strings.Contains(base, ".stories.")
}

// withoutLive is the verdict of a check whose live half lacks a fact for err:
// the sources' where they fail, and where nobody gave the fact, as when there
// is no deployment.
func withoutLive(err error, static gate.Verdict, given bool) gate.Verdict {
	v := gate.Without(err)
	if given && (v.Status == gate.Skipped || static.Status == gate.Failed) {
		return static
	}
	return v
}

// at is evidence at a place that the rules found.
func at(what, saw string, p rules.Position) gate.Evidence {
	return gate.Evidence{
		What: what, Saw: saw, File: p.File, Line: p.Line, Column: p.Column,
		EndColumn: p.Column + len(utf16.Encode([]rune(p.Token))),
	}
}

// placed is evidence at a place that an evaluation names.
func placed(what, saw string, p js.Position) gate.Evidence {
	return gate.Evidence{What: what, Saw: saw, File: p.Path, Line: p.Line, Column: p.Column}
}

// taken reports whether a comment in the sources takes a finding of the check
// with that ID back.
func taken(r source.Repository, id string, p rules.Position) bool {
	return slices.ContainsFunc(r.Findings.Ignores, func(i rules.Ignore) bool { return i.Covers(id, p) })
}

// takenInFile reports whether a comment anywhere in a file takes back what the
// check says of the file as a whole.
func takenInFile(r source.Repository, id, file string) bool {
	return slices.ContainsFunc(r.Findings.Ignores, func(i rules.Ignore) bool {
		return i.Covers(id, rules.Position{File: file, Line: i.Line})
	})
}

// position is a place that an evaluation names, as the rules name places.
func position(p js.Position) rules.Position {
	return rules.Position{File: p.Path, Line: p.Line, Column: p.Column}
}
