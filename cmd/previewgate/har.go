package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/checks"
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/har"
	"github.com/previewgate/previewgate/internal/redact"
	"github.com/previewgate/previewgate/internal/report"
)

// runHAR judges what a browser recorded. It makes no request.
func runHAR(ctx context.Context, p process) int { return judgeHAR(ctx, p, os.Stdin) }

// judgeHAR is runHAR with a standard input, for tests.
func judgeHAR(ctx context.Context, p process, stdin io.Reader) int {
	o := options{timeout: usualTimeout}
	f := pflag.NewFlagSet("har", pflag.ContinueOnError)
	f.SortFlags = false
	f.StringVar(&o.paths.SignOut, "sign-out", "", "path of the sign-out route (without it: known by its answers)")
	f.StringSliceVar(&o.only, "only", nil, "run these checks alone")
	f.StringSliceVar(&o.skip, "skip", nil, "leave these checks out")
	f.StringSliceVar(&o.advisory, "advisory", nil, "let a failure of these checks not count")
	f.StringVar(&o.undecided, "undecided", "close", "whether what could not be found out counts: close or open")
	f.StringVar(&o.record, "record", "", "file for what was judged, without secrets, which previewgate replay judges again")
	o.outputs(f)
	operands, code, done := parse(f, p, "har FILE [flags]")
	if done {
		return code
	}
	if len(operands) != 1 {
		return p.misuse(errors.New("har takes one recording: a HAR, a zip of Playwright's, or - for standard input"))
	}
	selected, err := ofTraffic(o)
	writers, formatErr := o.writers(p)
	if err := cmp.Or(o.validate(), err, formatErr); err != nil {
		return p.misuse(err)
	}
	traffic, err := readTraffic(ctx, operands[0], stdin)
	if err != nil {
		return p.misuse(err)
	}
	redactor := redact.New(readCredentials(p.getenv).secrets()...)
	var evidence recording
	opts := gate.Options{Advisory: o.advisory}
	if o.record != "" {
		opts.Record = evidence.take
	}
	r := gate.Run(ctx, gate.Target{URL: appOf(traffic), Recording: recordingName(operands[0])}, selected, opts, facts.RecordedTraffic.Is(traffic), facts.Routes.Is(o.paths))
	if o.record != "" {
		if err := evidence.write(o.record, "", redactor); err != nil {
			fmt.Fprintf(p.stderr, "previewgate: recording the evidence: %v\n", err)
			return exitBroken
		}
	}
	style := report.Style{DocsURL: docsURL, UndecidedOpens: o.undecided == "open", Notes: aboutTraffic(traffic)}
	return p.tell(clean(r, redactor), writers, style)
}

// recordingName is what a recording is called in the report.
func recordingName(operand string) string {
	if operand == "-" {
		return "standard input"
	}
	return filepath.Base(operand)
}

// ofTraffic returns the checks that judge recorded traffic, as far as the
// options select them.
func ofTraffic(o options) ([]*gate.Check, error) {
	selected, err := checks.Select(o.only, o.skip)
	if err != nil {
		return nil, err
	}
	selected = slices.DeleteFunc(selected, func(c *gate.Check) bool {
		return !slices.Contains(c.Needs, gate.Need(facts.RecordedTraffic))
	})
	if len(selected) == 0 {
		return nil, errors.New("--only and --skip leave no check of recorded traffic to run")
	}
	return selected, nil
}

// readTraffic reads the recording in a file, or on standard input, and stops
// when ctx is over: what is read may be a pipe that never ends.
func readTraffic(ctx context.Context, file string, stdin io.Reader) (facts.Traffic, error) {
	name, read := file, func() (facts.Traffic, error) { return har.Open(file) }
	if file == "-" {
		name, read = recordingName(file), func() (facts.Traffic, error) { return har.Read(stdin) }
	}
	type answer struct {
		traffic facts.Traffic
		err     error
	}
	done := make(chan answer, 1)
	go func() {
		traffic, err := read()
		done <- answer{traffic, err}
	}()
	select {
	case a := <-done:
		if a.err != nil {
			return facts.Traffic{}, fmt.Errorf("%s: %w", name, a.err)
		}
		return a.traffic, nil
	case <-ctx.Done():
		return facts.Traffic{}, fmt.Errorf("%s: reading it was stopped", name)
	}
}

// appOf returns the address of the app that the recording is of, the busiest
// where it is of several.
func appOf(t facts.Traffic) string {
	apps := t.Apps()
	if len(apps) == 0 {
		return ""
	}
	return apps[0]
}

// aboutTraffic says what was judged, and what the recording leaves out.
func aboutTraffic(t facts.Traffic) []string {
	apps := t.Apps()
	about := fmt.Sprintf("Judged: %d requests, recorded by %s.", len(t.Entries), cmp.Or(t.Recorder, "a recorder that does not say its name"))
	if len(apps) > 1 {
		about += " Apps in it, judged all: " + strings.Join(apps, ", ") + "."
	}
	notes := []string{about}
	if !t.Cookies && len(t.Entries) > 0 {
		notes = append(notes, "No cookie is in the recording: Chrome takes them out unless it exports with sensitive data. Whether an answer deleted "+facts.SessionCookie+" could not be seen.")
	}
	return notes
}
