package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/action"
	"github.com/previewgate/previewgate/internal/sandbox"
)

func started(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(sandbox.Healthy())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// gateOf returns the job of the named sample.
func gateOf(t *testing.T, name string) flowJob {
	t.Helper()
	i := slices.IndexFunc(samples(), func(s sample) bool { return s.name == name })
	return readFlow(t, samples()[i].text(t, "workflow.yml.tmpl")).Jobs["gate"]
}

func TestWhichEventsAreWorthAJob(t *testing.T) {
	s := started(t)
	type change = map[string]any
	tests := []struct {
		name, workflow, event string
		change                change
		want                  bool
	}{
		{"Vercel's preview", "repository_dispatch", onDispatch, nil, true},
		{"a deployment to production", "repository_dispatch", onDispatch, change{"client_payload environment": "production"}, false},
		{"a dispatch by a person", "repository_dispatch", onDispatch, change{"actor": "ada"}, false},
		{"a run by hand", "repository_dispatch", "workflow_dispatch", nil, true},
		{"the project", "project", onDispatch, change{"client_payload project name": "web"}, true},
		{"another project", "project", onDispatch, change{"client_payload project name": "website"}, false},
		{"a dispatch without a project", "project", onDispatch, change{"client_payload project": nil}, false},
		{"a merge group", "merge-queue", "merge_group", nil, true},
		{"the command", "rerun-comment", "issue_comment", nil, true},
		{"another comment", "rerun-comment", "issue_comment", change{"comment body": "see /previewgate rerun"}, false},
		{"the command on an issue", "rerun-comment", "issue_comment", change{"issue pull_request": nil}, false},
		{"any event that it knows", "everything", "merge_group", nil, true},
		{"one of two projects", "everything", onDispatch, change{"client_payload project name": "admin"}, true},
		{"Vercel's deployment", "deployment_status", onStatus, nil, true},
		{"Vercel's failed build", "deployment_status", onStatus, change{"deployment_status state": "failure"}, true},
		{"a build that goes on", "deployment_status", onStatus, change{"deployment_status state": "in_progress"}, false},
		{"somebody else's deployment", "deployment_status", onStatus, change{"deployment creator login": "github-actions[bot]"}, false},
		{"production", "deployment_status", onStatus, change{"deployment environment": "Production – web"}, false},
		{"a custom environment", "deployment_status", onStatus, change{"deployment environment": "qa"}, true},
		{"the project's environment", "deployment_status-everything", onStatus, change{"deployment environment": "Preview – admin"}, true},
		{"another project's environment", "deployment_status-everything", onStatus, change{"deployment environment": "Preview – docs"}, false},
		{"the only project's environment", "deployment_status-everything", onStatus, change{"deployment environment": "Preview"}, true},
		{"a push to a pull request", "pull_request-everything", onPull, nil, true},
		{"a comment on a pull request", "pull_request-everything", "issue_comment", change{"comment body": "LGTM"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			condition := gateOf(t, tt.workflow).If
			if got := happen(t, s, tt.event, tt.change).value(t, "!!("+condition+")"); got != tt.want {
				t.Errorf("got %v, want %t, from %s", got, tt.want, condition)
			}
		})
	}
}

func TestWhichCommitIsCheckedOut(t *testing.T) {
	s := started(t)
	w := sandbox.Healthy()
	type change = map[string]any
	noPull := change{"inputs pr": "", "inputs url": ""}
	tests := []struct {
		name, workflow, event string
		change                change
		want                  any // nil: no checkout, and no source
	}{
		{"dispatch", "everything", onDispatch, nil, w.GitHub.DeployedSHA},
		{"deployment status", "deployment_status-everything", onStatus, nil, w.GitHub.DeployedSHA},
		{"pull request", "pull_request-everything", onPull, nil, w.GitHub.HeadSHA},
		{"by hand, a commit", "source", "workflow_dispatch", noPull, w.GitHub.HeadSHA},
		{"by hand, a pull request", "source", "workflow_dispatch", change{"inputs sha": "", "inputs pr": "7"}, "refs/pull/7/head"},
		{"by hand, an address", "source", "workflow_dispatch", change{"inputs sha": "", "inputs pr": ""}, nil},
		{"a comment", "everything", "issue_comment", change{"issue number": 7}, "refs/pull/7/head"},
		{"a merge group", "everything", "merge_group", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			steps := gateOf(t, tt.workflow).Steps
			i := slices.IndexFunc(steps, func(s flowStep) bool { return s.ID == "source" })
			checkout, gate, event := steps[i], steps[len(steps)-2], happen(t, s, tt.event, tt.change)
			event.source = "skipped"
			if runs := event.value(t, "!!("+checkout.If+")"); runs != (tt.want != nil) {
				t.Errorf("the checkout runs: %v", runs)
			}
			wantSource := ""
			if tt.want != nil {
				event.source, wantSource = "failure", checkout.With["path"] // what is missing there is said by the gate
				if got := event.value(t, inside(t, checkout.With["ref"])); got != tt.want {
					t.Errorf("got the commit %v, want %v", got, tt.want)
				}
			}
			if got := event.value(t, inside(t, gate.With["source"])); got != wantSource {
				t.Errorf("got the source %v, want %q", got, wantSource)
			}
			if !checkout.Continue {
				t.Error("a checkout that fails leaves a required status unset")
			}
		})
	}
}

func TestWhichRunsWaitForEachOther(t *testing.T) {
	s := started(t)
	type change = map[string]any
	group := func(workflow, event string, c change) any {
		g := gateOf(t, workflow).Concurrency.Group
		if rest, isPrefixed := strings.CutPrefix(g, "previewgate-"); isPrefixed {
			g = "${{ format('previewgate-{0}', " + inside(t, rest) + ") }}"
		}
		return happen(t, s, event, c).value(t, inside(t, g))
	}
	same := func(workflow, event string, a, b change) bool {
		return group(workflow, event, a) == group(workflow, event, b)
	}
	switch {
	case !same("everything", onDispatch, nil, change{"action": "vercel.deployment.ready"}):
		t.Error("two events about one deployment do not wait for each other")
	case same("everything", onDispatch, nil, change{"client_payload project id": "prj_other"}):
		t.Error("two projects wait for each other")
	case same("everything", onDispatch, nil, change{"client_payload environment": "production"}):
		t.Error("production can take the place of a preview that waits")
	case same("deployment_status", onStatus, nil, change{"deployment sha": strings.Repeat("a", 40)}):
		t.Error("two commits wait for each other")
	case !same("pull_request", onPull, nil, change{"pull_request head sha": strings.Repeat("a", 40)}):
		t.Error("a push does not end the run before it")
	}
	for _, event := range []string{"issue_comment", "merge_group", "workflow_dispatch"} {
		for _, workflow := range []string{"everything", "deployment_status-everything", "pull_request-everything"} {
			if got := group(workflow, event, nil); !strings.HasSuffix(got.(string), "-4711") {
				t.Errorf("%s: %s waits in %v, where others can take its place", workflow, event, got)
			}
		}
	}
	if gateOf(t, "everything").Concurrency.Cancel || !gateOf(t, "pull_request").Concurrency.Cancel {
		t.Error("only a push makes a run pointless")
	}
}

// TestDispatchTypes holds the types of the workflow to those that the action
// has something to say about.
func TestDispatchTypes(t *testing.T) {
	s := started(t)
	subscribed := setup{}.Types()
	for _, state := range []string{"pending", "ready", "success", "promoted", "error", "failed", "canceled", "ignored", "skipped"} {
		kind := "vercel.deployment." + state
		payload, err := json.Marshal(happen(t, s, onDispatch, map[string]any{"action": kind}).payload)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "event.json")
		if err := os.WriteFile(file, payload, 0o600); err != nil {
			t.Fatal(err)
		}
		env := map[string]string{"GITHUB_REPOSITORY": "acme/web", "GITHUB_EVENT_NAME": onDispatch, "GITHUB_EVENT_PATH": file}
		_, err = action.Read(func(name string) string { return env[name] })
		_, skips := errors.AsType[*action.Skip](err)
		if err != nil && !skips {
			t.Fatal(err)
		}
		if slices.Contains(subscribed, kind) == skips {
			t.Errorf("%s starts a run: %t; the action skips it: %t", kind, !skips, skips)
		}
	}
}
