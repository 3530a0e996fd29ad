package rules

import (
	"slices"

	"github.com/grafana/sobek/ast"
)

// live reports whether a node can be reached: no condition around it, and no
// return before it, is known to keep it away.
func (l *linker) live(u *unit, n ast.Node, e *env) bool {
	l.ev.steps = 0
	for at := n; u.parents[at] != nil; at = u.parents[at] {
		if l.excluded(u, at, u.parents[at], e) {
			return false
		}
	}
	return true
}

func (l *linker) excluded(u *unit, child, parent ast.Node, e *env) bool {
	known := func(test ast.Expression, want bool) bool {
		truth, known := l.ev.truth(u, test, e)
		return known && truth == want
	}
	switch n := parent.(type) {
	case *ast.ConditionalExpression:
		return child == ast.Node(n.Consequent) && known(n.Test, false) || child == ast.Node(n.Alternate) && known(n.Test, true)
	case *ast.IfStatement:
		return child == ast.Node(n.Consequent) && known(n.Test, false) || n.Alternate != nil && child == ast.Node(n.Alternate) && known(n.Test, true)
	case *ast.BinaryExpression:
		if child != ast.Node(n.Right) {
			return false
		}
		return n.Operator.String() == "&&" && known(n.Left, false) || n.Operator.String() == "||" && known(n.Left, true)
	case *ast.BlockStatement:
		for _, before := range n.List {
			if ast.Node(before) == child {
				return false
			}
			if branch, ok := before.(*ast.IfStatement); ok && branch.Alternate == nil && exits(branch.Consequent) && known(branch.Test, true) {
				return true
			}
		}
	}
	return false
}

// exits reports a statement after which nothing follows.
func exits(n ast.Statement) bool {
	switch n := n.(type) {
	case *ast.ReturnStatement, *ast.ThrowStatement, *ast.BranchStatement:
		return true
	case *ast.BlockStatement:
		return slices.ContainsFunc(n.List, exits)
	}
	return false
}

// elements lists the JSX elements within a function.
func (u *unit) elements(function ast.Node) []*ast.CallExpression {
	if list, ok := u.inside[function]; ok {
		return list
	}
	var list []*ast.CallExpression
	for _, n := range u.calls {
		if !isElement(n) {
			continue
		}
		for at := u.parents[n]; at != nil; at = u.parents[at] {
			if at == function {
				list = append(list, n)
				break
			}
		}
	}
	u.inside[function] = list
	return list
}
