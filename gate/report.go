package gate

import (
	"slices"
	"time"
)

// A Result is a check and its verdict on one target.
type Result struct {
	Check    *Check
	Severity Severity // the check's own, or advisory where the run says so
	Verdict
	Cause *Check // the failed check that this one waits for, if any
}

// A Report is the outcome of a run.
type Report struct {
	Target  Target
	Results []Result // one for each check, in catalogue order
	Learned []Learned
	Started time.Time
	Took    time.Duration
}

// Outcome is what a report says of the gate.
type Outcome int

// The outcomes.
const (
	Open      Outcome = iota // nothing blocking failed, nothing blocking is unknown
	Closed                   // a blocking check failed
	Undecided                // none failed, but a blocking one is unknown
)

// String returns the outcome as a word.
func (o Outcome) String() string {
	return [...]string{Open: "open", Closed: "closed", Undecided: "undecided"}[o]
}

// Outcome returns what the results add up to. A report in which nothing
// blocking passed is undecided too: a gate that looked at nothing must not
// open.
func (r Report) Outcome() Outcome {
	switch {
	case r.any(Failed):
		return Closed
	case r.any(Unknown), !r.any(Passed):
		return Undecided
	}
	return Open
}

// any reports whether a blocking check has the status.
func (r Report) any(s Status) bool {
	return slices.ContainsFunc(r.Results, func(res Result) bool {
		return res.Status == s && res.Severity == Blocking
	})
}

// A Diagnosis is one thing to fix.
type Diagnosis struct {
	Result
	Waits []*Check // that cannot be judged before
}

// Diagnoses returns what to fix: the failed checks that no other failed check
// explains, the blocking ones first, otherwise in catalogue order.
func (r Report) Diagnoses() []Diagnosis {
	var all []Diagnosis
	for _, res := range r.Results {
		if res.Status == Failed {
			all = append(all, Diagnosis{res, r.waiting(res.Check)})
		}
	}
	slices.SortStableFunc(all, func(a, b Diagnosis) int { return int(a.Severity) - int(b.Severity) })
	return all
}

// waiting lists the checks that wait for c.
func (r Report) waiting(c *Check) []*Check {
	var waits []*Check
	for _, res := range r.Results {
		if res.Cause == c {
			waits = append(waits, res.Check)
		}
	}
	return waits
}
