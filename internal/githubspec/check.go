package githubspec

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Check reports what is wrong with a request to GitHub, the body of which is given apart.
func (s *Spec) Check(req *http.Request, body []byte) error {
	if isGraphQL(req) {
		return nil
	}
	op, values, err := s.find(req)
	if err != nil {
		return err
	}
	var wrong []error
	for i, p := range op.inPath {
		wrong = append(wrong, p.check("path", values[i]))
	}
	wrong = append(wrong, op.checkQuery(req.URL.RawQuery), op.checkHeader(req.Header), op.checkBody(req.Header, body))
	return op.explain(wrong...)
}

// CheckAnswer reports what GitHub would not answer to a request.
func (s *Spec) CheckAnswer(req *http.Request, status int, body []byte) error {
	if isGraphQL(req) || status >= 500 || 300 <= status && status < 400 {
		return nil
	}
	op, _, err := s.find(req)
	if err != nil && status == http.StatusNotFound {
		return nil // of a path that GitHub does not have either
	}
	if err != nil {
		return err
	}
	schema, described := op.answers[strconv.Itoa(status)]
	if status >= 400 {
		schema, described = s.refusal, true
	}
	switch {
	case !described:
		return op.explain(fmt.Errorf("GitHub does not answer %d", status))
	case schema == nil && len(body) > 0:
		return op.explain(fmt.Errorf("GitHub answers %d without a body", status))
	case schema == nil:
		return nil
	}
	return op.explain(within(fmt.Sprintf("the answer %d", status), validate(schema, body)))
}

// Operation names what a request asks for, as in "GET /repos/{owner}/{repo}/pulls". Its error says that the description
// has no such operation.
func (s *Spec) Operation(req *http.Request) (string, error) {
	if isGraphQL(req) {
		return "POST /graphql", nil
	}
	op, _, err := s.find(req)
	return op.name, err
}

// isGraphQL reports whether a request is one to the other API, which the description leaves out.
func isGraphQL(req *http.Request) bool {
	return req.Method == http.MethodPost && req.URL.Path == "/graphql"
}

// find returns the operation that a request asks for, and the values in its path.
func (s *Spec) find(req *http.Request) (operation, []string, error) {
	var best operation
	var values []string
	for _, op := range s.operations {
		match := op.path.FindStringSubmatch(req.URL.EscapedPath())
		if op.method == req.Method && match != nil && (values == nil || op.literal > best.literal) {
			best, values = op, match[1:]
			if values == nil {
				values = []string{}
			}
		}
	}
	if values == nil {
		return operation{}, nil, fmt.Errorf("%s %s is not among the operations in spec.json", req.Method, req.URL.Path)
	}
	for i := range values {
		var err error
		if values[i], err = url.PathUnescape(values[i]); err != nil {
			return best, nil, fmt.Errorf("%s: %w", best.name, err)
		}
	}
	return best, values, nil
}

// check reports what is wrong with the value of a parameter.
func (p parameter) check(where, value string) error {
	var typed any = value
	switch p.kind {
	case "integer":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return fmt.Errorf("%s in the %s is %q, which is no integer", p.name, where, value)
		}
		typed = json.Number(value)
	case "boolean":
		typed = value == "true"
		if value != "true" && value != "false" {
			return fmt.Errorf("%s in the %s is %q, which is neither true nor false", p.name, where, value)
		}
	}
	return within(fmt.Sprintf("%s in the %s", p.name, where), describe(p.schema.Validate(typed)))
}

func (op operation) checkQuery(raw string) error {
	query, err := url.ParseQuery(raw)
	wrong := []error{err}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		p, known := op.query[name]
		switch values := query[name]; {
		case !known:
			wrong = append(wrong, fmt.Errorf("GitHub takes no %s in the query", name))
		case len(values) > 1:
			wrong = append(wrong, fmt.Errorf("%s is in the query %d times", name, len(values)))
		default:
			wrong = append(wrong, p.check("query", values[0]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(op.query)) {
		if op.query[name].required && !query.Has(name) {
			wrong = append(wrong, fmt.Errorf("%s is missing in the query", name))
		}
	}
	return errors.Join(wrong...)
}

// checkHeader also knows what GitHub's documentation asks of all requests.
func (op operation) checkHeader(h http.Header) error {
	var wrong []error
	for name, p := range op.header {
		switch value := h.Get(name); {
		case value != "":
			wrong = append(wrong, p.check("header", value))
		case p.required:
			wrong = append(wrong, fmt.Errorf("the header %s is missing", name))
		}
	}
	for accept := range strings.SplitSeq(h.Get("Accept"), ",") {
		kind, _, err := mime.ParseMediaType(accept)
		switch {
		case strings.TrimSpace(accept) == "", kind == "application/json", kind == "*/*":
		case err != nil, !strings.HasPrefix(kind, "application/vnd.github."):
			wrong = append(wrong, fmt.Errorf("the header Accept asks for %q, which GitHub does not have", accept))
		}
	}
	return errors.Join(wrong...)
}

func (op operation) checkBody(h http.Header, body []byte) error {
	switch kind, _, _ := mime.ParseMediaType(h.Get("Content-Type")); {
	case len(body) == 0 && op.bodyNeeded:
		return errors.New("the body is missing")
	case len(body) == 0:
		return nil
	case op.body == nil:
		return errors.New("GitHub takes no body")
	case kind != "application/json":
		return fmt.Errorf("the body is said to be %q, and not application/json", h.Get("Content-Type"))
	}
	return within("the body", validate(op.body, body))
}
