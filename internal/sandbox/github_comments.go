package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"unicode/utf8"
)

// issue tells the list of an issue's comments from one comment: as patterns the
// two paths would overlap.
func (g gitHub) issue(w http.ResponseWriter, r *http.Request) {
	first, second := r.PathValue("first"), r.PathValue("second")
	switch "comments" {
	case first:
		r.SetPathValue("id", second)
		g.comment(w, r)
	case second:
		r.SetPathValue("number", first)
		g.comments(w, r)
	default:
		gitHubError(w, http.StatusNotFound, "Not Found")
	}
}

func (g gitHub) comments(w http.ResponseWriter, r *http.Request) {
	g.hub.mu.Lock()
	items := []any{}
	for _, c := range g.hub.comments {
		items = append(items, g.commentObject(c))
	}
	g.hub.mu.Unlock()
	if number(r, "number") != int64(g.world.GitHub.PullRequest) {
		gitHubError(w, http.StatusNotFound, "Not Found")
		return
	}
	g.writePage(w, r, items)
}

// commentBody reads what a comment is to say, or refuses it.
func commentBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	var ask struct {
		Body string `json:"body"`
	}
	_ = json.NewDecoder(r.Body).Decode(&ask)
	switch {
	case ask.Body == "":
		invalid(w, "IssueComment", "data", "unprocessable", "Body cannot be blank")
	case utf8.RuneCountInString(ask.Body) > maxCommentBody:
		invalid(w, "IssueComment", "data", "unprocessable", "Body is too long (maximum is 65536 characters)")
	default:
		return ask.Body, true
	}
	return "", false
}

func (g gitHub) addComment(w http.ResponseWriter, r *http.Request) {
	if number(r, "number") != int64(g.world.GitHub.PullRequest) {
		gitHubError(w, http.StatusNotFound, "Not Found")
		return
	}
	body, ok := commentBody(w, r)
	if !ok {
		return
	}
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	c := Comment{ID: g.hub.id(), Author: g.world.GitHub.Login, Body: body}
	g.hub.comments = append(g.hub.comments, c)
	writeJSON(w, http.StatusCreated, g.commentObject(c))
}

// find returns where a comment is, or -1 once it has refused. The caller holds
// the lock.
func (g gitHub) find(w http.ResponseWriter, r *http.Request) int {
	id := number(r, "id")
	i := slices.IndexFunc(g.hub.comments, func(c Comment) bool { return c.ID == id })
	if i < 0 {
		gitHubError(w, http.StatusNotFound, "Not Found")
	}
	return i
}

func (g gitHub) comment(w http.ResponseWriter, r *http.Request) {
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	if i := g.find(w, r); i >= 0 {
		writeJSON(w, http.StatusOK, g.commentObject(g.hub.comments[i]))
	}
}

// editComment lets a token with the permission edit anyone's comment, as
// GitHub does.
func (g gitHub) editComment(w http.ResponseWriter, r *http.Request) {
	body, ok := commentBody(w, r)
	if !ok {
		return
	}
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	i := g.find(w, r)
	if i < 0 {
		return
	}
	c := &g.hub.comments[i]
	c.Edits = append(slices.Clone(c.Edits), c.Body)
	c.Body = body
	writeJSON(w, http.StatusOK, g.commentObject(*c))
}

func (g gitHub) deleteComment(w http.ResponseWriter, r *http.Request) {
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	if i := g.find(w, r); i >= 0 {
		g.hub.comments = slices.Delete(g.hub.comments, i, i+1)
		w.WriteHeader(http.StatusNoContent)
	}
}
