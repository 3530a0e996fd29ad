package rules

import "github.com/grafana/sobek/ast"

func expressionChildren(n ast.Expression, v visitor) {
	switch n := n.(type) {
	case *ast.FunctionLiteral:
		functionChildren(n.ParameterList, n.Body, v)
	case *ast.ArrowFunctionLiteral:
		functionChildren(n.ParameterList, n.Body, v)
	case *ast.ClassLiteral:
		some(v, n.SuperClass)
		visitAll(v, n.Body)
	case *ast.CallExpression:
		v(n.Callee)
		visitAll(v, n.ArgumentList)
	case *ast.NewExpression:
		v(n.Callee)
		visitAll(v, n.ArgumentList)
	case *ast.DotExpression:
		v(n.Left)
	case *ast.PrivateDotExpression:
		v(n.Left)
	case *ast.BracketExpression:
		v(n.Left)
		v(n.Member)
	case *ast.OptionalChain:
		v(n.Expression)
	case *ast.Optional:
		v(n.Expression)
	case *ast.TemplateLiteral:
		some(v, n.Tag)
		visitAll(v, n.Expressions)
	default:
		operationChildren(n, v)
	}
}

func functionChildren(parameters *ast.ParameterList, body ast.Node, v visitor) {
	if parameters != nil {
		v(parameters)
	}
	v(body)
}

func operationChildren(n ast.Expression, v visitor) {
	switch n := n.(type) {
	case *ast.AssignExpression:
		v(n.Left)
		v(n.Right)
	case *ast.BinaryExpression:
		v(n.Left)
		v(n.Right)
	case *ast.ConditionalExpression:
		v(n.Test)
		v(n.Consequent)
		v(n.Alternate)
	case *ast.UnaryExpression:
		v(n.Operand)
	case *ast.SequenceExpression:
		visitAll(v, n.Sequence)
	case *ast.AwaitExpression:
		some(v, n.Argument)
	case *ast.YieldExpression:
		some(v, n.Argument)
	default:
		literalChildren(n, v)
	}
}

func literalChildren(n ast.Expression, v visitor) {
	switch n := n.(type) {
	case *ast.ArrayLiteral:
		for _, item := range n.Value {
			some(v, item) // a hole is nil
		}
	case *ast.ObjectLiteral:
		visitAll(v, n.Value)
	case *ast.PropertyKeyed:
		some(v, n.Key)
		some(v, n.Value)
	case *ast.PropertyShort:
		v(&n.Name)
		some(v, n.Initializer)
	case *ast.SpreadElement:
		v(n.Expression)
	case *ast.Binding:
		if n.Target != nil {
			v(n.Target)
		}
		some(v, n.Initializer)
	case *ast.ArrayPattern:
		for _, item := range n.Elements {
			some(v, item)
		}
		some(v, n.Rest)
	case *ast.ObjectPattern:
		visitAll(v, n.Properties)
		some(v, n.Rest)
	}
}
