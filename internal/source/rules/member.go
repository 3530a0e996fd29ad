package rules

import (
	"slices"
	"strconv"

	"github.com/grafana/sobek/ast"
)

func (ev *evaluator) members(values []value, name string) []value {
	var out []value
	for _, v := range values {
		out = append(out, ev.member(v, name)...)
	}
	return out
}

// member returns what a property of a value may be.
func (ev *evaluator) member(v value, name string) []value {
	if v.prefetch && name == "prefetch" {
		return []value{{node: &ast.BooleanLiteral{Literal: "false"}}}
	}
	if slices.Contains(v.omitted, name) {
		return []value{{absent: true}}
	}
	if v.external != "" {
		return []value{{external: v.external + joiner(v.external) + name}}
	}
	switch n := v.node.(type) {
	case *ast.Program:
		return ev.export(v.unit, name)
	case *ast.ObjectLiteral:
		return ev.property(v, n, name)
	case *ast.ArrayLiteral:
		if i, err := strconv.Atoi(name); err == nil {
			return ev.at([]value{v}, i)
		}
	case *ast.ClassLiteral:
		return classMember(v, n, name)
	case *ast.CallExpression:
		if name == "current" && ev.isRef(v, n) && len(n.ArgumentList) > 0 {
			return ev.eval(v.unit, n.ArgumentList[0], v.env)
		}
	}
	return unknown()
}

// joiner sets off the first name of a module from it.
func joiner(external string) string {
	if external[len(external)-1] == '#' {
		return ""
	}
	return "."
}

// property looks from the end: what comes later wins. An unknown spread may
// hold the property or not.
func (ev *evaluator) property(v value, n *ast.ObjectLiteral, name string) []value {
	var maybe []value
	for _, property := range slices.Backward(n.Value) {
		switch property := property.(type) {
		case *ast.PropertyKeyed:
			if key, known := keyOf(property); known && key == name {
				return append(maybe, ev.eval(v.unit, property.Value, v.env)...)
			}
		case *ast.PropertyShort:
			if property.Name.Name.String() == name {
				return append(maybe, ev.eval(v.unit, &property.Name, v.env)...)
			}
		case *ast.SpreadElement:
			found := ev.members(ev.eval(v.unit, property.Expression, v.env), name)
			rest := slices.DeleteFunc(slices.Clone(found), func(v value) bool { return v.absent })
			if len(rest) == len(found) && !slices.ContainsFunc(found, func(v value) bool { return !v.known() }) {
				return append(maybe, found...)
			}
			maybe = append(maybe, rest...)
		}
	}
	if len(maybe) > 0 {
		return append(maybe, value{absent: true})
	}
	return []value{{absent: true}}
}

func classMember(v value, n *ast.ClassLiteral, name string) []value {
	for _, element := range n.Body {
		switch element := element.(type) {
		case *ast.MethodDefinition:
			if key, ok := element.Key.(*ast.StringLiteral); ok && key.Value.String() == name {
				return []value{{unit: v.unit, node: element.Body, env: v.env}}
			}
		case *ast.FieldDefinition:
			if key, ok := element.Key.(*ast.StringLiteral); ok && key.Value.String() == name && element.Initializer != nil {
				return []value{{unit: v.unit, node: element.Initializer, env: v.env}}
			}
		}
	}
	return unknown()
}

func (ev *evaluator) bracket(u *unit, n *ast.BracketExpression, e *env) []value {
	left := ev.eval(u, n.Left, e)
	var out []value
	for _, key := range ev.eval(u, n.Member, e) {
		switch number, isNumber := key.node.(*ast.NumberLiteral); {
		case key.text != nil:
			out = append(out, ev.members(left, key.text.literal)...)
		case isNumber:
			out = append(out, ev.members(left, number.Literal)...)
		default:
			out = append(out, ev.anyMember(left)...)
		}
	}
	return out
}

// anyMember is what a property of an unknown name may be.
func (ev *evaluator) anyMember(values []value) []value {
	var out []value
	for _, v := range values {
		switch n := v.node.(type) {
		case *ast.ArrayLiteral:
			out = append(out, ev.elements([]value{v})...)
		case *ast.ObjectLiteral:
			for _, property := range n.Value {
				if keyed, ok := property.(*ast.PropertyKeyed); ok {
					out = append(out, ev.eval(v.unit, keyed.Value, v.env)...)
				}
			}
			out = append(out, value{})
		default:
			out = append(out, value{})
		}
	}
	return out
}

// at returns an element of arrays that are written out up to there.
func (ev *evaluator) at(values []value, index int) []value {
	var out []value
	for _, v := range values {
		if v.second != nil && index == 1 {
			out = append(out, *v.second)
			continue
		}
		array, ok := v.node.(*ast.ArrayLiteral)
		if !ok && v.external != "" {
			out = append(out, value{external: v.external + "." + strconv.Itoa(index)})
			continue
		}
		if !ok || index < 0 || index >= len(array.Value) || slices.ContainsFunc(array.Value[:index+1], isSpread) {
			out = append(out, value{})
			continue
		}
		out = append(out, ev.eval(v.unit, array.Value[index], v.env)...)
	}
	return out
}

func isSpread(n ast.Expression) bool {
	_, ok := n.(*ast.SpreadElement)
	return ok
}
