package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Facts is what is known about a target. Each learner and each judge sees the
// part of it that it declared.
type Facts struct {
	Target Target
	cells  map[Need]*cell
}

// A cell holds one fact while and after it is learned.
type cell struct {
	begun atomic.Bool
	full  chan struct{} // closed when it is learned, well or not
	given bool
	asked bool // its learner was called
	value any
	err   error
	took  time.Duration
}

// Know returns facts that are given and not learned: what a judge is called
// with in the test of a check.
func Know(target Target, given ...Given) *Facts {
	known := &Facts{target, make(map[Need]*cell, len(given))}
	for _, g := range given {
		known.cells[g.fact] = &cell{given: true, value: g.value, err: g.err}
	}
	return known
}

// gather learns every fact that checks read, all at once where their own
// needs allow.
func gather(ctx context.Context, known *Facts, checks []*Check, watch func(Learned)) {
	var needs []Need
	for _, c := range checks {
		needs = append(needs, c.Needs...)
		needs = append(needs, c.Uses...)
	}
	known.add(needs)
	g := gathering{known, watch}
	g.learn(ctx, needs)
}

// add makes a cell for each need, and for what those read in turn.
func (known *Facts) add(needs []Need) {
	for _, n := range needs {
		if known.cells[n] == nil {
			known.cells[n] = &cell{full: make(chan struct{})}
			known.add(n.needs())
			known.add(n.uses())
		}
	}
}

// A gathering fills the cells of known and tells watch of each.
type gathering struct {
	known *Facts
	watch func(Learned)
}

// learn fills the cells of needs and returns when all are full.
func (g gathering) learn(ctx context.Context, needs []Need) {
	var wg sync.WaitGroup
	for _, n := range needs {
		if c := g.known.cells[n]; !c.given {
			wg.Go(func() {
				if c.begun.CompareAndSwap(false, true) {
					g.fill(ctx, c, n)
					close(c.full)
				}
				<-c.full
			})
		}
	}
	wg.Wait()
}

// fill learns one fact, after those it reads.
func (g gathering) fill(ctx context.Context, c *cell, n Need) {
	reads := slices.Concat(n.needs(), n.uses())
	g.learn(ctx, reads)
	if c.err = g.known.missing(n.needs()); c.err != nil {
		return
	}
	started := time.Now()
	c.value, c.err = within(ctx, n, g.known.only(reads))
	c.asked, c.took = true, time.Since(started)
	if g.watch != nil {
		g.watch(Learned{n.name(), names(reads), c.took, c.err})
	}
}

// within learns n and returns when its time is over, even from a learner that
// does not heed its context: one hanging fact must not hang the gate.
func within(ctx context.Context, n Need, known *Facts) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, n.within())
	defer cancel()
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	type answer struct {
		value any
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if r := recover(); r != nil {
				a = answer{nil, fmt.Errorf("previewgate has a fault here: %v", r)}
			}
			done <- a
		}()
		a.value, a.err = n.learn(ctx, known)
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return nil, stopped(ctx)
	}
}

// stopped says why ctx is over.
func stopped(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New("took too long")
	}
	return errors.New("the run was stopped")
}

// missing returns why the first need without a value has none, or nil.
func (known *Facts) missing(needs []Need) error {
	for _, n := range needs {
		if err := known.cells[n].err; err != nil {
			return because(n, err)
		}
	}
	return nil
}

// because names the fact that is missing, unless the reason says by itself
// what it is about: so that one reason for many facts reads the same.
func because(n Need, err error) error {
	var named interface{ NamesSubject() }
	if skips(err) || errors.As(err, &named) {
		return err
	}
	return missingFact{n.name(), err}
}

// missingFact is the failure to learn the fact of that name.
type missingFact struct {
	fact string
	err  error
}

func (m missingFact) Error() string { return m.fact + ": " + m.err.Error() }
func (m missingFact) Unwrap() error { return m.err }

// NamesSubject marks an error whose text says what it is about. An error of
// another package may have the method too, and is then not prefixed with the
// name of the fact that it kept from being learned.
func (m missingFact) NamesSubject() {}

// only returns the part of known that needs name.
func (known *Facts) only(needs []Need) *Facts {
	part := &Facts{known.Target, make(map[Need]*cell, len(needs))}
	for _, n := range needs {
		part.cells[n] = known.cells[n]
	}
	return part
}

// Learned tells how the learning of one fact went.
type Learned struct {
	Fact  string
	After []string      // the facts that it waited for, by name
	Took  time.Duration // from when those were known
	Err   error         // nil when it has a value
}

// learned lists how each fact went that was really learned, by name.
func (known *Facts) learned() []Learned {
	var all []Learned
	for n, c := range known.cells {
		if c.asked {
			all = append(all, Learned{n.name(), names(slices.Concat(n.needs(), n.uses())), c.took, c.err})
		}
	}
	slices.SortFunc(all, func(a, b Learned) int { return strings.Compare(a.Fact, b.Fact) })
	return all
}

func names(needs []Need) []string {
	all := []string{}
	for _, n := range needs {
		all = append(all, n.name())
	}
	return all
}
