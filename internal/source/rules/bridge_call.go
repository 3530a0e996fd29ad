package rules

import (
	"slices"

	"github.com/grafana/sobek/ast"
)

// asked is what a fetchAccessToken is called with, as a value.
const asked = "convex#asked"

// A refreshCall is a call that refreshes, and when.
type refreshCall struct {
	Position
	when  Forced
	fixed bool // by forceRefresh: true
}

// refreshesIn finds the calls that refresh when Convex calls a function.
func (f *refreshFinder) refreshesIn(fetch keptFunction) []refreshCall {
	means := map[Position]means{}
	r := f.ev.reach(func(callee string, n *ast.CallExpression, u *unit, e *env) bool {
		by := f.refreshes(callee, n, u, e)
		if by != "" && n != nil {
			means[u.at(n)] = by
		}
		return by != ""
	})
	r.retrace = true
	inner := fetch.env.call(fetch.function, [][]value{{{external: asked}}})
	r.function(value{unit: f.unit, node: fetch.function, env: inner})
	var calls []refreshCall
	for _, h := range r.hits {
		call := refreshCall{h.Position, f.when(h.under), means[h.Position] == byOption}
		if means[h.Position] == byRequest && call.when == Always {
			call.when = WhenAsked
		}
		calls = append(calls, call)
	}
	return calls
}

// means says by what a call refreshes.
type means string

const (
	byName    means = "name"    // refresh, refreshAuth
	byOption  means = "option"  // forceRefresh: true
	byRequest means = "request" // forceRefresh: forceRefreshToken
)

// refreshes reports a call of what AuthKit's hooks refresh with.
func (f *refreshFinder) refreshes(callee string, n *ast.CallExpression, u *unit, e *env) means {
	token, isToken := hookPath(callee, "useAccessToken")
	auth, isAuth := hookPath(callee, "useAuth")
	switch {
	case isToken && token == "refresh", isAuth && auth == "refreshAuth":
		return byName
	case isToken && token == "getAccessToken", isAuth && auth == "getAccessToken":
		if n != nil && len(n.ArgumentList) > 0 {
			return f.forces(u, n.ArgumentList[0], e)
		}
	}
	return ""
}

// forces reads the option by which authkit-react refreshes.
func (f *refreshFinder) forces(u *unit, options ast.Expression, e *env) means {
	for _, v := range f.ev.members(f.ev.ask(u, options, e), "forceRefresh") {
		if truth, known := v.truth(); known && truth {
			return byOption
		}
		if v.external == asked+".forceRefreshToken" {
			return byRequest
		}
	}
	return ""
}

// forcedOf sums up: the widest of the conditions under which it refreshes.
func forcedOf(calls []refreshCall) Forced {
	if call := worst(calls); call != nil {
		return call.when
	}
	return Never
}

func worst(calls []refreshCall) *refreshCall {
	order := []Forced{Never, WhenMissing, WhenAsked, Always}
	var found *refreshCall
	for i := range calls {
		if found == nil || slices.Index(order, calls[i].when) > slices.Index(order, found.when) {
			found = &calls[i]
		}
	}
	return found
}

// when reads the conditions around a call: all of them hold.
func (f *refreshFinder) when(under []condition) Forced {
	force, missing := false, false
	for _, c := range under {
		if c.test == nil {
			missing = true // in catch: getting a token has failed
			continue
		}
		m := f.meaning(c)
		force, missing = force || m.force, missing || m.missing
	}
	switch {
	case missing:
		return WhenMissing
	case force:
		return WhenAsked
	}
	return Always
}

// A meaning is what a condition says of forceRefreshToken and of the token.
type meaning struct {
	force   bool // it was asked for
	missing bool // there is none
}

func (a meaning) and(b meaning) meaning {
	return meaning{a.force || b.force, a.missing || b.missing}
}

// or: being asked for is enough of a reason; a missing token only where
// both sides say so.
func (a meaning) or(b meaning) meaning {
	return meaning{a.force || b.force, a.missing && b.missing}
}

func (f *refreshFinder) meaning(c condition) meaning {
	part := func(test ast.Expression, want bool) meaning {
		return f.meaning(condition{c.unit, test, want, c.env})
	}
	switch n := unwrap(c.test).(type) {
	case *ast.UnaryExpression:
		if n.Operator.String() == "!" {
			return part(n.Operand, !c.want)
		}
	case *ast.BinaryExpression:
		switch operator := n.Operator.String(); {
		case operator == "&&" && c.want, operator == "||" && !c.want:
			return part(n.Left, c.want).and(part(n.Right, c.want))
		case operator == "&&", operator == "||":
			return part(n.Left, c.want).or(part(n.Right, c.want))
		default:
			return f.compared(c, n)
		}
	case *ast.CallExpression:
		if calleeName(n) == "Boolean" && len(n.ArgumentList) == 1 {
			return part(n.ArgumentList[0], c.want)
		}
	}
	return f.leaf(c)
}

// compared reads x === true, x == null and their opposites.
func (f *refreshFinder) compared(c condition, n *ast.BinaryExpression) meaning {
	want := c.want
	switch n.Operator.String() {
	case "===", "==":
	case "!==", "!=":
		want = !want
	default:
		return meaning{}
	}
	for _, v := range f.ev.ask(c.unit, n.Right, c.env) {
		if truth, known := v.truth(); known {
			return f.meaning(condition{c.unit, n.Left, want == truth, c.env})
		}
	}
	return meaning{}
}

// leaf is a plain value: what was asked, or a token.
func (f *refreshFinder) leaf(c condition) meaning {
	var m meaning
	for _, v := range f.ev.ask(c.unit, c.test, c.env) {
		if v.external == asked+".forceRefreshToken" {
			m.force = m.force || c.want
		}
		for _, hook := range []string{"useAccessToken", "useAuth"} {
			if path, ok := hookPath(v.external, hook); ok && (path == "accessToken" || path == "getAccessToken()") {
				m.missing = m.missing || !c.want
			}
		}
	}
	return m
}

// compiled reports whether React's compiler memoises the unit's functions.
func (f *refreshFinder) compiled() bool {
	for i := range f.x.in.Project.Apps {
		app := &f.x.in.Project.Apps[i]
		own, inApp := f.x.in.Project.AppOf(f.unit.path)
		if app.Config == "" || inApp && own != app {
			continue
		}
		if config := f.x.files.unit(app.Config); config != nil && f.setsCompiler(config) {
			return true
		}
	}
	return false
}

func (f *refreshFinder) setsCompiler(config *unit) bool {
	found := false
	var look visitor
	look = func(n ast.Node) {
		if property, ok := n.(*ast.PropertyKeyed); ok {
			if key, _ := keyOf(property); key == "reactCompiler" {
				truth, known := f.ev.truth(config, property.Value, nil)
				found = found || known && truth
			}
		}
		children(n, look)
	}
	look(config.module.Program)
	return found
}
