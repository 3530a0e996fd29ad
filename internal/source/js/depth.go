package js

import (
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deeply brackets may nest. Parsers recurse, and a stack that
// overflows cannot be recovered from.
const maxDepth = 2000

// readable refuses what no parser should be given.
func readable(src Source) error {
	at := Position{Path: src.Path}
	if len(src.Text) > MaxFile {
		return &SyntaxError{at, fmt.Sprintf("is larger than %d bytes", MaxFile), true}
	}
	if !utf8.Valid(src.Text) {
		return &SyntaxError{at, "is not UTF-8", true}
	}
	if deep(src.Text) {
		return &SyntaxError{at, fmt.Sprintf("nests brackets more than %d deep", maxDepth), true}
	}
	return nil
}

// deep counts brackets without knowing strings, comments or regular
// expressions, which hold few that have no partner.
func deep(text []byte) bool {
	depth := 0
	for _, c := range text {
		switch c {
		case '(', '[', '{':
			if depth++; depth > maxDepth {
				return true
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
	}
	return false
}
