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

// Pending sets the commit status to pending while the gate looks, the first time that it is called, unless a newer run
// has spoken. It is to be called only when a verdict will follow: nothing else takes the status back. It warns of
// nothing, since who cannot set this status cannot set the verdict's.
func (p *Publisher) Pending(ctx context.Context, target gate.Target, scope, description string) error {
	if p.began || target.SHA == "" {
		return nil
	}
	p.began = true
	t := p.speak(ctx, remark{target, scope, pending, description, guardTime})
	if t.status != nil {
		return fmt.Errorf("the commit status was not set: %s", hub.Explain(t.status))
	}
	return nil
}

// Resolve sets the commit status of a run that ends without a report, as after a crash, a signal or a refusal, unless a
// newer run has spoken. It writes no comment. A run that was told to stop must pass a context that still has some
// seconds to live. Its error is the caller's to log.
func (p *Publisher) Resolve(ctx context.Context, target gate.Target, scope, state, description string) error {
	if target.SHA == "" {
		return nil
	}
	return p.complain(Outcome{}, p.speak(ctx, remark{target, scope, state, description, hurry}))
}

// A remark is a status that no report goes with.
type remark struct {
	target                    gate.Target
	scope, state, description string
	limit                     time.Duration // of looking before
}

// speak makes a remark, unless a newer run has spoken.
func (p *Publisher) speak(ctx context.Context, r remark) told {
	s := newSubject(r.target, r.scope)
	s.pull = 0
	saw := p.guard(ctx, s, "", r.limit)
	w := p.word(r.state, r.description, mark{stamp: p.stamp(), on: On(r.target)})
	if saw.newest.isNewer(w) {
		p.log.Notice(outdone(saw.newest))
		return told{}
	}
	a := p.post(ctx, s, w)
	if !a.stands {
		return told{status: a.err}
	}
	after, cancel := lingering(ctx)
	defer cancel()
	_, lookErr := p.settle(after, s, nil)
	return told{status: a.err, look: lookErr}
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
