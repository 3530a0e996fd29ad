package eval

import (
	"encoding/json"

	"github.com/grafana/sobek"
	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/match"
)

// locateConfig finds the exported config in the syntax: whether it is the
// literal that Next.js demands, and where its matchers stand.
func locateConfig(files js.Files, entry string) Config {
	c := Config{Static: true, Position: js.Position{Path: entry, Line: 1, Column: 1, ByteColumn: 1}}
	m, err := js.Parse(js.Source{Path: entry, Text: files[entry]})
	if err != nil {
		return c
	}
	value := exportedConst(m, "config")
	if value == nil {
		c.Static = !exports(m, "config")
		return c
	}
	c.Static = isLiteral(value)
	c.Position = m.Position(value.Idx0())
	object, ok := value.(*ast.ObjectLiteral)
	if !ok {
		return c
	}
	s := newScope(m)
	matcher := s.property(object, "matcher")
	if matcher == nil {
		return c
	}
	c.Position = m.Position(matcher.Idx0())
	items := []ast.Expression{matcher}
	if list, ok := matcher.(*ast.ArrayLiteral); ok {
		items = list.Value
	}
	for _, item := range items {
		place := SourceMatcher{Position: c.Position}
		if item != nil {
			place.Position = m.Position(item.Idx0())
			place.Matcher = match.Matcher{Source: s.source(item)}
		}
		c.Matchers = append(c.Matchers, place)
	}
	return c
}

// source is the source of a matcher that is a literal.
func (s *scope) source(item ast.Expression) string {
	switch n := item.(type) {
	case *ast.StringLiteral:
		return n.Value.String()
	case *ast.ObjectLiteral:
		return s.source(s.property(n, "source"))
	case *ast.TemplateLiteral:
		if len(n.Elements) == 1 && len(n.Expressions) == 0 && n.Tag == nil {
			return n.Elements[0].Parsed.String()
		}
	}
	return ""
}

func exportedConst(m *js.Module, name string) ast.Expression {
	for _, statement := range m.Program.Body {
		export, ok := statement.(*ast.ExportDeclaration)
		if !ok || export.LexicalDeclaration == nil {
			continue
		}
		for _, b := range export.LexicalDeclaration.List {
			if id, ok := b.Target.(*ast.Identifier); ok && id.Name.String() == name {
				return b.Initializer
			}
		}
	}
	return nil
}

// exports says whether a module exports a name in a way that is no constant.
func exports(m *js.Module, name string) bool {
	for _, statement := range m.Program.Body {
		export, ok := statement.(*ast.ExportDeclaration)
		if !ok {
			continue
		}
		lists := []*ast.NamedExports{export.NamedExports}
		if export.ExportFromClause != nil {
			lists = append(lists, export.ExportFromClause.NamedExports)
		}
		for _, list := range lists {
			if list == nil {
				continue
			}
			for _, spec := range list.ExportsList {
				if spec.Alias.String() == name || spec.Alias == "" && spec.IdentifierName.String() == name {
					return true
				}
			}
		}
	}
	return false
}

// isLiteral says whether Next.js can read a value without running the module.
func isLiteral(e ast.Expression) bool {
	switch n := e.(type) {
	case *ast.StringLiteral, *ast.NumberLiteral, *ast.BooleanLiteral, *ast.NullLiteral:
		return true
	case *ast.TemplateLiteral:
		return len(n.Expressions) == 0 && n.Tag == nil
	case *ast.UnaryExpression:
		return isLiteral(n.Operand)
	case *ast.ArrayLiteral:
		for _, item := range n.Value {
			if item == nil || !isLiteral(item) {
				return false
			}
		}
		return true
	case *ast.ObjectLiteral:
		for _, property := range n.Value {
			p, ok := property.(*ast.PropertyKeyed)
			if !ok || p.Computed || !isLiteral(p.Value) {
				return false
			}
		}
		return true
	}
	return false
}

// config reads the exported config as JSON, so that no getter lies twice.
func (p *proxyRun) config(c *Config, exports *sobek.Object) error {
	value, err := p.vm.Get(exports, "config")
	if err != nil {
		return err
	}
	text, ok, err := p.vm.JSON(value)
	if err != nil || !ok {
		return err
	}
	var raw struct{ Matcher json.RawMessage }
	if json.Unmarshal([]byte(text), &raw) != nil || len(raw.Matcher) == 0 {
		return nil
	}
	matchers, ok := decodeMatchers(raw.Matcher)
	if !ok {
		c.Problem = "matcher has to be a string, or a list of strings and of objects with a source"
		return nil
	}
	places := c.Matchers
	c.Matchers = nil
	for i, m := range matchers {
		at := c.Position
		if len(places) == len(matchers) && places[i].Source == m.Source {
			at = places[i].Position
		}
		c.Matchers = append(c.Matchers, SourceMatcher{m, at})
		if _, err := match.Next([]match.Matcher{m}); err != nil && c.Problem == "" {
			c.Problem, c.Position = err.Error(), at
		}
	}
	return nil
}

func decodeMatchers(text json.RawMessage) ([]match.Matcher, bool) {
	var one string
	if json.Unmarshal(text, &one) == nil {
		return []match.Matcher{{Source: one}}, true
	}
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil {
		return nil, false
	}
	var out []match.Matcher
	for _, item := range list {
		var m match.Matcher
		if json.Unmarshal(item, &one) == nil {
			m.Source = one
		} else if json.Unmarshal(item, &m) != nil || m.Source == "" {
			return nil, false
		}
		out = append(out, m)
	}
	return out, true
}
