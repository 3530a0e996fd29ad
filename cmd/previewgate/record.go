package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/checks"
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/redact"
	"github.com/previewgate/previewgate/internal/report"
)

// maxRecording bounds a file of recorded evidence.
const maxRecording = 64 << 20

// A recording is the evidence of a run and how the run is done again.
type recording struct {
	gate.Recording
	Rerun string `json:"rerun"`

	err error
}

// take keeps what the gate recorded.
func (r *recording) take(rec gate.Recording, err error) { r.Recording, r.err = rec, err }

// write stores the evidence. Every text in it passes through the redactor.
func (r *recording) write(file, rerun string, redactor *redact.Redactor) error {
	r.Rerun = rerun
	text, err := json.Marshal(r)
	if err := cmp.Or(r.err, err); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return err
	}
	text, err = json.MarshalIndent(hidden(tree, redactor), "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}

// hidden returns the tree with every string redacted.
func hidden(tree any, redactor *redact.Redactor) any {
	switch tree := tree.(type) {
	case string:
		return redactor.String(tree)
	case []any:
		for i := range tree {
			tree[i] = hidden(tree[i], redactor)
		}
	case map[string]any:
		clean := make(map[string]any, len(tree))
		for key, value := range tree {
			clean[redactor.String(key)] = hidden(value, redactor)
		}
		return clean
	}
	return tree
}

// readRecording reads what was stored.
func readRecording(file string) (recording, error) {
	info, err := os.Stat(file)
	if err != nil {
		return recording{}, err
	}
	if info.Size() > maxRecording {
		return recording{}, fmt.Errorf("%s is larger than a recording can be", file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return recording{}, err
	}
	var rec recording
	if err := json.Unmarshal(text, &rec); err != nil {
		return recording{}, fmt.Errorf("%s is no recording: %w", file, err)
	}
	return rec, nil
}

// runReplay judges recorded evidence again, offline.
func runReplay(_ context.Context, p process) int {
	var o options
	f := pflag.NewFlagSet("replay", pflag.ContinueOnError)
	f.SortFlags = false
	f.StringVar(&o.undecided, "undecided", "close", "what an undecided gate does: close or open")
	o.outputs(f)
	operands, code, done := parse(f, p, "replay FILE [flags]")
	if done {
		return code
	}
	if len(operands) != 1 {
		return p.misuse(errors.New("replay takes one file that check --record wrote"))
	}
	rec, err := readRecording(operands[0])
	if err != nil {
		return p.misuse(err)
	}
	writers, err := o.writers(p)
	if err != nil {
		return p.misuse(err)
	}
	r, err := gate.Replay(rec.Recording, checks.All())
	if err != nil {
		return p.misuse(fmt.Errorf("%s: %w", operands[0], err))
	}
	return p.tell(r, writers, report.Style{DocsURL: docsURL, Rerun: rec.Rerun, UndecidedOpens: o.undecided == "open"})
}
