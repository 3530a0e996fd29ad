package eval

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/previewgate/previewgate/internal/source/js/weburl"
)

type rawProvider = map[string]any

// validate judges a default export, as JSON, by Convex' rules and in their
// order: first mistakes that are common, then the schema, then the URLs.
func validate(text string, where located) ([]Provider, *AuthError) {
	list, reason := providerList(text)
	if reason != "" {
		return nil, schemaError(reason, "", where.at(-1, ""))
	}
	for i, item := range list {
		p, ok := item.(rawProvider)
		if !ok {
			continue
		}
		if e := confusion(i, p, where); e != nil {
			return nil, e
		}
	}
	for i, item := range list {
		if detail, field := mismatch(item); detail != "" {
			return nil, schemaError("data did not match any variant of untagged enum SerializedAuthInfo",
				fmt.Sprintf("the provider at index %d %s", i, detail), where.at(i, field))
		}
	}
	providers := decode(text, where)
	for i, p := range providers {
		name, issuer := "domain", p.Domain
		if p.Type == "customJwt" {
			name, issuer = "issuer", p.Issuer
		}
		if reason := badIssuer(issuer); reason != "" {
			return nil, &AuthError{
				Code:     "InvalidAuthConfig",
				Message:  fmt.Sprintf("Invalid provider domain URL %q: %s", issuer, reason),
				Position: where.at(i, name),
			}
		}
	}
	return providers, nil
}

func schemaError(reason, detail string, at position) *AuthError {
	return &AuthError{
		Code:     "AuthConfigNotMatchingSchemaError",
		Message:  "auth config file must include a list of provider credentials: " + reason,
		Detail:   detail,
		Position: at,
	}
}

func providerList(text string) (list []any, reason string) {
	var root any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		return nil, err.Error()
	}
	config, ok := root.(map[string]any)
	if !ok {
		return nil, "invalid type, expected struct SerializedAuthConfig"
	}
	providers, ok := config["providers"]
	if !ok {
		return nil, "missing field `providers`"
	}
	list, ok = providers.([]any)
	if !ok {
		return nil, "invalid type, expected a sequence"
	}
	return list, ""
}

// confusion is Convex' search for mistakes that deserve a message of their own.
func confusion(i int, p rawProvider, where located) *AuthError {
	has := func(name string) bool { _, ok := p[name]; return ok }
	kind, ok := p["type"].(string)
	if !ok {
		kind = "unknown"
	}
	failed := func(field, format string) *AuthError {
		return schemaError(fmt.Sprintf("Provider at index %d ", i)+format, "", where.at(i, field))
	}
	switch {
	case has("applicationId"):
		return failed("applicationId", "must have applicationID property spelled lowercase 'application', capital I, capital D.")
	case has("applicationid"):
		return failed("applicationid", "must have applicationID property spelled lowercase 'application', capital I, capital D.")
	case !slices.Contains([]string{"customJwt", "oidc", "unknown"}, kind):
		return failed("type", "has unexpected 'type' value '"+kind+"'")
	case kind == "customJwt" && has("domain"):
		return failed("domain", "is a customJwt so cannot have a 'domain' specified")
	case kind != "customJwt" && has("issuer"):
		return failed("issuer", "is oidc so cannot have an 'issuer' specified.")
	case !has("applicationID") && (p["issuer"] == "https://api.workos.com/" || p["issuer"] == "https://api.workos.com"):
		return &AuthError{
			Code: "InsecureConfiguration",
			Message: fmt.Sprintf("This auth configuration appears potentially insecure: Provider at index %d has an issuer that is shared "+
				"among many applications, so must to specify an ApplicationID to check against an `aud` field of a JWT.", i),
			Position: where.at(i, "issuer"),
		}
	}
	return nil
}

// mismatch says in our words why a provider does not fit the schema, and at
// which field.
func mismatch(item any) (detail, field string) {
	p, ok := item.(rawProvider)
	if !ok {
		return "is not an object", ""
	}
	needed := []string{"applicationID", "domain"}
	if p["type"] == "customJwt" {
		needed = []string{"issuer", "jwks", "algorithm"}
		if id, ok := p["applicationID"]; ok && id != nil {
			needed = append(needed, "applicationID")
		}
	}
	for _, name := range needed {
		value, ok := p[name]
		if !ok {
			return "lacks " + name, ""
		}
		text, ok := value.(string)
		if !ok {
			return "has a " + name + " that is not a string", name
		}
		if name == "algorithm" && text != "RS256" && text != "ES256" {
			return "has an algorithm other than RS256 and ES256", name
		}
	}
	return "", ""
}

// badIssuer says why Convex refuses the URL of an issuer.
func badIssuer(s string) string {
	scheme, _, hadScheme := strings.Cut(s, "://")
	hadScheme = hadScheme && scheme != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
	if !hadScheme {
		s = "https://" + s
	}
	if hadScheme && scheme != "http" && scheme != "https" {
		return "must use HTTPS"
	}
	u, err := weburl.Parse(s, nil)
	if err != nil {
		return "is no URL"
	}
	if !hadScheme && u.Host != "localhost" && !endsInTLD(u.Host) {
		return "Does not look like a URL (must have a scheme or end with a top-level domain)"
	}
	return ""
}

func endsInTLD(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		return false
	}
	_, icann := publicsuffix.PublicSuffix("x" + host[dot:])
	return icann
}

// decode reads providers without judging them.
func decode(text string, where located) []Provider {
	list, _ := providerList(text)
	var out []Provider
	for i, item := range list {
		p, ok := item.(rawProvider)
		if !ok {
			continue
		}
		kind, ok := p["type"].(string)
		if !ok {
			kind = "oidc"
		}
		text := func(name string) string { s, _ := p[name].(string); return s }
		provider := Provider{
			Type: kind, Issuer: text("issuer"), Domain: text("domain"), JWKS: text("jwks"), Algorithm: text("algorithm"),
			Position: where.at(i, ""), Fields: where.fields(i),
		}
		if id, ok := p["applicationID"].(string); ok {
			provider.ApplicationID = &id
		}
		out = append(out, provider)
	}
	return out
}
