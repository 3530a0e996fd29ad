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
	report := Report{Target: target, Started: started}
	causes := make(map[*Check]Result) // of the checks that failed or wait
	for _, c := range checks {
		r := Result{Check: c, Severity: c.Severity}
		downgraded := slices.Contains(opts.Advisory, c.ID)
		if downgraded {
			r.Severity = Advisory
		}
		r = r.judge(known, causes)
		if r.Status == Failed {
			if r.Blocks && !downgraded {
				r.Severity = Blocking
			}
			causes[c] = r
		}
		report.Results = append(report.Results, r)
	}
	report.Learned = known.learned()
	report.Took = time.Since(started)
	return report
}

// judge fills in the verdict, or the cause for which there is none. Who waits
// makes others wait for the same cause.
func (r Result) judge(known *Facts, causes map[*Check]Result) Result {
	for _, earlier := range r.Check.After {
		cause, found := causes[earlier]
		if found && cause.Severity <= r.Severity {
			r.Cause = cause.Check
			r.Verdict = Skip("waits for %s", cause.Check.ID)
			causes[r.Check] = cause
			return r
		}
	}
	r.Verdict = r.Check.judge(known)
	return r
}
