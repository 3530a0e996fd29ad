package rules

import "github.com/grafana/sobek/ast"

// A binding is a name in a scope, and what it stands for: exactly one of
// from, init and function is set, or none for what cannot be followed.
type binding struct {
	name   string
	from   *imported
	init   ast.Expression // what it is, or what it is taken out of by steps
	steps  []step
	param  *parameter
	writes []ast.Expression // what is assigned later
	node   ast.Node         // the function or class of a declaration
}

// imported is a name of another module; "*" is all of it.
type imported struct{ specifier, name string }

// A parameter is a function's, by number; steps lead into it.
type parameter struct {
	function ast.Node
	index    int
	rest     bool
}

// A step leads from a value to a part of it, as a pattern does.
type step struct {
	key      string // "" for an element of an array
	index    int
	rest     bool
	omitted  []string // the keys that a rest does not have
	fallback ast.Expression
}

// patterns collects the names that a pattern binds.
type patterns struct {
	declare func(name *ast.Identifier, steps []step)
}

func (p patterns) target(n ast.Expression, steps []step) {
	switch n := n.(type) {
	case *ast.Identifier:
		p.declare(n, steps)
	case *ast.Binding:
		p.target(n.Target, withFallback(steps, n.Initializer))
	case *ast.AssignExpression:
		p.target(n.Left, withFallback(steps, n.Right))
	case *ast.ObjectPattern:
		p.object(n, steps)
	case *ast.ArrayPattern:
		for i, element := range n.Elements {
			p.target(element, push(steps, step{index: i}))
		}
		if n.Rest != nil {
			p.target(n.Rest, push(steps, step{index: len(n.Elements), rest: true}))
		}
	}
}

func (p patterns) object(n *ast.ObjectPattern, steps []step) {
	var keys []string
	for _, property := range n.Properties {
		switch property := property.(type) {
		case *ast.PropertyShort:
			key := property.Name.Name.String()
			keys = append(keys, key)
			p.declare(&property.Name, push(steps, step{key: key, fallback: property.Initializer}))
		case *ast.PropertyKeyed:
			key, known := keyOf(property)
			if !known {
				key = "\x00" // a computed key: nothing has this name
			}
			keys = append(keys, key)
			p.target(property.Value, push(steps, step{key: key}))
		}
	}
	if n.Rest != nil {
		p.target(n.Rest, push(steps, step{rest: true, omitted: keys}))
	}
}

// push copies: siblings share what leads to them.
func push(steps []step, s step) []step {
	return append(append([]step(nil), steps...), s)
}

func withFallback(steps []step, fallback ast.Expression) []step {
	if fallback == nil {
		return steps
	}
	if len(steps) == 0 {
		return []step{{fallback: fallback, index: -1}}
	}
	last := steps[len(steps)-1]
	last.fallback = fallback
	return append(append([]step(nil), steps[:len(steps)-1]...), last)
}

// keyOf returns the name of a property that is written out.
func keyOf(property *ast.PropertyKeyed) (string, bool) {
	switch key := property.Key.(type) {
	case *ast.StringLiteral:
		return key.Value.String(), true
	case *ast.NumberLiteral:
		return key.Literal, true
	case *ast.Identifier:
		return key.Name.String(), !property.Computed
	}
	return "", false
}
