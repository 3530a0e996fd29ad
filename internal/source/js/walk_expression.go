package js

import "github.com/grafana/sobek/ast"

func (w *walker) expression(n ast.Expression) {
	switch n := n.(type) {
	case *ast.FunctionLiteral:
		w.all(n.Name, n.ParameterList, n.Body)
	case *ast.ArrowFunctionLiteral:
		w.all(n.ParameterList, n.Body)
	case *ast.ClassLiteral:
		w.all(n.Name, n.SuperClass)
		each(w, n.Body)
	case *ast.CallExpression:
		w.node(n.Callee)
		each(w, n.ArgumentList)
	case *ast.NewExpression:
		w.node(n.Callee)
		each(w, n.ArgumentList)
	case *ast.DotExpression:
		w.all(n.Left, &n.Identifier)
	case *ast.PrivateDotExpression:
		w.node(n.Left)
	case *ast.BracketExpression:
		w.all(n.Left, n.Member)
	case *ast.OptionalChain:
		w.node(n.Expression)
	case *ast.Optional:
		w.node(n.Expression)
	case *ast.TemplateLiteral:
		w.node(n.Tag)
		each(w, n.Expressions)
	default:
		w.operation(n)
	}
}

func (w *walker) operation(n ast.Expression) {
	switch n := n.(type) {
	case *ast.AssignExpression:
		w.all(n.Left, n.Right)
	case *ast.BinaryExpression:
		w.all(n.Left, n.Right)
	case *ast.ConditionalExpression:
		w.all(n.Test, n.Consequent, n.Alternate)
	case *ast.UnaryExpression:
		w.node(n.Operand)
	case *ast.SequenceExpression:
		each(w, n.Sequence)
	case *ast.AwaitExpression:
		w.node(n.Argument)
	case *ast.YieldExpression:
		w.node(n.Argument)
	default:
		w.literal(n)
	}
}

func (w *walker) literal(n ast.Expression) {
	switch n := n.(type) {
	case *ast.ArrayLiteral:
		each(w, n.Value)
	case *ast.ObjectLiteral:
		each(w, n.Value)
	case *ast.PropertyKeyed:
		w.all(n.Key, n.Value)
	case *ast.PropertyShort:
		w.all(&n.Name, n.Initializer)
	case *ast.SpreadElement:
		w.node(n.Expression)
	case *ast.ArrayPattern:
		each(w, n.Elements)
		w.node(n.Rest)
	case *ast.ObjectPattern:
		each(w, n.Properties)
		w.node(n.Rest)
	case *ast.Binding:
		w.all(n.Target, n.Initializer)
	}
}
