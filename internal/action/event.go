// Package action finds out what the GitHub Action is to judge: which event started it, and which deployment, commit and
// pull request that event is about.
//
// Everything in an event's payload is foreign. [Read] takes from it only what has the form it must have, and leaves the
// address of a preview to the rules of the package that asks it.
package action

import (
	"fmt"
	"io"
	"os"
	"regexp"
)

// The events that start a gate.
const (
	deploymentStatus   = "deployment_status"
	repositoryDispatch = "repository_dispatch"
	workflowDispatch   = "workflow_dispatch"
)

// The states of a deployment that a gate has something to say about.
const (
	Success = "success" // there is a preview
	Failure = "failure" // there is none, since its build failed or was canceled
	Ignored = "ignored" // there is none, since the project's ignored build step said so
	Skipped = "skipped" // there is none, since the commit does not touch the project
)

// maxPayload is how large an event may be. Real ones are some tens of kilobytes.
const maxPayload = 1 << 20

// An Event is what a payload says, as far as it could be read. Nothing in it is checked against GitHub.
type Event struct {
	Name        string // as GitHub calls it
	State       string // Success, Failure, Ignored or Skipped
	Detail      string // why there is no preview, in the sender's words
	URL         string // the preview's address, not judged here; empty when there is none or it is still to be found
	Deployment  string // Vercel's id, dpl_…, where the event tells
	Project     string // Vercel's project, where the event tells
	Environment string // preview, or the name of a custom environment
	SHA         string // 40 lower-case hex digits; empty only for workflow_dispatch
	Branch      string // where the event tells
	Repository  string // owner/name
	PullRequest int    // 0 when the event does not tell
}

// A Misuse is an event or input that is of no use: the run ends with exit code 2.
type Misuse struct{ Reason string }

func (m *Misuse) Error() string { return m.Reason }

// A Skip is an event that leaves nothing to judge: the run ends well, and says why.
type Skip struct{ Reason string }

func (s *Skip) Error() string { return s.Reason }

func misuse(format string, args ...any) error { return &Misuse{fmt.Sprintf(format, args...)} }
func skip(format string, args ...any) error   { return &Skip{fmt.Sprintf(format, args...)} }

// Read returns the event that the runner describes in the environment. Its error is a [*Misuse] or a [*Skip].
func Read(getenv func(string) string) (Event, error) {
	repository := getenv("GITHUB_REPOSITORY")
	if !regexp.MustCompile(`^[\w.-]{1,100}/[\w.-]{1,100}$`).MatchString(repository) {
		return Event{}, misuse("GITHUB_REPOSITORY is not set to an owner and a name: is this a GitHub Actions run?")
	}
	name := getenv("GITHUB_EVENT_NAME")
	switch name {
	case deploymentStatus, repositoryDispatch, workflowDispatch:
	default:
		return Event{}, misuse("the event %q brings no preview: run on deployment_status, repository_dispatch or workflow_dispatch", clean(name, 50))
	}
	payload, err := readPayload(getenv("GITHUB_EVENT_PATH"))
	if err != nil {
		return Event{}, misuse("reading the event: %v", err)
	}
	event, err := parse(name, payload)
	if err != nil {
		return Event{}, err
	}
	event.Name, event.Repository = name, repository
	return event, nil
}

func readPayload(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	payload, err := io.ReadAll(io.LimitReader(file, maxPayload+1))
	if err == nil && len(payload) > maxPayload {
		err = fmt.Errorf("it is larger than %d bytes", maxPayload)
	}
	return payload, err
}

// parse reads the payload of the named event.
func parse(name string, payload []byte) (Event, error) {
	switch name {
	case deploymentStatus:
		return parseDeploymentStatus(payload)
	case repositoryDispatch:
		return parseRepositoryDispatch(payload)
	default:
		return parseWorkflowDispatch(payload)
	}
}
