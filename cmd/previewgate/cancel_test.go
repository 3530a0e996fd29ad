package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// GitHub's runner tells a step that its run was canceled by SIGINT to its
// first process, 7.5 seconds later by SIGTERM, and kills it after ten.
const (
	lastWord     = 5 * time.Second // for the status, and for all where GitHub answers
	secondSignal = 7500 * time.Millisecond
	untilKill    = 9 * time.Second // for a run that waits for GitHub in vain
)

// A cancelRow is a run that is canceled.
type cancelRow struct {
	name   string
	event  string
	script bool // runs by the script of action.yml, and not directly
	signal syscall.Signal
	change func(*sandbox.World)
	then   func(*sandbox.Sandbox)
	at     string // request to GitHub at which it is canceled; empty: the first one to the preview, which never answers
	deaf   string // method to which GitHub answers nothing from then on; * is any
	silent bool   // so that nothing can be said
}

func cancelRows() []cancelRow {
	building := func(s *sandbox.Sandbox) {
		s.Deploy(sandbox.Rollout{SHA: actHead, Environment: "Preview", Reports: []sandbox.Report{{State: "pending"}}})
	}
	return []cancelRow{
		{name: "while the preview hangs", event: "deployment_status", signal: syscall.SIGINT},
		{name: "through the step's script", event: "deployment_status", script: true, signal: syscall.SIGINT},
		{name: "by another signal", event: "repository_dispatch", signal: syscall.SIGTERM},
		{name: "started by hand", event: "workflow_dispatch", signal: syscall.SIGINT},
		{
			name: "while the preview is built", event: "pull_request", signal: syscall.SIGINT, at: "POST /repos/acme/web/statuses/",
			change: func(w *sandbox.World) { w.GitHub.DeployedSHA = strings.Repeat("d", 40) }, then: building,
		},
		{name: "while the pull request is looked up", event: "deployment_status", signal: syscall.SIGINT, at: "GET /repos/acme/web/commits/"},
		{name: "while GitHub answers no reading", event: "deployment_status", signal: syscall.SIGINT, deaf: http.MethodGet},
		{name: "while GitHub answers nothing", event: "deployment_status", signal: syscall.SIGINT, deaf: "*", silent: true},
	}
}

// TestACanceledRunSaysSo cancels the built command as GitHub's runner does. A
// status must then not be left pending, since nobody else would end it.
func TestACanceledRunSaysSo(t *testing.T) {
	binary := builtCommand(t)
	for _, tt := range cancelRows() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := sandbox.Healthy()
			if tt.change != nil {
				tt.change(&w)
			}
			s, err := sandbox.StartPlain(w)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			if tt.then != nil {
				tt.then(s)
			}
			preview, github := newHanging(t), newGateway(t, s, tt)
			var log bytes.Buffer
			if tt.event == "workflow_dispatch" { // an address given by hand has to be the commit's
				s.Deploy(sandbox.Rollout{SHA: w.GitHub.HeadSHA, Environment: "Preview", Reports: []sandbox.Report{{State: "success", URL: preview.URL}}})
			}
			c := tt.step(t, s, binary, preview.URL)
			c.Env = append(c.Env, "GITHUB_API_URL="+github.URL)
			c.Stdout, c.Stderr = &log, &log
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { _ = c.Wait(); close(ended) }()
			select {
			case <-preview.asked:
			case <-github.asked:
			case <-ended:
				t.Fatalf("it ended by itself, %v:\n%s", c.ProcessState, log.String())
			}
			github.canceled.Store(true)
			signaled := time.Now()
			if err := c.Process.Signal(tt.signal); err != nil {
				t.Fatal(err)
			}
			again := time.AfterFunc(secondSignal, func() { _ = c.Process.Signal(syscall.SIGTERM) })
			<-ended
			again.Stop()
			took := time.Since(signaled)
			tt.hold(t, s, c.ProcessState.ExitCode())
			limit := lastWord
			if tt.deaf != "" {
				limit = untilKill
			}
			if said := github.said(signaled); said > lastWord || took > limit || t.Failed() {
				t.Errorf("the status was set after %v, the end came after %v:\n%s", said, took, log.String())
			}
		})
	}
}

// hold holds what a canceled run left behind.
func (tt cancelRow) hold(t *testing.T, s *sandbox.Sandbox, code int) {
	t.Helper()
	last := sandbox.Status{}
	for _, last = range s.Statuses() {
		if last.SHA != actHead || last.Context != "previewgate" {
			t.Errorf("a status of %s on %s", last.Context, last.SHA)
		}
	}
	if len(workplace{Sandbox: s}.ours()) > 0 {
		t.Error("it commented on what it had not judged")
	}
	if tt.silent {
		if code != exitBroken || last.State != "" {
			t.Errorf("exit code %d, status %+v", code, last)
		}
		return
	}
	if code != exitUndecided || last.State != "error" || !strings.Contains(last.Description, "cancel") {
		t.Errorf("exit code %d, status %+v", code, last)
	}
}

// step is the step of a workflow that runs the action on a preview that moved
// to another address.
func (tt cancelRow) step(t *testing.T, s *sandbox.Sandbox, binary, preview string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	event, script := filepath.Join(dir, "event.json"), filepath.Join(dir, "script.sh")
	payload := bytes.ReplaceAll(s.Event(tt.event), quoted(t, s.PreviewURL()), quoted(t, preview))
	if err := os.WriteFile(event, payload, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), binary, "action")
	if tt.script {
		if err := os.WriteFile(script, []byte(actionScript(t)), 0o600); err != nil {
			t.Fatal(err)
		}
		c = exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	}
	c.Dir = dir
	c.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "GITHUB_EVENT_NAME=" + tt.event, "GITHUB_EVENT_PATH=" + event, "GITHUB_REPOSITORY=acme/web",
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_RUN_ID=4711", "GITHUB_RUN_ATTEMPT=1", "RUNNER_TEMP=" + dir, "RUNNER_OS=Linux",
		"GITHUB_TOKEN=" + sandbox.Healthy().Env()["GITHUB_TOKEN"], "INPUT_PATH=" + binary,
		"INPUT_ALLOW_HOST=" + strings.Join(append(s.AllowHosts(), strings.TrimPrefix(preview, "http://")), "\n"),
	}, s.PlainEnv()...)
	return c
}

func quoted(t *testing.T, text string) []byte {
	t.Helper()
	q, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// actionScript is the script of action.yml's only step.
func actionScript(t *testing.T) string {
	t.Helper()
	_, text, found := strings.Cut(fileText(t, "../../action.yml"), "\n      run: |\n")
	if !found {
		t.Fatal("action.yml has no script")
	}
	var script strings.Builder
	for line := range strings.Lines(text) {
		script.WriteString(strings.TrimPrefix(line, "        "))
	}
	return script.String()
}
