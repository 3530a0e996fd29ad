package githubspec

import (
	_ "embed" // for spec.json
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed spec.json
var specJSON []byte

// A Spec is GitHub's description of the operations that previewgate uses.
type Spec struct {
	operations []operation
	refusal    *jsonschema.Schema // what any operation may answer with
}

// An operation is a method on a path.
type operation struct {
	name       string // "GET /repos/{owner}/{repo}/pulls"
	method     string
	path       *regexp.Regexp // of an escaped path; a group for each parameter in it
	literal    int            // how many characters of the path are no parameter's
	inPath     []parameter
	query      map[string]parameter
	header     map[string]parameter
	body       *jsonschema.Schema // nil: there is none
	bodyNeeded bool
	answers    map[string]*jsonschema.Schema // by status; nil: without a body
}

type parameter struct {
	name     string
	required bool
	kind     string // "integer", "boolean" or "string"
	schema   *jsonschema.Schema
}

// A document is what spec.json holds.
type document struct {
	Operations []struct {
		Method     string
		Path       string
		Parameters []struct {
			Name     string
			In       string
			Required bool
			Wide     bool // it may hold slashes
			Schema   struct{ Type any }
		}
		Body      json.RawMessage
		NeedsBody bool
		Answers   map[string]json.RawMessage
	}
}

// New reads the description.
func New() (*Spec, error) {
	var d document
	if err := json.Unmarshal(specJSON, &d); err != nil {
		return nil, fmt.Errorf("reading the description of GitHub's API: %w", err)
	}
	c, err := newCompiler()
	if err != nil {
		return nil, err
	}
	s := &Spec{}
	for i := range d.Operations {
		op, err := c.operation(d, i)
		if err != nil {
			return nil, fmt.Errorf("the description of %s: %w", op.name, err)
		}
		s.operations = append(s.operations, op)
	}
	s.refusal, err = c.Compile("answer.json#/refusal")
	return s, err
}
