package rules

import (
	"slices"

	"github.com/grafana/sobek/ast"
)

// branches walks what runs under a condition, and reports whether n was that.
func (r *reach) branches(u *unit, n ast.Node, e *env) bool {
	switch n := n.(type) {
	case *ast.IfStatement:
		r.walk(u, n.Test, e)
		r.under(condition{u, n.Test, true, e}, n.Consequent)
		if n.Alternate != nil {
			r.under(condition{u, n.Test, false, e}, n.Alternate)
		}
	case *ast.ConditionalExpression:
		r.walk(u, n.Test, e)
		r.under(condition{u, n.Test, true, e}, n.Consequent)
		r.under(condition{u, n.Test, false, e}, n.Alternate)
	case *ast.BinaryExpression:
		switch n.Operator.String() {
		case "&&":
			r.walk(u, n.Left, e)
			r.under(condition{u, n.Left, true, e}, n.Right)
		case "||", "??":
			r.walk(u, n.Left, e)
			r.under(condition{u, n.Left, false, e}, n.Right)
		default:
			return false
		}
	case *ast.CatchStatement:
		r.under(condition{u, nil, true, e}, n.Body)
	case *ast.BlockStatement:
		r.block(u, n, e)
	default:
		return false
	}
	return true
}

func (r *reach) under(c condition, n ast.Node) {
	before := len(r.around)
	r.around = append(r.around, c)
	r.walk(c.unit, n, c.env)
	r.around = r.around[:before]
}

// block walks statements in turn: after "if (x) return", x does not hold.
func (r *reach) block(u *unit, n *ast.BlockStatement, e *env) {
	before := len(r.around)
	for _, statement := range n.List {
		r.walk(u, statement, e)
		if branch, ok := statement.(*ast.IfStatement); ok && branch.Alternate == nil && exits(branch.Consequent) {
			r.around = append(r.around, condition{u, branch.Test, false, e})
		}
	}
	r.around = r.around[:before]
}

// element renders a component: its own function runs, its attributes are
// evaluated, but functions among them are for later.
func (r *reach) element(u *unit, n *ast.CallExpression, e *env) {
	for _, tag := range r.ev.ask(u, n.ArgumentList[0], e) {
		if tag.function() == nil || tag.unit.client {
			continue
		}
		attributes := []value{{unit: u, node: n.ArgumentList[1], env: e}}
		inner := tag.env.call(tag.node, [][]value{attributes})
		r.function(value{unit: tag.unit, node: tag.node, env: inner})
	}
	for _, part := range slices.Concat([]ast.Expression{n.ArgumentList[1]}, n.ArgumentList[2:]) {
		r.walk(u, part, e)
	}
}
