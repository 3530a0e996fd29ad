package publish

import (
	"fmt"
	"strconv"
	"strings"
)

// A run is one attempt of one run of a workflow. Later runs have higher ids.
type run struct {
	server, repository string
	id, attempt        uint64
}

// readRun reads what the runner says of itself. A number that is not one counts as 0: older than any.
func readRun(getenv func(string) string) run {
	id, _ := strconv.ParseUint(getenv("GITHUB_RUN_ID"), 10, 63)
	attempt, _ := strconv.ParseUint(getenv("GITHUB_RUN_ATTEMPT"), 10, 31)
	return run{
		server:     strings.TrimRight(getenv("GITHUB_SERVER_URL"), "/"),
		repository: getenv("GITHUB_REPOSITORY"),
		id:         id, attempt: attempt,
	}
}

// url returns the address of the run's page, or "" outside of a workflow.
func (r run) url() string {
	if r.id == 0 || r.server == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/actions/runs/%d/attempts/%d", r.server, r.repository, r.id, max(r.attempt, 1))
}
