package rules

import (
	"github.com/grafana/sobek/ast"
)

// A scope holds the names that a block or function declares.
type scope struct {
	names map[string]*binding
	up    *scope
}

func (s *scope) find(name string) *binding {
	for ; s != nil; s = s.up {
		if b := s.names[name]; b != nil {
			return b
		}
	}
	return nil
}

func (s *scope) declare(b *binding) {
	if s.names == nil {
		s.names = map[string]*binding{}
	}
	s.names[b.name] = b
}

// A binder resolves the identifiers of a unit, once.
type binder struct {
	unit  *unit
	scope *scope
	up    ast.Node
	depth int
	deep  bool
}

// maxDepth is how deep a tree may be: everything here recurses.
const maxDepth = 5000

func (b *binder) push() { b.scope = &scope{up: b.scope} }

// visit enters a node: it notes what is above, opens the scope that the node
// opens, and resolves what is named in it.
func (b *binder) visit(n ast.Node) {
	if _, again := b.unit.parents[n]; again {
		return // the parser keeps a default export at two places
	}
	b.unit.parents[n] = b.up
	if b.depth >= maxDepth {
		b.deep = true
		return
	}
	b.depth++
	around, above := b.scope, b.up
	b.open(n)
	switch n := n.(type) {
	case *ast.Identifier:
		if found := b.scope.find(n.Name.String()); found != nil {
			b.unit.refs[n] = found
		}
	case *ast.CallExpression:
		b.unit.calls = append(b.unit.calls, n)
	case *ast.AssignExpression:
		b.assign(n)
	}
	b.up = n
	children(n, b.visit)
	b.scope, b.up = around, above
	b.depth--
}

// open declares what a node's scope declares.
func (b *binder) open(n ast.Node) {
	switch n := n.(type) {
	case *ast.Program:
		b.scope = &scope{}
		b.unit.top = b.scope
		b.hoist(n.DeclarationList)
		b.statements(n.Body)
	case *ast.FunctionLiteral:
		b.push()
		if n.Name != nil && b.scope.find(n.Name.Name.String()) == nil {
			b.named(n.Name, n)
		}
		b.function(n, n.ParameterList, n.DeclarationList)
	case *ast.ArrowFunctionLiteral:
		b.push()
		b.function(n, n.ParameterList, n.DeclarationList)
	case *ast.BlockStatement:
		b.push()
		b.statements(n.List)
	case *ast.CaseStatement:
		b.push()
		b.statements(n.Consequent)
	default:
		b.openLoop(n)
	}
}

func (b *binder) openLoop(n ast.Node) {
	switch n := n.(type) {
	case *ast.ForStatement:
		if lexical, ok := n.Initializer.(*ast.ForLoopInitializerLexicalDecl); ok {
			b.push()
			b.bindings(lexical.LexicalDeclaration.List)
		}
	case *ast.ForOfStatement:
		if into, ok := n.Into.(*ast.ForDeclaration); ok {
			b.push()
			b.each(into.Target, n.Source)
		}
	case *ast.ForInStatement:
		if into, ok := n.Into.(*ast.ForDeclaration); ok {
			b.push()
			b.target(into.Target, nil, nil)
		}
	case *ast.CatchStatement:
		b.push()
		if n.Parameter != nil {
			b.target(n.Parameter, nil, nil)
		}
	}
}

// each binds a loop's variable to any element of what is looped over.
func (b *binder) each(target ast.Expression, source ast.Expression) {
	patterns{func(name *ast.Identifier, steps []step) {
		steps = append([]step{{index: anyElement}}, steps...)
		b.scope.declare(&binding{name: name.Name.String(), init: source, steps: steps})
	}}.target(target, nil)
}

// anyElement is the index of an element that is not known.
const anyElement = -2

// function declares a function's parameters and its var names.
func (b *binder) function(n ast.Node, list *ast.ParameterList, vars []*ast.VariableDeclaration) {
	if list != nil {
		for i, param := range list.List {
			b.target(param, nil, &parameter{function: n, index: i})
		}
		if list.Rest != nil {
			b.target(list.Rest, nil, &parameter{function: n, index: len(list.List), rest: true})
		}
	}
	b.hoist(vars)
}

func (b *binder) hoist(vars []*ast.VariableDeclaration) {
	for _, declaration := range vars {
		b.bindings(declaration.List)
	}
}

func (b *binder) bindings(list []*ast.Binding) {
	for _, bound := range list {
		b.target(bound.Target, bound.Initializer, nil)
	}
}

// target declares the names of a pattern: parts of init, or of a parameter.
func (b *binder) target(target ast.Expression, init ast.Expression, param *parameter) {
	if target == nil {
		return
	}
	patterns{func(name *ast.Identifier, steps []step) {
		b.scope.declare(&binding{name: name.Name.String(), init: init, steps: steps, param: param})
	}}.target(target, nil)
}

// statements declares what a list of statements declares in its scope.
func (b *binder) statements(list []ast.Statement) {
	for _, n := range list {
		switch n := n.(type) {
		case *ast.LexicalDeclaration:
			b.bindings(n.List)
		case *ast.FunctionDeclaration:
			b.named(n.Function.Name, n.Function)
		case *ast.ClassDeclaration:
			b.named(n.Class.Name, n.Class)
		case *ast.ImportDeclaration:
			b.imports(n)
		case *ast.ExportDeclaration:
			b.exports(n)
		}
	}
}

func (b *binder) named(name *ast.Identifier, n ast.Node) {
	if name != nil {
		b.scope.declare(&binding{name: name.Name.String(), node: n})
	}
}

// assign remembers what is assigned to a name or to its current property,
// which is how React's refs are written.
func (b *binder) assign(n *ast.AssignExpression) {
	left := n.Left
	if dot, ok := left.(*ast.DotExpression); ok && dot.Identifier.Name.String() == "current" {
		left = dot.Left
	}
	if name, ok := left.(*ast.Identifier); ok {
		if found := b.scope.find(name.Name.String()); found != nil {
			found.writes = append(found.writes, n.Right)
		}
	}
}
