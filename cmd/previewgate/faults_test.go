package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/sandbox"
)

// try gates the world's preview with the named credentials.
func try(t *testing.T, w sandbox.World, with []string, flags ...string) gate.Report {
	t.Helper()
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	env := w.Env()
	getenv := func(name string) string {
		if slices.Contains(with, name) {
			return env[name]
		}
		return ""
	}
	var o options
	args := append([]string{"--timeout", "20s", "--branch", "fix/login"}, flags...)
	if err := o.flags("check").Parse(args); err != nil {
		t.Fatal(err)
	}
	o.paths.Protected, o.convexRun = w.Protected, w.Calls
	p := process{getenv: getenv, network: network{dial: s.Dial, cas: s.RootCAs()}}
	tr, err := newTrial(p, o, readCredentials(getenv))
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.at(s.PreviewURL()); err != nil {
		t.Fatal(err)
	}
	r, err := tr.judge(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func show(r gate.Report) string {
	var b strings.Builder
	for _, res := range r.Results {
		b.WriteString(res.Status.String() + " " + res.Check.ID + ": " + res.Summary + "\n")
	}
	return b.String()
}

func TestEachFaultIsDiagnosedAsItself(t *testing.T) {
	for _, f := range sandbox.Faults() {
		t.Run(f.ID, func(t *testing.T) {
			w := sandbox.Healthy()
			f.Break(&w)
			r := try(t, w, f.With)
			ds := r.Diagnoses()
			if len(ds) != 1 || ds[0].Check.ID != f.Check {
				t.Errorf("want %s, got:\n%s", f.Check, show(r))
			}
		})
	}
}

func TestHealthyVariantsAreOpen(t *testing.T) {
	for _, v := range sandbox.Variants() {
		t.Run(v.ID, func(t *testing.T) {
			w := sandbox.Healthy()
			v.Apply(&w)
			r := try(t, w, v.With)
			if r.Outcome() != gate.Open || len(r.Diagnoses()) > 0 {
				t.Errorf("%s:\n%s", r.Outcome(), show(r))
			}
		})
	}
}
