package rules

import (
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/project"
)

// files parses the files of an analysis when they are asked for, each once.
type files struct {
	text    map[string][]byte
	units   map[string]*unit // nil for a file that cannot be parsed
	resolve resolver
	failed  func(path string, err error)
}

func newFiles(in Input, failed func(string, error)) *files {
	f := &files{text: in.Files, units: map[string]*unit{}, failed: failed}
	sources := make(map[string]bool, len(in.Project.Sources))
	for _, file := range in.Project.Sources {
		sources[file] = true
	}
	f.resolve = newResolver(&in.Project, func(file string) bool { return sources[file] })
	return f
}

func (f *files) unit(file string) *unit {
	if u, ok := f.units[file]; ok {
		return u
	}
	f.units[file] = nil
	text, ok := f.text[file]
	if !ok || !project.IsSource(file) {
		return nil
	}
	u, err := newUnit(file, text)
	if err != nil {
		f.failed(file, err)
		return nil
	}
	f.units[file] = u
	return u
}

// imported follows a name of another module, to the repository's file or to
// the package outside it.
func (ev *evaluator) imported(u *unit, from *imported) []value {
	file, inside := ev.files.resolve.file(u.path, from.specifier)
	if !inside {
		if strings.HasPrefix(from.specifier, ".") {
			return unknown()
		}
		name := from.name
		if name == "*" {
			name = ""
		}
		return []value{{external: from.specifier + "#" + name}}
	}
	other := ev.files.unit(file)
	if other == nil {
		return unknown()
	}
	if from.name == "*" {
		return []value{{unit: other, node: namespace(other)}}
	}
	return ev.export(other, from.name)
}

// namespace makes an object of what a unit exports by name.
func namespace(u *unit) ast.Node { return u.module.Program }

// export returns what a name of a unit stands for.
func (ev *evaluator) export(u *unit, name string) []value {
	ev.depth++
	defer func() { ev.depth-- }()
	ev.steps++
	if ev.depth > maxEvalDepth || ev.steps > maxSteps {
		return unknown()
	}
	out, found := u.exports[name]
	switch {
	case !found:
		return ev.starred(u, name)
	case out.from != nil:
		return ev.imported(u, out.from)
	case out.local != "":
		if b := u.top.find(out.local); b != nil {
			return ev.bound(u, b, nil)
		}
	case out.value != nil:
		if isFunction(out.value) || isClass(out.value) {
			return []value{{unit: u, node: out.value}}
		}
		return ev.eval(u, out.value, nil)
	}
	return unknown()
}

func isClass(n ast.Node) bool {
	_, ok := n.(*ast.ClassLiteral)
	return ok
}

// starred looks for a name behind export *. When only packages outside the
// repository are left, it is theirs.
func (ev *evaluator) starred(u *unit, name string) []value {
	if name == "default" {
		return unknown()
	}
	var outside []value
	for _, specifier := range u.stars {
		file, inside := ev.files.resolve.file(u.path, specifier)
		if !inside {
			if !strings.HasPrefix(specifier, ".") {
				outside = append(outside, value{external: specifier + "#" + name})
			}
			continue
		}
		other := ev.files.unit(file)
		if other == nil {
			continue
		}
		if values := ev.export(other, name); slices.ContainsFunc(values, value.known) {
			return values
		}
	}
	if outside != nil {
		return outside
	}
	return unknown()
}

// callbackOf returns the array whose method a function is the callback of.
func callbackOf(u *unit, function ast.Node) ast.Node {
	call, ok := u.parents[function].(*ast.CallExpression)
	if !ok || len(call.ArgumentList) == 0 || ast.Node(call.ArgumentList[0]) != function {
		return nil
	}
	dot, ok := unwrap(call.Callee).(*ast.DotExpression)
	if !ok {
		return nil
	}
	switch dot.Identifier.Name.String() {
	case "map", "forEach", "flatMap", "filter", "find", "some", "every":
		return dot.Left
	}
	return nil
}
