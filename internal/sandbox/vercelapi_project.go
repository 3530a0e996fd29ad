package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// isProject reports whether an ID or a name is the preview's project.
func (v vercel) isProject(id string) bool {
	return id == v.world.Vercel.ProjectID || id == v.world.Vercel.Project
}

func (v vercel) project(w http.ResponseWriter, r *http.Request) {
	if !v.isProject(r.PathValue("project")) {
		vercelNotFound(w, "Project not found")
		return
	}
	state, edge := v.world.Vercel, v.world.Edge
	var sso, password any
	if edge.Guard == Authentication {
		sso = map[string]any{"deploymentType": "all_except_custom_domains"}
	}
	if edge.Guard == Password {
		password = map[string]any{"deploymentType": "preview"}
	}
	bypass := map[string]any{}
	for i, secret := range edge.Bypass {
		bypass[secret] = map[string]any{"createdAt": state.Created.UnixMilli(), "createdBy": "user", "scope": "automation-bypass", "isEnvVar": i == 0}
	}
	hub := v.world.GitHub
	writeJSON(w, http.StatusOK, map[string]any{
		"id": state.ProjectID, "name": state.Project, "accountId": state.TeamID, "framework": "nextjs", "nodeVersion": "24.x",
		"autoExposeSystemEnvs": true, "gitForkProtection": true, "ssoProtection": sso, "passwordProtection": password,
		"protectionBypass": bypass, "rootDirectory": nil, "commandForIgnoringBuildStep": nil, "customEnvironments": []any{},
		"link":        map[string]any{"type": "github", "org": hub.Owner, "repo": hub.Repo, "repoId": 733, "productionBranch": "main"},
		"gitComments": map[string]any{"onCommit": false, "onPullRequest": true},
	})
}

func (v vercel) environment(w http.ResponseWriter, r *http.Request) {
	if !v.isProject(r.PathValue("project")) {
		vercelNotFound(w, "Project not found")
		return
	}
	branch, items := r.URL.Query().Get("gitBranch"), []any{}
	for _, variable := range v.world.Vercel.Env {
		if branch == "" || variable.Branch == "" || variable.Branch == branch {
			items = append(items, v.variableObject(variable))
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"envs": items})
}

func (v vercel) variable(w http.ResponseWriter, r *http.Request) {
	all := v.world.Vercel.Env
	i := slices.IndexFunc(all, func(e EnvVar) bool { return envID(e) == r.PathValue("id") })
	if i < 0 || !v.isProject(r.PathValue("project")) {
		vercelNotFound(w, "Environment variable not found")
		return
	}
	writeJSON(w, http.StatusOK, v.variableObject(all[i]))
}

func envID(e EnvVar) string { return "env_" + e.Key + e.Branch }

// variableObject never shows a value: those of the sandbox are sensitive.
func (v vercel) variableObject(e EnvVar) map[string]any {
	object := map[string]any{
		"id": envID(e), "key": e.Key, "value": "", "type": e.Type, "target": e.Target, "customEnvironmentIds": []any{},
		"createdAt": v.world.Vercel.Created.Add(-30 * 24 * time.Hour).UnixMilli(), "updatedAt": e.Updated.UnixMilli(), "decrypted": false,
	}
	if e.Branch != "" {
		object["gitBranch"] = e.Branch
	}
	return object
}

// events is the build log.
func (v vercel) events(w http.ResponseWriter, r *http.Request) {
	if !v.isDeployment(r.PathValue("id")) {
		vercelNotFound(w, "Deployment not found")
		return
	}
	items := []any{}
	for i, line := range v.world.Vercel.BuildLog {
		at := v.world.Vercel.Created.UnixMilli() + 2_000 + int64(i)*100
		items = append(items, map[string]any{"type": "stdout", "created": at, "payload": map[string]any{
			"text": line, "date": at, "deploymentId": v.world.Vercel.DeploymentID, "id": fmt.Sprintf("%d", i), "serial": fmt.Sprintf("%d", i),
			"info": map[string]any{"type": "build", "name": "bld_sandbox"},
		}})
	}
	writeJSON(w, http.StatusOK, items)
}

// runtimeLogs streams what the deployment writes from now on, a JSON object a
// line, until the client hangs up.
func (v vercel) runtimeLogs(w http.ResponseWriter, r *http.Request) {
	if !v.isProject(r.PathValue("project")) || !v.isDeployment(r.PathValue("id")) {
		vercelNotFound(w, "Deployment not found")
		return
	}
	seen := v.logs.count()
	v.logs.visit(v.world)
	w.Header().Set("Content-Type", "application/stream+json")
	stream := http.NewResponseController(w)
	_ = stream.Flush()
	encoder := json.NewEncoder(w)
	for {
		rows, more := v.logs.wait(r.Context(), seen)
		if !more {
			return
		}
		for _, row := range rows {
			if encoder.Encode(row.streamed()) != nil {
				return
			}
		}
		seen += len(rows)
		_ = stream.Flush()
	}
}

func (row logRow) streamed() map[string]any {
	return map[string]any{
		"level": "error", "message": row.Message, "messageTruncated": false, "requestMethod": row.Method, "requestPath": row.Path,
		"responseStatusCode": row.Status, "rowId": row.RequestID, "source": "serverless", "domain": row.Domain, "timestampInMs": row.Time.UnixMilli(),
	}
}

// requestLogs is what was written so far, by request.
func (v vercel) requestLogs(w http.ResponseWriter, r *http.Request) {
	rows, id := []any{}, r.URL.Query().Get("requestId")
	for _, row := range v.logs.since(0) {
		if id == "" || id == row.RequestID {
			rows = append(rows, v.requestRow(row))
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"rows": rows, "hasMoreRows": false})
}

func (v vercel) requestRow(row logRow) map[string]any {
	return map[string]any{
		"requestId": row.RequestID, "timestamp": row.Time.Format(time.RFC3339Nano), "deploymentId": v.world.Vercel.DeploymentID,
		"requestMethod": row.Method, "requestPath": row.Path, "statusCode": row.Status, "environment": "preview",
		"branch": v.world.GitHub.Branch, "cache": "MISS", "traceId": "", "domain": row.Domain,
		"logs":   []any{map[string]any{"level": "error", "message": row.Message, "messageTruncated": false}},
		"events": []any{map[string]any{"source": "serverless"}},
	}
}
