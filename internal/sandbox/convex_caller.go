package sandbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// caller is who asks Convex for something: the holder of an admin key, a user,
// or nobody known.
type caller struct {
	isAdmin bool
	user    *claims // of a token, or those an admin acts as
}

// identity is what functions see of a user.
func (c caller) identity() any {
	if c.user == nil {
		return nil
	}
	issuer, subject := c.user.Issuer, c.user.Subject
	return map[string]any{"issuer": issuer, "subject": subject, "tokenIdentifier": issuer + "|" + subject}
}

// convexError is an answer of Convex that refuses something.
type convexError struct {
	status  int
	code    string
	message string
}

func (e *convexError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, map[string]any{"code": e.code, "message": e.message})
}

func noAdmin() *convexError {
	return &convexError{
		http.StatusForbidden, "BadDeployKey", "The provided deploy key was invalid for this deployment. " +
			"Double check that the environment this key was generated for matches the desired deployment.",
	}
}

// identify reads the Authorization header.
func (b backend) identify(r *http.Request) (caller, *convexError) {
	header := r.Header.Get("Authorization")
	kind, value, _ := strings.Cut(header, " ")
	switch {
	case header == "":
		return caller{}, nil
	case len(header) < 7 || value == "":
	case strings.EqualFold(kind, "Convex"):
		return b.checkKey(value)
	case strings.EqualFold(kind, "Bearer"):
		return b.authenticate(r.Context(), strings.TrimSpace(value))
	}
	return caller{}, &convexError{http.StatusBadRequest, "InvalidHeaderFailure", "Invalid authentication header"}
}

// authenticate takes a user's token for who it says its bearer is.
func (b backend) authenticate(ctx context.Context, token string) (caller, *convexError) {
	c, refused := b.checkToken(ctx, token)
	if refused != nil {
		return caller{}, refused
	}
	return caller{user: &c}, nil
}

// checkKey accepts this deployment's admin key, with or without an identity to
// act as behind it.
func (b backend) checkKey(key string) (caller, *convexError) {
	name, secret, ok := strings.Cut(key, "|")
	if !ok {
		return caller{}, &convexError{http.StatusBadRequest, "InvalidAdminKey", "Invalid admin key"}
	}
	name = name[strings.LastIndex(name, ":")+1:]
	secret, identity, _ := strings.Cut(secret, ":")
	_, own, _ := strings.Cut(b.AdminKey, "|")
	switch {
	case name != b.Name:
		return caller{}, &convexError{
			http.StatusForbidden, "BadDeployKey", "The provided deploy key was invalid for deployment '" + b.Name +
				"'. Double check that the environment this key was generated for matches the desired deployment.",
		}
	case secret != own:
		return caller{}, &convexError{http.StatusUnauthorized, "BadAdminKey", "The provided admin key was invalid for this instance"}
	}
	return caller{isAdmin: true, user: actingAs(identity)}, nil
}

// actingAs reads the identity behind an admin key, if there is one.
func actingAs(encoded string) *claims {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(text) == 0 {
		return nil
	}
	var as identityClaims
	if json.Unmarshal(text, &as) != nil {
		return nil
	}
	return as.claims()
}

// identityClaims are the attributes of a user as Convex' clients spell them.
type identityClaims struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

func (i identityClaims) claims() *claims { return &claims{Issuer: i.Issuer, Subject: i.Subject} }
