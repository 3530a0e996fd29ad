package publish

import (
	"context"
	"fmt"
	"time"
)

// guardTime is how long looking before speaking may take: the verdict must not hang on it.
const guardTime = 10 * time.Second

// tell tells GitHub, in the order that the package comment explains.
func (p *Publisher) tell(ctx context.Context, o Outcome) (Ending, told) {
	s := newSubject(o.Report.Target, o.Scope)
	if o.Markdown == "" {
		s.pull = 0
	}
	branch := o.Report.Target.Branch
	if o.Fork {
		branch = "" // it is in another repository
	}
	saw := p.guard(ctx, s, branch, guardTime)
	if saw.newest.mark.compare(p.stamp(s.scope)) > 0 {
		p.log.Notice(outdone(saw.newest))
		return Ending{Outdone: true}, told{}
	}
	t := telling{Publisher: p, subject: s, outcome: o, saw: saw}
	t.setStatus(ctx)
	t.comment(ctx)
	t.lookBack(ctx)
	t.checkRun(ctx)
	return t.end, t.told
}

// outdone says that a newer run has the word.
func outdone(by status) string {
	return fmt.Sprintf("nothing is published: a newer run, %d (attempt %d), has spoken of this commit (%s)",
		by.mark.run, by.mark.attempt, by.state)
}

// guard looks whether somebody newer has spoken, for at most that long.
func (p *Publisher) guard(ctx context.Context, s subject, branch string, limit time.Duration) sight {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	saw := p.look(ctx, s, branch)
	if m := p.of(s.scope); m.seen == 0 && m.assumed == 0 { // then runs are ordered as if all had seen the same
		m.assumed = saw.newest.mark.seen
	}
	return saw
}

// A telling is one going through what is to be told.
type telling struct {
	*Publisher
	subject
	outcome Outcome
	saw     sight
	said    answer  // to the status
	sticky  *sticky // nil without a comment
	end     Ending
	told    told
}

func (t *telling) setStatus(ctx context.Context) {
	if t.sha == "" {
		return
	}
	m := mark{t.stamp(t.scope), On(t.outcome.Report.Target), t.outcome.Markdown != ""}
	ctx, cancel := leaving(ctx, guardTime) // the comment may be taken where the status is not
	defer cancel()
	t.said = t.post(ctx, t.subject, t.word(t.outcome.State, t.outcome.Description, m), postTime)
	t.told.status = t.said.err
}

func (t *telling) comment(ctx context.Context) {
	if t.pull == 0 {
		return
	}
	t.sticky = &sticky{Publisher: t.Publisher, subject: t.subject, head: t.saw.head, login: t.said.login}
	m := newMarker(t.subject, t.sha, t.outcome.Report.Target.Deployment, t.stamp(t.scope))
	t.told.comment = t.sticky.write(ctx, newDraft(m, t.outcome.Markdown))
	t.end.CommentURL, t.told.some = t.sticky.url, t.sticky.wrote()
}

// lookBack takes the look that is owed once something was said.
func (t *telling) lookBack(ctx context.Context) {
	if t.sha == "" || !t.said.stands && !t.sticky.wrote() {
		return
	}
	ctx, cancel := lingering(ctx)
	defer cancel()
	latest, err := t.settle(ctx, t.subject, t.sticky)
	if t.told.look = err; latest.mark.compare(t.stamp(t.scope)) > 0 {
		t.end.Outdone = true
		t.log.Notice(fmt.Sprintf("a newer run, %d (attempt %d), has spoken meanwhile: its verdict stands (%s)",
			latest.mark.run, latest.mark.attempt, latest.state))
	}
}
