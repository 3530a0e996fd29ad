package main

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// An actRow is one run of the action by the real runner, and what must come of
// it.
type actRow struct {
	name    string
	event   string
	change  func(*sandbox.World)         // before the sandbox starts; nil: healthy
	then    func(*sandbox.Sandbox)       // once it has started
	edit    func(payload map[string]any) // of the event's payload
	wait    string                       // the input
	code    string                       // of the step
	states  string                       // of the statuses that are posted, in order
	sha     string                       // that they are on; empty: the head of the pull request
	about   string                       // part of the last one's description
	says    string                       // part of the comment; empty: there is none
	outcome string                       // the output; empty: by the code where there is a comment, none otherwise
	cause   string                       // the output
	log     string                       // part of the log
}

func actRows() []actRow {
	return slices.Concat(deploymentRows(), manualRows(), pullRows(), groupRows())
}

// TestTheRealRunner runs the action from workflow files, for each event and
// each way in which it may end.
func TestTheRealRunner(t *testing.T) {
	act, binary := realRunner(t), builtCommand(t)
	for _, tt := range actRows() {
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
			j := job{
				Sandbox: s, act: act, binary: binary, workflow: tt.event, event: tt.event,
				vars:    map[string]string{"WAIT": tt.wait},
				payload: edited(t, s.Event(tt.event), tt.edit), secrets: map[string]string{"GITHUB_TOKEN": w.Env()["GITHUB_TOKEN"]},
			}
			r := j.run(t)
			tt.hold(t, s, s.Statuses()[len(w.GitHub.Statuses):], r)
		})
	}
}

// edited changes a payload. An event that the sandbox has none for is empty.
func edited(t *testing.T, payload []byte, edit func(map[string]any)) []byte {
	t.Helper()
	fields := make(map[string]any)
	if payload != nil {
		if err := json.Unmarshal(payload, &fields); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(fields)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// hold holds what became of a run to what was to become of it.
func (tt actRow) hold(t *testing.T, s *sandbox.Sandbox, posted []sandbox.Status, r ran) {
	t.Helper()
	var states []string
	last := sandbox.Status{}
	for _, last = range posted {
		states = append(states, last.State)
		if last.SHA != cmp.Or(tt.sha, actHead) || last.Context != "previewgate" {
			t.Errorf("a status of %s on %s", last.Context, last.SHA)
		}
	}
	if got := strings.Join(states, " "); r.code != tt.code || got != tt.states || !strings.Contains(last.Description, tt.about) {
		t.Errorf("exit code %s, statuses %q (%q)", r.code, got, last.Description)
	}
	comment := workplace{Sandbox: s}.ours()
	if len(comment) > 1 || (len(comment) == 1) != (tt.says != "") || len(comment) == 1 && !strings.Contains(comment[0].Body, tt.says) {
		t.Errorf("%d comments", len(comment))
	}
	if tt.says != "" && tt.outcome == "" {
		tt.outcome = map[string]string{"0": "open", "1": "closed", "4": "undecided"}[tt.code]
	}
	if r.outputs["outcome"] != tt.outcome || r.outputs["cause"] != tt.cause || (r.outputs["comment-url"] != "") != (tt.says != "") {
		t.Errorf("outputs %v", r.outputs)
	}
	if log := r.said(); !strings.Contains(log, tt.log) || t.Failed() {
		t.Errorf("log:\n%s", log)
	}
}
