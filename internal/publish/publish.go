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
//
// A run may publish the outcomes of several projects, one after the other, each under a scope of its own. Each scope has a
// status, a comment and a check run. The step's summary holds all reports in the order in which they were published. The
// step's outputs are those of the worst outcome: of a closed gate before an undecided before an open one and, of several
// that are alike, of the first.
type Publisher struct {
	gh    *github.Client
	log   *Log
	clock *hub.Clock
	run   run
	event string // that started the run

	own     stamp              // see stamp; what was seen is left out
	scopes  map[string]*memory // see of
	advised []string           // the permissions that are known to lack
	worst   int                // the rank of the outcome that the step's outputs tell

	summary string // the file whose text the run's page shows
	outputs string // the file that takes the step's outputs
	temp    string // the directory for files of this job
}

// New returns a Publisher for the run that the runner describes in the environment. The clock is the one that gh's
// requests go through; nil is the local one.
func New(gh *github.Client, log *Log, clock *hub.Clock, getenv func(string) string) *Publisher {
	return &Publisher{
		gh: gh, log: log, clock: clock, run: readRun(getenv), scopes: make(map[string]*memory),
		event:   getenv("GITHUB_EVENT_NAME"),
		summary: getenv("GITHUB_STEP_SUMMARY"),
		outputs: getenv("GITHUB_OUTPUT"),
		temp:    getenv("RUNNER_TEMP"),
	}
}

// A memory is what a run keeps of one scope.
type memory struct {
	seen    int64 // see KnowsOf
	assumed int64 // what the run is taken to have seen where that is not known
	began   bool  // Pending was called
}

// of returns what the run keeps of a scope.
func (p *Publisher) of(scope string) *memory {
	if p.scopes[scope] == nil {
		p.scopes[scope] = new(memory)
	}
	return p.scopes[scope]
}

// KnowsOf tells the Publisher how much the run has seen of the commit's deployments that count for a scope: the highest id
// of a status of theirs, or 0 if that was not found out. Of two runs the one that has seen more has the word in the scope;
// of another project's deployments it may have seen less.
func (p *Publisher) KnowsOf(scope string, seen int64) { p.of(scope).seen = max(p.of(scope).seen, seen) }

// stamp returns the run's own in a scope. When it began is fixed when it is first asked for: after the first answer from
// GitHub, if there was one.
func (p *Publisher) stamp(scope string) stamp {
	if p.own == (stamp{}) {
		p.own = stamp{0, p.clock.First().Unix(), p.run.id, p.run.attempt}
	}
	s := p.own
	s.seen = max(p.of(scope).seen, p.of(scope).assumed)
	return s
}

// Publish tells o everywhere, unless a newer run's verdict stands on the commit: then GitHub is told nothing. Its error
// means that nobody who decides on the commit will learn the verdict: the commit status was not set or, where no commit
// is known, the comment was not written; it is the caller's to log. The status is tried again for as long as ctx lets it,
// for two minutes at the most, and what it takes to comment is left. A run that is being stopped must pass a context that
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
