package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/previewgate/previewgate/internal/golden"
)

func TestWorkflows(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			golden.Equal(t, filepath.Join("testdata", "init", s.name+".yml"), []byte(s.text(t, "workflow.yml.tmpl")))
			if s.next {
				golden.Equal(t, filepath.Join("testdata", "init", s.name+".txt"), []byte(fold(s.text(t, "next.txt.tmpl"), 100)))
			}
		})
	}
	golden.Equal(t, filepath.Join("testdata", "init", "options.yml"), []byte(inForce(samples()[0].text(t, "workflow.yml.tmpl"))))
}

// manifestInputs lists the inputs of action.yml, which holds no script that GitHub
// would paste an expression into.
func manifestInputs(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Inputs map[string]any
		Runs   struct{ Steps []flowStep }
	}
	if err := yaml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Inputs) < 17 || len(manifest.Runs.Steps) == 0 {
		t.Fatalf("action.yml has the inputs %v and %d steps", slices.Sorted(maps.Keys(manifest.Inputs)), len(manifest.Runs.Steps))
	}
	for _, s := range manifest.Runs.Steps {
		if s.Run == "" || strings.Contains(s.Run, "${{") {
			t.Errorf("a step of action.yml runs %q", s.Run)
		}
	}
	return slices.Collect(maps.Keys(manifest.Inputs))
}

func TestWorkflowsAreSafe(t *testing.T) {
	known := manifestInputs(t)
	for _, s := range samples() {
		text := s.text(t, "workflow.yml.tmpl")
		for name, text := range map[string]string{s.name: text, s.name + " with its options": inForce(text)} {
			t.Run(name, func(t *testing.T) {
				f := readFlow(t, text)
				if len(f.Permissions) > 0 || len(f.Jobs) != 1 {
					t.Errorf("got the permissions %v and %d jobs", f.Permissions, len(f.Jobs))
				}
				gate, found := f.Jobs["gate"] // and not previewgate, which the status is called
				if !found || gate.Timeout == 0 || gate.Concurrency.Group == "" {
					t.Errorf("got the jobs %+v", f.Jobs)
				}
				mayOnly(t, gate.Permissions, name != s.name)
				for i, step := range gate.Steps {
					step.mustBeSafe(t, i == len(gate.Steps)-2, known)
				}
			})
		}
	}
}

// mayOnly holds the permissions to what the gate needs.
func mayOnly(t *testing.T, got map[string]string, optional bool) {
	t.Helper()
	want := map[string]string{"contents": "read", "deployments": "read", "pull-requests": "write", "statuses": "write"}
	if optional {
		want["checks"], want["id-token"] = "write", "write"
	}
	if !maps.Equal(got, want) {
		t.Errorf("got the permissions %v, want %v", got, want)
	}
}

// mustBeSafe holds a step to the rules. After the gate nothing but what it kept
// is uploaded.
func (s flowStep) mustBeSafe(t *testing.T, isGate bool, known []string) {
	t.Helper()
	action, ref, _ := strings.Cut(s.Uses, "@")
	switch {
	case s.Run != "":
		t.Errorf("a step runs %q", s.Run)
	case isGate != (action == "previewgate/previewgate"):
		t.Errorf("the gate is not in its place: %s", s.Uses)
	case !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(ref) && (!isGate || ref != "v1.2.3"):
		t.Errorf("%s is not pinned", s.Uses)
	case action == "actions/upload-artifact" && (s.If != "${{ !cancelled() }}" || !s.Continue || s.With["path"] == ""):
		t.Errorf("the upload is %+v", s)
	case action == "actions/checkout" && (s.With["persist-credentials"] != "false" || s.With["path"] == ""):
		t.Errorf("the checkout is %v", s.With)
	}
	for name, value := range s.With {
		if isGate && !slices.Contains(known, name) {
			t.Errorf("action.yml has no input %s", name)
		}
		if strings.Contains(value, "secrets.") {
			t.Errorf("the input %s is a secret", name)
		}
	}
	if !isGate && len(s.Env) > 0 {
		t.Errorf("%s gets the variables %v", s.Uses, s.Env)
	}
}

func TestWorkflowsReadWell(t *testing.T) {
	for _, s := range samples() {
		text := s.text(t, "workflow.yml.tmpl")
		if !strings.HasSuffix(text, "days: 14\n") || strings.Contains(text, "\n\n\n") {
			t.Errorf("%s: it ends in %q", s.name, text[len(text)-10:])
		}
		for line := range strings.SplitSeq(text, "\n") {
			comment := strings.HasPrefix(strings.TrimSpace(line), "#")
			if strings.HasSuffix(line, " ") || comment && utf8.RuneCountInString(line) > 120 {
				t.Errorf("%s: the line %q is too long, or ends in a blank", s.name, line)
			}
		}
	}
}

// TestActionsAreThoseOfTheRepository holds the commits in the workflow to
// those that this repository's own workflows use.
func TestActionsAreThoseOfTheRepository(t *testing.T) {
	text, err := os.ReadFile("../../.github/workflows/ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{checkoutAction, setupGoAction} {
		if !strings.Contains(string(text), "uses: "+action+"\n") {
			t.Errorf("ci.yml does not use %s", action)
		}
	}
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	gate := readFlow(t, samples()[0].text(t, "workflow.yml.tmpl")).Jobs["gate"]
	if version := gate.Steps[0].With["go-version"]; !strings.Contains(string(module), "\ngo "+version+".") {
		t.Errorf("the workflow sets Go %s up", version)
	}
	if steps := readFlow(t, samples()[11].text(t, "workflow.yml.tmpl")).Jobs["gate"].Steps; len(steps) != 2 || steps[0].With["version"] != "1.2.3" {
		t.Errorf("a release is run by %+v", steps)
	}
}
