package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const refPrefix = "#/components/schemas/"

// translate turns a schema of OpenAPI 3.0 into one of JSON Schema: what is said by nullable and, of lengths, only in
// the words of the description becomes a constraint, and what constrains nothing is left out. A keyword that it does
// not know is an error, so that no constraint gets lost. Schemas that are referred to are added to refs.
func translate(schema map[string]any, refs map[string]bool) (map[string]any, error) {
	if ref, ok := schema["$ref"].(string); ok { // what stands beside it is void
		name, isSchema := strings.CutPrefix(ref, refPrefix)
		if !isSchema {
			return nil, fmt.Errorf("%s refers to no schema", ref)
		}
		refs[name] = true
		return map[string]any{"$ref": "#/schemas/" + name}, nil
	}
	out := make(map[string]any)
	for key, value := range schema {
		kept, err := translateKeyword(key, value, refs)
		if err != nil {
			return nil, err
		}
		if kept != nil {
			out[key] = kept
		}
	}
	description, _ := schema["description"].(string)
	addLimit(out, description)
	if schema["nullable"] == true {
		return orNull(out), nil
	}
	return out, nil
}

// translateKeyword returns the value of a keyword, nil if it constrains nothing.
func translateKeyword(key string, value any, refs map[string]bool) (any, error) {
	switch key {
	case "properties":
		return translateEach(value, refs)
	case "anyOf", "oneOf", "allOf":
		return translateAll(value, refs)
	case "items", "additionalProperties":
		if inner, ok := value.(map[string]any); ok {
			return translate(inner, refs)
		}
		return value, nil
	case "type", "enum", "required", "format", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems",
		"maxItems", "uniqueItems":
		return value, nil
	case "nullable", "title", "description", "default", "example", "examples", "deprecated", "discriminator",
		"externalDocs", "readOnly":
		return nil, nil
	}
	if strings.HasPrefix(key, "x-") {
		return nil, nil
	}
	return nil, fmt.Errorf("the keyword %s is not known", key)
}

func translateEach(value any, refs map[string]bool) (any, error) {
	properties, _ := value.(map[string]any)
	out := make(map[string]any)
	for name, property := range properties {
		schema, ok := property.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("the property %s has no schema", name)
		}
		var err error
		if out[name], err = translate(schema, refs); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}

func translateAll(value any, refs map[string]bool) (any, error) {
	all, _ := value.([]any)
	var out []any
	for _, each := range all {
		schema, ok := each.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%v is no schema", each)
		}
		translated, err := translate(schema, refs)
		if err != nil {
			return nil, err
		}
		out = append(out, translated)
	}
	return out, nil
}

// orNull lets a schema also accept null.
func orNull(schema map[string]any) map[string]any {
	kind, hasType := schema["type"].(string)
	if !hasType && len(schema) > 0 {
		return map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
	}
	out := maps.Clone(schema)
	if hasType {
		out["type"] = []any{kind, "null"}
	}
	if enum, ok := out["enum"].([]any); ok && !slices.Contains(enum, nil) {
		out["enum"] = append(slices.Clone(enum), nil)
	}
	return out
}

// addLimit adds the limit that a description states in words, unless the schema has one.
func addLimit(schema map[string]any, description string) {
	perPage := regexp.MustCompile(`\(max (\d+)\)`)
	size := regexp.MustCompile(`(?i)maximum (?:size|length)(?: is|\*\*:) (\d+) (characters|KB)`)
	if m := perPage.FindStringSubmatch(description); m != nil && schema["type"] == "integer" {
		setLimit(schema, "maximum", m[1], 1)
	}
	if m := size.FindStringSubmatch(description); m != nil && schema["type"] == "string" {
		unit := 1
		if m[2] == "KB" {
			unit = 1024 // of bytes; a character has one or more
		}
		setLimit(schema, "maxLength", m[1], unit)
	}
}

func setLimit(schema map[string]any, keyword, number string, unit int) {
	if n, err := strconv.Atoi(number); err == nil && schema[keyword] == nil {
		schema[keyword] = n * unit
	}
}
