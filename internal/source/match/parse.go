package match

// The parser and the compiler in this package are a port of path-to-regexp
// 6.3.0 (https://github.com/pillarjs/path-to-regexp), which is:
//
//	The MIT License (MIT)
//
//	Copyright (c) 2014 Blake Embrey (hello@blakeembrey.com)
//
//	Permission is hereby granted, free of charge, to any person obtaining a copy
//	of this software and associated documentation files (the "Software"), to deal
//	in the Software without restriction, including without limitation the rights
//	to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
//	copies of the Software, and to permit persons to whom the Software is
//	furnished to do so, subject to the following conditions:
//
//	The above copyright notice and this permission notice shall be included in
//	all copies or substantial portions of the Software.
//
//	THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
//	IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
//	FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
//	AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
//	LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
//	OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
//	THE SOFTWARE.

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	prefixes  = "./"
	delimiter = "/#?"
)

// A token is literal text, or a parameter when it is not text.
type token struct {
	text                                    string
	isText                                  bool
	name, prefix, suffix, pattern, modifier string
}

type parser struct {
	lexemes []lexeme
	result  []token
	path    string // literal text that no token holds yet
	key     int    // the number of the next parameter without a name
}

func parse(pattern string) ([]token, error) {
	lexemes, err := lex(pattern)
	if err != nil {
		return nil, err
	}
	p := &parser{lexemes: lexemes}
	for len(p.lexemes) > 0 {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return p.result, nil
}

func (p *parser) next() error {
	char, hasChar := p.take(char)
	name, hasName := p.take(name)
	pattern, hasPattern := p.take(pattern)
	if hasName || hasPattern {
		return p.parameter(char, name, pattern)
	}
	if !hasChar {
		char, hasChar = p.take(escaped)
	}
	if hasChar && char != "" {
		p.path += char
		return nil
	}
	p.flush()
	if _, ok := p.take(open); ok {
		return p.group()
	}
	return p.must(end)
}

func (p *parser) flush() {
	if p.path != "" {
		p.result = append(p.result, token{text: p.path, isText: true})
		p.path = ""
	}
}

func (p *parser) parameter(prefix, name, pattern string) error {
	if !strings.Contains(prefixes, prefix) {
		p.path += prefix
		prefix = ""
	}
	p.flush()
	if name == "" {
		name = p.number()
	}
	if pattern == "" {
		var err error
		if pattern, err = p.safePattern(prefix); err != nil {
			return err
		}
	}
	mod, _ := p.take(modifier)
	p.result = append(p.result, token{name: name, prefix: prefix, pattern: pattern, modifier: mod})
	return nil
}

func (p *parser) number() string {
	p.key++
	return strconv.Itoa(p.key - 1)
}

func (p *parser) group() error {
	t := token{prefix: p.text()}
	t.name, _ = p.take(name)
	t.pattern, _ = p.take(pattern)
	t.suffix = p.text()
	if err := p.must(closing); err != nil {
		return err
	}
	switch {
	case t.name != "" && t.pattern == "":
		var err error
		if t.pattern, err = p.safePattern(t.prefix); err != nil {
			return err
		}
	case t.name == "" && t.pattern != "":
		t.name = p.number()
	}
	t.modifier, _ = p.take(modifier)
	p.result = append(p.result, t)
	return nil
}

func (p *parser) take(k kind) (string, bool) {
	if len(p.lexemes) == 0 || p.lexemes[0].kind != k {
		return "", false
	}
	value := p.lexemes[0].value
	p.lexemes = p.lexemes[1:]
	return value, true
}

func (p *parser) must(k kind) error {
	if _, ok := p.take(k); ok {
		return nil
	}
	return fmt.Errorf("Unexpected %s at %d, expected %s", p.lexemes[0].kind, p.lexemes[0].index, k) //nolint:staticcheck // path-to-regexp's words
}

func (p *parser) text() string {
	var b strings.Builder
	for {
		value, ok := p.take(char)
		if !ok {
			if value, ok = p.take(escaped); !ok || value == "" {
				return b.String()
			}
		}
		b.WriteString(value)
	}
}

// safePattern is what a parameter without a pattern matches: anything up to
// the next delimiter, or up to the text before it.
func (p *parser) safePattern(prefix string) (string, error) {
	before := prefix
	if len(p.result) > 0 && before == "" {
		previous := p.result[len(p.result)-1]
		if !previous.isText {
			return "", fmt.Errorf("Must have text between two parameters, missing text after %q", previous.name) //nolint:staticcheck // path-to-regexp's words
		}
		before = previous.text
	}
	if before == "" || strings.ContainsAny(before, delimiter) {
		return "[^" + quote(delimiter) + "]+?", nil
	}
	return "(?:(?!" + quote(before) + ")[^" + quote(delimiter) + "])+?", nil
}
