package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// A sample is a workflow that init writes.
type sample struct {
	name, args string
	pin        pin
	next       bool // what is printed with it is a golden too
}

func samples() []sample {
	commit := pin{Ref: "0123456789abcdef0123456789abcdef01234567", Note: "what this file's previewgate was built from"}
	const all = " --merge-queue --rerun-comment --source --team acme"
	return []sample{
		{"repository_dispatch", "", commit, true},
		{"deployment_status", "--trigger deployment_status", commit, true},
		{"pull_request", "--trigger pull_request", commit, true},
		{"merge-queue", "--merge-queue", commit, false},
		{"rerun-comment", "--rerun-comment", commit, false},
		{"source", "--source", commit, false},
		{"team", "--team acme", commit, false},
		{"project", "--project web", commit, false},
		{"everything", all + " --project web --project admin", commit, true},
		{"deployment_status-everything", "--trigger deployment_status --project web,admin" + all, commit, false},
		{"pull_request-everything", "--trigger pull_request" + all, commit, false},
		{"release", "", pin{Ref: "v1.2.3", Note: "better: the full SHA of its commit", Version: "1.2.3"}, false},
		{"pull_request-project", "--trigger pull_request --project web,admin", commit, false},
	}
}

// setup returns what the command line of the sample asks for.
func (s sample) setup(t *testing.T) setup {
	t.Helper()
	var i initializing
	if err := i.flags().Parse(strings.Fields(s.args)); err != nil {
		t.Fatal(err)
	}
	if err := i.validate(); err != nil {
		t.Fatal(err)
	}
	i.Path, i.Pin = usualWorkflow, s.pin
	return i.setup
}

func (s sample) text(t *testing.T, template string) string {
	t.Helper()
	text, err := s.setup(t).fill(template)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// optional is a line that a user may put into force.
var optional = regexp.MustCompile(`(?m)^( +)# ([a-z-]+: .*)$`)

// inForce puts all of them into force.
func inForce(text string) string { return optional.ReplaceAllString(text, "$1$2") }

// A flow is a workflow as GitHub reads it, with all keys that init uses.
type flow struct {
	Name        string
	On          map[string]any
	Permissions map[string]string
	Jobs        map[string]flowJob
}

type flowJob struct {
	If          string
	RunsOn      string `yaml:"runs-on"`
	Timeout     int    `yaml:"timeout-minutes"`
	Concurrency struct {
		Group  string
		Cancel bool `yaml:"cancel-in-progress"`
	}
	Permissions map[string]string
	Steps       []flowStep
}

type flowStep struct {
	ID       string
	If       string
	Continue bool `yaml:"continue-on-error"`
	Uses     string
	Run      string
	With     map[string]string
	Env      map[string]string
}

// readFlow reads a workflow; a key that the types lack is an error.
func readFlow(t *testing.T, text string) flow {
	t.Helper()
	var f flow
	if err := yaml.UnmarshalWithOptions([]byte(text), &f, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return f
}
