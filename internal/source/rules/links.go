package rules

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/project"
)

// A Link leads to a sign-out and may be fetched before anybody clicks on it.
type Link struct {
	Position
	Path     string   // where it leads, as far as it is written out
	Target   Position // where that path is written
	Route    string   // the file of the route that signs out; empty for a path that no route serves
	Prefetch Prefetch
	Severity Severity // None where it does not prefetch
	Edit     *Edit    // what makes it stop, when that is sure
}

// A Prefetch says what a link's prefetch property is.
type Prefetch string

// The states of a link's prefetch property.
const (
	Default  Prefetch = "default"  // absent, null or "auto": in production, it prefetches
	On       Prefetch = "on"       // true
	Off      Prefetch = "off"      // false
	Computed Prefetch = "computed" // by something that is not known
	Spread   Prefetch = "spread"   // perhaps by properties that are spread over it
	ByRouter Prefetch = "router"   // a call of the router's prefetch
)

// An Edit replaces bytes of a file.
type Edit struct {
	File       string
	Start, End int
	Text       string
}

func (x *examination) links(ctx context.Context) {
	l := &linker{x: x, ev: x.ev, found: map[string]int{}, links: map[ast.Node]bool{}}
	x.each(ctx, func(u *unit) {
		if len(l.apps(u.path)) == 0 {
			return
		}
		prefetches := bytes.Contains(u.text, []byte("prefetch"))
		for _, n := range u.calls {
			switch {
			case isElement(n):
				if l.mayLink(u, n) {
					l.contexts(u, n, nil, func(e *env) { l.element(site{unit: u, node: n}, u, n, e) })
				}
			case prefetches:
				l.call(u, n)
			}
		}
	})
	slices.SortFunc(x.found.Links, func(a, b Link) int { return byPosition(a.Position, b.Position) })
}

// A linker finds links to sign-outs.
type linker struct {
	x      *examination
	ev     *evaluator
	found  map[string]int    // place to its number among the links
	links  map[ast.Node]bool // whether a component can render a link
	spent  int               // components expanded
	nested int
	trying bool // whether an edit would help
}

// A site is the element where a link is written: of the link itself, or of
// the component that renders it.
type site struct {
	unit *unit
	node *ast.CallExpression
}

const (
	maxNested   = 4      // components within components
	maxExpanded = 20_000 // in one examination
	maxContexts = 256    // elements of arrays around an element
)

// contexts calls look for every element of the arrays over whose methods'
// callbacks a node lies in, under the environment around them.
func (l *linker) contexts(u *unit, n ast.Node, outer *env, look func(*env)) {
	var callbacks []ast.Node
	for f := u.function(n); f != nil; f = u.function(f) {
		if callbackOf(u, f) != nil {
			callbacks = append(callbacks, f)
		}
	}
	envs := []*env{outer}
	for _, f := range slices.Backward(callbacks) {
		var inner []*env
		for _, e := range envs {
			for _, element := range l.ev.elementsOf(u, callbackOf(u, f), e) {
				if element.known() && len(inner) < maxContexts {
					inner = append(inner, e.bind(f, element))
				}
			}
		}
		if len(inner) > 0 {
			envs = inner
		}
	}
	for _, e := range envs {
		if l.live(u, n, e) {
			look(e)
		}
	}
}

func (ev *evaluator) elementsOf(u *unit, array ast.Node, e *env) []value {
	ev.steps = 0
	return ev.elements(ev.eval(u, array, e))
}

// element looks at one element under an environment: is it a link, does it
// render one, or is it rendered as one?
func (l *linker) element(at site, u *unit, n *ast.CallExpression, e *env) {
	attributes := value{unit: u, node: n.ArgumentList[1], env: e}
	if _, ok := attributes.node.(*ast.ObjectLiteral); !ok {
		attributes.node = &ast.ObjectLiteral{} // null: it has none
	}
	for _, tag := range l.ev.ask(u, n.ArgumentList[0], e) {
		l.tag(at, tag, attributes)
	}
}

// expand looks at the links that a component renders for these attributes,
// beyond those that it renders for any.
func (l *linker) expand(at site, component, attributes value) {
	if l.nested >= maxNested || l.spent >= maxExpanded || !l.carries(component, attributes) {
		l.x.found.FilesLimited = l.x.found.FilesLimited || l.spent >= maxExpanded
		return
	}
	l.nested++
	l.spent++
	defer func() { l.nested-- }()
	e := component.env.call(component.node, [][]value{{attributes}})
	for _, n := range component.unit.elements(component.node) {
		if !l.mayLink(component.unit, n) || l.alone(component.unit, n) {
			continue
		}
		l.contexts(component.unit, n, e, func(inner *env) { l.element(at, component.unit, n, inner) })
	}
}

// alone reports an element whose path does not depend on who renders it; it
// is found where it stands.
func (l *linker) alone(u *unit, n *ast.CallExpression) bool {
	attributes, ok := n.ArgumentList[1].(*ast.ObjectLiteral)
	if !ok {
		return false
	}
	l.ev.steps = 0
	for _, path := range l.paths(value{unit: u, node: attributes}) {
		if _, leads := l.target(u.path, path.literal); leads {
			return true
		}
	}
	return false
}

// paths lists the paths that a link may lead to.
func (l *linker) paths(attributes value) []text {
	var out []text
	for _, v := range l.ev.member(attributes, "href") {
		if v.text != nil {
			out = append(out, *v.text)
			continue
		}
		if _, ok := v.node.(*ast.ObjectLiteral); !ok {
			continue
		}
		for _, pathname := range l.ev.member(v, "pathname") {
			if pathname.text != nil {
				out = append(out, *pathname.text)
			}
		}
	}
	return out
}

// apps lists the apps that a file can be part of: its own, or, for a shared
// package, all; of these, those in which a link can lead to a sign-out.
func (l *linker) apps(file string) []*project.App {
	if app, ok := l.x.in.Project.AppOf(file); ok && (app.Dir != "." || len(l.x.in.Project.Apps) == 1) {
		if !l.signsOutOrCould(app) {
			return nil
		}
		return []*project.App{app}
	}
	var all []*project.App
	for i := range l.x.in.Project.Apps {
		if app := &l.x.in.Project.Apps[i]; l.signsOutOrCould(app) {
			all = append(all, app)
		}
	}
	return all
}

// cleanPath cuts a query and a fragment; false is for what is no path of this
// app.
func cleanPath(text string) (string, bool) {
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") {
		return "", false
	}
	if end := strings.IndexAny(text, "?#"); end >= 0 {
		text = text[:end]
	}
	return "/" + strings.Trim(text, "/"), true
}
