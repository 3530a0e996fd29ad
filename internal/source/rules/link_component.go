package rules

import (
	"slices"

	"github.com/grafana/sobek/ast"
)

func (l *linker) tag(at site, tag, attributes value) {
	switch {
	case isLink(tag):
		l.link(at, attributes)
	case tag.function() != nil:
		l.expand(at, tag, attributes)
		l.renderedAs(at, attributes)
	case tag.node != nil && isCall(tag.node):
		l.wrapped(at, tag, attributes)
	case tag.external != "":
		l.renderedAs(at, attributes)
	}
}

// isLink reports next/link's component and next-intl's.
func isLink(v value) bool {
	switch v.external {
	case "next/link#default", "next/link#", "next/link#default.default", "next-intl/link#default",
		"next-intl/navigation#createNavigation().Link",
		"next-intl/navigation#createSharedPathnamesNavigation().Link",
		"next-intl/navigation#createLocalizedPathnamesNavigation().Link":
		return true
	}
	return false
}

// renderedAs looks for a component among the attributes that polymorphic
// components use.
func (l *linker) renderedAs(at site, attributes value) {
	for _, name := range polymorphic() {
		for _, v := range l.ev.members([]value{attributes}, name) {
			if isLink(v) {
				l.link(at, attributes)
			}
		}
	}
}

// wrapped looks at a component that a call has made out of another: memo,
// forwardRef, motion, styled.
func (l *linker) wrapped(at site, tag, attributes value) {
	l.ev.steps = 0
	call := tag.node.(*ast.CallExpression)
	if isElement(call) {
		return
	}
	for _, argument := range call.ArgumentList {
		for _, inner := range l.ev.eval(tag.unit, argument, tag.env) {
			if isLink(inner) || inner.function() != nil {
				l.tag(at, inner, attributes)
			}
		}
	}
	if callee, ok := unwrap(call.Callee).(*ast.DotExpression); ok {
		if made, ok := unwrap(callee.Left).(*ast.CallExpression); ok { // styled(Link).attrs({})
			l.wrapped(at, value{unit: tag.unit, node: made, env: tag.env}, attributes)
		}
	}
}

// carries reports whether a component may come to a sign-out by way of its
// attributes: they hold more than plain texts, or one of those leads there,
// or the component's own file speaks of one.
func (l *linker) carries(component, attributes value) bool {
	if component.unit.leaving || l.nested > 0 {
		return true
	}
	object, ok := attributes.node.(*ast.ObjectLiteral)
	if !ok {
		return false
	}
	return slices.ContainsFunc(object.Value, func(property ast.Property) bool {
		keyed, ok := property.(*ast.PropertyKeyed)
		if !ok {
			return true
		}
		switch v := keyed.Value.(type) {
		case *ast.StringLiteral:
			_, leads := l.target(attributes.unit.path, v.Value.String())
			return leads
		case *ast.BooleanLiteral, *ast.NumberLiteral, *ast.NullLiteral:
			return false
		}
		return true
	})
}
