package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// permit refuses an operation the key was not made for.
func (b backend) permit(operation string) *convexError {
	if !slices.Contains(b.world.Convex.Denied, operation) {
		return nil
	}
	return &convexError{
		http.StatusForbidden, "OperationNotPermitted",
		"You do not have permission to perform this operation (" + operation + ").",
	}
}

// admin guards a handler that needs a key, and one that allows the operation.
func (b backend) admin(operation string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, refused := b.identify(r)
		if refused == nil && !who.isAdmin {
			refused = noAdmin()
		}
		if refused == nil {
			refused = b.permit(operation)
		}
		if refused != nil {
			refused.write(w)
			return
		}
		next(w, r)
	}
}

func (b backend) environment(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"environmentVariables": b.variables.all()})
}

// updateEnvironment sets variables, and takes those away that come without a
// value.
func (b backend) updateEnvironment(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Changes []struct {
			Name  string
			Value *string
		}
	}
	if !readJSON(w, r, &ask) {
		return
	}
	for _, change := range ask.Changes {
		b.variables.set(change.Name, change.Value)
	}
	w.WriteHeader(http.StatusOK)
}

func (b backend) canonicalURLs(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"convexCloudUrl": b.URL, "convexSiteUrl": siteURL(b.URL)})
}

func (b backend) info(w http.ResponseWriter, _ *http.Request) {
	reference := "production"
	if b.Type == "preview" {
		reference = "preview/" + b.world.Convex.Branch
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"kind": "cloud", "teamId": 1, "projectId": projectID, "projectName": b.world.Convex.Project, "projectSlug": b.world.Convex.Project,
		"id": 482, "deploymentType": b.Type, "reference": reference,
	})
}

func (b backend) auditLog(w http.ResponseWriter, _ *http.Request) {
	items := []any{}
	if b.Commit != "" {
		items = append(items, map[string]any{
			"actor": map[string]any{"kind": "deployKey"}, "action": "push_config_with_components", "createTime": deployed().UnixMilli(),
			"metadata": map[string]any{"message": "Deployed from Vercel • " + b.Commit},
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{"items": items, "pagination": map[string]any{"hasMore": false, "nextCursor": nil}})
}

// functionLogs answers at once with what is newer than the cursor, and holds
// the request if nothing is.
func (b backend) functionLogs(w http.ResponseWriter, r *http.Request) {
	cursor, _ := strconv.ParseFloat(r.URL.Query().Get("cursor"), 64)
	newest := float64(deployed().UnixMilli())
	entries := []any{}
	if cursor < newest {
		for _, path := range b.Calls {
			entries = append(entries, callEntry(path))
		}
		for i, line := range b.Logs {
			entries = append(entries, logEntry(i, line))
		}
	}
	if len(entries) == 0 {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(time.Minute):
		}
		newest = cursor
	}
	writeJSON(w, http.StatusOK, map[string]any{"entries": entries, "newCursor": newest})
}

// logEntry is one finished function call that logged an error.
func logEntry(i int, line string) map[string]any {
	return map[string]any{
		"kind": "Completion", "udfType": "Query", "componentPath": nil, "identifier": "messages:list",
		"logLines": []any{map[string]any{
			"messages": []string{line}, "isTruncated": false, "timestamp": deployed().UnixMilli(), "level": "ERROR", "systemMetadata": nil,
		}},
		"timestamp": deployed().Unix(), "cachedResult": false, "caller": "SyncWorker", "executionTime": 0.01, "success": nil, "error": line,
		"requestId": fmt.Sprintf("request%d", i), "executionId": fmt.Sprintf("execution%d", i), "identityType": "unknown", "environment": "isolate",
	}
}

// callEntry is one finished function call of a signed-in user that went well
// and logged nothing.
func callEntry(path string) map[string]any {
	return map[string]any{
		"kind": "Completion", "udfType": "Query", "componentPath": nil, "identifier": path, "logLines": []any{},
		"timestamp": deployed().Unix(), "cachedResult": false, "caller": "SyncWorker", "executionTime": 0.01, "success": nil, "error": nil,
		"requestId": "request-" + path, "executionId": "execution-" + path, "identityType": "user", "environment": "isolate",
	}
}

// configHashes carries its key in the body.
func (b backend) configHashes(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		AdminKey string `json:"adminKey"`
	}
	if !readJSON(w, r, &ask) {
		return
	}
	_, refused := b.checkKey(ask.AdminKey)
	if refused == nil {
		refused = b.permit("deployment:deploy")
	}
	if refused != nil {
		refused.write(w)
		return
	}
	config := map[string]any{"functions": "convex/"}
	var info []map[string]any
	for _, p := range b.Providers {
		info = append(info, p.object())
	}
	if info != nil {
		config["authInfo"] = info
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"config": config, "moduleHashes": json.RawMessage(`[]`), "udfServerVersion": convexVersion, "nodeVersion": nil,
	})
}
