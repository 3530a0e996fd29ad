package main

import (
	"bytes"
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

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A demonstration is one state of the sandbox and what to expect of it.
type demonstration struct {
	id, title string
	check     string // the first diagnosis; empty for a healthy preview
	with      []string
	change    func(*sandbox.World)
}

// instructive is what the demo breaks when it is not told: the commonest
// failure of previews, of which the app itself notices nothing.
const instructive = "redirect-uri-unregistered"

func demonstrations() []demonstration {
	all := []demonstration{{id: "healthy", title: "nothing is broken", change: func(*sandbox.World) {}}}
	for _, v := range sandbox.Variants() {
		all = append(all, demonstration{"healthy-" + v.ID, v.Title, "", v.With, v.Apply})
	}
	for _, f := range sandbox.Faults() {
		all = append(all, demonstration{f.ID, f.Title, f.Check, f.With, f.Break})
	}
	return all
}

// runDemo starts the sandbox, breaks it, gates it with the real gate over real
// sockets, and prints the comment that the stand-in of GitHub was sent.
func runDemo(ctx context.Context, p process) int {
	f := pflag.NewFlagSet("demo", pflag.ContinueOnError)
	list := f.Bool("list", false, "list what can be broken")
	log := f.Bool("log", false, "print the log of the workflow's step too")
	operands, code, done := parse(f, p, "demo [FAULT] [flags]")
	switch {
	case done:
		return code
	case len(operands) > 1:
		return p.misuse(errors.New("demo takes one fault: previewgate demo --list"))
	case *list:
		listDemos(p.stdout)
		return exitOpen
	}
	id := cmp.Or(strings.Join(operands, ""), instructive)
	all := demonstrations()
	i := slices.IndexFunc(all, func(d demonstration) bool { return d.id == id })
	if i < 0 {
		return p.misuse(fmt.Errorf("there is no fault %q: previewgate demo --list lists them", id))
	}
	if err := all[i].play(ctx, p, *log); err != nil {
		fmt.Fprintf(p.stderr, "previewgate: %v\n", err)
		return exitBroken
	}
	return exitOpen
}

func listDemos(w io.Writer) {
	for _, d := range demonstrations() {
		finds := "open"
		if d.check != "" {
			finds = d.check
		}
		fmt.Fprintf(w, "%-32s %-24s %s\n", d.id, finds, d.title)
	}
}

// play runs the action against a sandbox in that state.
func (d demonstration) play(ctx context.Context, p process, log bool) error {
	w := sandbox.Healthy()
	d.change(&w)
	s, err := sandbox.Start(w)
	if err != nil {
		return fmt.Errorf("starting the sandbox: %w", err)
	}
	defer s.Close()
	dir, err := os.MkdirTemp("", "previewgate-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	env, err := d.environment(s, w, dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "previewgate demo: a sandbox stands in for Vercel, WorkOS, Convex and GitHub; in it, %s\n\n", d.title)
	var step bytes.Buffer
	code := runAction(ctx, process{
		getenv: func(name string) string { return env[name] },
		stdout: &step, stderr: &step,
		network: network{dial: s.Dial, cas: s.RootCAs()},
	})
	if log {
		fmt.Fprintf(p.stderr, "%s\n", step.String())
	}
	comments, statuses := s.Comments(), s.Statuses()
	i := slices.IndexFunc(comments, func(c sandbox.Comment) bool { return strings.HasPrefix(c.Body, "<!-- previewgate") })
	if i < 0 || len(statuses) == 0 {
		return fmt.Errorf("the gate published nothing (exit code %d):\n%s", code, step.String())
	}
	_, body, _ := strings.Cut(comments[i].Body, "-->\n")
	status := statuses[len(statuses)-1]
	fmt.Fprintln(p.stdout, strings.TrimSpace(body))
	fmt.Fprintf(p.stderr, "\npreviewgate demo: that is the comment on the pull request; the commit status is %s, %q; exit code %d\n",
		status.State, status.Description, code)
	return nil
}

// environment is what GitHub's runner would give to the step.
func (d demonstration) environment(s *sandbox.Sandbox, w sandbox.World, dir string) (map[string]string, error) {
	const event = "deployment_status"
	file := filepath.Join(dir, "event.json")
	if err := os.WriteFile(file, s.Event(event), 0o600); err != nil {
		return nil, err
	}
	env := map[string]string{
		"GITHUB_EVENT_NAME": event,
		"GITHUB_EVENT_PATH": file,
		"GITHUB_REPOSITORY": "acme/web",
		"GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_RUN_ID":     "4711",
		"INPUT_PROTECTED":   strings.Join(w.Protected, "\n"),
		"INPUT_CONVEX_RUN":  strings.Join(w.Calls, "\n"),
	}
	given := w.Env()
	for _, name := range append([]string{"GITHUB_TOKEN"}, d.with...) {
		env[name] = given[name]
	}
	return env, nil
}
