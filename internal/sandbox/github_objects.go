package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func gitHubError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]any{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	})
}

// invalid is the answer to a body that breaks a rule.
func invalid(w http.ResponseWriter, resource, field, code, message string) {
	writeJSON(w, http.StatusUnprocessableEntity, map[string]any{
		"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "status": "422",
		"errors": []any{map[string]any{"resource": resource, "code": code, "field": field, "message": message}},
	})
}

// account is a user, or a bot if the name says so.
func account(login string) map[string]any {
	kind, id := "User", 1001
	if strings.HasSuffix(login, "[bot]") {
		kind, id = "Bot", 1002
	}
	switch login {
	case actionsLogin:
		id = 41898282
	case "vercel[bot]":
		id = 35613825
	}
	return map[string]any{"login": login, "id": id, "type": kind, "site_admin": false}
}

// number reads a number from the path.
func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (g gitHub) repository() map[string]any {
	hub := g.world.GitHub
	full := hub.Owner + "/" + hub.Repo
	owner := account(hub.Owner)
	owner["type"] = "Organization"
	return map[string]any{
		"id": 733, "name": hub.Repo, "full_name": full, "private": true, "fork": false, "default_branch": "main",
		"owner": owner, "html_url": "https://github.com/" + full, "url": g.api(""),
	}
}

// api is the address of something below the repository.
func (g gitHub) api(path string) string {
	hub := g.world.GitHub
	return g.world.url(g.world.Hosts.GitHubAPI, "/repos/"+hub.Owner+"/"+hub.Repo+path)
}

// page is the address of something below the repository for people.
func (g gitHub) page(path string) string {
	return "https://github.com/" + g.world.GitHub.Owner + "/" + g.world.GitHub.Repo + path
}

// author is who set a status: Vercel's context is Vercel's.
func (g gitHub) author(s Status) string {
	if s.Context == "Vercel" || strings.HasPrefix(s.Context, "Vercel – ") {
		return "vercel[bot]"
	}
	return g.world.GitHub.Login
}

func (g gitHub) statusObject(id int, s Status) map[string]any {
	return map[string]any{
		"id": id, "state": s.State, "context": s.Context, "description": s.Description, "target_url": s.TargetURL,
		"url": g.api("/statuses/" + s.SHA), "creator": account(g.author(s)),
		"created_at": deployed().Format(time.RFC3339), "updated_at": deployed().Format(time.RFC3339),
	}
}

func (g gitHub) commentObject(c Comment) map[string]any {
	var app any
	if c.Author == actionsLogin {
		app = map[string]any{"id": 15368, "slug": "github-actions", "name": "GitHub Actions"}
	}
	return map[string]any{
		"id": c.ID, "body": c.Body, "user": account(c.Author), "performed_via_github_app": app,
		"html_url": g.page(fmt.Sprintf("/pull/%d#issuecomment-%d", g.world.GitHub.PullRequest, c.ID)),
		"url":      g.api(fmt.Sprintf("/issues/comments/%d", c.ID)), "author_association": "NONE",
		"created_at": deployed().Format(time.RFC3339), "updated_at": deployed().Format(time.RFC3339),
	}
}
