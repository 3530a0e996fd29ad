package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// caller is who a request to Convex is from.
type caller string

const (
	anonymousCaller caller = "anonymous"
	userCaller      caller = "user"
	adminCaller     caller = "admin"
)

// convexError is an answer of Convex that refuses something.
type convexError struct {
	status  int
	code    string
	message string
}

func (e *convexError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, map[string]any{"code": e.code, "message": e.message})
}

// identify reads the Authorization header.
func (b backend) identify(r *http.Request) (caller, *convexError) {
	header := r.Header.Get("Authorization")
	kind, value, _ := strings.Cut(header, " ")
	switch {
	case header == "":
		return anonymousCaller, nil
	case len(header) < 7 || value == "":
		return "", &convexError{http.StatusBadRequest, "InvalidHeaderFailure", "Invalid authentication header"}
	case strings.EqualFold(kind, "Convex"):
		return adminCaller, b.checkKey(value)
	case strings.EqualFold(kind, "Bearer"):
		return userCaller, b.checkToken(r.Context(), strings.TrimSpace(value))
	}
	return "", &convexError{http.StatusBadRequest, "InvalidHeaderFailure", "Invalid authentication header"}
}

// checkKey accepts this deployment's admin key, with or without an identity to
// act as behind it.
func (b backend) checkKey(key string) *convexError {
	name, secret, ok := strings.Cut(key, "|")
	if !ok {
		return &convexError{http.StatusBadRequest, "InvalidAdminKey", "Invalid admin key"}
	}
	name = name[strings.LastIndex(name, ":")+1:]
	secret, _, _ = strings.Cut(secret, ":")
	_, own, _ := strings.Cut(b.AdminKey, "|")
	switch {
	case name != b.Name:
		return &convexError{http.StatusForbidden, "BadDeployKey", "The provided deploy key was invalid for deployment '" + b.Name +
			"'. Double check that the environment this key was generated for matches the desired deployment."}
	case secret != own:
		return &convexError{http.StatusUnauthorized, "BadAdminKey", "The provided admin key was invalid for this instance"}
	}
	return nil
}

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
		if refused == nil && who != adminCaller {
			refused = &convexError{http.StatusForbidden, "BadDeployKey", "This operation needs a deploy key."}
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
	env := b.Env
	if env == nil {
		env = map[string]string{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"environmentVariables": env})
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

// configHashes carries its key in the body.
func (b backend) configHashes(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		AdminKey string `json:"adminKey"`
	}
	if !readJSON(w, r, &ask) {
		return
	}
	refused := b.checkKey(ask.AdminKey)
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
