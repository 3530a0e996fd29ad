package gate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Fact is one thing to learn about a target. The variable that holds a Fact
// is its identity: two facts with one name are two facts.
type Fact[T any] struct {
	// Name completes the sentence "could not learn the ...".
	Name string

	// Needs lists the facts that Learn reads with From. They are learned
	// first, and the fact has no value when one of them has none.
	Needs []Need

	// Uses lists the facts that Learn reads with Lookup: they are learned
	// first, and may turn out to have no value.
	Uses []Need

	// Within bounds the time that Learn takes, counted from when its needs
	// are known. Zero means [DefaultWithin].
	Within time.Duration

	// Learn finds the fact out. It is nil for an input, which is not learned
	// but given: a credential, a client, a setting. An error that wraps a
	// [NotGiven] or [Moot] skips the checks that need the fact; any other
	// makes them unknown.
	Learn func(ctx context.Context, known *Facts) (T, error)
}

// DefaultWithin is how long a fact may take that does not say so itself.
const DefaultWithin = 20 * time.Second

// A Need is a fact of whatever type, for lists of what to learn first.
type Need interface {
	name() string
	needs() []Need
	uses() []Need
	within() time.Duration
	learn(ctx context.Context, known *Facts) (any, error)
	decode(value json.RawMessage) (any, error)
}

// From returns the fact's value. It panics if known does not hold it, which
// means that the caller reads a fact it does not list under Needs.
func (f *Fact[T]) From(known *Facts) T {
	c, ok := known.cells[f]
	if !ok || c.err != nil {
		panic(fmt.Sprintf("gate: %q is read but not listed under Needs", f.Name))
	}
	value, _ := c.value.(T) // a nil interface has no dynamic type
	return value
}

// Lookup returns the fact's value, or why it has none. It panics if the
// caller lists the fact neither under Needs nor under Uses.
func (f *Fact[T]) Lookup(known *Facts) (T, error) {
	c, ok := known.cells[f]
	if !ok {
		panic(fmt.Sprintf("gate: %q is looked up but not listed under Uses", f.Name))
	}
	value, _ := c.value.(T)
	return value, c.err
}

// Is gives the fact a value, so that it is not learned.
func (f *Fact[T]) Is(value T) Given { return Given{f, value, nil} }

// IsMissing says why the fact has no value. Checks that need it are skipped
// if err wraps a [NotGiven] or [Moot], and unknown otherwise.
func (f *Fact[T]) IsMissing(err error) Given { return Given{f, nil, err} }

func (f *Fact[T]) name() string  { return f.Name }
func (f *Fact[T]) needs() []Need { return f.Needs }
func (f *Fact[T]) uses() []Need  { return f.Uses }

func (f *Fact[T]) within() time.Duration {
	if f.Within == 0 {
		return DefaultWithin
	}
	return f.Within
}

func (f *Fact[T]) learn(ctx context.Context, known *Facts) (any, error) {
	if f.Learn == nil {
		return nil, NotGiven{What: f.Name}
	}
	return f.Learn(ctx, known)
}

func (f *Fact[T]) decode(value json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(value, &v)
	return v, err
}

// A Given is a fact with the value, or the reason for having none, that it
// has from the start.
type Given struct {
	fact  Need
	value any
	err   error
}

// NotGiven is the reason why an input has no value: nobody supplied it. The
// checks that need it are skipped, never failed.
type NotGiven struct {
	What   string // in words: "Convex deploy key"
	Unlock string // what supplies it: "CONVEX_DEPLOY_KEY", "--source"
}

func (n NotGiven) Error() string {
	if n.Unlock == "" {
		return n.What + " is not given"
	}
	return fmt.Sprintf("%s is not given (%s)", n.What, n.Unlock)
}

// Moot is the reason why a fact has no value on this target although nothing
// went wrong: the question does not arise. It says why, as a clause.
type Moot string

func (m Moot) Error() string { return string(m) }

// skips reports whether a fact that is missing for err leaves its checks
// skipped rather than unknown.
func skips(err error) bool {
	_, moot := errors.AsType[Moot](err)
	return moot || notGiven(err)
}

// notGiven reports whether a fact is missing because nobody supplied an input.
func notGiven(err error) bool {
	_, yes := errors.AsType[NotGiven](err)
	return yes
}
