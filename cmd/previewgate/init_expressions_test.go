package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/grafana/sobek"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// An incident is an event, as expressions in a workflow see it.
type incident struct {
	name    string // GitHub's for the event
	actor   string
	payload map[string]any
	source  string // how the step source ended
}

// happen returns the sandbox's event of the name, changed: "client_payload
// environment" says where.
func happen(t *testing.T, s *sandbox.Sandbox, name string, changes map[string]any) incident {
	t.Helper()
	i := incident{name: name, actor: "ada"}
	if err := json.Unmarshal(s.Event(name), &i.payload); err != nil {
		t.Fatal(err)
	}
	if name == onDispatch || name == onStatus {
		i.actor = "vercel[bot]"
	}
	for path, value := range changes {
		keys := strings.Fields(path)
		if path == "actor" {
			i.actor = value.(string)
			continue
		}
		at := i.payload
		for _, key := range keys[:len(keys)-1] {
			at = at[key].(map[string]any)
		}
		if at[keys[len(keys)-1]] = value; value == nil {
			delete(at, keys[len(keys)-1])
		}
	}
	return i
}

// expressions are the functions of GitHub's that the workflows call. They take
// no notice of case, and of a missing value as of an empty one.
const expressions = `
const text = v => String(v ?? '').toLowerCase()
const contains = (all, v) => Array.isArray(all) ? all.some(o => text(o) === text(v)) : text(all).includes(text(v))
const startsWith = (v, start) => text(v).startsWith(text(start))
const fromJSON = JSON.parse
const format = (form, ...values) => form.replace(/\{(\d)\}/g, (_, i) => values[i] ?? '')
const get = path => path.split('.').reduce((at, key) => at?.[key], context)
`

// value evaluates an expression as GitHub would: but for reading from what is
// missing, its syntax means the same to JavaScript.
func (i incident) value(t *testing.T, expression string) any {
	t.Helper()
	vm := sobek.New()
	contexts := map[string]any{
		"github": map[string]any{"event_name": i.name, "actor": i.actor, "run_id": 4711, "event": i.payload},
		"inputs": i.payload["inputs"],
		"steps":  map[string]any{"source": map[string]any{"outcome": i.source}},
	}
	if err := vm.Set("context", contexts); err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile(`\b(?:github|inputs|steps)(?:\.\w+)+`)
	script := expressions + paths.ReplaceAllString(expression, "get('$0')")
	result, err := vm.RunString(script)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return result.Export()
}

// inside returns the expression between the braces of a value that is one.
func inside(t *testing.T, value string) string {
	t.Helper()
	expression, isWhole := strings.CutPrefix(value, "${{ ")
	expression, ends := strings.CutSuffix(expression, " }}")
	if !isWhole || !ends || strings.Contains(expression, "{{") {
		t.Fatalf("%q is not one expression", value)
	}
	return expression
}
