package publish

import (
	"context"
	"time"
)

const (
	// grace is how long a look that is owed may go on after the run was told to stop. The runner kills it ten seconds
	// after its first signal.
	grace = 2 * time.Second

	// maxRounds bounds how often a run looks after its last write. Each further round means that yet another run has
	// written in between.
	maxRounds = 8
)

// leaving returns a context that ends before ctx does, so that the rest is left for what comes after it. Where ctx has
// little time itself, or nobody knows how much, all of it may be used.
func leaving(ctx context.Context, rest time.Duration) (context.Context, context.CancelFunc) {
	end, known := ctx.Deadline()
	if !known || time.Until(end) < 2*rest {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-rest))
}

// lingering returns a context for what must not be left half done: it outlives ctx by grace.
func lingering(ctx context.Context) (context.Context, context.CancelFunc) {
	alive, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return alive, func() { stop(); cancel() }
}

// restore looks which status stands. If it covers a newer one, it sets that again as it was, and looks again. It returns
// the commit's statuses of our name, the latest first.
func (p *Publisher) restore(ctx context.Context, s subject) ([]status, error) {
	for round := 0; ; round++ {
		all, err := p.statuses(ctx, s, s.sha)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		best := newest(all, isOurs)
		if round == maxRounds || !best.isNewer(all[0]) {
			return all, nil
		}
		if a := p.post(ctx, s, best, postTime); a.err != nil {
			return all, a.err
		}
	}
}

// settle takes the look that a run owes after it has spoken of a commit: at its statuses and, if the run has written a
// comment, at the head. It returns the newest status of our name on the commit.
func (p *Publisher) settle(ctx context.Context, s subject, c *sticky) (status, error) {
	for round := 0; ; round++ {
		all, err := p.restore(ctx, s)
		latest := newest(all, isOurs)
		if err != nil || !c.wrote() || round == maxRounds {
			return latest, err
		}
		wrote, err := c.correct(ctx, all)
		if err != nil || !wrote {
			return latest, err
		}
	}
}

// correct replaces the comment by a pointer if there is a newer report, whose comment this run may have written over. It
// reports whether it wrote. A comment that was only added has replaced nothing: then our own commit is all that counts.
func (c *sticky) correct(ctx context.Context, all []status) (wrote bool, err error) {
	d, newer := c.newerReport(all, c.sha)
	if !c.edited && !newer {
		return false, nil
	}
	if head, err := c.readHead(ctx, c.subject); err == nil {
		c.head = head
	}
	if c.head != "" && c.head != c.sha {
		there, err := c.statuses(ctx, c.subject, c.head)
		if err != nil {
			return false, err
		}
		d, newer = c.newerReport(there, c.head)
	}
	if !newer {
		return false, nil
	}
	return c.replace(ctx, d)
}

// newerReport returns a pointer to the newest report on a commit, and whether that is better than what our comment says.
func (c *sticky) newerReport(all []status, sha string) (draft, bool) {
	report := newest(all, isReport)
	d := c.pointer(c.subject, sha, report)
	return d, isReport(report) && c.isBetter(d.marker, c.stands)
}

// replace makes d the comment if there is one and d is better, and reports whether it wrote.
func (c *sticky) replace(ctx context.Context, d draft) (wrote bool, err error) {
	ours, err := c.find(ctx)
	if err != nil || len(ours) == 0 {
		return false, err
	}
	c.edited = false
	err = c.merge(ctx, ours, d)
	return c.edited, unlessLeft(err)
}
