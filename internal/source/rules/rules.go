// Package rules reads what an app's sources say about authentication: which
// routes are callbacks, sign-ins and sign-outs, which links prefetch a
// sign-out, how tokens are refreshed, which secrets are public.
//
// It judges nothing. Each finding is a value with the place it was read at.
// Names are followed by their scopes and imports, never by their spelling, as
// far as that is possible without running anything; where it is not, there is
// no finding.
//
// [Select] chooses the files that can matter, by their text alone. [Examine]
// parses them, which for hostile files is best done in a process of its own.
package rules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
)

// An Input is all that [Examine] needs, as plain data.
type Input struct {
	Project project.Project
	Files   map[string][]byte // what may be read
	Roots   []string          // the files to look for findings in, sorted
	Client  []string          // files that reach the browser, sorted
	Notes   []project.Note    // files that could not be read
}

// Findings are what the files say.
type Findings struct {
	Callbacks    []Callback
	SignIns      []SignIn
	SignOuts     []SignOut
	Protected    []ProtectedCall
	Links        []Link
	Refreshes    []Refresh
	Bridges      []Bridge
	Secrets      []PublicSecret
	EnvReads     []EnvRead
	Ignores      []Ignore
	Notes        []project.Note
	FilesParsed  int
	FilesLimited bool // something was left out for a limit
}

// A Position is a place in a file as it lies in the repository. At it begins
// Token.
type Position struct {
	File   string
	Line   int // from 1
	Column int // from 1, in UTF-16 code units, as editors and GitHub count
	Offset int // from 0, in bytes
	Token  string
}

// Severity says how sure and how bad a finding is.
type Severity string

// The severities, and none for what is as it should be.
const (
	None    Severity = ""
	Info    Severity = "note"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// Examine parses the files and looks for everything. It fails only when ctx
// ends; files that cannot be parsed become notes.
func Examine(ctx context.Context, in Input) (Findings, error) {
	x := &examination{in: in}
	x.files = newFiles(in, func(file string, err error) {
		x.found.Notes = append(x.found.Notes, project.Note{File: file, Text: "it could not be parsed: " + reasonOf(err)})
	})
	x.ev = &evaluator{files: x.files}
	for _, step := range []func(context.Context){x.routes, x.links, x.bridges, x.secrets, x.reads} {
		if step(ctx); ctx.Err() != nil {
			return x.found, ctx.Err()
		}
	}
	x.ignores()
	x.found.Notes = append(x.found.Notes, in.Notes...)
	slices.SortStableFunc(x.found.Notes, func(a, b project.Note) int { return cmp.Compare(a.File, b.File) })
	for _, u := range x.files.units {
		if u != nil {
			x.found.FilesParsed++
		}
	}
	return x.found, nil
}

// An examination is one run of [Examine].
type examination struct {
	in    Input
	files *files
	ev    *evaluator
	found Findings
}

// each parses the roots one after another.
func (x *examination) each(ctx context.Context, look func(*unit)) {
	for _, file := range x.in.Roots {
		if ctx.Err() != nil {
			return
		}
		x.guard(file, func() {
			if u := x.files.unit(file); u != nil {
				look(u)
			}
		})
	}
}

// guard turns what nobody has foreseen in a file into a note.
func (x *examination) guard(file string, look func()) {
	defer func() {
		if r := recover(); r != nil {
			x.ev.depth = 0
			x.found.Notes = append(x.found.Notes, project.Note{File: file, Text: fmt.Sprint("it could not be examined: ", r)})
		}
	}()
	look()
}

func (x *examination) root(file string) bool {
	_, found := slices.BinarySearch(x.in.Roots, file)
	return found
}

// reasonOf drops what a note says already: the file.
func reasonOf(err error) string {
	if e, ok := errors.AsType[*js.SyntaxError](err); ok {
		return e.Reason
	}
	return err.Error()
}

func byPosition(a, b Position) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Token, b.Token))
}
