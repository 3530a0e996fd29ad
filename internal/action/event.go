// Package action finds out what the GitHub Action is to judge: which event started it, and which deployment, commit and
// pull request that event is about.
//
// Everything in an event's payload is foreign. [Read] takes from it only what has the form it must have, and leaves the
// address of a preview to the rules of the package that asks it. An event may also be late, repeated, or the word of
// one deployment among several of its commit: [Resolve] asks GitHub how things stand now, [Await] waits for what is
// still to come, and [JudgeGroup] speaks for a merge queue's group, of which there is no preview.
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
	pullRequest        = "pull_request"
	mergeGroup         = "merge_group"
	issueComment       = "issue_comment"
)

// The states of a preview.
const (
	Success  = "success"  // there is one
	Failure  = "failure"  // there is none, since its build failed
	Canceled = "canceled" // there is none, since its build was canceled
	Blocked  = "blocked"  // there is none, since Vercel refuses to build: authorization, seat, account or rate limit
	Ignored  = "ignored"  // there is none, since the project's ignored build step said so
	Skipped  = "skipped"  // there is none, since the commit does not touch the project
	Building = "building" // there is none yet: Vercel knows the commit and has not finished
	Missing  = "missing"  // there is none to be found: neither a deployment with an address nor a word of Vercel's
)

// maxPayload is how large an event may be. Real ones are some tens of kilobytes.
const maxPayload = 1 << 20

// An Event is what a payload says, as far as it could be read. Nothing in it is checked against GitHub.
type Event struct {
	Name        string // as GitHub calls it
	State       string // of the preview; Missing where the event does not tell, empty for a merge group
	Detail      string // why there is no preview, in the sender's words
	URL         string // the preview's address, not judged here; empty when there is none or it is still to be found
	Deployment  string // Vercel's id, dpl_…, where the event tells
	Project     string // Vercel's project, where the event tells
	Environment string // preview, or the name of a custom environment
	SHA         string // 40 lower-case hex digits; empty only for workflow_dispatch and issue_comment
	Branch      string // where the event tells
	Repository  string // owner/name
	PullRequest int    // 0 when the event does not tell
	Commenter   string // who asks for a run, of issue_comment
	Group       Group  // of merge_group

	// Projects are those of Vercel's that the workflow is for, as its user named them; none for whatever there are. No
	// payload tells them: they are the caller's to set.
	Projects []string
}

// A Group is what a merge queue is about to merge.
type Group struct {
	HeadSHA     string // of the commit that the queue made, 40 lower-case hex digits
	BaseSHA     string // of the commit below it
	Base        string // the branch to merge into
	PullRequest int    // the last of the group, after which it is named
}

// ByHand reports whether a person asked for the run.
func (e Event) ByHand() bool { return e.Name == workflowDispatch || e.Name == issueComment }

// Waits reports whether the preview is still to be found, and perhaps to be built.
func (e Event) Waits() bool { return e.Name == pullRequest || e.ByHand() && e.URL == "" }

// IsGroup reports whether the event is about a merge queue's group, for [JudgeGroup].
func (e Event) IsGroup() bool { return e.Name == mergeGroup }

// A Misuse is an event or input that is of no use: the run ends with exit code 2.
type Misuse struct{ Reason string }

func (m *Misuse) Error() string { return m.Reason }

// A Skip is an event that leaves nothing to judge: the run ends well, and says why.
type Skip struct{ Reason string }

func (s *Skip) Error() string { return s.Reason }

func misuse(format string, args ...any) error { return &Misuse{fmt.Sprintf(format, args...)} }
func skip(format string, args ...any) error   { return &Skip{fmt.Sprintf(format, args...)} }

// Read returns the event that the runner describes in the environment. Its error is a [*Misuse] or a [*Skip]. Where it
// is found out in spite of a misuse which commit the event is about, the event says so.
func Read(getenv func(string) string) (Event, error) {
	repository := getenv("GITHUB_REPOSITORY")
	if !regexp.MustCompile(`^[\w.-]{1,100}/[\w.-]{1,100}$`).MatchString(repository) {
		return Event{}, misuse("GITHUB_REPOSITORY is not set to an owner and a name: is this a GitHub Actions run?")
	}
	name := getenv("GITHUB_EVENT_NAME")
	if _, err := parserOf(name); err != nil {
		return Event{}, err
	}
	payload, err := readPayload(getenv("GITHUB_EVENT_PATH"))
	if err != nil {
		return Event{}, misuse("reading the event: %v", err)
	}
	event, err := parse(name, payload)
	event.Name, event.Repository = name, repository
	return event, err
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
	read, err := parserOf(name)
	if err != nil {
		return Event{}, err
	}
	return read(payload)
}

// parserOf returns what reads the payload of the named event.
func parserOf(name string) (func([]byte) (Event, error), error) {
	switch name {
	case deploymentStatus:
		return parseDeploymentStatus, nil
	case repositoryDispatch:
		return parseRepositoryDispatch, nil
	case workflowDispatch:
		return parseWorkflowDispatch, nil
	case pullRequest:
		return parsePullRequest, nil
	case mergeGroup:
		return parseMergeGroup, nil
	case issueComment:
		return parseIssueComment, nil
	case "pull_request_target":
		return nil, misuse("pull_request_target would run with this repository's secrets in the context of foreign code: " +
			"run on repository_dispatch, which Vercel sends for a fork's commits too")
	}
	return nil, misuse("the event %q brings no preview: run on repository_dispatch, deployment_status, pull_request, "+
		"workflow_dispatch, merge_group or issue_comment", clean(name, 50))
}
