package rules

import "github.com/grafana/sobek/ast"

// elements returns what any element of the values may be.
func (ev *evaluator) elements(values []value) []value {
	var out []value
	for _, v := range values {
		switch n := v.node.(type) {
		case *ast.ArrayLiteral:
			for _, element := range n.Value {
				if spread, ok := element.(*ast.SpreadElement); ok {
					out = append(out, ev.elements(ev.eval(v.unit, spread.Expression, v.env))...)
				} else {
					out = append(out, ev.eval(v.unit, element, v.env)...)
				}
			}
		case *ast.CallExpression:
			out = append(out, ev.derived(v, n)...)
		default:
			out = append(out, value{})
		}
		if len(out) > maxChoices {
			break
		}
	}
	return out
}

// derived returns the elements of what an array's method, or Object.values
// and entries, make of what is known.
func (ev *evaluator) derived(v value, n *ast.CallExpression) []value {
	dot, ok := unwrap(n.Callee).(*ast.DotExpression)
	if !ok {
		return unknown()
	}
	switch name := dot.Identifier.Name.String(); name {
	case "filter", "slice", "reverse", "toReversed", "sort", "toSorted", "concat":
		out := ev.elements(ev.eval(v.unit, dot.Left, v.env))
		if name == "concat" {
			for _, argument := range n.ArgumentList {
				out = append(out, ev.elements(ev.eval(v.unit, argument, v.env))...)
			}
		}
		return out
	case "map", "flatMap":
		return ev.mapped(v, n, dot)
	case "values", "entries":
		if left, ok := dot.Left.(*ast.Identifier); ok && left.Name.String() == "Object" && len(n.ArgumentList) == 1 {
			return paired(ev.anyMember(ev.eval(v.unit, n.ArgumentList[0], v.env)), name)
		}
	}
	return unknown()
}

func paired(values []value, method string) []value {
	if method == "values" {
		return values
	}
	var pairs []value
	for _, v := range values {
		pairs = append(pairs, value{second: &v})
	}
	return pairs
}

// mapped returns what the callback of a map returns for each element.
func (ev *evaluator) mapped(v value, n *ast.CallExpression, dot *ast.DotExpression) []value {
	if len(n.ArgumentList) == 0 {
		return unknown()
	}
	var out []value
	for _, element := range ev.elements(ev.eval(v.unit, dot.Left, v.env)) {
		for _, callback := range ev.eval(v.unit, n.ArgumentList[0], v.env) {
			if function := callback.function(); function != nil {
				inner := callback.env.bind(function, element)
				out = append(out, ev.returns(callback.unit, function, inner)...)
			} else {
				out = append(out, value{})
			}
		}
	}
	return out
}

// unwrap removes what surrounds an expression without changing it.
func unwrap(n ast.Expression) ast.Expression {
	for {
		switch inner := n.(type) {
		case *ast.OptionalChain:
			n = inner.Expression
		case *ast.Optional:
			n = inner.Expression
		case *ast.AwaitExpression:
			n = inner.Argument
		default:
			return n
		}
	}
}
