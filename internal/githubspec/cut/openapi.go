package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// The part of an OpenAPI description that is read.
type (
	openAPI struct {
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components struct {
			Schemas    map[string]map[string]any `json:"schemas"`
			Parameters map[string]parameter      `json:"parameters"`
			Responses  map[string]message        `json:"responses"`
		} `json:"components"`
	}
	apiOperation struct {
		Parameters  []parameter        `json:"parameters"`
		RequestBody *message           `json:"requestBody"`
		Responses   map[string]message `json:"responses"`
	}
	parameter struct {
		Ref         string         `json:"$ref"`
		Name        string         `json:"name"`
		In          string         `json:"in"`
		Description string         `json:"description"`
		Required    bool           `json:"required"`
		Wide        bool           `json:"x-multi-segment"`
		Schema      map[string]any `json:"schema"`
	}
	message struct {
		Ref      string `json:"$ref"`
		Required bool   `json:"required"`
		Content  map[string]struct {
			Schema map[string]any `json:"schema"`
		} `json:"content"`
	}
)

// The description that is written. Package githubspec reads it.
type (
	cutOperation struct {
		Method     string                    `json:"method"`
		Path       string                    `json:"path"`
		Parameters []cutParameter            `json:"parameters,omitempty"`
		Body       map[string]any            `json:"body,omitempty"`
		NeedsBody  bool                      `json:"needsBody,omitempty"`
		Answers    map[string]map[string]any `json:"answers"` // by status; null: no body
	}
	cutParameter struct {
		Name     string         `json:"name"`
		In       string         `json:"in"`
		Required bool           `json:"required,omitempty"`
		Wide     bool           `json:"wide,omitempty"` // it may hold slashes
		Schema   map[string]any `json:"schema"`
	}
)

func (api openAPI) cutOperation(name string, refs map[string]bool) (cutOperation, error) {
	method, path, _ := strings.Cut(name, " ")
	var call apiOperation
	raw := api.Paths[path][strings.ToLower(method)]
	if err := json.Unmarshal(raw, &call); err != nil {
		return cutOperation{}, fmt.Errorf("it is not described: %w", err)
	}
	if api.Paths[path]["parameters"] != nil {
		return cutOperation{}, errors.New("parameters of a whole path are not read")
	}
	out := cutOperation{Method: method, Path: path, Answers: make(map[string]map[string]any)}
	for _, p := range call.Parameters {
		parameter, err := api.cutParameter(p, refs)
		if err != nil {
			return cutOperation{}, err
		}
		out.Parameters = append(out.Parameters, parameter)
	}
	var err error
	if call.RequestBody != nil {
		if out.Body, err = api.content(*call.RequestBody, refs); err != nil {
			return cutOperation{}, err
		}
		out.NeedsBody = call.RequestBody.Required
	}
	for status, answer := range call.Responses {
		if out.Answers[status], err = api.content(answer, refs); err != nil {
			return cutOperation{}, err
		}
	}
	return out, tighten(name, out.Body)
}

func (api openAPI) cutParameter(p parameter, refs map[string]bool) (cutParameter, error) {
	if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
		p = api.Components.Parameters[name]
	}
	schema := maps.Clone(p.Schema)
	if schema == nil || p.In == "" {
		return cutParameter{}, fmt.Errorf("the parameter %s%s has no schema", p.Name, p.Ref)
	}
	schema["description"] = p.Description // it tells the limits
	translated, err := translate(schema, refs)
	return cutParameter{Name: p.Name, In: p.In, Required: p.Required, Wide: p.Wide, Schema: translated}, err
}

// content returns the schema of a body in JSON, nil if there is none.
func (api openAPI) content(m message, refs map[string]bool) (map[string]any, error) {
	if name, ok := strings.CutPrefix(m.Ref, "#/components/responses/"); ok {
		m = api.Components.Responses[name]
	}
	body, ok := m.Content["application/json"]
	if !ok {
		return nil, nil
	}
	return translate(body.Schema, refs)
}

// tighten adds the limits of an operation's body.
func tighten(operation string, body map[string]any) error {
	for _, l := range limits() {
		if l.operation != operation {
			continue
		}
		properties, _ := body["properties"].(map[string]any)
		property, ok := properties[l.property].(map[string]any)
		if !ok {
			return fmt.Errorf("its body has no %s", l.property)
		}
		property[l.keyword] = l.value
	}
	return nil
}
