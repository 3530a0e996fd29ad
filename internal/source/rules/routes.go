package rules

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/project"
)

// A Callback is a route whose GET completes a sign-in.
type Callback struct {
	Position
	URL string
	App string // the app's directory
	Own bool   // by authenticateWithCode rather than AuthKit's handleAuth
}

// A SignIn is a route or page that asks for WorkOS' authorization URL.
type SignIn struct {
	Position
	URL  string
	App  string
	Kind project.Kind
}

// A SignOut is a route's method, or a page (Method is empty), that ends the
// session when it is asked for.
type SignOut struct {
	Position
	URL    string
	App    string
	File   string `json:"servedBy"` // the route's file; Position is where the session ends
	Kind   project.Kind
	Method string
}

// A ProtectedCall demands a session for a page or route.
type ProtectedCall struct {
	Position
	URL    string
	App    string
	File   string `json:"servedBy"` // the page's file; the call may lie in a layout
	Client bool   // in the browser only: the server still answers
}

// routes looks at every file that the apps' routers serve.
func (x *examination) routes(ctx context.Context) {
	for i := range x.in.Project.Apps {
		app := &x.in.Project.Apps[i]
		layouts := map[string][]ProtectedCall{}
		for _, route := range app.Routes {
			if route.Kind == project.Layout && ctx.Err() == nil {
				dir := path.Dir(route.File)
				x.guard(route.File, func() { layouts[dir] = append(layouts[dir], x.protected(app, route)...) })
			}
		}
		for _, route := range app.Routes {
			if ctx.Err() != nil {
				return
			}
			if route.Kind == project.Page {
				x.inherit(app, route, layouts)
			}
			x.guard(route.File, func() { x.route(app, route) })
		}
	}
	slices.SortFunc(x.found.Callbacks, func(a, b Callback) int { return byPosition(a.Position, b.Position) })
	slices.SortFunc(x.found.SignIns, func(a, b SignIn) int { return byPosition(a.Position, b.Position) })
	slices.SortFunc(x.found.SignOuts, func(a, b SignOut) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Method, b.Method))
	})
	slices.SortFunc(x.found.Protected, func(a, b ProtectedCall) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.File, b.File), byPosition(a.Position, b.Position))
	})
	x.found.Protected = slices.Compact(x.found.Protected)
}

func (x *examination) route(app *project.App, route project.Route) {
	u := x.unitOf(route)
	if u == nil {
		return
	}
	switch route.Kind {
	case project.Page:
		x.page(app, route, u)
	case project.Handler:
		x.handler(app, route, u)
	case project.Layout:
	}
}

func (x *examination) unitOf(route project.Route) *unit {
	if !x.root(route.File) {
		return nil
	}
	return x.files.unit(route.File)
}

// handler looks at a route handler's methods; in the pages router one
// function has them all.
func (x *examination) handler(app *project.App, route project.Route, u *unit) {
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		out := x.exported(u, method)
		if method == "GET" {
			x.callback(app, route, out)
			x.signIn(app, route, out)
		}
		x.signOut(app, SignOut{URL: route.URL, File: route.File, Kind: route.Kind, Method: method}, out)
	}
	if app.PagesDir != "" && project.Within(app.PagesDir, route.File) {
		out := x.exported(u, "default")
		x.callback(app, route, out)
		x.signIn(app, route, out)
	}
}

func (x *examination) page(app *project.App, route project.Route, u *unit) {
	if u.client {
		return
	}
	out := x.exported(u, "default")
	x.signIn(app, route, out)
	x.signOut(app, SignOut{URL: route.URL, File: route.File, Kind: route.Kind}, out)
	x.found.Protected = append(x.found.Protected, x.protected(app, route)...)
}

// An exportedName is what a route's file exports by a name, and where.
type exportedName struct {
	unit   *unit
	name   string
	values []value
}

func (x *examination) exported(u *unit, name string) exportedName {
	if _, found := u.exports[name]; !found && len(u.stars) == 0 {
		return exportedName{unit: u, name: name}
	}
	x.ev.steps = 0
	return exportedName{u, name, x.ev.export(u, name)}
}

// reach looks through what is exported. A name that stands for a wanted
// function itself counts as a call of it.
func (x *examination) reach(out exportedName, renders bool, wanted func(string, *ast.CallExpression, *unit, *env) bool) *reach {
	r := x.ev.reach(wanted)
	r.renders = renders
	for _, v := range out.values {
		if v.external != "" && v.node == nil && wanted(v.external, nil, out.unit, nil) {
			r.hit(out.unit.exportAt(out.name))
		}
		r.called(v)
	}
	slices.SortFunc(r.hits, func(a, b hit) int { return byPosition(a.Position, b.Position) })
	return r
}

func (x *examination) callback(app *project.App, route project.Route, out exportedName) {
	own := false
	r := x.reach(out, false, func(callee string, n *ast.CallExpression, u *unit, e *env) bool {
		if fromAuthKit(callee, "handleAuth") {
			return true
		}
		if x.isMethodOfWorkOS(callee, n, u, e, "authenticateWithCode", "authenticateWithCodeAndVerifier") {
			own = true
			return true
		}
		return false
	})
	if len(r.hits) > 0 {
		x.found.Callbacks = append(x.found.Callbacks, Callback{Position: r.hits[0].Position, URL: route.URL, App: app.Dir, Own: own})
	}
}

func (x *examination) signIn(app *project.App, route project.Route, out exportedName) {
	r := x.reach(out, route.Kind == project.Page, func(callee string, n *ast.CallExpression, u *unit, e *env) bool {
		return fromAuthKit(callee, "getSignInUrl") || fromAuthKit(callee, "getSignUpUrl") ||
			x.isMethodOfWorkOS(callee, n, u, e, "getAuthorizationUrl", "getAuthorizationUrlWithPKCE")
	})
	if len(r.hits) > 0 {
		x.found.SignIns = append(x.found.SignIns, SignIn{Position: r.hits[0].Position, URL: route.URL, App: app.Dir, Kind: route.Kind})
	}
}

func (x *examination) signOut(app *project.App, s SignOut, out exportedName) {
	r := x.reach(out, s.Kind == project.Page, func(callee string, _ *ast.CallExpression, _ *unit, _ *env) bool {
		return fromAuthKit(callee, "signOut")
	})
	if len(r.hits) == 0 || r.guarded {
		return
	}
	s.App, s.Position = app.Dir, r.hits[0].Position
	x.found.SignOuts = append(x.found.SignOuts, s)
}

// authKit is the prefix of the modules that hold AuthKit's server functions
// and hooks.
const authKit = "@workos-inc/authkit-nextjs"

// fromAuthKit reports one of AuthKit's functions for the server.
func fromAuthKit(callee, name string) bool {
	return callee == authKit+"#"+name || callee == authKit+"#default."+name
}

// isMethodOfWorkOS judges a method of the SDK by its name and by what it is
// called on: the SDK's object, or something named userManagement or workos.
func (x *examination) isMethodOfWorkOS(callee string, n *ast.CallExpression, u *unit, _ *env, names ...string) bool {
	if n == nil || !slices.Contains(names, calleeName(n)) {
		return false
	}
	if strings.HasPrefix(callee, "@workos-inc/") {
		return true
	}
	dot, ok := unwrap(n.Callee).(*ast.DotExpression)
	return ok && strings.Contains(strings.ToLower(dotted(dot.Left)), "workos") || ok && strings.Contains(dotted(dot.Left), "userManagement") ||
		strings.HasPrefix(calleeName(n), "authenticateWithCode") && u != nil
}

// dotted writes a chain of names as it stands.
func dotted(n ast.Expression) string {
	switch n := unwrap(n).(type) {
	case *ast.Identifier:
		return n.Name.String()
	case *ast.DotExpression:
		return dotted(n.Left) + "." + n.Identifier.Name.String()
	case *ast.CallExpression:
		return dotted(n.Callee) + "()"
	case *ast.NewExpression:
		return dotted(n.Callee)
	}
	return ""
}
