package rules

import (
	"bytes"
	"slices"

	"github.com/grafana/sobek/ast"

	"github.com/previewgate/previewgate/internal/source/js"
)

const noPrefetch = "prefetch={false}"

// edit returns the change that makes a link stop prefetching, where it is
// sure that it does: the component there must hand the property on.
func (l *linker) edit(at site, attributes value, now Prefetch) *Edit {
	written := attributesOf(at.node)
	own := attributes.unit == at.unit && attributes.node == ast.Node(written)
	if now == Off || now == ByRouter || !isElement(at.node) || !own && !l.handsOn(at) {
		return nil
	}
	place := at.unit.at(at.node)
	tag := scanTag(at.unit.text, place.Offset)
	if tag == nil {
		return nil
	}
	e := &Edit{File: at.unit.path, Start: tag.name, End: tag.name, Text: " " + noPrefetch}
	if i := slices.IndexFunc(tag.attributes, func(a attribute) bool { return a.name == "prefetch" }); i >= 0 {
		e.Start, e.End, e.Text = tag.attributes[i].start, tag.attributes[i].end, noPrefetch
		if slices.ContainsFunc(tag.attributes[i:], func(a attribute) bool { return a.name == "" }) {
			return nil // something spread over it: it would have to move
		}
	} else if i := lastSpread(tag.attributes); i >= 0 {
		e.Start, e.End = tag.attributes[i].end, tag.attributes[i].end
	}
	if _, err := js.Parse(js.Source{Path: at.unit.path, Text: e.apply(at.unit.text)}); err != nil {
		return nil
	}
	return e
}

func lastSpread(attributes []attribute) int {
	for i, a := range slices.Backward(attributes) {
		if a.name == "" {
			return i
		}
	}
	return -1
}

func (e *Edit) apply(text []byte) []byte {
	return slices.Concat(text[:e.Start], []byte(e.Text), text[e.End:])
}

func attributesOf(n *ast.CallExpression) *ast.ObjectLiteral {
	if len(n.ArgumentList) < 2 {
		return nil
	}
	object, _ := n.ArgumentList[1].(*ast.ObjectLiteral)
	return object
}

// handsOn tries it: with prefetch={false} at the site, does any link that is
// rendered there still prefetch?
func (l *linker) handsOn(at site) bool {
	if l.trying {
		return true
	}
	object := attributesOf(at.node)
	if object == nil {
		return false
	}
	trial := &linker{x: &examination{in: l.x.in, files: l.x.files, ev: l.ev}, ev: l.ev, found: map[string]int{}, links: l.links, trying: true}
	trial.x.found.SignOuts = l.x.found.SignOuts
	trial.contexts(at.unit, at.node, nil, func(e *env) {
		for _, tag := range l.ev.ask(at.unit, at.node.ArgumentList[0], e) {
			trial.tag(at, tag, value{unit: at.unit, node: object, env: e, prefetch: true})
		}
	})
	return len(trial.x.found.Links) > 0 && !slices.ContainsFunc(trial.x.found.Links, func(found Link) bool { return found.Prefetch != Off })
}

// A scannedTag is an opening tag in the original text.
type scannedTag struct {
	name       int // where its name ends
	attributes []attribute
}

// An attribute is a span of the text; a spread has no name.
type attribute struct {
	name       string
	start, end int
}

// scanTag reads an opening tag. It returns nil for what it does not
// understand.
func scanTag(text []byte, offset int) *scannedTag {
	s := &tagScanner{text: text, at: offset}
	if !s.take('<') {
		return nil
	}
	s.at += len(nameAt(text[s.at:], true))
	if s.peek() == '<' && !s.balanced('<', '>') {
		return nil
	}
	tag := &scannedTag{name: s.at}
	for {
		s.space()
		switch s.peek() {
		case '/', '>':
			return tag
		case '{':
			start := s.at
			if !s.balanced('{', '}') {
				return nil
			}
			tag.attributes = append(tag.attributes, attribute{start: start, end: s.at})
		default:
			a, ok := s.attribute()
			if !ok {
				return nil
			}
			tag.attributes = append(tag.attributes, a)
		}
	}
}

type tagScanner struct {
	text []byte
	at   int
}

func (s *tagScanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *tagScanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// space skips blanks and comments.
func (s *tagScanner) space() {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0:
			s.at++
		case bytes.HasPrefix(rest, []byte("//")):
			s.skip([]byte("\n"))
		case bytes.HasPrefix(rest, []byte("/*")):
			s.skip([]byte("*/"))
		default:
			return
		}
	}
}

// skip goes to just after an end, or to the end of the text.
func (s *tagScanner) skip(end []byte) {
	if i := bytes.Index(s.text[s.at:], end); i >= 0 {
		s.at += i + len(end)
	} else {
		s.at = len(s.text)
	}
}

func (s *tagScanner) attribute() (attribute, bool) {
	a := attribute{start: s.at, name: nameAt(s.text[s.at:], true)}
	s.at += len(a.name)
	a.end = s.at
	if a.name == "" {
		return a, false
	}
	s.space()
	if !s.take('=') {
		s.at = a.end
		return a, true
	}
	s.space()
	switch c := s.peek(); c {
	case '"', '\'':
		s.at++
		s.skip([]byte{c})
	case '{':
		if !s.balanced('{', '}') {
			return a, false
		}
	default:
		return a, false
	}
	a.end = s.at
	return a, true
}

// balanced goes past a bracketed part, over texts and comments in it.
func (s *tagScanner) balanced(open, end byte) bool {
	for depth := 0; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == open:
			depth++
		case c == end && (end != '>' || s.text[s.at-1] != '='):
			if depth--; depth == 0 {
				s.at++
				return true
			}
		case c == '"' || c == '\'' || c == '`':
			s.quoted(c)
		case c == '/' && s.at+1 < len(s.text) && (s.text[s.at+1] == '/' || s.text[s.at+1] == '*'):
			s.space()
			s.at--
		}
	}
	return false
}

// quoted goes to the closing quote.
func (s *tagScanner) quoted(quote byte) {
	for s.at++; s.at < len(s.text) && s.text[s.at] != quote; s.at++ {
		if s.text[s.at] == '\\' {
			s.at++
		}
	}
}
