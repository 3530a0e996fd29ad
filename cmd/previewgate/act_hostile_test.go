package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// hostile is text that wants to be run by a shell, read as a command or an
// output by the runner, or evaluated as an expression.
func hostile(place string) string {
	touch := "touch " + filepath.Join(place, "pwned")
	return "x$(" + touch + ")`" + touch + "`;" + touch + "\n::set-output name=outcome::pwned\n::error::pwned\n" +
		"::stop-commands::pwned\n::add-mask::a\n##[error]pwned\noutcome=pwned\n_GitHubActionsFileCommandDelimeter_\n" +
		"outcome<<E\npwned\nE\n${{ secrets.GITHUB_TOKEN }}\"'\\ %0A::add-path::pwned\r::warning::pwned"
}

// TestForeignTextStaysText runs the action by the real runner where what comes
// from outside is hostile: no shell runs it, and the runner takes none of it
// for a command, an output or an expression.
func TestForeignTextStaysText(t *testing.T) {
	act, binary := realRunner(t), builtCommand(t)
	for _, tt := range hostileRows() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, place := sandbox.Healthy(), t.TempDir()
			text := hostile(place)
			if tt.change != nil {
				tt.change(&w, text)
			}
			s, err := sandbox.StartPlain(w)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			j := job{
				Sandbox: s, act: act, binary: binary, workflow: "hostile", event: tt.event,
				secrets: map[string]string{"GITHUB_TOKEN": w.Env()["GITHUB_TOKEN"]},
				payload: edited(t, s.Event(tt.event), func(p map[string]any) {
					if tt.edit != nil {
						tt.edit(p, text)
					}
				}),
			}
			if tt.vars != nil {
				j.vars = tt.vars(text)
			}
			if tt.story != "" {
				j.files = hostileFiles(t, tt.story)
			}
			r := j.run(t)
			if r.code != tt.code {
				t.Errorf("exit code %s", r.code)
			}
			r.holdHarmless(t, place, w.Env()["GITHUB_TOKEN"])
			if t.Failed() {
				t.Errorf("log:\n%s", r.said())
			}
		})
	}
}

// hostileFiles is the source of a story, in a folder whose name is hostile.
func hostileFiles(t *testing.T, story string) map[string]string {
	t.Helper()
	dir, _ := unpack(t, filepath.Join(scans, story+".txtar"))
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = strings.Replace(name, "apps/web/", "apps/$(touch pwned)`touch pwned`\n::set-output name=outcome::pwned\n::error::pwned\n${{ secrets.GITHUB_TOKEN }}\"',line=7::pwned/", 1)
		files[name] = fileText(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// holdHarmless holds that nothing hostile came of a run.
func (r ran) holdHarmless(t *testing.T, place, token string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(place, "pwned")); err == nil {
		t.Error("a shell ran foreign text")
	}
	if found := fileText(t, filepath.Join(r.place, "outputs.json.found")); found != "" {
		t.Errorf("a shell ran foreign text: %s", found)
	}
	names := []string{"outcome", "cause", "comment-url", "report"}
	for name, value := range r.outputs {
		if !slices.Contains(names, name) || strings.Contains(value, "pwned") {
			t.Errorf("the output %s is %q", name, value)
		}
	}
	if len(r.outputs) != len(names) {
		t.Errorf("outputs %v", r.outputs)
	}
	commands := []string{"add-mask", "stop-commands", "error", "warning", "notice", "summary", "set-output"}
	for _, l := range r.log {
		switch {
		case l.Command == "" || l.Command == "ignored":
		case !slices.Contains(commands, l.Command) || l.Arg == "pwned" || l.Arg == "a":
			t.Errorf("the runner was told %s %s: %s", l.Command, l.Name, l.Arg)
		case l.Command == "set-output" && (!slices.Contains(names, l.Name) || strings.Contains(l.Arg, "pwned")):
			t.Errorf("the runner was told of the output %s: %s", l.Name, l.Arg)
		case l.Command == "stop-commands":
			commands = append(commands, l.Arg) // ends it
		}
		if text, _ := json.Marshal(l); l.Command != "add-mask" && strings.Contains(string(text), token) {
			t.Errorf("the token was logged: %s", text)
		}
	}
}
