package githubspec

import "maps"

// everySchema calls change for every schema within spec.json, the outer ones first.
func everySchema(doc map[string]any, change func(map[string]any)) {
	schemas, _ := doc["schemas"].(map[string]any)
	for schema := range maps.Values(schemas) {
		walk(schema, change)
	}
	operations, _ := doc["operations"].([]any)
	for _, each := range operations {
		op, _ := each.(map[string]any)
		walk(op["body"], change)
		answers, _ := op["answers"].(map[string]any)
		for schema := range maps.Values(answers) {
			walk(schema, change)
		}
	}
}

func walk(value any, change func(map[string]any)) {
	schema, ok := value.(map[string]any)
	if !ok {
		return
	}
	change(schema)
	properties, _ := schema["properties"].(map[string]any)
	for property := range maps.Values(properties) {
		walk(property, change)
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		walk(schema[keyword], change)
	}
	for _, keyword := range []string{"anyOf", "oneOf", "allOf"} {
		all, _ := schema[keyword].([]any)
		for _, each := range all {
			walk(each, change)
		}
	}
}

// closeObject makes a property an error that an object's schema does not list.
func closeObject(schema map[string]any) {
	if schema["properties"] != nil && schema["additionalProperties"] == nil {
		schema["additionalProperties"] = false
	}
}

// loosen lets an object lack properties, but have no others. Of alternatives that differ in what they require, more
// than one may then fit.
func loosen(schema map[string]any) {
	closeObject(schema)
	delete(schema, "required")
	if all, ok := schema["oneOf"]; ok {
		delete(schema, "oneOf")
		schema["anyOf"] = all
	}
}
