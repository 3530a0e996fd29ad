package action

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A place is where Vercel deploys to, as the name of an environment on GitHub tells.
type place struct {
	environment string // preview, or the name of a custom environment
	project     string // empty where one project is linked to the repository
}

// A build is one deployment of a commit by Vercel, as GitHub keeps it.
type build struct {
	place
	reports []report // those of Vercel only: others can add statuses too
}

// A report is what one status says of how a preview stands. A deployment can get several successes, each at an address
// of its own, when it is made anew.
type report struct {
	state  string // as of an Event, or inactive
	detail string // Vercel's words, where there is no preview
	url    string // of a success; of an inactive one: where it was up before
	at     time.Time
	id     int64
}

// compare puts the earlier report first. GitHub's times are whole seconds; its ids grow.
func (r report) compare(other report) int {
	return cmp.Or(r.at.Compare(other.at), cmp.Compare(r.id, other.id))
}

// now is how a build stands: by its latest report. A cancellation does not take down what was up before.
func (b build) now() report {
	if len(b.reports) == 0 {
		return report{state: Building}
	}
	latest := slices.MaxFunc(b.reports, report.compare)
	up, wasUp := latestOf(Success, []build{b})
	switch {
	case wasUp && latest.state == Canceled:
		return up
	case wasUp && latest.state == inactive:
		latest.url = up.url
	}
	return latest
}

// latestOf returns the latest report of a state that any of the builds ever had.
func latestOf(state string, builds []build) (latest report, found bool) {
	for _, b := range builds {
		for _, r := range b.reports {
			if r.state == state && (!found || r.compare(latest) > 0) {
				latest, found = r, true
			}
		}
	}
	return latest, found
}

// newestUp returns the newest of the builds that are up.
func newestUp(builds []build) (newest report, found bool) {
	for _, b := range builds {
		if r := b.now(); r.state == Success && (!found || r.compare(newest) > 0) {
			newest, found = r, true
		}
	}
	return newest, found
}

// reportAt returns the latest success that any of the builds had at an address, and the build.
func reportAt(address string, builds []build) (b build, latest report, found bool) {
	for _, candidate := range builds {
		for _, r := range candidate.reports {
			if r.state == Success && isSameHost(r.url, address) && (!found || r.compare(latest) > 0) {
				b, latest, found = candidate, r, true
			}
		}
	}
	return b, latest, found
}

// isSameHost reports whether two addresses are of the same host and port.
func isSameHost(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && x.Host != "" && strings.EqualFold(x.Host, y.Host)
}

// A finding is how the preview of a project stands.
type finding struct {
	report
	project string
}

// choose returns the finding to act on, and the names of the projects that it leaves out, in order. A preview that is
// up comes first, since there is something to judge; then one that is being built. Of equals the newest counts.
func choose(all []finding) (best finding, others []string) {
	if len(all) == 0 {
		return finding{report: report{state: Missing}}, nil
	}
	best = slices.MaxFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(rank(a.state), rank(b.state)), a.compare(b.report))
	})
	for _, f := range all {
		if f.project != best.project && f.project != "" {
			others = append(others, f.project)
		}
	}
	slices.Sort(others)
	return best, slices.Compact(others)
}

// rank orders states by how much there is to act on.
func rank(state string) int {
	switch state {
	case Success:
		return 4
	case Building:
		return 3
	case Failure, Canceled, Blocked:
		return 2
	case Ignored, Skipped:
		return 1
	}
	return 0
}
