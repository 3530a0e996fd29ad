package eval

import (
	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/token"

	"github.com/previewgate/previewgate/internal/source/js"
)

type position = js.Position

// located is where the parts of an auth.config stand: found in the syntax, for
// the shapes in which people write it, and the nearest that is known for
// others.
type located struct {
	whole position
	head  []providerPlace // as far as an index is known
}

type providerPlace struct {
	at     position
	fields map[string]position
}

func (l located) provider(i int) (providerPlace, bool) {
	if i >= 0 && i < len(l.head) {
		return l.head[i], true
	}
	return providerPlace{}, false
}

// at is where a provider, or a field of it, stands.
func (l located) at(i int, field string) position {
	p, ok := l.provider(i)
	if !ok {
		return l.whole
	}
	if at, ok := p.fields[field]; ok {
		return at
	}
	return p.at
}

func (l located) fields(i int) map[string]position {
	p, _ := l.provider(i)
	return p.fields
}

// locateProviders looks at the entry alone: a list that is built elsewhere has
// its place where it is exported.
func locateProviders(files js.Files, entry string) located {
	out := located{whole: position{Path: entry, Line: 1, Column: 1, ByteColumn: 1}}
	m, err := js.Parse(js.Source{Path: entry, Text: files[entry]})
	if err != nil {
		return out
	}
	s := newScope(m)
	config, at := s.defaultExport()
	if config == nil {
		return out
	}
	out.whole = at
	object, ok := s.resolve(config).(*ast.ObjectLiteral)
	if !ok {
		return out
	}
	list, ok := s.resolve(s.property(object, "providers")).(*ast.ArrayLiteral)
	if !ok {
		return out
	}
	for _, item := range list.Value {
		if _, spread := item.(*ast.SpreadElement); spread || item == nil {
			return out // from here on the index of an element is not known
		}
		out.head = append(out.head, s.place(item))
	}
	return out
}

func (s *scope) place(item ast.Expression) providerPlace {
	p := providerPlace{at: s.module.Position(item.Idx0())}
	object, ok := s.resolve(item).(*ast.ObjectLiteral)
	if !ok {
		return p
	}
	p.at = s.module.Position(object.Idx0())
	p.fields = make(map[string]position)
	for _, property := range object.Value {
		if name := propertyName(property); name != "" {
			p.fields[name] = s.module.Position(property.Idx0())
		}
	}
	return p
}

// A scope knows the constants at the top of a module.
type scope struct {
	module *js.Module
	values map[string]ast.Expression
}

func newScope(m *js.Module) *scope {
	s := &scope{m, make(map[string]ast.Expression)}
	for _, statement := range m.Program.Body {
		var bindings []*ast.Binding
		switch n := statement.(type) {
		case *ast.LexicalDeclaration:
			bindings = n.List
		case *ast.VariableStatement:
			bindings = n.List
		case *ast.ExportDeclaration:
			if n.LexicalDeclaration != nil {
				bindings = n.LexicalDeclaration.List
			}
		}
		for _, b := range bindings {
			if id, ok := b.Target.(*ast.Identifier); ok && b.Initializer != nil {
				s.values[id.Name.String()] = b.Initializer
			}
		}
	}
	return s
}

// resolve follows names of constants, and takes a call for its first argument,
// as of a function that only gives a type.
func (s *scope) resolve(e ast.Expression) ast.Expression {
	for range 10 {
		switch n := e.(type) {
		case *ast.Identifier:
			e = s.values[n.Name.String()]
		case *ast.CallExpression:
			if len(n.ArgumentList) == 0 {
				return nil
			}
			e = n.ArgumentList[0]
		default:
			return e
		}
	}
	return nil
}

// defaultExport returns what a module exports by default, and where.
func (s *scope) defaultExport() (ast.Expression, position) {
	for _, statement := range s.module.Program.Body {
		switch n := statement.(type) {
		case *ast.ExportDeclaration:
			if n.IsDefault && n.AssignExpression != nil {
				return n.AssignExpression, s.module.Position(n.Idx0())
			}
			if n.NamedExports != nil {
				for _, spec := range n.NamedExports.ExportsList {
					if spec.Alias.String() == "default" {
						return s.values[spec.IdentifierName.String()], s.module.Position(n.Idx0())
					}
				}
			}
		case *ast.ExpressionStatement:
			assign, ok := n.Expression.(*ast.AssignExpression)
			if !ok || assign.Operator != token.ASSIGN {
				continue
			}
			if dot, ok := assign.Left.(*ast.DotExpression); ok && dot.Identifier.Name.String() == "exports" {
				return assign.Right, s.module.Position(n.Idx0())
			}
		}
	}
	return nil, position{}
}

func (s *scope) property(object *ast.ObjectLiteral, name string) ast.Expression {
	for _, property := range object.Value {
		if propertyName(property) != name {
			continue
		}
		switch p := property.(type) {
		case *ast.PropertyKeyed:
			return p.Value
		case *ast.PropertyShort:
			return &p.Name
		}
	}
	return nil
}

func propertyName(p ast.Property) string {
	switch p := p.(type) {
	case *ast.PropertyShort:
		return p.Name.Name.String()
	case *ast.PropertyKeyed:
		if key, ok := p.Key.(*ast.StringLiteral); ok && !p.Computed {
			return key.Value.String()
		}
	}
	return ""
}
