package rules

import "github.com/grafana/sobek/ast"

// truth decides a condition where every value it may have decides it alike.
func (ev *evaluator) truth(u *unit, n ast.Expression, e *env) (truth, known bool) {
	if negated, ok := n.(*ast.UnaryExpression); ok && negated.Operator.String() == "!" {
		truth, known = ev.truth(u, negated.Operand, e)
		return !truth, known
	}
	if binary, ok := n.(*ast.BinaryExpression); ok {
		return ev.binaryTruth(u, binary, e)
	}
	values := ev.eval(u, n, e)
	for i, v := range values {
		t, ok := v.truth()
		if !ok || i > 0 && t != truth {
			return false, false
		}
		truth = t
	}
	return truth, len(values) > 0
}

func (v value) truth() (truth, known bool) {
	switch {
	case v.absent:
		return false, true
	case v.text != nil:
		return v.text.literal != "", v.text.literal != hole
	}
	switch n := v.node.(type) {
	case *ast.BooleanLiteral:
		return n.Value, true
	case *ast.NumberLiteral:
		return n.Literal != "0", true
	case *ast.ObjectLiteral, *ast.ArrayLiteral, *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return true, true
	case *ast.UnaryExpression:
		return minified(n)
	}
	return false, false
}

// minified reads !0 and !1.
func minified(n *ast.UnaryExpression) (truth, known bool) {
	if number, ok := n.Operand.(*ast.NumberLiteral); ok && n.Operator.String() == "!" {
		return number.Literal == "0", true
	}
	return false, false
}

func (ev *evaluator) binaryTruth(u *unit, n *ast.BinaryExpression, e *env) (truth, known bool) {
	switch n.Operator.String() {
	case "&&":
		left, leftKnown := ev.truth(u, n.Left, e)
		right, rightKnown := ev.truth(u, n.Right, e)
		if leftKnown && !left || rightKnown && !right {
			return false, true
		}
		return true, leftKnown && rightKnown
	case "||", "??":
		left, leftKnown := ev.truth(u, n.Left, e)
		right, rightKnown := ev.truth(u, n.Right, e)
		if leftKnown && left || rightKnown && right && n.Operator.String() == "||" {
			return true, true
		}
		return false, leftKnown && rightKnown && n.Operator.String() == "||"
	case "===", "==":
		return ev.equal(u, n, e)
	case "!==", "!=":
		equal, known := ev.equal(u, n, e)
		return !equal, known
	}
	return false, false
}

func (ev *evaluator) equal(u *unit, n *ast.BinaryExpression, e *env) (equal, known bool) {
	left, right := ev.eval(u, n.Left, e), ev.eval(u, n.Right, e)
	if len(left) != 1 || len(right) != 1 {
		return false, false
	}
	a, b := left[0], right[0]
	switch {
	case a.text != nil && b.text != nil:
		return a.text.literal == b.text.literal, true
	case a.absent && b.absent:
		return true, true
	case a.absent || b.absent:
		other := a
		if a.absent {
			other = b
		}
		return false, other.text != nil || other.node != nil
	}
	first, firstKnown := a.truth()
	second, secondKnown := b.truth()
	if isBoolean(a) && isBoolean(b) && firstKnown && secondKnown {
		return first == second, true
	}
	return false, false
}

func isBoolean(v value) bool {
	_, ok := v.node.(*ast.BooleanLiteral)
	return ok
}
