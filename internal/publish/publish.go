// Package publish tells GitHub what a gate found: a commit status, one comment on the pull request, the step's summary
// and outputs, and annotations in the log.
//
// The commit status is what counts, since it is what a branch can require. Whatever else cannot be written is left out
// and said in the log.
package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

// An Outcome is what is to be told of a gate.
type Outcome struct {
	Report gate.Report

	// Scope is the project's name where several projects of the repository are deployed, so that each has a status and
	// a comment of its own; otherwise empty.
	Scope string

	State       string // of the commit status: success, failure or error
	Description string // of the commit status, cut at 140 characters
	Markdown    string // of the comment and the summary, at most MaxMarkdown bytes; empty for neither
	JSON        []byte // of the report, for the workflow's other steps; nil for none
}

// A Publisher publishes on behalf of one run of a workflow.
type Publisher struct {
	gh  *github.Client
	log *Log
	run run

	summary string // the file whose text the run's page shows
	outputs string // the file that takes the step's outputs
	temp    string // the directory for files of this job
}

// New returns a Publisher for the run that the runner describes in the environment.
func New(gh *github.Client, log *Log, getenv func(string) string) *Publisher {
	return &Publisher{
		gh: gh, log: log, run: readRun(getenv),
		summary: getenv("GITHUB_STEP_SUMMARY"),
		outputs: getenv("GITHUB_OUTPUT"),
		temp:    getenv("RUNNER_TEMP"),
	}
}

// Pending sets the commit status to pending while the gate looks. It is to be called only when a verdict will follow:
// nothing else takes the status back.
func (p *Publisher) Pending(ctx context.Context, target gate.Target, scope string) error {
	if target.SHA == "" {
		return nil
	}
	err := p.setStatus(ctx, target, status{scope, "pending", "looking at the preview"})
	p.complain([]failure{{"the commit status was not set", err}})
	return err
}

// Publish tells o everywhere. Its error means that nobody who decides on the commit will learn the verdict: the commit
// status was not set or, where no commit is known, the comment was not written. A run that is being stopped must pass a
// context that still has some seconds to live.
func (p *Publisher) Publish(ctx context.Context, o Outcome) error {
	target := o.Report.Target
	p.log.Diagnose(o.Report)
	var statusErr, commentErr error
	var commentURL string
	if target.SHA != "" {
		statusErr = p.setStatus(ctx, target, status{o.Scope, o.State, o.Description})
	}
	if target.PullRequest != 0 && o.Markdown != "" {
		commentURL, commentErr = p.comment(ctx, target, o)
	}
	summaryErr := p.writeSummary(o.Markdown)
	outputsErr := p.writeOutputs(o, commentURL)
	p.complain([]failure{
		{"the commit status was not set", statusErr},
		{"the comment was not written", commentErr},
		{"the step summary was not written", summaryErr},
		{"the outputs were not written", outputsErr},
	})
	switch {
	case statusErr != nil:
		return fmt.Errorf("the commit status was not set: %s", hub.Explain(statusErr))
	case target.SHA == "" && commentErr != nil:
		return fmt.Errorf("the comment was not written: %s", hub.Explain(commentErr))
	case target.SHA == "" && target.PullRequest == 0:
		p.log.Notice("no commit and no pull request is known: the report is in the step summary only")
	}
	return nil
}

// A failure is something that was not published. It is none without an error.
type failure struct {
	what string
	err  error
}

// complain warns of each failure in a line, and at the end says once which permissions the workflow lacks.
func (p *Publisher) complain(failures []failure) {
	var lacking []string
	for _, f := range failures {
		var left leftAlone
		switch {
		case f.err == nil:
			continue
		case errors.As(f.err, &left):
			p.log.Notice(f.what + ": " + f.err.Error())
			continue
		}
		p.log.Warning(f.what + ": " + hub.Explain(f.err))
		if line := hub.Permission(f.err); line != "" {
			lacking = append(lacking, "  "+line)
		}
	}
	if len(lacking) > 0 {
		p.log.Warning("the workflow's token may do too little; add these lines to the job, beside those it has:\n" +
			"permissions:\n" + strings.Join(lacking, "\n"))
	}
}
