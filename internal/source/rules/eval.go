package rules

import (
	"slices"

	"github.com/grafana/sobek/ast"
)

// An evaluator finds what expressions stand for, across files. It gives up,
// with an unknown value, rather than take long.
type evaluator struct {
	files *files
	depth int
	steps int
}

const (
	maxEvalDepth = 60
	maxSteps     = 4000 // of one question
	maxChoices   = 64   // values of one expression
)

// ask answers one question, with a budget of its own.
func (ev *evaluator) ask(u *unit, n ast.Node, e *env) []value {
	if ev.depth == 0 {
		ev.steps = 0
	}
	return ev.eval(u, n, e)
}

func unknown() []value { return []value{{}} }

func (ev *evaluator) eval(u *unit, n ast.Node, e *env) []value {
	ev.depth++
	defer func() { ev.depth-- }()
	ev.steps++
	if n == nil || ev.depth > maxEvalDepth || ev.steps > maxSteps {
		return unknown()
	}
	values := ev.expression(u, n, e)
	if len(values) > maxChoices {
		values = append(values[:maxChoices:maxChoices], value{})
	}
	return values
}

func (ev *evaluator) expression(u *unit, n ast.Node, e *env) []value {
	switch n := n.(type) {
	case *ast.Identifier:
		return ev.identifier(u, n, e)
	case *ast.DotExpression:
		return append(ev.members(ev.eval(u, n.Left, e), n.Identifier.Name.String()), ev.written(u, n, e)...)
	case *ast.BracketExpression:
		return ev.bracket(u, n, e)
	case *ast.CallExpression:
		return ev.call(u, n, e)
	case *ast.NewExpression:
		return ev.construct(u, n, e)
	case *ast.ConditionalExpression:
		return ev.conditional(u, n, e)
	case *ast.BinaryExpression:
		return ev.binary(u, n, e)
	case *ast.StringLiteral:
		return []value{{text: &text{n.Value.String(), u, n}}}
	case *ast.TemplateLiteral:
		return ev.template(u, n, e)
	case *ast.NullLiteral:
		return []value{{absent: true}}
	case *ast.UnaryExpression:
		if n.Operator.String() == "void" {
			return []value{{absent: true}}
		}
		return []value{{unit: u, node: n, env: e}}
	default:
		return ev.wrapped(u, n, e)
	}
}

// written is what has been put into a React ref.
func (ev *evaluator) written(u *unit, n *ast.DotExpression, e *env) []value {
	name, ok := n.Left.(*ast.Identifier)
	if !ok || n.Identifier.Name.String() != "current" || u.refs[name] == nil {
		return nil
	}
	var out []value
	for _, right := range u.refs[name].writes {
		out = append(out, ev.eval(u, right, e)...)
	}
	return out
}

// wrapped sees through what does not change a value, and keeps literals.
func (ev *evaluator) wrapped(u *unit, n ast.Node, e *env) []value {
	switch n := n.(type) {
	case *ast.AwaitExpression:
		return ev.eval(u, n.Argument, e)
	case *ast.OptionalChain:
		return ev.eval(u, n.Expression, e)
	case *ast.Optional:
		return ev.eval(u, n.Expression, e)
	case *ast.SequenceExpression:
		return ev.eval(u, n.Sequence[len(n.Sequence)-1], e)
	case *ast.AssignExpression:
		return ev.eval(u, n.Right, e)
	case *ast.ExpressionBody:
		return ev.eval(u, n.Expression, e)
	case *ast.ObjectLiteral, *ast.ArrayLiteral, *ast.FunctionLiteral, *ast.ArrowFunctionLiteral,
		*ast.ClassLiteral, *ast.BooleanLiteral, *ast.NumberLiteral, *ast.RegExpLiteral:
		return []value{{unit: u, node: n, env: e}}
	}
	return unknown()
}

func (ev *evaluator) identifier(u *unit, n *ast.Identifier, e *env) []value {
	b := u.refs[n]
	if b == nil {
		if n.Name.String() == "undefined" {
			return []value{{absent: true}}
		}
		return []value{{external: "global#" + n.Name.String()}}
	}
	return ev.bound(u, b, e)
}

func (ev *evaluator) bound(u *unit, b *binding, e *env) []value {
	var values []value
	switch {
	case b.from != nil:
		return ev.imported(u, b.from)
	case b.node != nil:
		return []value{{unit: u, node: b.node, env: e}}
	case b.param != nil:
		values = ev.parameter(u, b.param, e)
	case b.init != nil:
		values = ev.eval(u, b.init, e)
	default:
		for _, written := range b.writes {
			values = append(values, ev.eval(u, written, e)...)
		}
		if values == nil {
			return unknown()
		}
	}
	for _, s := range b.steps {
		values = ev.step(u, values, s, e)
	}
	return values
}

// parameter is what a call bound; else, for the callback of an array's
// method, any element of the array.
func (ev *evaluator) parameter(u *unit, p *parameter, e *env) []value {
	if p.rest {
		return unknown()
	}
	if values, ok := e.param(p.function, p.index); ok {
		return values
	}
	if array := callbackOf(u, p.function); array != nil && p.index == 0 {
		return ev.elements(ev.eval(u, array, e))
	}
	return unknown()
}

func (ev *evaluator) step(u *unit, values []value, s step, e *env) []value {
	var out []value
	switch {
	case s.rest && s.key == "" && s.index == 0:
		for _, v := range values {
			v.omitted = slices.Concat(v.omitted, s.omitted)
			out = append(out, v)
		}
	case s.rest:
		out = unknown()
	case s.key != "":
		out = ev.members(values, s.key)
	case s.index == anyElement:
		out = ev.elements(values)
	case s.index == -1:
		out = values
	default:
		out = ev.at(values, s.index)
	}
	if s.fallback == nil {
		return out
	}
	var final []value
	for _, v := range out {
		if v.absent {
			final = append(final, ev.eval(u, s.fallback, e)...)
		} else {
			final = append(final, v)
		}
	}
	return final
}
