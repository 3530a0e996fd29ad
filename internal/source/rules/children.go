package rules

import (
	"github.com/grafana/sobek/ast"
)

// A visitor goes through a tree and knows the way up, which [js.Walk] does
// not tell.
type visitor func(n ast.Node)

func visitAll[N ast.Node](v visitor, nodes []N) {
	for _, n := range nodes {
		v(n)
	}
}

// children calls v for every node directly below n. Fields that are absent
// are not visited.
func children(n ast.Node, v visitor) {
	switch n := n.(type) {
	case *ast.Program:
		visitAll(v, n.Body)
	case ast.Statement:
		statementChildren(n, v)
	case ast.Expression:
		expressionChildren(n, v)
	default:
		partChildren(n, v)
	}
}

func some(v visitor, n ast.Expression) {
	if n != nil {
		v(n)
	}
}

func statementChildren(n ast.Statement, v visitor) {
	switch n := n.(type) {
	case *ast.BlockStatement:
		visitAll(v, n.List)
	case *ast.CaseStatement:
		some(v, n.Test)
		visitAll(v, n.Consequent)
	case *ast.ExpressionStatement:
		some(v, n.Expression)
	case *ast.IfStatement:
		v(n.Test)
		v(n.Consequent)
		if n.Alternate != nil {
			v(n.Alternate)
		}
	case *ast.LabelledStatement:
		v(n.Statement)
	case *ast.ReturnStatement:
		some(v, n.Argument)
	case *ast.SwitchStatement:
		v(n.Discriminant)
		visitAll(v, n.Body)
	case *ast.ThrowStatement:
		some(v, n.Argument)
	case *ast.TryStatement:
		tryChildren(n, v)
	case *ast.VariableStatement:
		visitAll(v, n.List)
	case *ast.LexicalDeclaration:
		visitAll(v, n.List)
	case *ast.FunctionDeclaration:
		v(n.Function)
	case *ast.ClassDeclaration:
		v(n.Class)
	case *ast.ExportDeclaration:
		exportChildren(n, v)
	default:
		loopChildren(n, v)
	}
}

func tryChildren(n *ast.TryStatement, v visitor) {
	v(n.Body)
	if n.Catch != nil {
		v(n.Catch)
	}
	if n.Finally != nil {
		v(n.Finally)
	}
}

func exportChildren(n *ast.ExportDeclaration, v visitor) {
	switch {
	case n.HoistableDeclaration != nil && n.HoistableDeclaration.FunctionDeclaration != nil:
		v(n.HoistableDeclaration.FunctionDeclaration)
	case n.ClassDeclaration != nil:
		v(n.ClassDeclaration)
	case n.LexicalDeclaration != nil:
		v(n.LexicalDeclaration)
	case n.Variable != nil:
		v(n.Variable)
	case n.AssignExpression != nil:
		v(n.AssignExpression)
	}
}

func loopChildren(n ast.Statement, v visitor) {
	switch n := n.(type) {
	case *ast.DoWhileStatement:
		v(n.Body)
		v(n.Test)
	case *ast.WhileStatement:
		v(n.Test)
		v(n.Body)
	case *ast.ForInStatement:
		v(n.Into)
		v(n.Source)
		v(n.Body)
	case *ast.ForOfStatement:
		v(n.Into)
		v(n.Source)
		v(n.Body)
	case *ast.ForStatement:
		if n.Initializer != nil {
			v(n.Initializer)
		}
		some(v, n.Test)
		some(v, n.Update)
		v(n.Body)
	case *ast.CatchStatement:
		if n.Parameter != nil {
			v(n.Parameter)
		}
		v(n.Body)
	case *ast.WithStatement:
		v(n.Object)
		v(n.Body)
	}
}

func partChildren(n ast.Node, v visitor) {
	switch n := n.(type) {
	case *ast.ParameterList:
		visitAll(v, n.List)
		some(v, n.Rest)
	case *ast.ExpressionBody:
		v(n.Expression)
	case *ast.FieldDefinition:
		v(n.Key)
		some(v, n.Initializer)
	case *ast.MethodDefinition:
		v(n.Key)
		v(n.Body)
	case *ast.ClassStaticBlock:
		v(n.Block)
	case *ast.ForLoopInitializerExpression:
		v(n.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		visitAll(v, n.List)
	case *ast.ForLoopInitializerLexicalDecl:
		v(&n.LexicalDeclaration)
	case *ast.ForIntoVar:
		v(n.Binding)
	case *ast.ForDeclaration:
		v(n.Target)
	case *ast.ForIntoExpression:
		v(n.Expression)
	}
}
