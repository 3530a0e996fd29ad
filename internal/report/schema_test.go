package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFile = "../../docs/report.schema.json"

func readJSON(t testing.TB, path string) any {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func compile(t testing.TB, schema any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// TestJSONKeepsItsContract closes the published schema, so that a field which
// it does not describe is an error here.
func TestJSONKeepsItsContract(t *testing.T) {
	schema := readJSON(t, schemaFile)
	closeObjects(schema)
	compiled := compile(t, schema)
	goldens, err := filepath.Glob("testdata/*.golden.json")
	if err != nil || len(goldens) != len(samples()) {
		t.Fatalf("%d goldens, want %d (%v)", len(goldens), len(samples()), err)
	}
	for _, path := range goldens {
		if err := compiled.Validate(readJSON(t, path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func closeObjects(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if s["type"] == "object" {
			s["additionalProperties"] = false
		}
		for _, inner := range s {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range s {
			closeObjects(inner)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	compiled := compile(t, readJSON(t, schemaFile))
	for name, breaks := range map[string]func(report map[string]any){
		"another version":   func(r map[string]any) { r["version"] = json.Number("2") },
		"an unknown gate":   func(r map[string]any) { r["gate"] = "ajar" },
		"no results":        func(r map[string]any) { delete(r, "results") },
		"null diagnoses":    func(r map[string]any) { r["diagnoses"] = nil },
		"an unknown status": func(r map[string]any) { firstResult(r)["status"] = "maybe" },
		"an unknown stage":  func(r map[string]any) { firstResult(r)["stage"] = "cookies" },
		"null evidence":     func(r map[string]any) { firstResult(r)["evidence"] = nil },
		"a local time":      func(r map[string]any) { r["started"] = "2026-01-02T16:04:05+01:00" },
	} {
		t.Run(name, func(t *testing.T) {
			report, _ := readJSON(t, "testdata/one.golden.json").(map[string]any)
			breaks(report)
			if compiled.Validate(report) == nil {
				t.Error("accepted")
			}
		})
	}
}

func firstResult(report map[string]any) map[string]any {
	results, _ := report["results"].([]any)
	first, _ := results[0].(map[string]any)
	return first
}

func TestJSONKeepsForeignTextWhole(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, hostileSample(), style()); err != nil {
		t.Fatal(err)
	}
	var got jsonReport
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Target.Project != hostileText {
		t.Errorf("project is %q", got.Target.Project)
	}
}
