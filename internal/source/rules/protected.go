package rules

import (
	"path"
	"strings"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/project"
)

// protected looks for demands of a session in a page or layout. Hooks count
// too, apart: they run in the browser.
func (x *examination) protected(app *project.App, route project.Route) []ProtectedCall {
	u := x.unitOf(route)
	if u == nil {
		return nil
	}
	var calls []ProtectedCall
	for _, client := range []bool{false, true} {
		r := x.reach(x.exported(u, "default"), true, func(callee string, n *ast.CallExpression, at *unit, e *env) bool {
			return x.demandsSession(callee, n, at, e, client)
		})
		if len(r.hits) > 0 {
			calls = append(calls, ProtectedCall{Position: r.hits[0].Position, URL: route.URL, App: app.Dir, File: route.File, Client: client})
		}
	}
	return calls
}

// demandsSession reports withAuth({ensureSignedIn: true}), or the hook's.
func (x *examination) demandsSession(callee string, n *ast.CallExpression, u *unit, e *env, client bool) bool {
	switch {
	case client && callee != authKit+"/components#useAuth":
		return false
	case !client && !fromAuthKit(callee, "withAuth") && !fromAuthKit(callee, "getUser"):
		return false
	case n == nil || len(n.ArgumentList) == 0:
		return false
	}
	for _, options := range x.ev.ask(u, n.ArgumentList[0], e) {
		for _, v := range x.ev.member(options, "ensureSignedIn") {
			if truth, known := v.truth(); known && truth {
				return true
			}
		}
	}
	return false
}

// inherit gives a page what the layouts above it demand.
func (x *examination) inherit(app *project.App, page project.Route, layouts map[string][]ProtectedCall) {
	for dir := path.Dir(page.File); ; dir = path.Dir(dir) {
		for _, call := range layouts[dir] {
			call.URL, call.File = page.URL, page.File
			x.found.Protected = append(x.found.Protected, call)
		}
		if dir == app.AppDir || dir == "." || !strings.Contains(dir, "/") {
			return
		}
	}
}

// exportAt is where a unit exports a name: at the name as it is written, or
// at the statement.
func (u *unit) exportAt(name string) Position {
	for _, n := range u.module.Program.Body {
		statement, ok := n.(*ast.ExportDeclaration)
		if !ok {
			continue
		}
		if statement.IsDefault && name == "default" {
			return u.place(statement.Idx)
		}
		if statement.NamedExports != nil && namesExport(statement, name) {
			return u.place(statement.Idx)
		}
		if statement.LexicalDeclaration != nil {
			for _, bound := range statement.LexicalDeclaration.List {
				if target, ok := bound.Target.(*ast.Identifier); ok && target.Name.String() == name {
					return u.at(target)
				}
			}
		}
	}
	return Position{File: u.path, Line: 1, Column: 1, Token: tokenAt(u.text, 0)}
}

func namesExport(n *ast.ExportDeclaration, name string) bool {
	for _, s := range n.NamedExports.ExportsList {
		if s.Alias.String() == name || s.Alias == "" && s.IdentifierName.String() == name {
			return true
		}
	}
	return false
}
