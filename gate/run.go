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
		if slices.Contains(opts.Advisory, c.ID) {
			r.Severity = Advisory
		}
		r = r.judge(known, causes)
		if r.Verdict.Blocks && !slices.Contains(opts.Advisory, c.ID) {
			r.Severity = Blocking
		}
		report.Results = append(report.Results, r)
	}
	report.Learned = known.learned()
	report.Took = time.Since(started)
	return report
}

// judge fills in the verdict, or the cause for which there is none, and notes
// in causes what later checks may have to wait for.
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
	if r.Status == Failed {
		causes[r.Check] = r
	}
	return r
}
