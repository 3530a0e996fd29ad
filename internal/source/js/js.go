// Package js reads TypeScript and JavaScript: it parses a file into a syntax
// tree with exact positions, bundles a module with what it imports, and runs
// the bundle in a virtual machine that has no way out.
//
// What it reads is foreign. Nothing here opens a file: sources come as bytes
// or through an fs.FS that the caller has rooted, and comments that would make
// a parser look elsewhere are defused. Time and memory are not bounded here,
// because a parser cannot be interrupted: that is package cage's part.
package js

import (
	"bytes"
	"errors"
	"fmt"
	"path"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/parser"
)

// JSX elements are calls in the syntax tree: Element(tag, attributes or null,
// children...). A fragment's tag is the identifier Fragment, a lower-case tag
// is a string. No source can contain these names by accident.
const (
	Element  = "__previewgate_jsx"
	Fragment = "__previewgate_fragment"
)

// MaxFile is how long a source may be, in bytes.
const MaxFile = 1 << 20

// A Source is a file of the repository.
type Source struct {
	Path string // relative to the repository's root, slash-separated
	Text []byte
}

// A Module is a parsed source. Its program is what remains of it when types
// are gone, JSX is calls, and newer syntax is lowered; exports and imports
// stay as they are, without imports that only types use.
type Module struct {
	Path    string
	Program *ast.Program

	places *places
}

// A SyntaxError is what keeps a source from being read.
type SyntaxError struct {
	Position Position // Line is 0 when it is not known
	Reason   string
	Ours     bool // a bound of ours, or of the parser we use: others may read the source
}

func (e *SyntaxError) Error() string {
	if e.Position.Line == 0 {
		return e.Position.Path + ": " + e.Reason
	}
	return e.Position.String() + ": " + e.Reason
}

// Parse reads a source. Its error is a *SyntaxError.
func Parse(src Source) (*Module, error) {
	if err := readable(src); err != nil {
		return nil, err
	}
	text := defuse(src.Text)
	out := api.Transform(string(text), api.TransformOptions{
		Loader:       loader(src.Path),
		JSX:          api.JSXTransform,
		JSXFactory:   Element,
		JSXFragment:  Fragment,
		TsconfigRaw:  "{}",
		Target:       api.ES2022,
		Supported:    supported(),
		Sourcefile:   "source",
		Sourcemap:    api.SourceMapExternal,
		LogLevel:     api.LogLevelSilent,
		LogLimit:     1,
		TreeShaking:  api.TreeShakingFalse,
		KeepNames:    false,
		MinifySyntax: false,
	})
	if len(out.Errors) > 0 {
		return nil, syntaxError(src, out.Errors[0])
	}
	program, err := parseModule(src.Path, out.Code)
	if err != nil {
		return nil, err
	}
	where, err := newPlaces(src, out.Code, out.Map)
	if err != nil {
		return nil, &SyntaxError{Position{Path: src.Path}, err.Error(), true}
	}
	return &Module{Path: src.Path, Program: program, places: where}, nil
}

// parseModule parses what esbuild wrote. The parser panics on some of it.
func parseModule(name string, code []byte) (program *ast.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			program, err = nil, &SyntaxError{Position{Path: name}, fmt.Sprint("the parser gave up: ", r), true}
		}
	}()
	program, err = parser.ParseFile(nil, "source", code, parser.IgnoreRegExpErrors, parser.IsModule, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, &SyntaxError{Position{Path: name}, reason(err), true}
	}
	return program, nil
}

func reason(err error) string {
	if list, ok := errors.AsType[parser.ErrorList](err); ok && len(list) > 0 {
		return list[0].Message
	}
	return err.Error()
}

func syntaxError(src Source, m api.Message) error {
	at := Position{Path: src.Path}
	if m.Location != nil {
		at = newLines(src.Text).at(src.Path, m.Location.Line, m.Location.Column)
	}
	return &SyntaxError{at, m.Text, false}
}

// supported lists the syntax that has to be lowered for the parser and the
// virtual machine behind esbuild.
func supported() map[string]bool {
	return map[string]bool{
		"for-await": false, "async-generator": false, "using": false, "decorators": false,
		"class-static-blocks": false, "import-attributes": false, "import-assertions": false,
		"import-defer": false, "import-source": false, "top-level-await": true, "hashbang": false,
		"class-static-field": true, "dynamic-import": true, "bigint": true,
	}
}

// loader is chosen by the name; a .js file may hold JSX, as it may for Next.js.
func loader(name string) api.Loader {
	switch path.Ext(name) {
	case ".ts", ".mts", ".cts":
		return api.LoaderTS
	case ".tsx":
		return api.LoaderTSX
	case ".json":
		return api.LoaderJSON
	}
	return api.LoaderJSX
}

// defuse takes the meaning from two kinds of comments without moving a byte:
// a source map that a source names could read files and forge positions, and a
// JSX pragma would hide elements from us.
func defuse(text []byte) []byte {
	for _, word := range []string{"sourceMappingURL", "@jsx"} {
		if bytes.Contains(text, []byte(word)) {
			text = bytes.ReplaceAll(text, []byte(word), bytes.Repeat([]byte{'_'}, len(word)))
		}
	}
	return text
}
