package rules

import (
	"slices"

	"github.com/grafana/sobek/ast"
)

// mayLink reports whether an element can be, or render, a link, whatever its
// attributes are. Most elements cannot, and need no closer look.
func (l *linker) mayLink(u *unit, n *ast.CallExpression) bool {
	if _, plain := n.ArgumentList[0].(*ast.StringLiteral); plain {
		return false
	}
	return slices.ContainsFunc(l.ev.ask(u, n.ArgumentList[0], nil), func(tag value) bool {
		return l.tagMayLink(n, tag, map[ast.Node]bool{})
	})
}

// tagMayLink goes through the components below a tag, each once.
func (l *linker) tagMayLink(n *ast.CallExpression, tag value, seen map[ast.Node]bool) bool {
	switch {
	case isLink(tag):
		return true
	case tag.function() != nil:
		return namesComponent(n) || l.componentMayLink(tag, seen)
	case tag.node != nil && isCall(tag.node):
		return namesComponent(n) || l.madeMayLink(tag, seen)
	case tag.external != "":
		return namesComponent(n)
	}
	return !tag.known() // it may be given as a property
}

// madeMayLink looks at what a component was made of by a call.
func (l *linker) madeMayLink(tag value, seen map[ast.Node]bool) bool {
	call := tag.node.(*ast.CallExpression)
	if seen[call] || isElement(call) {
		return false
	}
	seen[call] = true
	if callee, ok := unwrap(call.Callee).(*ast.DotExpression); ok {
		if made, ok := unwrap(callee.Left).(*ast.CallExpression); ok && l.madeMayLink(value{unit: tag.unit, node: made, env: tag.env}, seen) {
			return true
		}
	}
	for _, argument := range call.ArgumentList {
		for _, inner := range l.ev.ask(tag.unit, argument, tag.env) {
			if isLink(inner) || inner.function() != nil && l.componentMayLink(inner, seen) {
				return true
			}
		}
	}
	return false
}

// componentMayLink looks at a component's own elements. Only an answer that
// looked at everything is remembered.
func (l *linker) componentMayLink(component value, seen map[ast.Node]bool) bool {
	if known, ok := l.links[component.node]; ok {
		return known
	}
	if seen[component.node] {
		return false
	}
	whole := len(seen) == 0
	seen[component.node] = true
	for _, n := range component.unit.elements(component.node) {
		if _, plain := n.ArgumentList[0].(*ast.StringLiteral); plain {
			continue
		}
		for _, tag := range l.ev.ask(component.unit, n.ArgumentList[0], nil) {
			if l.tagMayLink(n, tag, seen) {
				l.links[component.node] = true
				return true
			}
		}
	}
	if whole {
		for node := range seen {
			l.links[node] = false
		}
	}
	return false
}

// namesComponent reports attributes by which an element may become a link:
// as, component and alike, or any that are spread.
func namesComponent(n *ast.CallExpression) bool {
	object := attributesOf(n)
	if object == nil {
		return false
	}
	return slices.ContainsFunc(object.Value, func(property ast.Property) bool {
		keyed, ok := property.(*ast.PropertyKeyed)
		if !ok {
			return true
		}
		key, known := keyOf(keyed)
		return !known || slices.Contains(polymorphic(), key)
	})
}

// polymorphic lists the properties by which components are told what to
// render.
func polymorphic() []string {
	return []string{"as", "component", "forwardedAs", "LinkComponent", "linkComponent"}
}
