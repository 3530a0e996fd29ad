package sandbox

import (
	"encoding/json"
	"net/http"
	"time"
)

// tokenTTL is how long WorkOS' access tokens live unless configured.
const tokenTTL = 5 * time.Minute

// testUserID is the account every grant in the sandbox is for.
const testUserID = "user_01SANDB0XTESTACC0UNT000001"

// user is the test account, as the API shows it.
func (p *workOS) user() map[string]any {
	return map[string]any{
		"object": "user", "id": testUserID, "email": p.world.WorkOS.Email,
		"email_verified": p.world.WorkOS.Hurdle != UnverifiedEmail,
		"first_name":     "Preview", "last_name": "Gate", "profile_picture_url": nil, "external_id": nil,
		"metadata": map[string]any{}, "last_sign_in_at": nil, "locale": nil,
		"created_at": "2026-11-01T09:00:00.000Z", "updated_at": "2026-11-01T09:00:00.000Z",
	}
}

// tokens issues both tokens of a session.
func (p *workOS) tokens(w http.ResponseWriter, client Client, session signedIn) {
	var organization any
	if session.organization != "" {
		organization = session.organization
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"user": p.user(), "organization_id": organization, "authentication_method": "Password",
		"access_token": p.accessToken(client, session), "refresh_token": p.grants.issue(session),
	})
}

// accessToken signs what a client's tokens claim.
func (p *workOS) accessToken(client Client, session signedIn) string {
	kid := "no-key"
	if len(client.JWKS.Keys) > 0 {
		kid = client.JWKS.Keys[0]
	}
	if client.SigningKey != "" {
		kid = client.SigningKey
	}
	lifetime := client.Lifetime
	if lifetime == 0 {
		lifetime = tokenTTL
	}
	now := time.Now()
	claimed := map[string]any{
		"iss": client.Issuer, "sub": testUserID, "sid": session.id, "jti": "01SANDB0X" + randomHex(8),
		"iat": now.Unix(), "exp": now.Add(lifetime).Unix(),
	}
	if client.Audience != "" {
		claimed["aud"] = client.Audience
	}
	if session.organization != "" {
		claimed["org_id"], claimed["role"] = session.organization, "member"
	}
	return p.key.sign(kid, claimed)
}

// revoke ends a session.
func (p *workOS) revoke(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.caller(w, r); !ok {
		return
	}
	var ask struct {
		SessionID string `json:"session_id"`
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil || !p.grants.end(ask.SessionID) {
		workOSError(w, http.StatusBadRequest, "Session not found: '"+ask.SessionID+"'.")
		return
	}
	w.WriteHeader(http.StatusOK)
}

// Revoked lists the sessions that were ended by WorkOS' API, in order.
func (s *Sandbox) Revoked() []string { return s.idp.grants.revoked() }
