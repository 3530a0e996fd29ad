package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Pull is a further pull request into main, from a branch of the repository
// itself.
type Pull struct {
	Number  int
	Branch  string
	HeadSHA string
	Closed  bool
	fork    bool // the World's own only
}

// Open tells GitHub of further pull requests.
func (s *Sandbox) Open(more ...Pull) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.pulls = append(s.hub.pulls, more...)
}

// allPulls lists the pull requests, the World's own first.
func (g gitHub) allPulls() []Pull {
	hub := g.world.GitHub
	own := []Pull{{Number: hub.PullRequest, Branch: hub.Branch, HeadSHA: hub.HeadSHA, fork: hub.Fork}}
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	return append(own, g.hub.pulls...)
}

func (g gitHub) pull(w http.ResponseWriter, r *http.Request) {
	for _, p := range g.allPulls() {
		if number(r, "number") == int64(p.Number) {
			writeJSON(w, http.StatusOK, g.pullObject(p))
			return
		}
	}
	gitHubError(w, http.StatusNotFound, "Not Found")
}

// pulls finds pull requests by state, and by their head as owner:branch.
func (g gitHub) pulls(w http.ResponseWriter, r *http.Request) {
	query, items := r.URL.Query(), []any{}
	fits := func(parameter string, value any) bool {
		return query.Get(parameter) == "" || query.Get(parameter) == value
	}
	for _, p := range g.allPulls() {
		object := g.pullSummary(p)
		state := query.Get("state") == "all" || query.Get("state") == "" && !p.Closed || query.Get("state") == object["state"]
		if state && fits("head", object["head"].(map[string]any)["label"]) && fits("base", "main") {
			items = append(items, object)
		}
	}
	g.writePage(w, r, items)
}

// pullsOfCommit finds a pull request by its head. The deployed commit is one
// of the World's own, even when the head has moved on.
func (g gitHub) pullsOfCommit(w http.ResponseWriter, r *http.Request) {
	sha, items := r.PathValue("sha"), []any{}
	for i, p := range g.allPulls() {
		if sha == p.HeadSHA || i == 0 && sha == g.world.GitHub.DeployedSHA {
			items = append(items, g.pullSummary(p))
		}
	}
	g.writePage(w, r, items)
}

// branches lists the branches of the repository that a commit is the head of.
// A fork's are not among them.
func (g gitHub) branches(w http.ResponseWriter, r *http.Request) {
	items := []any{}
	for _, p := range g.allPulls() {
		if r.PathValue("sha") == p.HeadSHA && !p.fork {
			items = append(items, map[string]any{
				"name": p.Branch, "protected": false,
				"commit": map[string]any{"sha": p.HeadSHA, "url": g.api("/commits/" + p.HeadSHA)},
			})
		}
	}
	writeJSON(w, http.StatusOK, items)
}

// ofRef is the combined status of a ref with slashes in its name, which a
// pattern can only have at its end.
func (g gitHub) ofRef(w http.ResponseWriter, r *http.Request) {
	ref, isStatus := strings.CutSuffix(r.PathValue("ref"), "/status")
	branch := strings.TrimPrefix(ref, "heads/")
	for _, p := range g.allPulls() {
		if isStatus && branch == p.Branch && !p.fork {
			r.SetPathValue("sha", p.HeadSHA)
			g.combinedStatus(w, r)
			return
		}
	}
	gitHubError(w, http.StatusNotFound, "Not Found")
}

// pullSummary is a pull request in a list, which does not say whether it was
// merged.
func (g gitHub) pullSummary(p Pull) map[string]any {
	object := g.pullObject(p)
	delete(object, "merged")
	return object
}

func (g gitHub) pullObject(p Pull) map[string]any {
	hub, head := g.world.GitHub, g.repository()
	owner := hub.Owner
	if p.fork {
		owner = "stranger"
		head["id"], head["fork"], head["full_name"], head["owner"] = 734, true, "stranger/"+hub.Repo, account(owner)
	}
	state := "open"
	if p.Closed {
		state = "closed"
	}
	return map[string]any{
		"id": 5500 + p.Number, "number": p.Number, "state": state, "draft": false, "merged": false, "locked": false,
		"title": "Fix login", "user": account("ada"), "html_url": g.page(fmt.Sprintf("/pull/%d", p.Number)),
		"url":    g.api(fmt.Sprintf("/pulls/%d", p.Number)),
		"head":   map[string]any{"label": owner + ":" + p.Branch, "ref": p.Branch, "sha": p.HeadSHA, "repo": head, "user": head["owner"]},
		"base":   map[string]any{"label": hub.Owner + ":main", "ref": "main", "sha": baseSHA, "repo": g.repository(), "user": account(hub.Owner)},
		"labels": []any{}, "created_at": deployed().Format(time.RFC3339), "updated_at": deployed().Format(time.RFC3339),
		"author_association": "MEMBER",
	}
}

// permission says what somebody may do in the repository: ada, who opened the
// pull request, may write to it, and the repository is private.
func (g gitHub) permission(w http.ResponseWriter, r *http.Request) {
	login := r.PathValue("login")
	level := "none"
	switch login {
	case "ada":
		level = "write"
	case "grace":
		level = "read"
	}
	writeJSON(w, http.StatusOK, map[string]any{"permission": level, "role_name": level, "user": account(login)})
}

// compare lists the commits of a merge group: for each pull request the one
// that merges it.
func (g gitHub) compare(w http.ResponseWriter, r *http.Request) {
	base, head, isRange := strings.Cut(r.PathValue("range"), "...")
	if !isRange || base != baseSHA || head != groupSHA {
		gitHubError(w, http.StatusNotFound, "Not Found")
		return
	}
	commits := []any{}
	for _, p := range g.queued() {
		commits = append(commits, g.mergeCommit(p))
	}
	if len(commits) > 0 {
		commits[len(commits)-1].(map[string]any)["sha"] = groupSHA
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"status": "ahead", "ahead_by": len(commits), "behind_by": 0, "total_commits": len(commits),
		"commits": commits, "files": []any{}, "url": g.api("/compare/" + r.PathValue("range")),
	})
}

// queued lists the pull requests of the merge group, in order.
func (g gitHub) queued() []Pull {
	return slices.DeleteFunc(g.allPulls(), func(p Pull) bool { return p.Closed })
}

func (g gitHub) mergeCommit(p Pull) map[string]any {
	sha := fmt.Sprintf("%040x", 0xc0ffee00+p.Number)
	by := map[string]any{"name": "Ada", "email": "ada@acme.example", "date": deployed().Format(time.RFC3339)}
	return map[string]any{
		"sha": sha, "author": account("ada"), "committer": account("ada"), "parents": []any{}, "url": g.api("/commits/" + sha),
		"commit": map[string]any{"message": mergeMessage(g.world.GitHub.Owner, p), "author": by, "committer": by},
	}
}

// mergeMessage is GitHub's, for the merge of a pull request.
func mergeMessage(owner string, p Pull) string {
	return fmt.Sprintf("Merge pull request #%d from %s/%s\n\nFix login", p.Number, owner, p.Branch)
}
