package rules

import (
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/js"
)

// call returns what a call gives: for a function of the repository what it
// returns, for React's wrappers what they wrap, else the call itself.
func (ev *evaluator) call(u *unit, n *ast.CallExpression, e *env) []value {
	if isElement(n) {
		return []value{{unit: u, node: n, env: e}}
	}
	if isArrayCall(n) {
		return []value{{unit: u, node: n, env: e}}
	}
	var out []value
	for _, callee := range ev.eval(u, n.Callee, e) {
		switch {
		case callee.external != "":
			out = append(out, ev.externalCall(u, n, e, callee.external)...)
		case callee.function() != nil:
			inner := callee.env.call(callee.node, ev.arguments(u, n, e))
			out = append(out, ev.returns(callee.unit, callee.node, inner)...)
		default:
			out = append(out, value{unit: u, node: n, env: e})
		}
	}
	return out
}

// isElement reports a JSX element, which is a call in the tree.
func isElement(n *ast.CallExpression) bool {
	callee, ok := n.Callee.(*ast.Identifier)
	return ok && callee.Name.String() == js.Element && len(n.ArgumentList) >= 2
}

// isArrayCall reports a call of an array's method by its name; what it gives
// is asked for element by element.
func isArrayCall(n *ast.CallExpression) bool {
	dot, ok := unwrap(n.Callee).(*ast.DotExpression)
	return ok && slices.Contains([]string{"filter", "slice", "reverse", "toReversed", "sort", "toSorted", "concat", "map", "flatMap"}, dot.Identifier.Name.String())
}

func (ev *evaluator) arguments(u *unit, n *ast.CallExpression, e *env) [][]value {
	var all [][]value
	for _, argument := range n.ArgumentList {
		if isSpread(argument) {
			break
		}
		all = append(all, ev.eval(u, argument, e))
	}
	return all
}

// externalCall sees through the functions that give back what they get.
func (ev *evaluator) externalCall(u *unit, n *ast.CallExpression, e *env, callee string) []value {
	if len(n.ArgumentList) > 0 {
		first := n.ArgumentList[0]
		switch baseName(callee) {
		case "useCallback", "cache", "useEffectEvent", "freeze", "unstable_cache":
			return ev.eval(u, first, e)
		case "useMemo":
			return ev.returnsOf(ev.eval(u, first, e))
		case "useRef":
			return []value{{unit: u, node: n, env: e}}
		case "values", "entries":
			if strings.HasPrefix(callee, "global#Object.") {
				return []value{{unit: u, node: n, env: e}}
			}
		case "use", "resolve":
			return ev.eval(u, first, e)
		}
	}
	return []value{{external: callee + "()", unit: u, node: n, env: e}}
}

// baseName is the last name of an external value: what is called.
func baseName(external string) string {
	if at := strings.LastIndexAny(external, "#."); at >= 0 {
		return external[at+1:]
	}
	return external
}

// isRef reports a call of useRef.
func (ev *evaluator) isRef(v value, n *ast.CallExpression) bool {
	for _, callee := range ev.eval(v.unit, n.Callee, v.env) {
		if baseName(callee.external) == "useRef" {
			return true
		}
	}
	return false
}

func (ev *evaluator) returnsOf(functions []value) []value {
	var out []value
	for _, f := range functions {
		if f.function() == nil {
			out = append(out, value{})
			continue
		}
		out = append(out, ev.returns(f.unit, f.node, f.env)...)
	}
	return out
}

// returns evaluates what a function returns.
func (ev *evaluator) returns(u *unit, function ast.Node, e *env) []value {
	var out []value
	for _, n := range returned(function) {
		out = append(out, ev.eval(u, n, e)...)
	}
	if out == nil {
		return []value{{absent: true}}
	}
	return out
}

// returned lists the expressions that a function returns.
func returned(function ast.Node) []ast.Node {
	var out []ast.Node
	var visit visitor
	visit = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.ReturnStatement:
			if n.Argument != nil {
				out = append(out, n.Argument)
			}
		case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
		default:
			children(n, visit)
		}
	}
	switch n := function.(type) {
	case *ast.FunctionLiteral:
		visit(n.Body)
	case *ast.ArrowFunctionLiteral:
		if body, ok := n.Body.(*ast.ExpressionBody); ok {
			return []ast.Node{body.Expression}
		}
		visit(n.Body)
	}
	return out
}

// construct keeps an object of a class: of an outside package by its name, of
// the repository by the class.
func (ev *evaluator) construct(u *unit, n *ast.NewExpression, e *env) []value {
	var out []value
	for _, class := range ev.eval(u, n.Callee, e) {
		switch {
		case class.external != "":
			out = append(out, value{external: class.external + "()"})
		default:
			out = append(out, class)
		}
	}
	return out
}

func (ev *evaluator) conditional(u *unit, n *ast.ConditionalExpression, e *env) []value {
	switch truth, known := ev.truth(u, n.Test, e); {
	case known && truth:
		return ev.eval(u, n.Consequent, e)
	case known:
		return ev.eval(u, n.Alternate, e)
	}
	return append(ev.eval(u, n.Consequent, e), ev.eval(u, n.Alternate, e)...)
}

// binary joins texts and chooses between the sides of ??, || and &&.
func (ev *evaluator) binary(u *unit, n *ast.BinaryExpression, e *env) []value {
	switch n.Operator.String() {
	case "+":
		return ev.concat(u, []ast.Node{n.Left, n.Right}, e)
	case "??":
		left := ev.eval(u, n.Left, e)
		if len(left) == 1 && (left[0].text != nil || left[0].node != nil) {
			return left
		}
		return append(left, ev.eval(u, n.Right, e)...)
	case "||":
		if truth, known := ev.truth(u, n.Left, e); known && truth {
			return ev.eval(u, n.Left, e)
		} else if known {
			return ev.eval(u, n.Right, e)
		}
		return append(ev.eval(u, n.Left, e), ev.eval(u, n.Right, e)...)
	case "&&":
		if truth, known := ev.truth(u, n.Left, e); known && !truth {
			return ev.eval(u, n.Left, e)
		}
		return ev.eval(u, n.Right, e)
	}
	return []value{{unit: u, node: n, env: e}}
}

func (ev *evaluator) template(u *unit, n *ast.TemplateLiteral, e *env) []value {
	if n.Tag != nil {
		return ev.eval(u, n.Tag, e)
	}
	var whole strings.Builder
	for i, element := range n.Elements {
		whole.WriteString(element.Parsed.String())
		if i < len(n.Expressions) {
			part, _ := ev.oneText(ev.eval(u, n.Expressions[i], e))
			whole.WriteString(part)
		}
	}
	return []value{{text: &text{whole.String(), u, n}}}
}

// concat joins texts; an unknown part is a hole.
func (ev *evaluator) concat(u *unit, parts []ast.Node, e *env) []value {
	whole, anyText := "", false
	for _, n := range parts {
		part, literal := ev.oneText(ev.eval(u, n, e))
		anyText = anyText || literal != nil
		whole += part
	}
	if !anyText {
		return unknown()
	}
	return []value{{text: &text{whole, u, parts[0]}}}
}

// oneText is the only text that values can be, else a hole.
func (ev *evaluator) oneText(values []value) (string, ast.Node) {
	if len(values) == 1 {
		if t := values[0].text; t != nil {
			return t.literal, t.at
		}
		if number, ok := values[0].node.(*ast.NumberLiteral); ok {
			return number.Literal, number
		}
	}
	return hole, nil
}
