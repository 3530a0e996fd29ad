package rules

import (
	"bytes"
	"maps"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
)

// TestPrefilterLosesNothing compares every archive, and all of them as one
// repository, with an examination of every file.
func TestPrefilterLosesNothing(t *testing.T) {
	all := archives(t)
	whole := fstest.MapFS{}
	for _, archive := range all {
		for name, file := range archive.files {
			whole[archive.name+"/"+name] = file
		}
	}
	for _, archive := range append(all, archive{"all", whole}) {
		t.Run(archive.name, func(t *testing.T) {
			some := examine(t, archive.files, Selection{})
			every := examine(t, archive.files, Selection{Everything: true})
			if diff := gocmp.Diff(every, some, cmpopts.IgnoreFields(Findings{}, "FilesParsed")); diff != "" {
				t.Errorf("findings (-every file +selected files):\n%s", diff)
			}
			if some.FilesParsed > every.FilesParsed {
				t.Errorf("%d files parsed of %d", some.FilesParsed, every.FilesParsed)
			}
		})
	}
}

// TestPositions holds every position of every finding against the file: at
// its line and column, counted anew, begins its token.
func TestPositions(t *testing.T) {
	checked := 0
	for _, archive := range archives(t) {
		found := examine(t, archive.files, Selection{})
		eachPosition(reflect.ValueOf(found), func(p Position) {
			checked++
			text := archive.files[p.File].Data
			offset, ok := offsetOf(text, p.Line, p.Column)
			if !ok || offset != p.Offset {
				t.Errorf("%s %s:%d:%d is offset %d, not %d", archive.name, p.File, p.Line, p.Column, offset, p.Offset)
				return
			}
			if p.Token == "" || !bytes.HasPrefix(text[offset:], []byte(p.Token)) {
				t.Errorf("%s %s:%d:%d: no %q there", archive.name, p.File, p.Line, p.Column, p.Token)
			}
		})
	}
	if checked < 200 {
		t.Errorf("only %d positions", checked)
	}
}

// eachPosition visits the positions in a value, but for those that are not
// set.
func eachPosition(v reflect.Value, visit func(Position)) {
	if p, ok := reflect.TypeAssert[Position](v); ok {
		if p != (Position{}) {
			visit(p)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			eachPosition(field, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachPosition(v.Index(i), visit)
		}
	default: // holds none
	}
}

// offsetOf counts lines and UTF-16 columns as an editor does.
func offsetOf(text []byte, line, column int) (int, bool) {
	lines := strings.SplitAfter(string(text), "\n")
	if line < 1 || line > len(lines) {
		return 0, false
	}
	offset := len(strings.Join(lines[:line-1], ""))
	units := 1
	for _, r := range lines[line-1] {
		if units == column {
			return offset, true
		}
		units += len(utf16.Encode([]rune{r}))
		offset += len(string(r))
	}
	return offset, units == column
}

// TestIdentifiersAreWhereTheySay takes every identifier of every tree to the
// original text. A name may have got a number to tell it from another.
func TestIdentifiersAreWhereTheySay(t *testing.T) {
	checked := 0
	for _, archive := range archives(t) {
		for name, file := range archive.files {
			if !project.IsSource(name) || bytes.Contains(file.Data, []byte("enum ")) {
				continue // an enum becomes a function with names of its own
			}
			u, err := newUnit(name, file.Data)
			if err != nil {
				t.Fatal(err)
			}
			for id := range u.refs {
				got, want := u.at(id).Token, id.Name.String()
				if got != want && got != strings.TrimRight(want, "0123456789") && !strings.HasPrefix(got, "<"+want) && u.at(id).Line > 0 {
					t.Errorf("%s %s: %v is not %q", archive.name, name, u.at(id), want)
				}
				checked++
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d identifiers", checked)
	}
}

// TestEditsStopPrefetching applies each edit by itself: the file still
// parses, and the link at that place is off.
func TestEditsStopPrefetching(t *testing.T) {
	edits := 0
	for _, archive := range archives(t) {
		for _, link := range examine(t, archive.files, Selection{}).Links {
			if link.Edit == nil {
				continue
			}
			edits++
			text := link.Edit.apply(archive.files[link.File].Data)
			if _, err := js.Parse(js.Source{Path: link.File, Text: text}); err != nil {
				t.Error(err)
			}
			for _, again := range examine(t, with(archive.files, link.File, text), Selection{}).Links {
				if again.File == link.File && again.Line == link.Line && again.Column == link.Column && again.Prefetch != Off {
					t.Errorf("%s %v is still %s after\n%s", archive.name, link.Position, again.Prefetch, text)
				}
			}
		}
	}
	if edits < 25 {
		t.Errorf("only %d edits", edits)
	}
}

func with(files fstest.MapFS, name string, text []byte) fstest.MapFS {
	changed := maps.Clone(files)
	changed[name] = &fstest.MapFile{Data: text}
	return changed
}

// TestFindingsDoNotDependOnOrder runs twice: maps have no order of their own.
func TestFindingsDoNotDependOnOrder(t *testing.T) {
	for _, archive := range archives(t) {
		first := examine(t, archive.files, Selection{})
		if diff := gocmp.Diff(first, examine(t, archive.files, Selection{})); diff != "" {
			t.Errorf("%s: %s", archive.name, diff)
		}
	}
}
