package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// operations are the calls of GitHub's API that previewgate makes, and near ones.
func operations() []string {
	const repo = "/repos/{owner}/{repo}"
	return []string{
		"GET " + repo + "/pulls",
		"GET " + repo + "/pulls/{pull_number}",
		"GET " + repo + "/commits/{ref}",
		"GET " + repo + "/commits/{commit_sha}/pulls",
		"GET " + repo + "/commits/{commit_sha}/branches-where-head",
		"GET " + repo + "/compare/{basehead}",
		"GET " + repo + "/collaborators/{username}/permission",
		"GET " + repo + "/commits/{ref}/status",
		"GET " + repo + "/commits/{ref}/statuses",
		"POST " + repo + "/statuses/{sha}",
		"GET " + repo + "/deployments",
		"GET " + repo + "/deployments/{deployment_id}",
		"GET " + repo + "/deployments/{deployment_id}/statuses",
		"GET " + repo + "/issues/{issue_number}/comments",
		"POST " + repo + "/issues/{issue_number}/comments",
		"GET " + repo + "/issues/comments/{comment_id}",
		"PATCH " + repo + "/issues/comments/{comment_id}",
		"DELETE " + repo + "/issues/comments/{comment_id}",
		"GET " + repo + "/commits/{ref}/check-runs",
		"POST " + repo + "/check-runs",
		"GET " + repo + "/check-runs/{check_run_id}",
		"PATCH " + repo + "/check-runs/{check_run_id}",
		"GET /user",
	}
}

// A limit is one that GitHub holds to and does not describe.
type limit struct {
	operation, property, keyword string
	value                        any
}

// limits are what GitHub's refusals (422) say: "description is too long (maximum is 140 characters)", "Body is too long
// (maximum is 65536 characters)" and "Body cannot be blank".
func limits() []limit {
	const repo = "/repos/{owner}/{repo}"
	return []limit{
		{"POST " + repo + "/statuses/{sha}", "description", "maxLength", 140},
		{"POST " + repo + "/issues/{issue_number}/comments", "body", "minLength", 1},
		{"POST " + repo + "/issues/{issue_number}/comments", "body", "maxLength", 65_536},
		{"PATCH " + repo + "/issues/comments/{comment_id}", "body", "minLength", 1},
		{"PATCH " + repo + "/issues/comments/{comment_id}", "body", "maxLength", 65_536},
	}
}

// errorSchemas are the bodies of refusals, which GitHub describes for some operations and sends for all.
func errorSchemas() []string {
	return []string{"basic-error", "validation-error", "validation-error-simple"}
}

// cut takes the operations out of a description of OpenAPI 3.0, with all schemas that they refer to.
func cut(description []byte) ([]byte, error) {
	var api openAPI
	if err := json.Unmarshal(description, &api); err != nil {
		return nil, fmt.Errorf("reading the description: %w", err)
	}
	refs := make(map[string]bool)
	for _, name := range errorSchemas() {
		refs[name] = true
	}
	var calls []cutOperation
	for _, name := range operations() {
		call, err := api.cutOperation(name, refs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		calls = append(calls, call)
	}
	schemas, err := api.closure(refs)
	if err != nil {
		return nil, err
	}
	return layOut(calls, schemas)
}

// closure returns the schemas of those names and all that they refer to.
func (api openAPI) closure(refs map[string]bool) (map[string]map[string]any, error) {
	schemas := make(map[string]map[string]any)
	for len(schemas) < len(refs) {
		for _, name := range slices.Sorted(maps.Keys(refs)) {
			if schemas[name] != nil {
				continue
			}
			schema, ok := api.Components.Schemas[name]
			if !ok {
				return nil, fmt.Errorf("there is no schema %s", name)
			}
			var err error
			if schemas[name], err = translate(schema, refs); err != nil {
				return nil, fmt.Errorf("the schema %s: %w", name, err)
			}
		}
	}
	return schemas, nil
}

// layOut writes an operation and a schema a line, in a fixed order.
func layOut(calls []cutOperation, schemas map[string]map[string]any) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n\"source\": %q,\n\"operations\": [\n", source+" generated/api.github.com.json, by internal/githubspec/cut")
	for i, call := range calls {
		line, err := json.Marshal(call)
		if err != nil {
			return nil, err
		}
		out.Write(line)
		out.WriteString(separator(i, len(calls)))
	}
	out.WriteString("],\n\"schemas\": {\n")
	for i, name := range slices.Sorted(maps.Keys(schemas)) {
		line, err := json.Marshal(schemas[name])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "%q: %s%s", name, line, separator(i, len(schemas)))
	}
	out.WriteString("}\n}\n")
	return out.Bytes(), nil
}

func separator(i, n int) string {
	if i == n-1 {
		return "\n"
	}
	return ",\n"
}
