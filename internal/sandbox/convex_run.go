package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// systemOperation is the permission a system query needs.
func systemOperation(path string) string {
	switch {
	case strings.HasPrefix(path, "_system/cli/queryEnvironmentVariables"):
		return "deployment:env:view"
	case strings.HasPrefix(path, "_system/frontend/listAuthProviders"):
		return "deployment:data:view"
	}
	return ""
}

// run answers a function call.
func (b backend) run(call functionCall, who caller) map[string]any {
	if who == adminCaller {
		switch strings.TrimSuffix(call.Path, ":default") {
		case "_system/cli/queryEnvironmentVariables":
			return success(b.environmentRows())
		case "_system/cli/queryEnvironmentVariables:get":
			return success(b.environmentRow(call.Args))
		case "_system/frontend/listAuthProviders":
			return success(b.providerRows())
		}
	}
	message := "[Request ID: " + randomHex(8) + "] Server Error"
	if !b.Redacts {
		message += fmt.Sprintf("\nCould not find public function for '%s'. Did you forget to run `npx convex dev` or `npx convex deploy`?", call.Path)
	}
	return map[string]any{"status": "error", "errorMessage": message}
}

func success(value any) map[string]any { return map[string]any{"status": "success", "value": value} }

func (b backend) environmentRows() []any {
	rows := []any{}
	for i, name := range slices.Sorted(maps.Keys(b.Env)) {
		rows = append(rows, map[string]any{"_id": fmt.Sprintf("env%d", i), "_creationTime": 1.7958e12, "name": name, "value": b.Env[name]})
	}
	return rows
}

// environmentRow looks one variable up, the way process.env does: the
// deployment's own addresses are there as well.
func (b backend) environmentRow(args json.RawMessage) any {
	var one struct{ Name string }
	var many []struct{ Name string }
	if json.Unmarshal(args, &one) != nil && json.Unmarshal(args, &many) == nil && len(many) > 0 {
		one = many[0]
	}
	known := maps.Clone(b.Env)
	if known == nil {
		known = map[string]string{}
	}
	known["CONVEX_CLOUD_URL"], known["CONVEX_SITE_URL"] = b.URL, siteURL(b.URL)
	value, found := known[one.Name]
	if !found {
		return nil
	}
	return map[string]any{"name": one.Name, "value": value}
}

// providerRows is the deployed auth.config as the dashboard reads it: the
// algorithm has quotes of its own.
func (b backend) providerRows() []any {
	rows := []any{}
	for i, p := range b.Providers {
		row := p.object()
		row["_id"], row["_creationTime"] = fmt.Sprintf("auth%d", i), 1.7958e12
		if p.Type != "oidc" {
			row["algorithm"] = `"` + p.Algorithm + `"`
		}
		rows = append(rows, row)
	}
	return rows
}

// object is a provider as auth.config has it.
func (p Provider) object() map[string]any {
	var applicationID any
	if p.ApplicationID != "" {
		applicationID = p.ApplicationID
	}
	if p.Type == "oidc" {
		return map[string]any{"applicationID": applicationID, "domain": p.Issuer}
	}
	return map[string]any{
		"type": p.Type, "applicationID": applicationID, "issuer": p.Issuer, "jwks": p.JWKS, "algorithm": p.Algorithm,
	}
}

// siteURL is where a deployment serves HTTP actions.
func siteURL(cloudURL string) string {
	return strings.Replace(cloudURL, ".convex.cloud", ".convex.site", 1)
}
