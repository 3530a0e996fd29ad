package rules

import (
	"github.com/grafana/sobek/ast"
)

// A value is one of the things that an expression may stand for: something of
// a package outside the repository, a node of a file, a text, or nothing
// known.
type value struct {
	// external is "module#path" of what a package exports: "next/link#default",
	// "@workos-inc/authkit-nextjs/components#useAccessToken().refresh".
	external string
	unit     *unit
	node     ast.Node // a literal, a function, or a call that was not followed
	env      *env
	omitted  []string // properties that a rest pattern has left out
	second   *value   // of a pair of Object.entries
	prefetch bool     // an element's attributes, to which prefetch={false} was added
	text     *text
	absent   bool // undefined or null
}

// A text is a string of which some parts may be unknown.
type text struct {
	literal string // hole stands for an unknown part
	unit    *unit
	at      ast.Node // the literal, for its position
}

// hole is a character that no source file that is read contains.
const hole = "\x00"

func (v value) known() bool {
	return v.external != "" || v.node != nil || v.text != nil || v.absent || v.second != nil
}

// function returns the node of a function, nil for other values.
func (v value) function() ast.Node {
	if v.node != nil && isFunction(v.node) {
		return v.node
	}
	return nil
}

// An env binds names to values where a function is looked at for one call.
type env struct {
	params map[parameterKey][]value
	up     *env
}

type parameterKey struct {
	function ast.Node
	index    int
}

func (e *env) param(function ast.Node, index int) ([]value, bool) {
	for ; e != nil; e = e.up {
		if values, ok := e.params[parameterKey{function, index}]; ok {
			return values, true
		}
	}
	return nil, false
}

// call returns the environment of a call of a function with arguments.
func (e *env) call(function ast.Node, arguments [][]value) *env {
	inner := &env{params: map[parameterKey][]value{}, up: e}
	for i, values := range arguments {
		inner.params[parameterKey{function, i}] = values
	}
	for i := len(arguments); i < 8; i++ { // what is not given is undefined
		inner.params[parameterKey{function, i}] = []value{{absent: true}}
	}
	return inner
}

// bind returns the environment of a callback for one element.
func (e *env) bind(function ast.Node, element value) *env {
	return &env{params: map[parameterKey][]value{{function, 0}: {element}}, up: e}
}
