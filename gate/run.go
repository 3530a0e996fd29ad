package gate

import (
	"context"
	"slices"
	"time"
)

// Options says how to run. The zero value runs quietly, with the severities
// that the checks have themselves.
type Options struct {
	// Advisory holds IDs of checks whose failure does not close the gate.
	Advisory []string

	// Record is called with what the checks read, or why that cannot be
	// recorded.
	Record func(Recording, error)

	// Watch is called whenever a fact is learned, from several goroutines.
	Watch func(Learned)
}

// Run gathers the facts that checks read and judges each check. A check comes
// after those it lists under After, and is not judged if one of them failed.
// An advisory failure never keeps a blocking check from being judged.
func Run(ctx context.Context, target Target, checks []*Check, opts Options, given ...Given) Report {
	started := time.Now()
	known := Know(target, given...)
	gather(ctx, known, checks, opts.Watch)
	report := known.judge(checks, opts.Advisory)
	report.Started = started
	report.Learned = known.learned()
	report.Took = time.Since(started)
	if opts.Record != nil {
		opts.Record(known.record(&report, checks, opts.Advisory))
	}
	return report
}

// judge judges each check from what is known.
func (known *Facts) judge(checks []*Check, advisory []string) Report {
	report := Report{Target: known.Target}
	causes := make(map[*Check]Result) // of the checks that failed or wait
	for _, c := range checks {
		r := Result{Check: c, Severity: c.Severity}
		downgraded := slices.Contains(advisory, c.ID)
		if downgraded {
			r.Severity = Advisory
		}
		r = r.judge(known, causes)
		if r.Status == Failed {
			r.Severity = r.weight(r.Severity, downgraded)
			causes[c] = r
		}
		report.Results = append(report.Results, r)
	}
	return report
}

// weight is the severity of a failure: its own where the case at hand differs
// from the check's usual one. The user's word goes before that.
func (v Verdict) weight(usual Severity, downgraded bool) Severity {
	switch {
	case downgraded, v.Advises:
		return Advisory
	case v.Blocks:
		return Blocking
	}
	return usual
}

// judge fills in the verdict, or the cause for which there is none. Who waits
// makes others wait for the same cause.
func (r Result) judge(known *Facts, causes map[*Check]Result) Result {
	for _, earlier := range r.Check.After {
		cause, found := causes[earlier]
		if found && cause.Severity <= r.Severity {
			causes[r.Check] = cause
			if err := known.missing(r.Check.Needs); err != nil && notGiven(err) {
				r.Verdict = Without(err) // it would not be judged once the cause is mended either
				return r
			}
			r.Cause = cause.Check
			r.Verdict = Skip("waits for %s", cause.Check.ID)
			return r
		}
	}
	r.Verdict = r.Check.judge(known)
	return r
}
