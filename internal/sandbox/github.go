package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

const (
	actionsLogin = "github-actions[bot]"
	forbidden    = "Resource not accessible by integration"
)

// hub is what GitHub was told while it ran.
type hub struct {
	mu       sync.Mutex
	comments []Comment
	statuses []Status // oldest first
	checks   []CheckRun
	nextID   int64
	rollouts []Rollout   // beside the World's own deployment
	asked    map[int]int // how often for the reports of which deployment
	pulls    []Pull      // beside the World's own

	exchanges exchanges
}

func newHub(g GitHub) *hub {
	h := &hub{comments: slices.Clone(g.Comments), statuses: slices.Clone(g.Statuses), nextID: 9001, asked: map[int]int{}}
	for _, c := range g.Comments {
		h.nextID = max(h.nextID, c.ID+1)
	}
	return h
}

// id hands out the next number. The caller holds the lock.
func (h *hub) id() int64 {
	h.nextID++
	return h.nextID - 1
}

// Comments returns the comments on the pull request as they stand.
func (s *Sandbox) Comments() []Comment {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return slices.Clone(s.hub.comments)
}

// Statuses returns every commit status that was posted, in order.
func (s *Sandbox) Statuses() []Status {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return slices.Clone(s.hub.statuses)
}

// gitHub answers for GitHub's API.
type gitHub struct {
	world *World
	hub   *hub
}

// gitHubAPI serves api.github.com, for one repository.
func gitHubAPI(world *World, state *hub) http.Handler {
	g := gitHub{world, state}
	mux := http.NewServeMux()
	repo := "/repos/" + world.GitHub.Owner + "/" + world.GitHub.Repo
	route := func(pattern, scope, level string, handler http.HandlerFunc) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+repo+path, g.permitted(scope, level, handler))
	}
	route("GET /pulls/{number}", "pull-requests", "read", g.pull)
	route("GET /pulls", "pull-requests", "read", g.pulls)
	route("GET /commits/{sha}/pulls", "pull-requests", "read", g.pullsOfCommit)
	route("GET /commits/{sha}/branches-where-head", "contents", "read", g.branches)
	route("GET /commits/{ref...}", "statuses", "read", g.ofRef)
	route("GET /compare/{range}", "contents", "read", g.compare)
	route("GET /collaborators/{login}/permission", "contents", "read", g.permission)
	route("POST /statuses/{sha}", "statuses", "write", g.addStatus)
	route("GET /commits/{sha}/statuses", "statuses", "read", g.statuses)
	route("GET /commits/{sha}/status", "statuses", "read", g.combinedStatus)
	route("GET /issues/{first}/{second}", "pull-requests", "read", g.issue)
	route("POST /issues/{number}/comments", "pull-requests", "write", g.addComment)
	route("PATCH /issues/comments/{id}", "pull-requests", "write", g.editComment)
	route("DELETE /issues/comments/{id}", "pull-requests", "write", g.deleteComment)
	route("GET /deployments", "deployments", "read", g.deployments)
	route("GET /deployments/{id}", "deployments", "read", g.deployment)
	route("GET /deployments/{id}/statuses", "deployments", "read", g.deploymentStatuses)
	route("POST /check-runs", "checks", "write", g.addCheck)
	route("PATCH /check-runs/{id}", "checks", "write", g.editCheck)
	mux.HandleFunc("GET /user", g.user)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { gitHubError(w, http.StatusNotFound, "Not Found") })
	return state.exchanges.keeping(g.authenticated(mux), world.Scheme)
}

// authenticated refuses a token GitHub did not make, and adds the headers
// every answer has.
func (g gitHub) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("X-Github-Request-Id", "5A4D:"+randomHex(4))
		w.Header().Set("X-Ratelimit-Limit", "1000")
		w.Header().Set("X-Ratelimit-Remaining", "997")
		header := r.Header.Get("Authorization")
		switch {
		case header == "":
			gitHubError(w, http.StatusUnauthorized, "Requires authentication")
		case header != "Bearer "+g.world.GitHub.Token && header != "token "+g.world.GitHub.Token:
			gitHubError(w, http.StatusUnauthorized, "Bad credentials")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// permitted refuses what the token's permissions block leaves out.
func (g gitHub) permitted(scope, level string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		granted := g.world.GitHub.Permissions[scope]
		if granted != "write" && granted != level {
			gitHubError(w, http.StatusForbidden, forbidden)
			return
		}
		next(w, r)
	}
}

func (g gitHub) user(w http.ResponseWriter, _ *http.Request) {
	if g.world.GitHub.Login == actionsLogin {
		gitHubError(w, http.StatusForbidden, forbidden)
		return
	}
	writeJSON(w, http.StatusOK, account(g.world.GitHub.Login))
}
