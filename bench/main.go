// Command bench measures a whole run of the release binary against the
// sandbox, with a fixed latency added to every request, and prints how much
// longer it takes than the longest chain of requests that depend on each
// other: the time below which no order of asking could get.
//
//	go run ./bench
//	go run ./bench -delay 200ms -runs 9
//
// The chain is taken from the report, which says of each fact how long it took
// and which facts it waited for. A fact counts as many requests as whole
// delays fit into its time.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/previewgate/previewgate/internal/sandbox"
)

func main() {
	delay := flag.Duration("delay", 100*time.Millisecond, "latency added to every request")
	runs := flag.Int("runs", 5, "runs, of which the median counts")
	flag.Parse()
	if err := bench(os.Stdout, *delay, *runs); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// A run is what one run of the binary said and took.
type run struct {
	Gate   string `json:"gate"`
	TookMS int64  `json:"took_ms"`
	Facts  []fact `json:"facts"`

	requests int
	repeated []string
	memory   int64 // peak, in bytes
}

type fact struct {
	Name   string   `json:"name"`
	After  []string `json:"after"`
	TookMS int64    `json:"took_ms"`
}

func bench(w io.Writer, delay time.Duration, runs int) error {
	dir, err := os.MkdirTemp("", "previewgate-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "previewgate")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/previewgate")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, out)
	}
	var all []run
	for range runs {
		r, err := gate(binary, delay)
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b run) int { return int(a.TookMS - b.TookMS) })
	return show(w, all[len(all)/2], delay, runs)
}

// gate runs the binary once against a fresh sandbox.
func gate(binary string, delay time.Duration) (run, error) {
	world := sandbox.Healthy()
	world.Delay = delay
	s, err := sandbox.StartPlain(world)
	if err != nil {
		return run{}, err
	}
	defer s.Close()
	args := []string{"check", s.PreviewURL(), "--format", "json", "--browser", "off"}
	for _, p := range world.Protected {
		args = append(args, "--protected", p)
	}
	for _, h := range s.AllowHosts() {
		args = append(args, "--allow-host", h)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), s.PlainEnv()...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			return run{}, err
		}
	}
	var r run
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return run{}, fmt.Errorf("reading the report: %w", err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.memory = usage.Maxrss * 1024
	}
	r.requests, r.repeated = requests(s)
	return r, nil
}

// requests counts what the sandbox was asked, and lists what it was asked
// more than once in the same words.
func requests(s *sandbox.Sandbox) (count int, repeated []string) {
	seen := make(map[string]int)
	for _, r := range s.Requests() {
		if r.Header.Get("User-Agent") != "previewgate" {
			continue // the stand-ins ask each other too
		}
		h := r.Header
		key := strings.Join([]string{r.Method, r.URL, h.Get("Cookie"), h.Get("Authorization"), h.Get("Accept"), r.Body}, " ")
		if seen[key]++; seen[key] == 2 {
			repeated = append(repeated, r.Method+" "+r.URL)
		}
		count++
	}
	return count, repeated
}

// longest returns the chain of dependent facts that holds the most requests,
// and how many those are.
func longest(facts []fact, delay time.Duration) (chain []string, count int) {
	byName := make(map[string]fact)
	for _, f := range facts {
		byName[f.Name] = f
	}
	var follow func(name string) ([]string, int)
	follow = func(name string) ([]string, int) {
		f, known := byName[name]
		if !known {
			return nil, 0
		}
		var best []string
		most := 0
		for _, earlier := range f.After {
			if c, n := follow(earlier); n > most {
				best, most = c, n
			}
		}
		own := int(time.Duration(f.TookMS) * time.Millisecond / delay)
		if own > 0 {
			best = append(slices.Clone(best), fmt.Sprintf("%s (%d)", f.Name, own))
		}
		return best, most + own
	}
	for _, f := range facts {
		if c, n := follow(f.Name); n > count {
			chain, count = c, n
		}
	}
	return chain, count
}

func show(w io.Writer, r run, delay time.Duration, runs int) error {
	chain, count := longest(r.Facts, delay)
	if count == 0 {
		return errors.New("no fact took as long as one request: the report is not of a slow sandbox")
	}
	floor := time.Duration(count) * delay
	took := time.Duration(r.TookMS) * time.Millisecond
	fmt.Fprintf(w, "gate            %s\n", r.Gate)
	fmt.Fprintf(w, "requests        %d, asked twice: %d %s\n", r.requests, len(r.repeated), strings.Join(r.repeated, ", "))
	fmt.Fprintf(w, "longest chain   %s\n", strings.Join(chain, " -> "))
	fmt.Fprintf(w, "floor           %v (%d requests of %v)\n", floor, count, delay)
	fmt.Fprintf(w, "whole run       %v (median of %d)\n", took, runs)
	fmt.Fprintf(w, "ratio           %.2f\n", float64(took)/float64(floor))
	fmt.Fprintf(w, "peak memory     %.1f MB\n", float64(r.memory)/1e6)
	return nil
}
