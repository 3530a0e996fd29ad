package js

import (
	"reflect"

	"github.com/grafana/sobek/ast"
)

// Walk visits a node and what is below it, in the order of the source, each
// node once. Where visit returns false it does not go further down. A node is
// always a pointer, also where the tree embeds one by value: the Name of an
// *ast.PropertyShort, the Identifier of an *ast.DotExpression.
func Walk(node ast.Node, visit func(ast.Node) bool) {
	w := walker{visit: visit, seen: make(map[ast.Node]bool)}
	w.node(node)
}

type walker struct {
	visit func(ast.Node) bool
	seen  map[ast.Node]bool // the parser keeps a default export at two places
}

func (w *walker) node(n ast.Node) {
	if isNil(n) || w.seen[n] {
		return
	}
	w.seen[n] = true
	if !w.visit(n) {
		return
	}
	switch n := n.(type) {
	case *ast.Program:
		each(w, n.Body)
	case ast.Statement:
		w.statement(n)
	case ast.Expression:
		w.expression(n)
	default:
		w.part(n)
	}
}

// isNil: fields of the tree hold nil pointers as well as nil interfaces.
func isNil(n ast.Node) bool {
	if n == nil {
		return true
	}
	v := reflect.ValueOf(n)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

func each[N ast.Node](w *walker, nodes []N) {
	for _, n := range nodes {
		w.node(n)
	}
}

func (w *walker) statement(n ast.Statement) {
	switch n := n.(type) {
	case *ast.BlockStatement:
		each(w, n.List)
	case *ast.CaseStatement:
		w.node(n.Test)
		each(w, n.Consequent)
	case *ast.CatchStatement:
		w.all(n.Parameter, n.Body)
	case *ast.ExpressionStatement:
		w.node(n.Expression)
	case *ast.IfStatement:
		w.all(n.Test, n.Consequent, n.Alternate)
	case *ast.LabelledStatement:
		w.node(n.Statement)
	case *ast.ReturnStatement:
		w.node(n.Argument)
	case *ast.SwitchStatement:
		w.node(n.Discriminant)
		each(w, n.Body)
	case *ast.ThrowStatement:
		w.node(n.Argument)
	case *ast.TryStatement:
		w.all(n.Body, n.Catch, n.Finally)
	case *ast.WithStatement:
		w.all(n.Object, n.Body)
	default:
		w.loop(n)
	}
}

func (w *walker) loop(n ast.Statement) {
	switch n := n.(type) {
	case *ast.DoWhileStatement:
		w.all(n.Body, n.Test)
	case *ast.WhileStatement:
		w.all(n.Test, n.Body)
	case *ast.ForInStatement:
		w.all(n.Into, n.Source, n.Body)
	case *ast.ForOfStatement:
		w.all(n.Into, n.Source, n.Body)
	case *ast.ForStatement:
		w.all(n.Initializer, n.Test, n.Update, n.Body)
	default:
		w.declaration(n)
	}
}

func (w *walker) declaration(n ast.Statement) {
	switch n := n.(type) {
	case *ast.VariableStatement:
		each(w, n.List)
	case *ast.LexicalDeclaration:
		each(w, n.List)
	case *ast.FunctionDeclaration:
		w.node(n.Function)
	case *ast.ClassDeclaration:
		w.node(n.Class)
	case *ast.ExportDeclaration:
		w.all(n.Variable, n.LexicalDeclaration, n.ClassDeclaration, n.AssignExpression)
		if n.HoistableDeclaration != nil {
			w.node(n.HoistableDeclaration.FunctionDeclaration)
		}
	}
}

func (w *walker) all(nodes ...ast.Node) {
	each(w, nodes)
}

// part takes what is neither a statement nor an expression.
func (w *walker) part(n ast.Node) {
	switch n := n.(type) {
	case *ast.ParameterList:
		each(w, n.List)
		w.node(n.Rest)
	case *ast.ExpressionBody:
		w.node(n.Expression)
	case *ast.FieldDefinition:
		w.all(n.Key, n.Initializer)
	case *ast.MethodDefinition:
		w.all(n.Key, n.Body)
	case *ast.ClassStaticBlock:
		w.node(n.Block)
	case *ast.ForLoopInitializerExpression:
		w.node(n.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		each(w, n.List)
	case *ast.ForLoopInitializerLexicalDecl:
		w.node(&n.LexicalDeclaration)
	case *ast.ForIntoVar:
		w.node(n.Binding)
	case *ast.ForDeclaration:
		w.node(n.Target)
	case *ast.ForIntoExpression:
		w.node(n.Expression)
	}
}
