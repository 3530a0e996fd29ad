package publish

import (
	"context"
	"fmt"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

// hurry is how long a run that may have been told to stop looks before it speaks.
const hurry = time.Second

// Pending sets the commit status to pending while the gate looks, the first time that it is called for a scope, unless a
// newer run has spoken. It is to be called only when a verdict will follow: nothing else takes the status back. It warns of
// nothing, since who cannot set this status cannot set the verdict's.
func (p *Publisher) Pending(ctx context.Context, target gate.Target, scope, description string) error {
	if p.of(scope).began || target.SHA == "" {
		return nil
	}
	p.of(scope).began = true
	t := p.speak(ctx, remark{target, scope, pending, description, guardTime, guardTime, false})
	if t.status != nil {
		return fmt.Errorf("the commit status was not set: %s", hub.Explain(t.status))
	}
	return nil
}

// Resolve sets the commit status and nothing else, unless a newer run has spoken. A run that was told to stop has time for
// no more, and must pass a context that still has some seconds to live: the status is tried again until it ends. Its error
// is the caller's to log.
func (p *Publisher) Resolve(ctx context.Context, target gate.Target, scope, state, description string) error {
	return p.end(ctx, remark{target, scope, state, description, hurry, postTime, false})
}

// Conclude is Resolve for a run that ends without a report and in its own time, as when no preview is to come, after a
// crash or a refusal. Where the pull request has a comment of an earlier run, it is made to point to this one, by the rules
// that hold for a report's; none is added. The target's Branch saves a request.
func (p *Publisher) Conclude(ctx context.Context, target gate.Target, scope, state, description string) error {
	return p.end(ctx, remark{target, scope, state, description, guardTime, postTime, true})
}

func (p *Publisher) end(ctx context.Context, r remark) error {
	if r.target.SHA == "" {
		return nil
	}
	told := p.speak(ctx, r)
	if r.state == "error" {
		told.files = append(told.files, failure{"the outputs were not written", p.writeOutputs(Outcome{State: r.state}, "")})
	}
	return p.complain(Outcome{Report: gate.Report{Target: r.target}}, told)
}

// A remark is a status that no report goes with.
type remark struct {
	target                    gate.Target
	scope, state, description string
	looking                   time.Duration // at the most, before
	saying                    time.Duration // at the most
	comments                  bool          // the comment that is there is to say it too
}

// speak makes a remark, unless a newer run has spoken.
func (p *Publisher) speak(ctx context.Context, r remark) told {
	s := newSubject(r.target, r.scope)
	if !r.comments {
		s.pull = 0
	}
	saw := p.guard(ctx, s, r.target.Branch, r.looking)
	w := p.word(r.state, r.description, mark{p.stamp(s.scope), On(r.target), r.comments})
	if saw.newest.isNewer(w) {
		p.log.Notice(outdone(saw.newest))
		return told{}
	}
	a := p.post(ctx, s, w, r.saying)
	if !a.stands {
		return told{status: a.err}
	}
	t := told{status: a.err}
	var c *sticky
	if s.pull != 0 {
		c = &sticky{Publisher: p, subject: s, head: saw.head, login: a.login}
		_, err := c.rewrite(ctx, p.pointer(s, s.sha, w))
		t.comment = unlessLeft(err)
	}
	after, cancel := lingering(ctx)
	defer cancel()
	_, t.look = p.settle(after, s, c)
	return t
}

// A Standing is the status that stands on a commit, as a run of this repository has set it.
type Standing struct {
	State, Description string
	On                 string // what was judged, as [On] names it
	Run, Attempt       uint64
	Started            time.Time // of the run, by GitHub's clock
}

// Standing returns the status that stands on the commit, if one of ours does.
func (p *Publisher) Standing(ctx context.Context, target gate.Target, scope string) (Standing, bool) {
	s := newSubject(target, scope)
	if s.sha == "" {
		return Standing{}, false
	}
	all, err := p.statuses(ctx, s, s.sha)
	if err != nil || len(all) == 0 || !isOurs(all[0]) {
		return Standing{}, false
	}
	top := all[0]
	m := top.mark
	return Standing{top.state, top.description, m.on, m.run, m.attempt, time.Unix(m.started, 0).UTC()}, true
}
