package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/golden"
	"github.com/previewgate/previewgate/internal/scenario"
)

const stories = "../../testdata/stories"

// wantMarker starts the last section of a story: what the gate makes of it.
const wantMarker = "-- want.txt --\n"

// TestStories tells the gate every story of testdata/stories, from the
// request on the wire to the triage. With -update it rewrites what the
// stories expect, and nothing else of them.
func TestStories(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(stories, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	healthy := readStory(t, filepath.Join(stories, "healthy.txtar"))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story := readStory(t, file)
			if name != "healthy" {
				story = healthy.Except(story)
			}
			transport := story.Transport()
			r := play(t, story, transport)
			for _, complaint := range transport.Complaints() {
				t.Error(complaint)
			}
			kind, _, _ := strings.Cut(name, "-")
			holdToKind(t, kind, r)
			compareStory(t, file, triage(r))
		})
	}
}

func readStory(t *testing.T, file string) scenario.Story {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	story, err := scenario.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for name := range story.Texts {
		if !slices.Contains([]string{"flags", "env", "want.txt"}, name) {
			t.Fatalf("%s: there is no section %q", file, name)
		}
	}
	return story
}

// play gates the preview of a story, as the command check would with the
// story's flags and environment.
func play(t *testing.T, story scenario.Story, transport *scenario.Transport) gate.Report {
	t.Helper()
	env := make(map[string]string)
	for line := range strings.Lines(story.Texts["env"]) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	p := process{
		args:    strings.Fields(story.Texts["flags"]),
		getenv:  func(name string) string { return env[name] },
		stdout:  t.Output(),
		stderr:  t.Output(),
		network: network{transport: transport},
	}
	var o options
	operands, _, done := parse(o.flags("check"), p, "check URL [flags]")
	if done || len(operands) != 1 {
		t.Fatalf("the flags are %q", story.Texts["flags"])
	}
	trial, err := newTrial(p, o, readCredentials(p.getenv))
	if err != nil {
		t.Fatal(err)
	}
	if err := trial.at(operands[0]); err != nil {
		t.Fatal(err)
	}
	r, err := trial.judge(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// holdToKind holds a story to what its name says, whatever it expects in
// detail: a healthy preview is open, what could not be found out is never a
// failure, and everything else is diagnosed.
func holdToKind(t *testing.T, kind string, r gate.Report) {
	t.Helper()
	switch diagnoses := len(r.Diagnoses()); {
	case kind == "healthy" && (r.Outcome() != gate.Open || diagnoses > 0):
		t.Errorf("a healthy preview is %s, with %d diagnoses", r.Outcome(), diagnoses)
	case kind == "unknown" && (r.Outcome() != gate.Undecided || diagnoses > 0):
		t.Errorf("what could not be found out is %s, with %d diagnoses", r.Outcome(), diagnoses)
	case kind != "healthy" && kind != "unknown" && diagnoses == 0:
		t.Errorf("nothing is diagnosed, and the gate is %s", r.Outcome())
	}
}

// triage is what somebody who has to mend the preview needs of a report.
func triage(r gate.Report) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.Outcome())
	for _, d := range r.Diagnoses() {
		fmt.Fprintf(&b, "\n%s (%s): %s\n", d.Check.ID, d.Severity, d.Summary)
		fmt.Fprintf(&b, "  fix: %s\n", fix(d))
		for _, e := range d.Evidence {
			fmt.Fprintf(&b, "  %s: %s\n", e.What, e.Saw)
		}
		if d.Waits != nil {
			fmt.Fprintf(&b, "  waits: %s\n", waits(d))
		}
	}
	doubts(&b, r)
	return b.String()
}

// doubts writes what could not be found out: the checks of each reason.
func doubts(b *strings.Builder, r gate.Report) {
	var reasons []string
	ids := make(map[string][]string)
	for _, res := range r.Results {
		if res.Status == gate.Unknown {
			if ids[res.Summary] == nil {
				reasons = append(reasons, res.Summary)
			}
			ids[res.Summary] = append(ids[res.Summary], res.Check.ID)
		}
	}
	for _, reason := range reasons {
		fmt.Fprintf(b, "\nunknown: %s\n  %s\n", reason, strings.Join(ids[reason], ", "))
	}
}

func fix(d gate.Diagnosis) string {
	if d.Fix != "" {
		return d.Fix
	}
	return d.Check.Fix
}

func waits(d gate.Diagnosis) string {
	var ids []string
	for _, c := range d.Waits {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, ", ")
}

// compareStory compares the triage with the story's last section.
func compareStory(t *testing.T, file, got string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	told, _, found := bytes.Cut(text, []byte(wantMarker))
	if !found && !golden.Updating() {
		t.Fatal(errors.New("the story does not say what it expects: go test -update writes it"))
	}
	golden.Equal(t, file, slices.Concat(told, []byte(wantMarker), []byte(got)))
}
