package publish

import (
	"cmp"
	"context"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

// An Outcome is what is to be told of a gate.
type Outcome struct {
	Report gate.Report // its target's Branch saves a request

	// Scope is the project's name where several projects of the repository are deployed, so that each has a status and
	// a comment of its own; otherwise empty.
	Scope string

	Fork     bool // the commit is a fork's
	CheckRun bool // there is to be a check run too

	State       string // of the commit status: success, failure or error
	Headline    string // of the check run; empty for the description
	Description string // of the commit status, cut at 140 characters
	Markdown    string // of the comment, at most MaxMarkdown bytes; empty for neither it nor a summary
	Summary     string // of the step, at most MaxSummary bytes; empty for Markdown
	JSON        []byte // of the report, for the workflow's other steps; nil for none
}

// An Ending is what became of an Outcome.
type Ending struct {
	CommentURL string // of the comment, if there is one
	Outdone    bool   // a newer run's verdict stands in place of this one's
}

// A Publisher publishes on behalf of one run of a workflow. It is for one goroutine.
type Publisher struct {
	gh    *github.Client
	log   *Log
	clock *hub.Clock
	run   run
	event string // that started the run

	own     stamp    // see stamp
	seen    int64    // see Knows
	began   bool     // Pending was called
	advised []string // the permissions that are known to lack

	summary string // the file whose text the run's page shows
	outputs string // the file that takes the step's outputs
	temp    string // the directory for files of this job
}

// New returns a Publisher for the run that the runner describes in the environment. The clock is the one that gh's
// requests go through; nil is the local one.
func New(gh *github.Client, log *Log, clock *hub.Clock, getenv func(string) string) *Publisher {
	return &Publisher{
		gh: gh, log: log, clock: clock, run: readRun(getenv),
		event:   getenv("GITHUB_EVENT_NAME"),
		summary: getenv("GITHUB_STEP_SUMMARY"),
		outputs: getenv("GITHUB_OUTPUT"),
		temp:    getenv("RUNNER_TEMP"),
	}
}

// Knows tells the Publisher how much the run has seen of the commit's deployments: the highest id of a status of theirs,
// or 0 if that was not found out. Of two runs the one that has seen more has the word.
func (p *Publisher) Knows(seen int64) { p.seen = max(p.seen, seen) }

// stamp returns the run's own. When it began is fixed when it is first asked for: after the first answer from GitHub, if
// there was one.
func (p *Publisher) stamp() stamp {
	if p.own == (stamp{}) {
		p.own = stamp{0, p.clock.First().Unix(), p.run.id, p.run.attempt}
	}
	p.own.seen = p.seen
	return p.own
}

// Publish tells o everywhere, unless a newer run's verdict stands on the commit: then GitHub is told nothing. Its error
// means that nobody who decides on the commit will learn the verdict: the commit status was not set or, where no commit
// is known, the comment was not written; it is the caller's to log. A run that is being stopped must pass a context that
// still has some seconds to live.
func (p *Publisher) Publish(ctx context.Context, o Outcome) (Ending, error) {
	p.log.Diagnose(o.Report)
	end, told := p.tell(ctx, o)
	summaryErr := p.writeSummary(cmp.Or(o.Summary, o.Markdown))
	outputsErr := p.writeOutputs(o, end.CommentURL)
	if t := o.Report.Target; t.SHA == "" && t.PullRequest == 0 {
		p.log.Notice("no commit and no pull request is known: the report is in the step summary only")
	}
	told.files = []failure{{"the step summary was not written", summaryErr}, {"the outputs were not written", outputsErr}}
	return end, p.complain(o, told)
}
