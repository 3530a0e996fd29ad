package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// diagnoses returns what to fix, apart by what it does to the gate.
func diagnoses(r gate.Report) (blocking, advisory []gate.Diagnosis) {
	all := r.Diagnoses()
	for i, d := range all {
		if d.Severity == gate.Advisory {
			return all[:i], all[i:]
		}
	}
	return all, nil
}

// fixOf returns what to do about a failure, the most exact there is.
func fixOf(d gate.Diagnosis) string {
	if strings.Trim(d.Fix, blanks) != "" {
		return d.Fix
	}
	return d.Check.Fix
}

// clause returns what the result says in one clause: what holds when the
// check passed and says no more.
func clause(res gate.Result) string {
	switch {
	case strings.Trim(res.Summary, blanks) != "":
		return res.Summary
	case res.Status == gate.Passed:
		return res.Check.Title
	}
	return res.Check.ID + " " + res.Status.String()
}

// blockingUnknowns returns the results that leave a gate undecided.
func blockingUnknowns(r gate.Report) []gate.Result {
	var open []gate.Result
	for _, res := range r.Results {
		if res.Status == gate.Unknown && res.Severity == gate.Blocking {
			open = append(open, res)
		}
	}
	return open
}

// provesNothing reports whether the gate is undecided for want of anything
// to judge, rather than for something that could not be found out.
func provesNothing(r gate.Report) bool {
	return r.Outcome() == gate.Undecided && len(blockingUnknowns(r)) == 0
}

// A doubt is one reason for which checks are unknown.
type doubt struct {
	reason, fix string
	checks      []*gate.Check
	evidence    []gate.Evidence
}

// doubts returns why checks are unknown, each reason once, those that leave
// the gate undecided first.
func doubts(r gate.Report) []doubt {
	advisory := slices.DeleteFunc(slices.Clone(r.Results), func(res gate.Result) bool {
		return res.Status != gate.Unknown || res.Severity != gate.Advisory
	})
	var all []doubt
	for _, res := range append(blockingUnknowns(r), advisory...) {
		i := slices.IndexFunc(all, func(d doubt) bool {
			return d.reason == clause(res) && d.fix == res.Fix
		})
		if i < 0 {
			i, all = len(all), append(all, doubt{reason: clause(res), fix: res.Fix})
		}
		all[i].add(res)
	}
	return all
}

// add counts another check under the doubt, with what it saw that is new.
func (d *doubt) add(res gate.Result) {
	d.checks = append(d.checks, res.Check)
	for _, e := range res.Evidence {
		if !slices.Contains(d.evidence, e) {
			d.evidence = append(d.evidence, e)
		}
	}
}

// A key is an input that was not given, and the checks that it unlocks.
type key struct {
	name   string
	checks []*gate.Check
}

// keys returns the inputs whose absence skipped checks.
func keys(r gate.Report) []key {
	var all []key
	for _, res := range r.Results {
		if res.Status != gate.Skipped || res.Unlock == "" {
			continue
		}
		i := slices.IndexFunc(all, func(k key) bool { return k.name == res.Unlock })
		if i < 0 {
			i, all = len(all), append(all, key{name: res.Unlock})
		}
		all[i].checks = append(all[i].checks, res.Check)
	}
	return all
}

// slowest returns at most ten facts, by how long they took.
func slowest(r gate.Report) []gate.Learned {
	facts := slices.Clone(r.Learned)
	slices.SortStableFunc(facts, func(a, b gate.Learned) int { return int(b.Took - a.Took) })
	return facts[:min(len(facts), 10)]
}

// place words where evidence stands in the repository: "app/nav.tsx:12:5".
func place(e gate.Evidence) string {
	switch {
	case e.Line == 0:
		return e.File
	case e.Column == 0:
		return fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
}

// short words a duration as far as people care.
func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
