package rules

import (
	"context"
	"slices"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/project"
)

// timers looks at effects, intervals, and what is set as Convex' fetcher.
func (f *refreshFinder) timers() {
	for _, n := range f.unit.calls {
		if len(n.ArgumentList) == 0 || isElement(n) {
			continue
		}
		switch calleeName(n) {
		case "useEffect", "useLayoutEffect", "useInsertionEffect":
			f.effect(n)
		case "setInterval", "useInterval":
			for _, h := range f.refreshesOf(n.ArgumentList[0], false).hits {
				f.add(Refresh{Position: h.Position, Rule: RefreshInterval, Severity: Warning, Hook: f.around(n)})
			}
		case "setAuth":
			f.fetcher(n)
		}
	}
}

// refreshesOf goes through what runs at once when a function is called.
func (f *refreshFinder) refreshesOf(n ast.Node, renders bool) *reach {
	r := f.ev.reach(f.isRefresh)
	r.renders, r.retrace = renders, true
	for _, v := range f.ev.ask(f.unit, n, nil) {
		if v.external != "" && v.node == nil && f.isRefresh(v.external, nil, f.unit, nil) {
			r.hit(f.unit.at(n))
		}
		if v.function() != nil {
			r.function(v)
		}
	}
	return r
}

// isRefresh reports any call that refreshes.
func (f *refreshFinder) isRefresh(callee string, n *ast.CallExpression, u *unit, e *env) bool {
	return f.refreshes(callee, n, u, e) != ""
}

func (f *refreshFinder) add(r Refresh) {
	f.x.found.Refreshes = append(f.x.found.Refreshes, r)
}

// around names the function that a node lies in.
func (f *refreshFinder) around(n ast.Node) string {
	for at := f.unit.function(n); at != nil; at = f.unit.function(at) {
		if name := f.nameOf(at); name != "" {
			return name
		}
	}
	return ""
}

// effect judges an effect that refreshes: does it run again after that?
func (f *refreshFinder) effect(n *ast.CallExpression) {
	var cause Cause
	var at Position
	if len(n.ArgumentList) < 2 {
		cause, at = NoDeps, f.unit.at(n)
	} else if list, ok := n.ArgumentList[1].(*ast.ArrayLiteral); ok {
		for _, dependency := range list.Value {
			if dependency != nil && f.changes(dependency) {
				cause, at = DependsOn, f.unit.at(dependency)
			}
		}
	}
	if cause == "" {
		return
	}
	for _, h := range f.refreshesOf(n.ArgumentList[0], true).hits {
		found := Refresh{Position: h.Position, Rule: RefreshInEffect, Severity: Error, Hook: f.around(n), Cause: cause, CauseAt: at}
		if len(h.under) > 0 {
			found.Severity = Warning
		}
		f.add(found)
	}
}

// changes reports a dependency that a refresh changes: the token's state, or
// what useAuth says of the session.
func (f *refreshFinder) changes(n ast.Expression) bool {
	return f.rotating(n) || slices.ContainsFunc(f.ev.ask(f.unit, n, nil), func(v value) bool {
		path, ok := hookPath(v.external, "useAuth")
		return ok && (path == "" || path == "loading" || path == "user" || path == "sessionId")
	})
}

// fetcher looks at convex.setAuth(fetch) with a fetch that always forces.
func (f *refreshFinder) fetcher(n *ast.CallExpression) {
	for _, v := range f.ev.ask(f.unit, n.ArgumentList[0], nil) {
		if v.function() == nil || v.unit != f.unit {
			continue
		}
		for _, call := range f.refreshesIn(keptFunction{function: v.node}) {
			if call.when == Always {
				f.add(Refresh{Position: call.Position, Rule: ForceRefreshAlways, Severity: Warning, Hook: f.around(n)})
			}
		}
	}
}

// loops looks for refreshes in the body of a loop.
func (f *refreshFinder) loops(n ast.Node) {
	var body ast.Node
	switch n := n.(type) {
	case *ast.ForStatement:
		body = n.Body
	case *ast.ForOfStatement:
		body = n.Body
	case *ast.ForInStatement:
		body = n.Body
	case *ast.WhileStatement:
		body = n.Body
	case *ast.DoWhileStatement:
		body = n.Body
	}
	if body != nil {
		r := f.ev.reach(f.isRefresh)
		r.renders, r.retrace = true, true
		r.walk(f.unit, body, nil)
		for _, h := range r.hits {
			f.add(Refresh{Position: h.Position, Rule: RefreshInLoop, Severity: Warning, Hook: f.around(n)})
		}
	}
	children(n, f.loops)
}

// requests looks for refreshSession in what runs for every request: pages,
// layouts and the proxy.
func (f *refreshFinder) requests(ctx context.Context) {
	for i := range f.x.in.Project.Apps {
		app := &f.x.in.Project.Apps[i]
		for _, route := range app.Routes {
			if ctx.Err() != nil {
				return
			}
			if route.Kind != project.Handler {
				f.x.guard(route.File, func() { f.request(route.File, "default") })
			}
		}
		for _, name := range []string{"proxy", "middleware", "default"} {
			if app.Proxy.File != "" {
				f.x.guard(app.Proxy.File, func() { f.request(app.Proxy.File, name) })
			}
		}
	}
}

func (f *refreshFinder) request(file, name string) {
	if !f.x.root(file) {
		return
	}
	u := f.x.files.unit(file)
	if u == nil || u.client {
		return
	}
	r := f.x.reach(f.x.exported(u, name), true, func(callee string, _ *ast.CallExpression, _ *unit, _ *env) bool {
		return fromAuthKit(callee, "refreshSession")
	})
	for _, h := range r.hits {
		found := Refresh{Position: h.Position, Rule: RefreshEveryRequest, Severity: Warning}
		if len(h.under) > 0 {
			found.Severity, found.Cause = Info, Guarded
		}
		f.add(found)
	}
}
