package rules

import (
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"
)

// A reach goes through everything that runs when a function is called, into
// the functions that it calls, looking for calls of interest.
type reach struct {
	ev      *evaluator
	wanted  func(callee string, n *ast.CallExpression, u *unit, e *env) bool
	renders bool // only what runs at once: while a page is rendered, in an effect
	retrace bool // go into a function as often as it is called, to know every condition
	seen    map[ast.Node]bool
	hits    []hit
	guarded bool // the request's prefetch headers are looked at
	depth   int
	visits  int
	around  []condition // what has to hold here
}

// A hit is a call of interest and the conditions under which it runs.
type hit struct {
	Position
	under []condition
}

// A condition is a test that came out as it must for something to run. In a
// catch clause the test is nil.
type condition struct {
	unit *unit
	test ast.Expression
	want bool
	env  *env
}

const (
	maxReach  = 12   // functions deep
	maxVisits = 2000 // functions in all
)

func (ev *evaluator) reach(wanted func(string, *ast.CallExpression, *unit, *env) bool) *reach {
	return &reach{ev: ev, wanted: wanted, seen: map[ast.Node]bool{}}
}

// called looks at what happens when a value is called, or was given as a
// route's handler. unit and node are where it was exported.
func (r *reach) called(v value) {
	switch {
	case v.function() != nil:
		r.function(v)
	case v.node != nil && isCall(v.node):
		r.made(v)
	}
}

func isCall(n ast.Node) bool {
	_, ok := n.(*ast.CallExpression)
	return ok
}

// made looks at what a call has made: a handler by a function of interest, or
// by a wrapper that was given one.
func (r *reach) made(v value) {
	call := v.node.(*ast.CallExpression)
	if r.seen[call] {
		return
	}
	r.seen[call] = true
	callee := strings.TrimSuffix(v.external, "()")
	if r.wanted(callee, call, v.unit, v.env) {
		r.hit(v.unit.at(call))
		return
	}
	r.walk(v.unit, call.Callee, v.env)
	for _, argument := range call.ArgumentList {
		for _, given := range r.ev.ask(v.unit, argument, v.env) {
			r.called(given)
			if given.external != "" && given.node == nil && r.wanted(given.external, call, v.unit, v.env) {
				r.hit(v.unit.at(argument))
			}
		}
	}
}

func (r *reach) hit(at Position) {
	r.hits = append(r.hits, hit{at, slices.Clone(r.around)})
}

func (r *reach) function(v value) {
	if r.visits++; r.seen[v.node] || r.depth > maxReach || r.visits > maxVisits {
		return
	}
	r.seen[v.node] = true
	before := len(r.around)
	r.depth++
	defer func() {
		r.depth--
		r.around = r.around[:before]
		if r.retrace {
			delete(r.seen, v.node)
		}
	}()
	switch n := v.node.(type) {
	case *ast.FunctionLiteral:
		r.walk(v.unit, n.Body, v.env)
	case *ast.ArrowFunctionLiteral:
		r.walk(v.unit, n.Body, v.env)
	}
}

// walk looks at every node that runs. A function that is only defined here
// does not; one that is handed to a call does, unless React keeps it for
// later or it is a server action.
func (r *reach) walk(u *unit, n ast.Node, e *env) {
	switch n := n.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
		return
	case *ast.CallExpression:
		r.call(u, n, e)
		return
	case *ast.PropertyKeyed:
		r.walk(u, n.Value, e)
		return
	}
	if r.branches(u, n, e) {
		return
	}
	children(n, func(child ast.Node) { r.walk(u, child, e) })
}

// readsPrefetchHeader reports headers.get("next-router-prefetch") and alike.
func readsPrefetchHeader(n *ast.CallExpression) bool {
	if name := calleeName(n); name != "get" && name != "has" || len(n.ArgumentList) != 1 {
		return false
	}
	literal, ok := n.ArgumentList[0].(*ast.StringLiteral)
	if !ok {
		return false
	}
	switch strings.ToLower(literal.Value.String()) {
	case "next-router-prefetch", "next-router-segment-prefetch", "purpose", "sec-purpose", "x-purpose", "x-middleware-prefetch":
		return true
	}
	return false
}

func (r *reach) call(u *unit, n *ast.CallExpression, e *env) {
	if isElement(n) {
		r.element(u, n, e)
		return
	}
	r.guarded = r.guarded || readsPrefetchHeader(n)
	for _, callee := range r.callees(u, n, e) {
		if r.wanted(callee.external, n, u, e) {
			r.hit(u.at(n))
			continue
		}
		if function := callee.function(); function != nil {
			inner := callee.env.call(function, r.ev.arguments(u, n, e))
			r.function(value{unit: callee.unit, node: function, env: inner})
		} else if callee.node != nil && isCall(callee.node) && callee.external != "" {
			r.made(callee)
		}
	}
	r.walk(u, n.Callee, e)
	if immediate(n.Callee) {
		r.function(value{unit: u, node: n.Callee, env: e})
	}
	later := r.renders && isHook(n)
	for _, argument := range n.ArgumentList {
		switch {
		case isFunction(argument) && !later && !serverAction(argument):
			r.function(value{unit: u, node: argument, env: e})
		default:
			r.walk(u, argument, e)
		}
	}
}

// callees are what a call may call; with an empty one for what is not known,
// so that it can be judged by its form.
func (r *reach) callees(u *unit, n *ast.CallExpression, e *env) []value {
	values := r.ev.ask(u, n.Callee, e)
	if len(values) == 0 {
		return unknown()
	}
	return values
}

func immediate(callee ast.Expression) bool { return isFunction(callee) }

// isHook: what React's hooks are given runs later, or in the browser.
func isHook(n *ast.CallExpression) bool {
	switch name := calleeName(n); {
	case strings.HasPrefix(name, "use") && len(name) > 3 && name[3] >= 'A' && name[3] <= 'Z':
		return name != "useMemo" && name != "useState"
	case slices.Contains([]string{
		"startTransition", "after", "setTimeout", "setInterval", "addEventListener", "on", "once",
		"subscribe", "onChange", "requestAnimationFrame", "requestIdleCallback", "listen",
	}, name):
		return true
	}
	return false
}

// calleeName is the last name of what is called, as written.
func calleeName(n *ast.CallExpression) string {
	switch callee := unwrap(n.Callee).(type) {
	case *ast.Identifier:
		return callee.Name.String()
	case *ast.DotExpression:
		return callee.Identifier.Name.String()
	}
	return ""
}

func serverAction(function ast.Node) bool {
	switch n := function.(type) {
	case *ast.FunctionLiteral:
		return directive(n.Body.List, "use server")
	case *ast.ArrowFunctionLiteral:
		if body, ok := n.Body.(*ast.BlockStatement); ok {
			return directive(body.List, "use server")
		}
	}
	return false
}
