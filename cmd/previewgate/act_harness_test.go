package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// realRunner finds nektos/act, which runs workflows as GitHub's runner does.
// The test is skipped where act is not installed, and must run where
// PREVIEWGATE_ACT=1 says so:
//
//	PATH="$(dirname "$(.ci/tool act)"):$PATH" PREVIEWGATE_ACT=1 go test ./cmd/previewgate -run Runner
func realRunner(t *testing.T) string {
	t.Helper()
	act, err := exec.LookPath("act")
	switch {
	case err != nil && os.Getenv("PREVIEWGATE_ACT") == "1":
		t.Fatalf("act is required, but: %v (.ci/tool act)", err)
	case err != nil:
		t.Skip("act is not installed: .ci/tool act")
	}
	return act
}

// builtCommand builds the command and returns where it is.
func builtCommand(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "previewgate")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// A job is a repository whose workflow uses the action, and the event that
// starts it.
type job struct {
	*sandbox.Sandbox
	act, binary string
	workflow    string // a file of testdata/act, without its ending
	event       string
	payload     []byte
	secrets     map[string]string // that the repository has
	files       map[string]string // of the repository, beside the workflow
	vars        map[string]string // that the repository has
}

// A ran is a run of a workflow that is over.
type ran struct {
	code    string            // with which the action's step ended, as the runner tells it
	log     []logged          // of the runner
	outputs map[string]string // of the action, as a later step sees them; nil: none ran
	place   string            // where everything happened
}

// A logged is one line of the runner's log.
type logged struct {
	Command string `json:"command"` // to the runner; "ignored" where it takes none
	Name    string `json:"name"`    // of an output
	Arg     string `json:"arg"`
	Line    string `json:"raw"`        // that the command was read from
	Printed bool   `json:"raw_output"` // by a step, and no command
	Msg     string `json:"msg"`
}

// repository makes a repository of the action, the workflow and the files.
func (j job) repository(t *testing.T) string {
	t.Helper()
	dir, files := t.TempDir(), maps.Clone(j.files)
	if files == nil {
		files = make(map[string]string)
	}
	files["action.yml"] = fileText(t, "../../action.yml")
	files[".github/workflows/previewgate.yml"] = fileText(t, "testdata/act/"+j.workflow+".yml")
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range []string{
		"init -q -b main", "add .", "-c user.name=Ada -c user.email=ada@acme.example commit -q -m first",
		"remote add origin https://github.com/acme/web.git",
	} {
		git := exec.CommandContext(t.Context(), "git", strings.Fields(args)...)
		git.Dir, git.Env = dir, append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	return dir
}

func fileText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run runs the workflow on this machine itself, in no container, with the
// vendors in the sandbox and nothing of who runs the test.
func (j job) run(t *testing.T) ran {
	t.Helper()
	r := ran{place: t.TempDir()}
	event, kept := filepath.Join(r.place, "event.json"), filepath.Join(r.place, "outputs.json")
	if err := os.WriteFile(event, j.payload, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), j.act, j.arguments(event, kept, r.place)...)
	command.Dir = j.repository(t)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.place, "TMPDIR=" + r.place, "DOCKER_HOST="}
	out, err := command.CombinedOutput()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	r.log = logLines(out)
	r.code = r.exitCode()
	if text, err := os.ReadFile(kept); err == nil {
		if err := json.Unmarshal(text, &r.outputs); err != nil {
			t.Fatalf("the outputs: %v\n%s", err, text)
		}
	}
	if (err == nil) != (r.code == "0") {
		t.Errorf("the run ended with %v, its step with %s", err, r.code)
	}
	return r
}

// arguments are act's. It must not look for a container engine, an address of
// this machine or a server of caches.
func (j job) arguments(event, kept, place string) []string {
	args := []string{
		j.event, "--json", "--platform", "ubuntu-latest=-self-hosted", "--eventpath", event, "--actor", "ada",
		"--no-cache-server", "--artifact-server-addr", "127.0.0.1", "--action-cache-path", filepath.Join(place, "cache"),
		"--var", "PREVIEWGATE=" + j.binary, "--var", "KEEP=" + kept, "--var", "HOSTS=" + strings.Join(j.AllowHosts(), "\n"),
		"--var", "PLACE=" + place,
		"--insecure-secrets", // shows what the log would hold without the runner's help
	}
	for flag, values := range map[string]map[string]string{"--secret": j.secrets, "--var": j.vars} {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			args = append(args, flag, name+"="+values[name])
		}
	}
	for _, pair := range j.PlainEnv() {
		args = append(args, "--env", pair)
	}
	return args
}

// logLines reads the runner's log. What is no JSON is a complaint of its own.
func logLines(log []byte) []logged {
	var all []logged
	for text := range bytes.Lines(log) {
		var l logged
		if json.Unmarshal(text, &l) != nil {
			l = logged{Msg: string(text)}
		}
		if rest, isCommand := strings.CutPrefix(l.Line, "::"); isCommand && l.Command != "ignored" {
			// GitHub's runner ends a command at the next colons, act at the last ones.
			_, l.Arg, _ = strings.Cut(strings.TrimRight(rest, "\r\n"), "::")
		}
		all = append(all, l)
	}
	return all
}

// exitCode is how the action's step ended.
func (r ran) exitCode() string {
	code := "0"
	for _, l := range r.log {
		if m := regexp.MustCompile(`^exit status (\d+)$`).FindStringSubmatch(l.Msg); m != nil {
			code = m[1]
		}
	}
	return code
}

// said is what the steps printed and what they told the runner, but for what
// to mask and from where to where no commands stand.
func (r ran) said() string {
	var all strings.Builder
	for _, l := range r.log {
		switch l.Command {
		case "":
			if l.Printed {
				all.WriteString(l.Msg)
			}
		case "ignored":
			all.WriteString(l.Line)
		case "error", "warning", "notice", "set-output":
			all.WriteString(l.Command + " " + l.Name + ": " + l.Arg + "\n")
		}
	}
	return all.String()
}
