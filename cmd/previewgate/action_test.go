package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A workplace is what GitHub's runner gives to the step, and the sandbox that
// stands for everything else.
type workplace struct {
	*sandbox.Sandbox
	dir string
	env map[string]string
}

// employ starts the sandbox and prepares the step for an event.
func employ(t *testing.T, w sandbox.World, event string, payload []byte) workplace {
	t.Helper()
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	t.Cleanup(func() { asked(t, s) })
	if payload == nil {
		payload = s.Event(event)
	}
	p := workplace{s, t.TempDir(), nil}
	if err := os.WriteFile(filepath.Join(p.dir, "event.json"), payload, 0o600); err != nil {
		t.Fatal(err)
	}
	p.env = map[string]string{
		"GITHUB_EVENT_NAME":   event,
		"GITHUB_EVENT_PATH":   filepath.Join(p.dir, "event.json"),
		"GITHUB_REPOSITORY":   "acme/web",
		"GITHUB_SERVER_URL":   "https://github.com",
		"GITHUB_RUN_ID":       "4711",
		"GITHUB_RUN_ATTEMPT":  "1",
		"GITHUB_STEP_SUMMARY": filepath.Join(p.dir, "summary.md"),
		"GITHUB_OUTPUT":       filepath.Join(p.dir, "output"),
		"RUNNER_TEMP":         p.dir,
		"GITHUB_TOKEN":        w.Env()["GITHUB_TOKEN"],
		"INPUT_PROTECTED":     strings.Join(w.Protected, "\n"),
	}
	return p
}

// run runs the action and returns its exit code and its log.
func (p workplace) run(t *testing.T) (int, string) {
	t.Helper()
	var log bytes.Buffer
	code := run(t.Context(), process{
		args: []string{"action"}, getenv: func(name string) string { return p.env[name] },
		stdout: &log, stderr: &log, network: network{dial: p.Dial, cas: p.RootCAs()},
	})
	return code, log.String()
}

func (p workplace) file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ours lists the comments that the gate wrote, as opposed to other people.
func (p workplace) ours() []sandbox.Comment {
	return slices.DeleteFunc(p.Comments(), func(c sandbox.Comment) bool { return !strings.Contains(c.Body, "<!-- previewgate") })
}

func broken(change func(*sandbox.World)) sandbox.World {
	w := sandbox.Healthy()
	change(&w)
	return w
}

func TestActionOnEachEvent(t *testing.T) {
	noCallback := func(w *sandbox.World) { delete(w.App.Routes, "/callback") }
	tests := []struct {
		name   string
		event  string
		change func(*sandbox.World)
		code   int
		state  string
	}{
		{"deployment status, healthy", "deployment_status", func(*sandbox.World) {}, exitOpen, "success"},
		{"deployment status, broken", "deployment_status", noCallback, exitClosed, "failure"},
		{"repository dispatch, healthy", "repository_dispatch", func(*sandbox.World) {}, exitOpen, "success"},
		{"repository dispatch, broken", "repository_dispatch", noCallback, exitClosed, "failure"},
		{"workflow dispatch, healthy", "workflow_dispatch", func(*sandbox.World) {}, exitOpen, "success"},
		{"workflow dispatch, broken", "workflow_dispatch", noCallback, exitClosed, "failure"},
		{"deployment status of a failed build", "deployment_status", func(w *sandbox.World) { w.Vercel.ReadyState = "ERROR" }, exitClosed, "failure"},
		{"repository dispatch of a failed build", "repository_dispatch", func(w *sandbox.World) { w.Vercel.ReadyState = "ERROR" }, exitClosed, "failure"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := broken(tt.change)
			p := employ(t, w, tt.event, nil)
			code, log := p.run(t)
			if code != tt.code {
				t.Errorf("got exit code %d, want %d:\n%s", code, tt.code, log)
			}
			statuses, comments := p.Statuses(), p.ours()
			if len(statuses) != 1 || statuses[0].State != tt.state || statuses[0].SHA != w.GitHub.HeadSHA {
				t.Errorf("got statuses %+v, want one %s on %s", statuses, tt.state, w.GitHub.HeadSHA)
			}
			if len(comments) != 1 || !strings.Contains(comments[0].Body, "### ") {
				t.Errorf("got %d comments", len(comments))
			}
			if !strings.Contains(p.file(t, "summary.md"), "### ") || !strings.Contains(p.file(t, "output"), "outcome<<") {
				t.Errorf("the step's summary or outputs are missing")
			}
		})
	}
}

// TestAFailedBuildIsItsOwnDiagnosis holds that nothing is judged of a
// deployment that is not there.
func TestAFailedBuildIsItsOwnDiagnosis(t *testing.T) {
	p := employ(t, broken(func(w *sandbox.World) { w.Vercel.ReadyState = "ERROR" }), "deployment_status", nil)
	p.run(t)
	body := p.ours()[0].Body
	if !strings.Contains(body, "1 thing to fix") || !strings.Contains(body, "preview-built") {
		t.Errorf("got %s", body)
	}
}

func TestASecondRunEditsTheComment(t *testing.T) {
	p := employ(t, broken(func(w *sandbox.World) { delete(w.App.Routes, "/callback") }), "deployment_status", nil)
	p.run(t)
	first := p.ours()
	p.env["GITHUB_RUN_ID"] = "4712"
	p.run(t)
	if second := p.ours(); len(second) != 1 || second[0].ID != first[0].ID {
		t.Errorf("got comments %+v after %+v", second, first)
	}
}

func TestEventsThatLeaveNothingToGate(t *testing.T) {
	edit := func(t *testing.T, change func(payload map[string]any)) []byte {
		t.Helper()
		s, err := sandbox.Start(sandbox.Healthy())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var payload map[string]any
		if err := json.Unmarshal(s.Event("deployment_status"), &payload); err != nil {
			t.Fatal(err)
		}
		change(payload)
		text, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	in := func(payload map[string]any, key string) map[string]any { return payload[key].(map[string]any) }
	tests := []struct {
		name   string
		change func(payload map[string]any)
		code   int
		want   string
	}{
		{"production", func(p map[string]any) {
			in(p, "deployment")["environment"], in(p, "deployment_status")["environment"] = "Production", "Production"
		}, exitOpen, "roduction"},
		{"another creator", func(p map[string]any) {
			in(p, "deployment")["creator"] = map[string]any{"login": "mallory", "type": "User"}
		}, exitOpen, "mallory"},
		{"still building", func(p map[string]any) { in(p, "deployment_status")["state"] = "pending" }, exitOpen, "pending"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := employ(t, sandbox.Healthy(), "deployment_status", edit(t, tt.change))
			code, log := p.run(t)
			if code != tt.code || !strings.Contains(log, tt.want) {
				t.Errorf("got exit code %d and %q, want %d and %q", code, log, tt.code, tt.want)
			}
			if len(p.Statuses())+len(p.ours()) > 0 {
				t.Error("something was published")
			}
		})
	}
}

// TestWhatCannotBeJudgedIsToldInTheStatus holds that a status which is required
// does not stay unset.
func TestWhatCannotBeJudgedIsToldInTheStatus(t *testing.T) {
	s := started(t)
	var event map[string]any
	if err := json.Unmarshal(s.Event("deployment_status"), &event); err != nil {
		t.Fatal(err)
	}
	event["deployment_status"].(map[string]any)["environment_url"] = ""
	withoutAddress, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, event string
		payload     []byte
		env         map[string]string
		context     string
		want        string
	}{
		{"an event without an address", "deployment_status", withoutAddress, nil, "previewgate", "the deployment succeeded but has no address (environment_url)"},
		{"an input that cannot be read", "deployment_status", nil, map[string]string{"INPUT_TIMEOUT": "soon"}, "previewgate", "the input timeout: "},
		{"an input that cannot be meant", "workflow_dispatch", nil, map[string]string{"INPUT_UNDECIDED": "maybe"}, "previewgate", "--undecided maybe: it is close or open"},
		{
			"an input that cannot be read, of a project", "deployment_status", nil,
			map[string]string{"INPUT_TIMEOUT": "soon", "INPUT_PROJECT": "web"},
			"previewgate (web)", "the input timeout: ",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := employ(t, sandbox.Healthy(), tt.event, tt.payload)
			maps.Copy(p.env, tt.env)
			code, log := p.run(t)
			statuses := p.Statuses()
			if code != exitMisuse || len(statuses) != 1 || statuses[0].State != "error" || statuses[0].Context != tt.context {
				t.Fatalf("got exit code %d, statuses %+v:\n%s", code, statuses, log)
			}
			if !strings.HasPrefix(statuses[0].Description, tt.want) || !strings.Contains(log, tt.want) {
				t.Errorf("got %q, want %q:\n%s", statuses[0].Description, tt.want, log)
			}
		})
	}
}

// TestTheInputProjectNamesTheStatus holds it where the repository has one
// project.
func TestTheInputProjectNamesTheStatus(t *testing.T) {
	for _, event := range []string{"deployment_status", "repository_dispatch", "workflow_dispatch"} {
		for project, want := range map[string]string{"web": "previewgate (web)", "docs, WEB": "previewgate (web)", "": "previewgate"} {
			if event != "repository_dispatch" && strings.Contains(project, ",") {
				continue // the environment names no project
			}
			p := employ(t, sandbox.Healthy(), event, nil)
			p.env["INPUT_PROJECT"] = project
			code, log := p.run(t)
			statuses := p.Statuses()
			if code != exitOpen || len(statuses) != 1 || statuses[0].State != "success" || statuses[0].Context != want {
				t.Errorf("%s, %q: got exit code %d, statuses %+v:\n%s", event, project, code, statuses, log)
			}
		}
	}
	p := employ(t, sandbox.Healthy(), "repository_dispatch", nil)
	p.env["INPUT_PROJECT"] = "docs"
	if code, log := p.run(t); code != exitOpen || len(p.Statuses()) > 0 || !strings.Contains(log, "of the project web, and this workflow is for docs") {
		t.Errorf("another project: got exit code %d, statuses %+v:\n%s", code, p.Statuses(), log)
	}
}

func TestABuildThatWasIgnoredResolvesTheStatus(t *testing.T) {
	w := broken(func(w *sandbox.World) { w.Vercel.ReadyState = "CANCELED" })
	payload := map[string]any{
		"action": "vercel.deployment.ignored", "repository": map[string]any{"full_name": "acme/web"},
		"client_payload": map[string]any{
			"environment": "preview", "git": map[string]any{"ref": w.GitHub.Branch, "sha": w.GitHub.HeadSHA},
			"project": map[string]any{"id": "prj_1", "name": "web"}, "state": map[string]any{"type": "ignored"},
		},
	}
	text, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	p := employ(t, w, "repository_dispatch", text)
	code, log := p.run(t)
	statuses := p.Statuses()
	if code != exitOpen || len(statuses) != 1 || statuses[0].State != "success" || !strings.Contains(statuses[0].Description, "no preview") {
		t.Errorf("got exit code %d, statuses %+v:\n%s", code, statuses, log)
	}
}

func TestInputsAreTheFlagsByOtherNames(t *testing.T) {
	var o options
	env := map[string]string{
		"INPUT_SIGN_IN": "/login", "INPUT_PROTECTED": "/a\n/b, /c", "INPUT_TIMEOUT": "5s", "INPUT_UNDECIDED": "open",
	}
	if err := readInputs(o.actionFlags(), func(name string) string { return env[name] }); err != nil {
		t.Fatal(err)
	}
	if o.paths.SignIn != "/login" || strings.Join(o.paths.Protected, " ") != "/a /b /c" || o.timeout.Seconds() != 5 || o.undecided != "open" {
		t.Errorf("got %+v", o)
	}
	if err := readInputs(o.actionFlags(), func(string) string { return "soon" }); err == nil {
		t.Error("a timeout of \"soon\" was taken")
	}
}

// TestActionYAMLKnowsTheFlags holds action.yml to the command's flags.
func TestActionYAMLKnowsTheFlags(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	declared := make(map[string]bool)
	inputs, _, _ := strings.Cut(string(text), "\noutputs:")
	for line := range strings.Lines(inputs) {
		if name, rest, found := strings.Cut(strings.TrimRight(line, "\n"), ":"); found && rest == "" && strings.HasPrefix(name, "  ") && !strings.HasPrefix(name, "   ") {
			declared[strings.TrimSpace(name)] = true
		}
	}
	own := map[string]bool{"github-token": true, "version": true, "path": true}
	maps.DeleteFunc(declared, func(name string, _ bool) bool { return own[name] })
	for _, name := range flagNames() {
		if !declared[name] {
			t.Errorf("action.yml has no input %s", name)
		}
		if variable := "INPUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + ": ${{ inputs." + name + " }}"; !strings.Contains(string(text), variable) {
			t.Errorf("action.yml does not pass %s", variable)
		}
		delete(declared, name)
	}
	for name := range declared {
		t.Errorf("action.yml has an input %s that is no flag", name)
	}
}

// flagNames lists the flags that are inputs of the action.
func flagNames() []string {
	var names []string
	new(options).actionFlags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}
