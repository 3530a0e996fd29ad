package rules

import (
	"errors"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/js"
)

// A unit is a parsed file with its names resolved.
type unit struct {
	path    string
	text    []byte
	module  *js.Module
	client  bool // it starts with "use client"
	leaving bool // it speaks of signing out
	top     *scope
	parents map[ast.Node]ast.Node
	refs    map[*ast.Identifier]*binding
	calls   []*ast.CallExpression // in the order of the source
	exports map[string]exported
	stars   []string // export * from
	inside  map[ast.Node][]*ast.CallExpression
}

// exported is what a name of a unit stands for: one of its own names, an
// expression, or a name of another module.
type exported struct {
	local string
	value ast.Node
	from  *imported
}

var errDeep = errors.New("it nests too deep")

func newUnit(path string, text []byte) (*unit, error) {
	module, err := js.Parse(js.Source{Path: path, Text: text})
	if err != nil {
		return nil, err
	}
	u := &unit{
		path: path, text: text, module: module,
		parents: map[ast.Node]ast.Node{},
		refs:    map[*ast.Identifier]*binding{},
		exports: map[string]exported{},
		inside:  map[ast.Node][]*ast.CallExpression{},
	}
	u.leaving = speaksOfSignOut(text)
	u.client = directive(module.Program.Body, "use client")
	b := &binder{unit: u}
	b.visit(module.Program)
	if b.deep {
		return nil, errDeep
	}
	return u, nil
}

// directive reports whether a body begins with the directive.
func directive(body []ast.Statement, text string) bool {
	for _, n := range body {
		statement, ok := n.(*ast.ExpressionStatement)
		if !ok {
			return false
		}
		literal, ok := statement.Expression.(*ast.StringLiteral)
		if !ok {
			return false
		}
		if literal.Value.String() == text {
			return true
		}
	}
	return false
}

func (b *binder) imports(n *ast.ImportDeclaration) {
	if n.ImportClause == nil || n.FromClause == nil {
		return
	}
	specifier := n.FromClause.ModuleSpecifier.String()
	declare := func(local, name string) {
		b.scope.declare(&binding{name: local, from: &imported{specifier, name}})
	}
	if name := n.ImportClause.ImportedDefaultBinding; name != nil {
		declare(name.Name.String(), "default")
	}
	if all := n.ImportClause.NameSpaceImport; all != nil {
		declare(all.ImportedBinding.String(), "*")
	}
	if n.ImportClause.NamedImports == nil {
		return
	}
	for _, s := range n.ImportClause.NamedImports.ImportsList {
		local := s.Alias.String()
		if local == "" {
			local = s.IdentifierName.String()
		}
		declare(local, s.IdentifierName.String())
	}
}

// exports declares what an export declares, and lists its names.
func (b *binder) exports(n *ast.ExportDeclaration) {
	switch {
	case n.ExportFromClause != nil && n.FromClause != nil:
		specifier := n.FromClause.ModuleSpecifier.String()
		if alias := n.ExportFromClause.Alias.String(); alias != "" {
			b.unit.exports[alias] = exported{from: &imported{specifier, "*"}}
		} else if n.ExportFromClause.IsWildcard {
			b.unit.stars = append(b.unit.stars, specifier)
		}
	case n.NamedExports != nil:
		b.namedExports(n)
	case n.LexicalDeclaration != nil:
		b.bindings(n.LexicalDeclaration.List)
		b.exportBindings(n.LexicalDeclaration.List)
	case n.Variable != nil:
		b.exportBindings(n.Variable.List)
	case n.HoistableDeclaration != nil && n.HoistableDeclaration.FunctionDeclaration != nil:
		function := n.HoistableDeclaration.FunctionDeclaration.Function
		b.exportNode(n, function.Name, function)
	case n.ClassDeclaration != nil:
		b.exportNode(n, n.ClassDeclaration.Class.Name, n.ClassDeclaration.Class)
	case n.AssignExpression != nil && n.IsDefault:
		b.unit.exports["default"] = exported{value: n.AssignExpression}
	}
}

func (b *binder) namedExports(n *ast.ExportDeclaration) {
	for _, s := range n.NamedExports.ExportsList {
		name, local := s.Alias.String(), s.IdentifierName.String()
		if name == "" {
			name = local
		}
		if n.FromClause != nil {
			b.unit.exports[name] = exported{from: &imported{n.FromClause.ModuleSpecifier.String(), local}}
		} else {
			b.unit.exports[name] = exported{local: local}
		}
	}
}

func (b *binder) exportBindings(list []*ast.Binding) {
	for _, bound := range list {
		patterns{func(name *ast.Identifier, _ []step) {
			b.unit.exports[name.Name.String()] = exported{local: name.Name.String()}
		}}.target(bound.Target, nil)
	}
}

func (b *binder) exportNode(n *ast.ExportDeclaration, name *ast.Identifier, value ast.Node) {
	b.named(name, value)
	switch {
	case n.IsDefault:
		b.unit.exports["default"] = exported{value: value}
	case name != nil:
		b.unit.exports[name.Name.String()] = exported{local: name.Name.String()}
	}
}

// function returns the innermost function that a node lies in, nil at the
// module's top.
func (u *unit) function(n ast.Node) ast.Node {
	for at := u.parents[n]; at != nil; at = u.parents[at] {
		if isFunction(at) {
			return at
		}
	}
	return nil
}

func isFunction(n ast.Node) bool {
	switch n.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return true
	}
	return false
}
