package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"

	"github.com/spf13/pflag"
)

// usualWorkflow is where the workflow goes in a repository.
const usualWorkflow = ".github/workflows/previewgate.yml"

// An initializing is what init was told.
type initializing struct {
	setup
	dir, output string
	force       bool
}

// runInit writes a workflow and says what is left to do.
func runInit(_ context.Context, p process) int {
	var i initializing
	operands, code, done := parse(i.flags(), p, "init [flags]")
	if done {
		return code
	}
	if len(operands) > 0 {
		return p.misuse(errors.New("init takes no operand: previewgate init --help lists its flags"))
	}
	info, _ := debug.ReadBuildInfo()
	i.Pin = pinOf(info, released)
	if err := i.write(p); err != nil {
		return p.misuse(err)
	}
	return exitOpen
}

func (i *initializing) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("init", pflag.ContinueOnError)
	f.SortFlags = false
	f.StringVar(&i.Trigger, "trigger", onDispatch, "what starts the gate: repository_dispatch, deployment_status or pull_request")
	f.BoolVar(&i.MergeQueue, "merge-queue", false, "answer a merge queue too")
	f.BoolVar(&i.RerunComment, "rerun-comment", false, "gate again on the comment /previewgate rerun")
	f.BoolVar(&i.Source, "source", false, "check the deployed commit out, for the checks that read the source")
	f.StringSliceVar(&i.Projects, "project", nil, "Vercel project that is to be gated, where the repository has several (repeatable)")
	f.StringVar(&i.Team, "team", "", "slug of the Vercel team, so that previews of others are refused")
	f.StringVar(&i.dir, "dir", ".", "directory in the repository that the workflow is for")
	f.StringVar(&i.output, "output", "", "file for the workflow, - for standard output (without it: "+usualWorkflow+" in the repository)")
	f.BoolVar(&i.force, "force", false, "replace a file that is there")
	return f
}

// validate refuses what makes no workflow. Names go into expressions, so they
// must look like Vercel's.
func (s setup) validate() error {
	switch s.Trigger {
	case onDispatch, onStatus, onPull:
	default:
		return fmt.Errorf("--trigger %s: it is repository_dispatch, deployment_status or pull_request", s.Trigger)
	}
	for _, name := range s.Projects {
		if !regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`).MatchString(name) {
			return fmt.Errorf("--project %q: Vercel's names of projects are of a-z, 0-9, dots, dashes and underscores", name)
		}
	}
	if s.Team != "" && !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`).MatchString(s.Team) {
		return fmt.Errorf("--team %q: it is the slug in the team's address, as in vercel.com/acme", s.Team)
	}
	return nil
}

// write writes the workflow to its file, and to p what is left to do.
func (i initializing) write(p process) error {
	if err := i.validate(); err != nil {
		return err
	}
	if err := i.choose(); err != nil {
		return err
	}
	text, err := i.fill("workflow.yml.tmpl")
	if err != nil {
		return err
	}
	next, err := i.fill("next.txt.tmpl")
	if err != nil {
		return err
	}
	next = fold(next, 100)
	if i.output == "-" {
		fmt.Fprint(p.stderr, next)
		_, err = io.WriteString(p.stdout, text)
		return err
	}
	if err := i.create(text); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s is written. %s", i.output, next)
	return nil
}

// choose settles which file is written.
func (i *initializing) choose() error {
	if i.output == "" {
		root, err := repositoryRoot(i.dir)
		if err != nil {
			return err
		}
		i.output = filepath.Join(root, filepath.FromSlash(usualWorkflow))
	}
	i.Path = i.output
	if i.output == "-" {
		i.Path = usualWorkflow
	}
	return nil
}

// repositoryRoot goes up from a directory to the one that holds .git, which is
// a file in a worktree.
func repositoryRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(start); err != nil {
		return "", fmt.Errorf("--dir %s: there is no such directory", dir)
	}
	for at := start; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is in no git repository: name the file with --output, or a repository with --dir", start)
		}
	}
}

// create writes the file, and its directory where that is missing. A file that
// is there is replaced by force only.
func (i initializing) create(text string) error {
	if err := os.MkdirAll(filepath.Dir(i.output), 0o755); err != nil {
		return err
	}
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if i.force {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(i.output, how, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: --force replaces it", i.output)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}
