package sandbox

import (
	"fmt"
	"strings"
)

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
