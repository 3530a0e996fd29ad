package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// vercelAPI serves api.vercel.com.
func vercelAPI(world *World, logs *runtimeLog) http.Handler {
	v := vercel{world, logs}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v13/deployments/{id}", v.deployment)
	mux.HandleFunc("GET /v6/deployments", v.deployments)
	mux.HandleFunc("GET /v7/deployments", v.deployments)
	mux.HandleFunc("GET /v2/deployments/{id}/aliases", v.aliases)
	mux.HandleFunc("GET /v3/deployments/{id}/events", v.events)
	mux.HandleFunc("GET /v9/projects/{project}", v.project)
	mux.HandleFunc("GET /v10/projects/{project}/env", v.environment)
	mux.HandleFunc("GET /v1/projects/{project}/env/{id}", v.variable)
	mux.HandleFunc("GET /v1/projects/{project}/deployments/{id}/runtime-logs", v.runtimeLogs)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		vercelNotFound(w, "The requested resource was not found.")
	})
	return v.guard(mux)
}

// vercelSite serves vercel.com: where protected previews send visitors, and
// what the CLI reads logs from.
func vercelSite(world *World, logs *runtimeLog) http.Handler {
	v := vercel{world, logs}
	mux := http.NewServeMux()
	mux.Handle("GET /api/logs/request-logs", v.guard(http.HandlerFunc(v.requestLogs)))
	mux.HandleFunc("GET /sso-api", func(w http.ResponseWriter, r *http.Request) {
		redirect(w, "/login?next="+url.QueryEscape(r.URL.RequestURI()))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, "text/html; charset=utf-8", guardPage("Login – Vercel", "<h1>Log in to Vercel</h1>"))
	})
	return mux
}

// vercel answers for Vercel's API.
type vercel struct {
	world *World
	logs  *runtimeLog
}

func vercelNotFound(w http.ResponseWriter, message string) {
	writeJSON(w, http.StatusNotFound, map[string]any{"error": map[string]any{"code": "not_found", "message": message}})
}

// guard refuses a bad token, and hides everything outside the token's team.
func (v vercel) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, state := r.URL.Query(), v.world.Vercel
		isTeam := query.Get("teamId") == state.TeamID || query.Get("slug") == state.TeamSlug || query.Get("ownerId") == state.TeamID
		switch {
		case r.Header.Get("Authorization") != "Bearer "+state.Token:
			writeJSON(w, http.StatusForbidden, map[string]any{"error": map[string]any{
				"code": "forbidden", "message": "Not authorized", "invalidToken": true,
			}})
		case !isTeam:
			vercelNotFound(w, "The requested resource was not found.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isDeployment reports whether an ID or a host names the preview's deployment.
func (v vercel) isDeployment(id string) bool {
	w := v.world
	hosts := append([]string{w.Vercel.DeploymentID, w.Hosts.Deployment}, w.Vercel.Aliases...)
	return slices.Contains(hosts, id)
}

func (v vercel) deployment(w http.ResponseWriter, r *http.Request) {
	if !v.isDeployment(r.PathValue("id")) {
		vercelNotFound(w, "Deployment not found")
		return
	}
	state, hub := v.world.Vercel, v.world.GitHub
	writeJSON(w, http.StatusOK, withError(state, map[string]any{
		"id": state.DeploymentID, "name": state.Project, "url": v.world.Hosts.Deployment,
		"alias": state.Aliases, "automaticAliases": state.Aliases, "aliasAssigned": state.Created.UnixMilli() + 70_000, "aliasError": nil,
		"env": state.EnvNames, "build": map[string]any{"env": state.EnvNames}, "meta": v.meta(),
		"gitSource": map[string]any{"type": "github", "repoId": 733, "ref": hub.Branch, "sha": hub.DeployedSHA, "prId": hub.PullRequest},
		"projectId": state.ProjectID, "project": map[string]any{"id": state.ProjectID, "name": state.Project, "framework": "nextjs"},
		"ownerId": state.TeamID, "team": map[string]any{"id": state.TeamID, "name": "Acme", "slug": state.TeamSlug},
		"target": nil, "readyState": state.ReadyState, "status": state.ReadyState, "source": "git",
		"inspectorUrl": v.inspector(), "createdAt": state.Created.UnixMilli(), "buildingAt": state.Created.UnixMilli() + 2_000,
		"ready": state.Created.UnixMilli() + 65_000, "regions": []string{region},
	}))
}

// withError adds what went wrong with a build.
func withError(state Vercel, deployment map[string]any) map[string]any {
	if state.ErrorCode != "" {
		deployment["errorCode"], deployment["errorMessage"] = state.ErrorCode, state.ErrorMessage
	}
	return deployment
}

func (v vercel) inspector() string {
	return v.world.url(v.world.Hosts.VercelSite, "/"+v.world.Vercel.TeamSlug+"/"+v.world.Vercel.Project+"/"+
		strings.TrimPrefix(v.world.Vercel.DeploymentID, "dpl_"))
}

func (v vercel) meta() map[string]any {
	hub := v.world.GitHub
	pullRequest, _ := json.Marshal(hub.PullRequest)
	return map[string]any{
		"githubCommitSha": hub.DeployedSHA, "githubCommitRef": hub.Branch, "githubPrId": string(pullRequest),
		"githubOrg": hub.Owner, "githubRepo": hub.Repo, "githubCommitMessage": "Fix login", "githubCommitAuthorName": "Ada",
	}
}

func (v vercel) deployments(w http.ResponseWriter, r *http.Request) {
	state, hub, query := v.world.Vercel, v.world.GitHub, r.URL.Query()
	fits := func(name, value string) bool { return query.Get(name) == "" || query.Get(name) == value }
	items := []any{}
	if fits("projectId", state.ProjectID) && fits("sha", hub.DeployedSHA) && fits("branch", hub.Branch) && fits("state", state.ReadyState) {
		items = append(items, withError(state, map[string]any{
			"uid": state.DeploymentID, "name": state.Project, "url": v.world.Hosts.Deployment, "created": state.Created.UnixMilli(),
			"createdAt": state.Created.UnixMilli(), "state": state.ReadyState, "readyState": state.ReadyState, "target": nil,
			"meta": v.meta(), "inspectorUrl": v.inspector(), "projectId": state.ProjectID, "source": "git",
		}))
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"deployments": items, "pagination": map[string]any{"count": len(items), "next": nil, "prev": nil},
	})
}

func (v vercel) aliases(w http.ResponseWriter, r *http.Request) {
	if !v.isDeployment(r.PathValue("id")) {
		vercelNotFound(w, "Deployment not found")
		return
	}
	items := []any{}
	for _, alias := range v.world.Vercel.Aliases {
		items = append(items, map[string]any{
			"uid": "als_" + strings.ReplaceAll(alias, ".", ""), "alias": alias, "created": v.world.Vercel.Created.Add(70 * time.Second).Format(time.RFC3339),
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{"aliases": items})
}
