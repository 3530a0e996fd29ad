package checks

import (
	"slices"
	"time"
)

// The bounds.
const (
	maxRefreshes  = 4 // for one page load
	maxPerMinute  = 2 // beyond those
	maxBurst      = 2 // refreshes within burst
	burst         = 2 * time.Second
	maxRefusals   = 2  // AuthErrors within flurry
	maxAuths      = 10 // Authenticate messages within flurry
	flurry        = 10 * time.Second
	refreshBounds = "bound: 4 for one page load and two more a minute, and 2 within 2 s; healthy: 1 for one page load"
)

// tooMany reports whether at any time the page had made more refreshes than
// it may since it was loaded.
func (l pageLoad) tooMany() bool {
	for i, e := range l.refreshes {
		known := !e.Started.IsZero() && !l.began.IsZero()
		if known && i+1 > maxRefreshes+int(maxPerMinute*e.Started.Sub(l.began)/time.Minute) {
			return true
		}
	}
	return false
}

// densestBurst is how many refreshes there are at most within a burst without
// an AuthError between them.
func (l pageLoad) densestBurst() int {
	most := 0
	var run []time.Time
	refusals := timesOf(l.refusals)
	for _, e := range l.refreshes {
		if e.Started.IsZero() {
			continue
		}
		for len(refusals) > 0 && refusals[0].Before(e.Started) {
			most, run, refusals = max(most, densest(run, burst)), nil, refusals[1:]
		}
		run = append(run, e.Started)
	}
	return max(most, densest(run, burst))
}

func timesOf(messages []message) []time.Time {
	var all []time.Time
	for _, m := range messages {
		if !m.At.IsZero() {
			all = append(all, m.At)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// densest is how many of the times, which are in order, lie at most that far
// apart.
func densest(all []time.Time, within time.Duration) int {
	most, from := 0, 0
	for to := range all {
		for all[to].Sub(all[from]) > within {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}
