package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/file"
)

// at returns the place of a node's first token.
func (u *unit) at(n ast.Node) Position { return u.place(n.Idx0()) }

func (u *unit) place(idx file.Idx) Position {
	p := u.module.Position(idx)
	return Position{File: u.path, Line: p.Line, Column: p.Column, Offset: p.Offset, Token: tokenAt(u.text, p.Offset)}
}

// tokenAt reads the token of the original text: names there may differ from
// the tree's, where the transformation has told two alike ones apart.
func tokenAt(text []byte, offset int) string {
	if offset < 0 || offset >= len(text) {
		return ""
	}
	rest := text[offset:min(len(text), offset+200)]
	switch first := rest[0]; first {
	case '<':
		return "<" + nameAt(rest[1:], true)
	case '"', '\'', '`':
		if end := strings.IndexAny(string(rest[1:]), string(first)+"\r\n"); end >= 0 && rest[end+1] == first {
			return string(rest[:end+2])
		}
		return string(first)
	}
	if name := nameAt(rest, false); name != "" {
		return name
	}
	_, size := utf8.DecodeRune(rest)
	return string(rest[:size])
}

// nameAt reads an identifier, with dots when it is a tag's.
func nameAt(text []byte, dotted bool) string {
	end := 0
	for end < len(text) {
		r, size := utf8.DecodeRune(text[end:])
		letter := r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
		if !letter && (!dotted || r != '.' && r != '-' && r != ':') {
			break
		}
		end += size
	}
	return string(text[:end])
}
