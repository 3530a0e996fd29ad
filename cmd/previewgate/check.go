package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/report"
)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// runCheck gates the preview at the URL that is its operand.
func runCheck(ctx context.Context, p process) int {
	var o options
	f := o.flags("check")
	f.StringVar(&o.record, "record", "", "file for the evidence of this run, which previewgate replay judges again")
	o.outputs(f)
	operands, code, done := parse(f, p, "check URL [flags]")
	if done {
		return code
	}
	if len(operands) != 1 {
		return p.misuse(errors.New("check takes the URL of one preview, as in previewgate check https://web-k3v9x2m1q-acme.vercel.app"))
	}
	t, err := newTrial(p, o, readCredentials(p.getenv))
	if err == nil {
		err = t.at(operands[0])
	}
	if err != nil {
		return p.misuse(err)
	}
	writers, err := o.writers(p)
	if err != nil {
		return p.misuse(err)
	}
	progress := new(report.Progress)
	if p.progress && !o.verbose {
		progress.Terminal = p.stderr
	}
	t.watch = watching(p, o, progress)
	var evidence recording
	if o.record != "" {
		t.record = evidence.take
	}
	r, err := t.judge(ctx)
	progress.Done()
	if err != nil {
		return p.misuse(err)
	}
	again := t.redactor.String(rerun(p.args))
	if o.record != "" {
		if err := evidence.write(o.record, again, t.redactor); err != nil {
			fmt.Fprintf(p.stderr, "previewgate: recording the evidence: %v\n", err)
			return exitBroken
		}
	}
	style := report.Style{DocsURL: docsURL, Rerun: again, UndecidedOpens: o.undecided == "open", Verbose: o.verbose, Kept: *t.kept, Notes: *t.noted}
	return p.tell(r, writers, style)
}

// tell writes the report everywhere and returns the exit code for it.
func (p process) tell(r gate.Report, writers []destination, style report.Style) int {
	for _, w := range writers {
		if err := w.write(r, style); err != nil {
			fmt.Fprintf(p.stderr, "previewgate: writing the report: %v\n", err)
			return exitBroken
		}
	}
	return exitCode(r, style.UndecidedOpens)
}

// docsURL is where the checks are documented.
const docsURL = "https://github.com/previewgate/previewgate/blob/main/docs/checks.md"

// watching tells of each fact as it is learned: in a line each when verbose,
// on the progress line otherwise.
func watching(p process, o options, progress *report.Progress) func(gate.Learned) {
	if !o.verbose {
		return progress.Watch
	}
	var mu sync.Mutex // facts are learned at the same time
	return func(l gate.Learned) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(p.stderr, "previewgate: "+learned(l))
	}
}

// learned tells in a line how a fact went.
func learned(l gate.Learned) string {
	outcome := "learned"
	if l.Err != nil {
		outcome = "not learned"
	}
	return fmt.Sprintf("%s: %s (%d ms)", outcome, l.Fact, l.Took.Milliseconds())
}

// rerun is the command that runs this gate again.
func rerun(args []string) string {
	words := []string{"previewgate", "check"}
	for _, a := range args {
		if strings.ContainsAny(a, " \t\n'\"\\$`*?[]{}()<>|&;!#~") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

// A destination is where the report goes, and in which form.
type destination struct {
	format string
	open   func() (io.WriteCloser, error)
	color  bool
}

// writers lists where the options send the report.
func (o *options) writers(p process) ([]destination, error) {
	main := destination{format: o.format, open: toFile(o.output), color: false}
	if o.output == "" {
		main.open = func() (io.WriteCloser, error) { return keepOpen{p.stdout}, nil }
		main.color = p.terminal && p.getenv("NO_COLOR") == ""
	}
	files, err := o.files("")
	return append([]destination{main}, files...), cmp.Or(main.validate(), err)
}

// files lists the further files that the report goes to: where it is one of
// several, those with the project's name.
func (o *options) files(project string) ([]destination, error) {
	var all []destination
	for _, w := range o.writes {
		format, file, found := strings.Cut(w, "=")
		if !found || file == "" {
			return nil, fmt.Errorf("--write %s: it is FORMAT=FILE, as in json=report.json", w)
		}
		d := destination{format: format, open: toFile(beside(file, project))}
		if err := d.validate(); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// beside returns the name of a file with the project's in it.
func beside(file, project string) string {
	name := regexp.MustCompile(`[^\w.-]+`).ReplaceAllString(project, "_")
	if name == "" {
		return file
	}
	ext := filepath.Ext(file)
	return strings.TrimSuffix(file, ext) + "-" + name + ext
}

func (d destination) validate() error {
	switch d.format {
	case "text", "markdown", "json", "sarif", "junit":
		return nil
	}
	return fmt.Errorf("there is no format %q: it is text, markdown, json, sarif or junit", d.format)
}

func toFile(name string) func() (io.WriteCloser, error) {
	return func() (io.WriteCloser, error) { return os.Create(name) }
}

// keepOpen is a writer that is not ours to close.
type keepOpen struct{ io.Writer }

func (keepOpen) Close() error { return nil }

func (d destination) write(r gate.Report, s report.Style) (err error) {
	w, err := d.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	switch d.format {
	case "json":
		return report.JSON(w, r, s)
	case "sarif":
		return report.SARIF(w, r, s)
	case "junit":
		return report.JUnit(w, r)
	case "markdown":
		_, err = io.WriteString(w, report.Markdown(r, s))
		return err
	}
	return report.Text(w, r, s, d.color)
}
