package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxDescription = 140
	maxCommentBody = 65_536
)

func (g gitHub) addStatus(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		State       string `json:"state"`
		Context     string `json:"context"`
		Description string `json:"description"`
		TargetURL   string `json:"target_url"`
	}
	_ = json.NewDecoder(r.Body).Decode(&ask)
	switch {
	case utf8.RuneCountInString(ask.Description) > maxDescription:
		invalid(w, "Status", "description", "custom", "description is too long (maximum is 140 characters)")
		return
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, ask.State):
		invalid(w, "Status", "state", "custom", "state is not included in the list")
		return
	}
	if ask.Context == "" {
		ask.Context = "default"
	}
	status := Status{r.PathValue("sha"), ask.Context, ask.State, ask.Description, ask.TargetURL}
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	g.hub.statuses = append(g.hub.statuses, status)
	writeJSON(w, http.StatusCreated, g.statusObject(len(g.hub.statuses), status))
}

// statusesOf lists a commit's statuses, newest first.
func (g gitHub) statusesOf(sha string) []any {
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	items := []any{}
	for i, status := range slices.Backward(g.hub.statuses) {
		if status.SHA == sha {
			items = append(items, g.statusObject(i+1, status))
		}
	}
	return items
}

func (g gitHub) statuses(w http.ResponseWriter, r *http.Request) {
	g.writePage(w, r, g.statusesOf(r.PathValue("sha")))
}

// combinedStatus keeps the newest status of each context. It does not say who
// set it.
func (g gitHub) combinedStatus(w http.ResponseWriter, r *http.Request) {
	newest, state := []any{}, "success"
	seen := map[any]bool{}
	for _, item := range g.statusesOf(r.PathValue("sha")) {
		status := item.(map[string]any)
		if seen[status["context"]] {
			continue
		}
		seen[status["context"]] = true
		delete(status, "creator")
		newest = append(newest, status)
		switch {
		case status["state"] == "failure" || status["state"] == "error":
			state = "failure"
		case status["state"] == "pending" && state == "success":
			state = "pending"
		}
	}
	if len(newest) == 0 {
		state = "pending"
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"state": state, "statuses": newest, "sha": r.PathValue("sha"), "total_count": len(newest), "repository": g.repository(),
	})
}

// writePage sends one page of a list, and links to the others.
func (g gitHub) writePage(w http.ResponseWriter, r *http.Request, all []any) {
	size, page := positive(r, "per_page", 30), positive(r, "page", 1)
	size = min(size, 100)
	last := max(1, (len(all)+size-1)/size)
	var links []string
	link := func(n int, rel string) {
		links = append(links, fmt.Sprintf(`<%s>; rel="%s"`, g.world.url(r.Host, pageOf(r, n)), rel))
	}
	if page > 1 {
		link(page-1, "prev")
		link(1, "first")
	}
	if page < last {
		link(page+1, "next")
		link(last, "last")
	}
	if len(links) > 0 {
		w.Header().Set("Link", strings.Join(links, ", "))
	}
	from := min((page-1)*size, len(all))
	writeJSON(w, http.StatusOK, all[from:min(from+size, len(all))])
}

func pageOf(r *http.Request, n int) string {
	u := *r.URL
	query := u.Query()
	query.Set("page", strconv.Itoa(n))
	u.RawQuery = query.Encode()
	return u.RequestURI()
}

func positive(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}
