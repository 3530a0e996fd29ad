package rules

import (
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"
)

// hookOf is the function that returns an object, past useMemo's.
func (f *refreshFinder) hookOf(n ast.Node) ast.Node {
	hook := f.unit.function(n)
	for hook != nil && f.memoOf(hook) != nil {
		hook = f.unit.function(hook)
	}
	return hook
}

// memoOf is the call of useMemo or useCallback that a function is given to.
func (f *refreshFinder) memoOf(function ast.Node) *ast.CallExpression {
	call, ok := f.unit.parents[function].(*ast.CallExpression)
	if !ok || len(call.ArgumentList) == 0 || ast.Node(call.ArgumentList[0]) != function {
		return nil
	}
	if name := calleeName(call); name == "useMemo" || name == "useCallback" {
		return call
	}
	return nil
}

// nameOf is a function's own name, or the constant's that holds it.
func (f *refreshFinder) nameOf(function ast.Node) string {
	if literal, ok := function.(*ast.FunctionLiteral); ok && literal.Name != nil {
		return literal.Name.Name.String()
	}
	if bound, ok := f.unit.parents[function].(*ast.Binding); ok {
		if name, ok := bound.Target.(*ast.Identifier); ok {
			return name.Name.String()
		}
	}
	return ""
}

// usesAuthKit reports a function in which a name stands for something of
// AuthKit's hooks.
func (f *refreshFinder) usesAuthKit(hook ast.Node) bool {
	found := false
	var look visitor
	look = func(n ast.Node) {
		if found {
			return
		}
		if name, ok := n.(*ast.Identifier); ok && f.unit.refs[name] != nil {
			found = slices.ContainsFunc(f.ev.ask(f.unit, name, nil), func(v value) bool { return isOfHook(v.external) })
		}
		children(n, look)
	}
	look(hook)
	return found
}

// isOfHook reports what AuthKit's hooks give, in its packages for React.
func isOfHook(external string) bool {
	module, path, _ := strings.Cut(external, "#")
	if !strings.HasPrefix(module, "@workos-inc/authkit-") && !strings.HasPrefix(module, "@workos/authkit-") {
		return false
	}
	path = strings.TrimPrefix(path, "default.")
	return strings.HasPrefix(path, "useAccessToken()") || strings.HasPrefix(path, "useAuth()") ||
		path == "useAccessToken" || path == "useAuth"
}

// hookPath is the part of a value that names a hook's result: "refresh" of
// useAccessToken.
func hookPath(external, hook string) (string, bool) {
	if !isOfHook(external) {
		return "", false
	}
	_, path, _ := strings.Cut(external, "#")
	path, ok := strings.CutPrefix(strings.TrimPrefix(path, "default."), hook+"()")
	return strings.TrimPrefix(path, "."), ok
}
