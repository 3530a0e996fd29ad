package testbed

import (
	"bytes"
	"context"
	_ "embed" // the file that is added to package net
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// names is a file that is added to Go's package net.
//
//go:embed names.go.txt
var names []byte

// A Gate is the command previewgate as it is built for a release, but for one
// file in Go's package net: with it the names of the stand-ins lead to their
// port on loopback. It knows no other difference, and is told of none.
type Gate struct {
	bin string
}

// BuildGate builds the command of the module at root into dir.
func BuildGate(ctx context.Context, root, dir string) (*Gate, error) {
	added := filepath.Join(dir, "names.go")
	overlay, err := json.Marshal(map[string]any{
		"Replace": map[string]string{filepath.Join(runtime.GOROOT(), "src", "net", "zz_testbed.go"): added}, //nolint:staticcheck // tests run where Go is
	})
	if err != nil {
		return nil, err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := errors.Join(os.WriteFile(added, names, 0o600), os.WriteFile(list, overlay, 0o600)); err != nil {
		return nil, err
	}
	g := &Gate{filepath.Join(dir, "previewgate")}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-overlay", list, "-o", g.bin, "./cmd/previewgate")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the gate: %w\n%s", err, said)
	}
	return g, nil
}

// A Report is what the gate says, as far as the testbed looks at it.
type Report struct {
	Gate      string
	Diagnoses []struct{ Check, Severity, Summary string }
	Results   []Result
	Took      time.Duration // of the process
}

// A Result is what became of one check.
type Result struct{ Check, Status, Severity, Summary, Cause, Unlock string }

// Checks lists the diagnoses in the order of the report.
func (r Report) Checks() []string {
	all := []string{}
	for _, d := range r.Diagnoses {
		all = append(all, d.Check)
	}
	return all
}

// Result finds what became of a check.
func (r Report) Result(check string) Result {
	i := slices.IndexFunc(r.Results, func(res Result) bool { return res.Check == check })
	if i < 0 {
		return Result{}
	}
	return r.Results[i]
}

// String shows what was not plain sailing.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the gate is %s\n", r.Gate)
	for _, res := range r.Results {
		if res.Status != "passed" {
			fmt.Fprintf(&b, "  %s %s: %s", res.Status, res.Check, res.Summary)
			if res.Cause != "" {
				fmt.Fprintf(&b, " (because of %s)", res.Cause)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// A Run is how the gate is called.
type Run struct {
	Address     string
	Credentials []string // that it is given, by environment variable
	Flags       []string
	Browser     bool // it may use the installed browser
}

// Check gates a preview.
func (g *Gate) Check(ctx context.Context, b *Bed, run Run) (Report, error) {
	args := append([]string{"check", run.Address, "--format", "json", "--browser", "off"}, run.Flags...)
	cmd := exec.CommandContext(ctx, g.bin, args...)
	cmd.Env = append(bare(), b.network()...)
	if run.Browser {
		program, err := b.chrome()
		if err != nil {
			return Report{}, err
		}
		cmd.Args[slices.Index(cmd.Args, "off")] = "on"
		cmd.Env = append(cmd.Env, "PREVIEWGATE_CHROME="+program)
	}
	for _, name := range run.Credentials {
		cmd.Env = append(cmd.Env, name+"="+b.World.Given[name])
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	started := time.Now()
	err := cmd.Run()
	r := Report{Took: time.Since(started)}
	if exit, isExit := errors.AsType[*exec.ExitError](err); isExit {
		if code := exit.ExitCode(); code == 1 || code == 4 {
			err = nil // closed, or undecided
		}
	}
	if err != nil {
		return r, fmt.Errorf("running the gate: %w\n%s", err, said.String())
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return r, fmt.Errorf("reading the gate's report: %w", err)
	}
	return r, nil
}
