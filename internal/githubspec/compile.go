package githubspec

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

type compiler struct{ *jsonschema.Compiler }

// newCompiler returns a compiler that knows spec.json twice: as request.json, in which objects take no property that
// they do not list, and as answer.json, in which besides they may lack what they list.
func newCompiler() (compiler, error) {
	c := compiler{jsonschema.NewCompiler()}
	for name, change := range map[string]func(map[string]any){"request.json": closeObject, "answer.json": loosen} {
		root, err := jsonschema.UnmarshalJSON(bytes.NewReader(specJSON))
		if err != nil {
			return c, err
		}
		doc, _ := root.(map[string]any)
		doc["refusal"] = map[string]any{"anyOf": []any{
			map[string]any{"$ref": "#/schemas/basic-error"},
			map[string]any{"$ref": "#/schemas/validation-error"},
			map[string]any{"$ref": "#/schemas/validation-error-simple"},
		}}
		everySchema(doc, change)
		if err := c.AddResource(name, doc); err != nil {
			return c, err
		}
	}
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "uri", Validate: isURI})
	c.RegisterFormat(&jsonschema.Format{Name: "date-time", Validate: isTime})
	return c, nil
}

// isURI accepts an address, or none: GitHub sends "" where a status has no address.
func isURI(value any) error {
	s, ok := value.(string)
	if !ok || s == "" {
		return nil
	}
	if u, err := url.Parse(s); err != nil || !u.IsAbs() {
		return fmt.Errorf("%q is no address", s)
	}
	return nil
}

func isTime(value any) error {
	if s, ok := value.(string); ok {
		_, err := time.Parse(time.RFC3339, s)
		return err
	}
	return nil
}

func (c compiler) operation(d document, i int) (operation, error) {
	in := d.Operations[i]
	op := operation{
		name: in.Method + " " + in.Path, method: in.Method, bodyNeeded: in.NeedsBody,
		query: map[string]parameter{}, header: map[string]parameter{}, answers: map[string]*jsonschema.Schema{},
	}
	at := fmt.Sprintf("json#/operations/%d/", i)
	wide := make(map[string]bool)
	inPath := make(map[string]parameter)
	for j, p := range in.Parameters {
		schema, err := c.Compile(fmt.Sprintf("request.%sparameters/%d/schema", at, j))
		if err != nil {
			return op, err
		}
		kind, _ := p.Schema.Type.(string)
		switch known := (parameter{p.Name, p.Required, kind, schema}); p.In {
		case "path":
			inPath[p.Name], wide[p.Name] = known, p.Wide
		case "query":
			op.query[p.Name] = known
		case "header":
			op.header[p.Name] = known
		default:
			return op, fmt.Errorf("a parameter in the %s is not understood", p.In)
		}
	}
	if err := op.setPath(in.Path, inPath, wide); err != nil {
		return op, err
	}
	var err error
	if in.Body != nil {
		if op.body, err = c.Compile("request." + at + "body"); err != nil {
			return op, err
		}
	}
	for status, schema := range in.Answers {
		op.answers[status] = nil
		if string(schema) != "null" {
			if op.answers[status], err = c.Compile("answer." + at + "answers/" + status); err != nil {
				return op, err
			}
		}
	}
	return op, nil
}

// setPath makes the pattern for a path such as /repos/{owner}/{repo}/pulls.
func (op *operation) setPath(path string, known map[string]parameter, wide map[string]bool) error {
	var pattern strings.Builder
	pattern.WriteString("^")
	for rest := path; rest != ""; {
		literal, after, _ := strings.Cut(rest, "{")
		pattern.WriteString(regexp.QuoteMeta(literal))
		op.literal += len(literal)
		name, after, found := strings.Cut(after, "}")
		if rest = after; !found {
			break
		}
		p, ok := known[name]
		if !ok {
			return fmt.Errorf("%s is in the path and not described", name)
		}
		op.inPath = append(op.inPath, p)
		if wide[name] {
			pattern.WriteString("(.+)")
		} else {
			pattern.WriteString("([^/]+)")
		}
	}
	pattern.WriteString("$")
	var err error
	op.path, err = regexp.Compile(pattern.String())
	return err
}
