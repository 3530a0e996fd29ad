package rules

import (
	"fmt"
	"slices"

	"github.com/grafana/sobek/ast"
)

// link judges a link with these attributes, which is rendered at a site.
func (l *linker) link(at site, attributes value) {
	l.ev.steps = 0
	for _, path := range l.paths(attributes) {
		route, leads := l.target(at.unit.path, path.literal)
		if !leads {
			continue
		}
		found := Link{Position: at.unit.at(at.node), Path: readable(path.literal), Route: route, Prefetch: l.prefetch(attributes)}
		if path.unit != nil {
			found.Target = path.unit.at(path.at)
		}
		found.Severity = severityOf(found)
		found.Edit = l.edit(at, attributes, found.Prefetch)
		l.report(found)
		return
	}
}

func readable(path string) string {
	out := []byte(path)
	for i, c := range out {
		if c == 0 {
			out[i] = '*'
		}
	}
	return string(out)
}

func severityOf(found Link) Severity {
	switch {
	case found.Prefetch == Off:
		return None
	case found.Route == "", found.Prefetch == Computed, found.Prefetch == Spread:
		return Warning
	}
	return Error
}

// report keeps the worst of what one place does: an array around a link
// gives it several paths.
func (l *linker) report(found Link) {
	key := fmt.Sprint(found.File, ":", found.Offset, ":", found.Path)
	if i, again := l.found[key]; again {
		if weight(found.Severity) > weight(l.x.found.Links[i].Severity) {
			l.x.found.Links[i] = found
		}
		return
	}
	l.found[key] = len(l.x.found.Links)
	l.x.found.Links = append(l.x.found.Links, found)
}

func weight(s Severity) int {
	return slices.Index([]Severity{None, Info, Warning, Error}, s)
}

// prefetch evaluates the prefetch property.
func (l *linker) prefetch(attributes value) Prefetch {
	states := map[Prefetch]bool{}
	for _, v := range l.ev.member(attributes, "prefetch") {
		switch truth, known := v.truth(); {
		case v.absent, v.text != nil && v.text.literal == "auto":
			states[Default] = true
		case !known:
			states[Computed] = true
		case truth:
			states[On] = true
		default:
			states[Off] = true
		}
	}
	if len(states) == 1 && !states[Computed] {
		for state := range states {
			return state
		}
	}
	if len(states) == 2 && states[Default] && states[On] {
		return Default
	}
	if spreadLast(attributes) {
		return Spread
	}
	return Computed
}

// spreadLast reports that what decides about prefetch is spread, not written.
func spreadLast(attributes value) bool {
	object, ok := attributes.node.(*ast.ObjectLiteral)
	if !ok {
		return false
	}
	for _, property := range slices.Backward(object.Value) {
		switch property := property.(type) {
		case *ast.SpreadElement:
			return true
		case *ast.PropertyKeyed:
			if key, _ := keyOf(property); key == "prefetch" {
				return false
			}
		}
	}
	return false
}

// call looks for router.prefetch("/sign-out").
func (l *linker) call(u *unit, n *ast.CallExpression) {
	if len(n.ArgumentList) == 0 || !isRouterPrefetch(l.ev.ask(u, n.Callee, nil)) {
		return
	}
	l.contexts(u, n, nil, func(e *env) {
		for _, v := range l.ev.ask(u, n.ArgumentList[0], e) {
			if v.text == nil {
				continue
			}
			route, leads := l.target(u.path, v.text.literal)
			if !leads {
				continue
			}
			found := Link{Position: u.at(prefetchName(n)), Path: readable(v.text.literal), Route: route, Prefetch: ByRouter}
			if v.text.unit != nil {
				found.Target = v.text.unit.at(v.text.at)
			}
			found.Severity = severityOf(found)
			l.report(found)
		}
	})
}

func isRouterPrefetch(callees []value) bool {
	return slices.ContainsFunc(callees, func(v value) bool {
		switch v.external {
		case "next/navigation#useRouter().prefetch", "next/router#useRouter().prefetch", "next/router#default.prefetch",
			"next-intl/navigation#createNavigation().useRouter().prefetch":
			return true
		}
		return false
	})
}

// prefetchName is the node that is called prefetch, or what stands for it.
func prefetchName(n *ast.CallExpression) ast.Node {
	if dot, ok := unwrap(n.Callee).(*ast.DotExpression); ok {
		return &dot.Identifier
	}
	return n.Callee
}
