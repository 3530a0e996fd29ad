package rules

import (
	"context"
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"
)

// An EnvRead is the first place in a file where it reads a variable of the
// environment.
type EnvRead struct {
	Position
	Name string
}

func (x *examination) reads(ctx context.Context) {
	x.each(ctx, func(u *unit) {
		r := &envReader{unit: u, first: map[string]Position{}}
		r.walk(u.module.Program)
		for name, at := range r.first {
			x.found.EnvReads = append(x.found.EnvReads, EnvRead{at, name})
		}
	})
	slices.SortFunc(x.found.EnvReads, func(a, b EnvRead) int { return byPosition(a.Position, b.Position) })
}

type envReader struct {
	unit  *unit
	first map[string]Position
}

func (r *envReader) add(name string, n ast.Node) {
	at := r.unit.at(n)
	if before, again := r.first[name]; name == "" || at.Line == 0 || again && before.Offset <= at.Offset {
		return
	}
	r.first[name] = at
}

func (r *envReader) walk(n ast.Node) {
	switch n := n.(type) {
	case *ast.DotExpression:
		if r.isEnv(n.Left) {
			r.add(n.Identifier.Name.String(), &n.Identifier)
		}
	case *ast.BracketExpression:
		if key, ok := n.Member.(*ast.StringLiteral); ok && r.isEnv(n.Left) {
			r.add(key.Value.String(), key)
		}
	case *ast.Binding:
		if pattern, ok := n.Target.(*ast.ObjectPattern); ok && n.Initializer != nil && r.isEnv(n.Initializer) {
			r.pattern(pattern)
		}
	}
	children(n, r.walk)
}

func (r *envReader) pattern(n *ast.ObjectPattern) {
	for _, property := range n.Properties {
		switch property := property.(type) {
		case *ast.PropertyShort:
			r.add(property.Name.Name.String(), &property.Name)
		case *ast.PropertyKeyed:
			if key, known := keyOf(property); known {
				r.add(key, property.Key)
			}
		}
	}
}

// isEnv reports process.env, also through a constant that stands for it.
func (r *envReader) isEnv(n ast.Expression) bool {
	switch n := unwrap(n).(type) {
	case *ast.DotExpression:
		process, ok := unwrap(n.Left).(*ast.Identifier)
		return ok && n.Identifier.Name.String() == "env" && r.unit.refs[process] == nil && process.Name.String() == "process" ||
			ok && n.Identifier.Name.String() == "env" && strings.HasSuffix(dotted(n.Left), "process") && r.fromNode(process)
	case *ast.Identifier:
		if b := r.unit.refs[n]; b != nil && b.init != nil && len(b.steps) == 0 && b.param == nil {
			init, ok := unwrap(b.init).(*ast.DotExpression)
			return ok && r.isEnv(init)
		}
	}
	return false
}

// fromNode reports a name that is Node's process module.
func (r *envReader) fromNode(n *ast.Identifier) bool {
	b := r.unit.refs[n]
	return b != nil && b.from != nil && (b.from.specifier == "process" || b.from.specifier == "node:process")
}
