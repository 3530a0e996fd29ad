package js

import (
	"fmt"
	"sort"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-sourcemap/sourcemap"
	"github.com/grafana/sobek/file"
)

// A Position is a place in a file as it lies in the repository. Lines end
// where editors end them: at LF, CR LF or CR.
type Position struct {
	Path       string `json:"path"`
	Line       int    `json:"line"`       // from 1
	Column     int    `json:"column"`     // from 1, in UTF-16 code units
	ByteColumn int    `json:"byteColumn"` // from 1, in bytes
	Offset     int    `json:"offset"`     // from 0, in bytes
}

func (p Position) String() string {
	return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
}

// Position returns where in the original source a node of m.Program begins.
// It is exact for every token that the source has. What esbuild adds lies at
// the token before it, or, for the functions it puts at the head of a file, at
// line 0.
func (m *Module) Position(idx file.Idx) Position {
	return m.places.position(int(idx) - 1)
}

// places leads from offsets in what esbuild wrote to positions in a source.
type places struct {
	path      string
	original  lines
	generated lines
	consumer  *sourcemap.Consumer // nil when nothing of the source remains
}

func newPlaces(src Source, code, mapped []byte) (*places, error) {
	p := &places{path: src.Path, original: newLines(src.Text), generated: newLines(code)}
	if len(code) == 0 {
		return p, nil
	}
	consumer, err := sourcemap.Parse("", mapped)
	if err != nil && sourceMapIsEmpty(err) {
		return p, nil
	}
	p.consumer = consumer
	return p, err
}

// sourceMapIsEmpty: a file of nothing but types has a map without mappings,
// which the package refuses to read.
func sourceMapIsEmpty(err error) bool {
	return err.Error() == "sourcemap: mappings are empty"
}

func (p *places) position(offset int) Position {
	if p.consumer == nil || offset < 0 {
		return Position{Path: p.path}
	}
	line, column := p.generated.utf16(offset)
	_, _, line, column, ok := p.consumer.Source(line, column)
	if !ok {
		return Position{Path: p.path}
	}
	return p.original.atUTF16(p.path, line, column)
}

// lines knows where the lines of a text start, by ECMAScript's count (which
// esbuild uses in maps and messages) and by an editor's.
type lines struct {
	text   []byte
	script []int
	editor []int
}

func newLines(text []byte) lines {
	l := lines{text: text, script: []int{0}, editor: []int{0}}
	for i := range text {
		switch {
		case text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case text[i] == '\n' || text[i] == '\r':
			l.script = append(l.script, i+1)
			l.editor = append(l.editor, i+1)
		case text[i] == 0xE2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2]|1 == 0xA9:
			l.script = append(l.script, i+3)
		}
	}
	return l
}

// lineOf returns the number of the line, from 0, that holds an offset.
func lineOf(starts []int, offset int) int {
	return sort.SearchInts(starts, offset+1) - 1
}

// utf16 returns a line from 1 and a column from 0, as source maps count.
func (l lines) utf16(offset int) (line, column int) {
	n := lineOf(l.script, offset)
	return n + 1, units(l.text[l.script[n]:min(offset, len(l.text))])
}

// atUTF16 takes what a source map says.
func (l lines) atUTF16(path string, line, column int) Position {
	if line < 1 || line > len(l.script) {
		return Position{Path: path, Line: 1, Column: 1, ByteColumn: 1}
	}
	offset := l.script[line-1]
	for column > 0 && offset < len(l.text) {
		r, size := utf8.DecodeRune(l.text[offset:])
		column -= utf16.RuneLen(r)
		offset += size
	}
	return l.atOffset(path, offset)
}

// at takes what a message of esbuild says: a line from 1, bytes from 0.
func (l lines) at(path string, line, column int) Position {
	if line < 1 || line > len(l.script) {
		return Position{Path: path}
	}
	return l.atOffset(path, l.script[line-1]+column)
}

func (l lines) atOffset(path string, offset int) Position {
	offset = min(max(offset, 0), len(l.text))
	n := lineOf(l.editor, offset)
	before := l.text[l.editor[n]:offset]
	return Position{Path: path, Line: n + 1, Column: units(before) + 1, ByteColumn: len(before) + 1, Offset: offset}
}

// units counts UTF-16 code units.
func units(text []byte) int {
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n += utf16.RuneLen(r)
		text = text[size:]
	}
	return n
}

// PositionAt is the position of a byte in a source, for files that are not
// JavaScript.
func PositionAt(src Source, offset int) Position {
	return newLines(src.Text).atOffset(src.Path, offset)
}
