package rules

import (
	"slices"

	"github.com/grafana/sobek/ast"
)

// A keptFunction is a function as a hook holds it: whether React keeps it
// between renders, and what makes a new one of it.
type keptFunction struct {
	function ast.Node
	env      *env
	memoised bool
	rotates  ast.Node // the dependency that changes with a refresh
	loading  bool     // it is not a dependency, but the token's loading
}

// keptness follows a name through the hook to the function that it holds.
func (f *refreshFinder) keptness(n ast.Expression, hook ast.Node, depth int) keptFunction {
	if depth > 8 {
		return keptFunction{}
	}
	switch n := unwrap(n).(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return f.literal(n, hook, depth)
	case *ast.Identifier:
		return f.named(n, hook, depth)
	case *ast.CallExpression:
		return f.memo(n, hook, depth)
	case *ast.DotExpression:
		return f.refHeld(n)
	}
	return keptFunction{}
}

// literal is a function written where it is used: new at every render, unless
// the object around it is memoised, or it lies outside the hook.
func (f *refreshFinder) literal(n ast.Node, hook ast.Node, depth int) keptFunction {
	kept := keptFunction{function: n}
	inside := false
	for at := f.unit.parents[n]; at != nil; at = f.unit.parents[at] {
		if at == hook {
			inside = true
			break
		}
		if isFunction(at) && f.memoOf(at) != nil {
			outer := f.dependencies(f.memoOf(at), hook, depth)
			kept.memoised, kept.rotates = outer.memoised, outer.rotates
		}
	}
	kept.memoised = kept.memoised || !inside
	return kept
}

func (f *refreshFinder) named(n *ast.Identifier, hook ast.Node, depth int) keptFunction {
	b := f.unit.refs[n]
	switch {
	case b == nil || len(b.steps) > 0 || b.param != nil || b.from != nil:
		return keptFunction{}
	case b.node != nil && isFunction(b.node):
		return f.literal(b.node, hook, depth)
	case b.init != nil:
		return f.keptness(b.init, hook, depth+1)
	}
	return keptFunction{}
}

// memo is a call of useCallback, of useMemo that returns a function, or of a
// hook that keeps functions by itself.
func (f *refreshFinder) memo(n *ast.CallExpression, hook ast.Node, depth int) keptFunction {
	if len(n.ArgumentList) == 0 {
		return keptFunction{}
	}
	kept := f.dependencies(n, hook, depth)
	switch calleeName(n) {
	case "useCallback":
		kept.function = f.functionOf(n.ArgumentList[0])
	case "useMemo":
		for _, v := range f.ev.returnsOf(f.ev.ask(f.unit, n.ArgumentList[0], nil)) {
			if v.function() != nil && v.unit == f.unit {
				kept.function = v.node
			}
		}
	case "useEffectEvent", "useEvent", "useEventCallback", "useStableCallback":
		kept = keptFunction{function: f.functionOf(n.ArgumentList[0]), memoised: true}
	default:
		return keptFunction{}
	}
	return kept
}

func (f *refreshFinder) functionOf(n ast.Expression) ast.Node {
	for _, v := range f.ev.ask(f.unit, n, nil) {
		if v.function() != nil && v.unit == f.unit {
			return v.node
		}
	}
	return nil
}

// refHeld is the function in a ref, which never changes for who holds it.
func (f *refreshFinder) refHeld(n *ast.DotExpression) keptFunction {
	if n.Identifier.Name.String() != "current" {
		return keptFunction{}
	}
	return keptFunction{function: f.functionOf(n), memoised: true}
}

// dependencies reads the list behind a memoised function. Without a list it
// is not memoised; a function in the list that is new at every render makes
// it new as well.
func (f *refreshFinder) dependencies(n *ast.CallExpression, hook ast.Node, depth int) keptFunction {
	if len(n.ArgumentList) < 2 {
		return keptFunction{}
	}
	list, ok := n.ArgumentList[1].(*ast.ArrayLiteral)
	if !ok {
		return keptFunction{memoised: true} // a list by another name: not known
	}
	kept := keptFunction{memoised: true}
	for _, dependency := range list.Value {
		if dependency == nil {
			continue
		}
		if f.rotating(dependency) {
			kept.rotates = dependency
			continue
		}
		if inner := f.keptness(dependency, hook, depth+1); inner.function != nil {
			kept.memoised = kept.memoised && inner.memoised
			if inner.rotates != nil && kept.rotates == nil {
				kept.rotates = dependency
			}
		}
	}
	return kept
}

// rotating reports what useAccessToken gives anew after a refresh: the token,
// its loading and error, or the whole object.
func (f *refreshFinder) rotating(n ast.Expression) bool {
	return slices.ContainsFunc(f.ev.ask(f.unit, n, nil), func(v value) bool {
		path, ok := hookPath(v.external, "useAccessToken")
		return ok && (path == "" || path == "accessToken" || path == "loading" || path == "error")
	})
}

// followsLoading returns the place at which isLoading or isAuthenticated is
// made of the token's loading.
func (f *refreshFinder) followsLoading(expressions ...ast.Expression) ast.Node {
	for _, n := range expressions {
		if n != nil {
			if at := f.loadingIn(n, 0); at != nil {
				return at
			}
		}
	}
	return nil
}

func (f *refreshFinder) loadingIn(n ast.Node, depth int) (found ast.Node) {
	if depth > 6 {
		return nil
	}
	switch leaf := n.(type) {
	case *ast.Identifier, *ast.DotExpression:
		for _, v := range f.ev.ask(f.unit, leaf, nil) {
			if path, ok := hookPath(v.external, "useAccessToken"); ok && path == "loading" {
				return leaf
			}
		}
		if name, ok := leaf.(*ast.Identifier); ok {
			if b := f.unit.refs[name]; b != nil && b.init != nil && len(b.steps) == 0 && f.loadingIn(b.init, depth+1) != nil {
				return leaf
			}
		}
		return nil
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return nil
	case *ast.CallExpression:
		if name := calleeName(leaf); name != "Boolean" && name != "useMemo" {
			return nil
		}
	}
	children(n, func(child ast.Node) {
		if found == nil {
			found = f.loadingIn(child, depth)
		}
	})
	return found
}
