package publish

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// maxSpread is how much a wait is lengthened at the most, so that runs which failed together do not come back together.
const maxSpread = 2 * time.Second

// A run is one attempt of one run of a workflow. Ids grow in the order in which runs are created, which is not that in
// which they begin.
type run struct {
	server, repository string
	id, attempt        uint64
}

// readRun reads what the runner says of itself. An id that is none counts as 0, and an attempt that is none as the first.
func readRun(getenv func(string) string) run {
	id, _ := strconv.ParseUint(getenv("GITHUB_RUN_ID"), 10, 63)
	attempt, _ := strconv.ParseUint(getenv("GITHUB_RUN_ATTEMPT"), 10, 31)
	return run{
		server:     strings.TrimRight(getenv("GITHUB_SERVER_URL"), "/"),
		repository: getenv("GITHUB_REPOSITORY"),
		id:         id, attempt: max(attempt, 1),
	}
}

// pages returns how the addresses of the pages of this repository's runs begin, or "" outside of a workflow.
func (r run) pages() string {
	if r.id == 0 || r.server == "" || r.repository == "" {
		return ""
	}
	return r.server + "/" + r.repository + "/actions/runs/"
}

// page returns the address of the page of a run of this repository, or "" outside of a workflow.
func (r run) page(s stamp) string {
	if r.pages() == "" {
		return ""
	}
	return fmt.Sprintf("%s%d/attempts/%d", r.pages(), s.run, s.attempt)
}

// spread returns a wait that is up to a quarter longer, for each run by another part. It is never shorter: GitHub may have
// asked for it. The same run waits the same, so that what happened can be played again.
func (r run) spread(wait time.Duration, tries int) time.Duration {
	rng := rand.New(rand.NewPCG(r.id, r.attempt<<32+uint64(tries)))
	return wait + time.Duration(rng.Int64N(int64(min(wait/4, maxSpread))+1))
}
