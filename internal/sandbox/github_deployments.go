package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A Rollout is one deployment by Vercel as GitHub keeps it.
type Rollout struct {
	SHA         string   // of the commit
	Environment string   // as in Preview, or "Preview – web" where several projects are linked
	Reports     []Report // oldest first; the newest is how it stands
	Unfolds     bool     // GitHub learns of one more report each time it is asked for them
}

// A Report is one status that Vercel set on a deployment.
type Report struct {
	State       string
	Description string
	URL         string // where the deployment is up; empty: it is not
}

// Deploy tells GitHub of further deployments, each later than all before it.
func (s *Sandbox) Deploy(more ...Rollout) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.rollouts = append(s.hub.rollouts, more...)
}

// rollouts lists the deployments, oldest first: the World's own, and those
// that were told since.
func (g gitHub) rollouts() []Rollout {
	state, description := g.deploymentState()
	own := Report{State: state, Description: description}
	if state == "success" {
		own.URL = g.world.url(g.world.Hosts.Deployment, "")
	}
	all := []Rollout{{SHA: g.world.GitHub.DeployedSHA, Environment: "Preview", Reports: []Report{own}}}
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	return append(all, g.hub.rollouts...)
}

// deploymentState is what Vercel reports of its build to GitHub.
func (g gitHub) deploymentState() (state, description string) {
	switch g.world.Vercel.ReadyState {
	case "READY":
		return "success", "Deployment has completed"
	case "ERROR":
		return "failure", "Deployment has failed"
	case "CANCELED":
		return "error", "Deployment was canceled"
	}
	return "pending", "Vercel is deploying your app"
}

// numberOf is the number of the i-th deployment. GitHub's grow.
func numberOf(i int) int64 { return deploymentNumber + 100*int64(i) }

// madeAt is when the i-th deployment was made.
func madeAt(i int) time.Time { return deployed().Add(time.Duration(i) * time.Hour) }

func (g gitHub) deployments(w http.ResponseWriter, r *http.Request) {
	query, items := r.URL.Query(), []any{}
	fits := func(parameter, value string) bool { return query.Get(parameter) == "" || query.Get(parameter) == value }
	for i, d := range slices.Backward(g.rollouts()) {
		if fits("sha", d.SHA) && fits("ref", d.SHA) && fits("environment", d.Environment) && fits("task", "deploy") {
			items = append(items, g.deploymentObject(i, d))
		}
	}
	g.writePage(w, r, items)
}

// rollout finds the deployment that the path names, or refuses.
func (g gitHub) rollout(w http.ResponseWriter, r *http.Request) (int, Rollout, bool) {
	for i, d := range g.rollouts() {
		if number(r, "id") == numberOf(i) {
			return i, d, true
		}
	}
	gitHubError(w, http.StatusNotFound, "Not Found")
	return 0, Rollout{}, false
}

func (g gitHub) deployment(w http.ResponseWriter, r *http.Request) {
	if i, d, found := g.rollout(w, r); found {
		writeJSON(w, http.StatusOK, g.deploymentObject(i, d))
	}
}

// deploymentStatuses lists the reports, newest first.
func (g gitHub) deploymentStatuses(w http.ResponseWriter, r *http.Request) {
	i, d, found := g.rollout(w, r)
	if !found {
		return
	}
	known := len(d.Reports)
	if d.Unfolds {
		known = min(known, g.hub.ask(i))
	}
	items := []any{}
	for n, report := range slices.Backward(d.Reports[:known]) {
		items = append(items, g.deploymentStatusObject(i, n, d.Environment, report))
	}
	g.writePage(w, r, items)
}

// ask counts how often GitHub was asked for a deployment's reports.
func (h *hub) ask(i int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked[i]++
	return h.asked[i]
}

func (g gitHub) deploymentObject(i int, d Rollout) map[string]any {
	self := g.api(fmt.Sprintf("/deployments/%d", numberOf(i)))
	at := madeAt(i).Format(time.RFC3339)
	return map[string]any{
		"id": numberOf(i), "task": "deploy", "original_environment": d.Environment, "environment": d.Environment, "description": nil,
		"creator": account("vercel[bot]"), "ref": d.SHA, "sha": d.SHA, "payload": map[string]any{},
		"transient_environment": false, "production_environment": false, "performed_via_github_app": nil,
		"url": self, "statuses_url": self + "/statuses", "repository_url": g.api(""), "created_at": at, "updated_at": at,
	}
}

func (g gitHub) deploymentStatusObject(i, n int, environment string, r Report) map[string]any {
	at := madeAt(i).Add(time.Duration(n) * time.Minute).Format(time.RFC3339)
	address := r.URL
	if address == "" {
		address = g.world.url(g.world.Hosts.Deployment, "")
	}
	return map[string]any{
		"id": numberOf(i) + 1 + int64(n), "state": r.State, "description": r.Description, "environment": environment,
		"target_url": address, "log_url": address, "environment_url": r.URL, "creator": account("vercel[bot]"),
		"deployment_url": g.api(fmt.Sprintf("/deployments/%d", numberOf(i))), "repository_url": g.api(""),
		"created_at": at, "updated_at": at,
	}
}
