package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

// tokenTTL is how long WorkOS' access tokens live unless configured.
const tokenTTL = 5 * time.Minute

// testUserID is the account every grant in the sandbox is for.
const testUserID = "user_01SANDB0XTESTACC0UNT000001"

// grantRequest is the body of a token request.
type grantRequest struct {
	Type         string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	Secret       string `json:"client_secret"`
	Code         string `json:"code"`
	Email        string `json:"email"`
	Password     string `json:"password"`
	RefreshToken string `json:"refresh_token"`
}

// grants are the refresh tokens that are still good, with their sessions.
type grants struct {
	mu       sync.Mutex
	sessions map[string]string // session IDs by refresh token
}

func newGrants() *grants { return &grants{sessions: map[string]string{}} }

// issue makes a refresh token of a session.
func (g *grants) issue(sessionID string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	token := "rt_" + randomHex(12)
	g.sessions[token] = sessionID
	return token
}

// redeem uses a refresh token up.
func (g *grants) redeem(token string) (sessionID string, good bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	sessionID, good = g.sessions[token]
	delete(g.sessions, token)
	return sessionID, good
}

// end forgets every refresh token of a session.
func (g *grants) end(sessionID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for token, of := range g.sessions {
		if of == sessionID {
			delete(g.sessions, token)
		}
	}
}

// authenticate is the token endpoint. A secret nobody has is unauthorized; one
// of another client is an OAuth error.
func (p *workOS) authenticate(w http.ResponseWriter, r *http.Request) {
	var ask grantRequest
	if json.NewDecoder(r.Body).Decode(&ask) != nil || ask.ClientID == "" {
		oauthError(w, "invalid_request", "Missing required parameter: client_id")
		return
	}
	client, known := p.client(ask.ClientID)
	isKey := func(c Client) bool { return ask.Secret != "" && c.APIKey == ask.Secret }
	switch {
	case !known:
		oauthError(w, "invalid_client", "Invalid client ID.")
	case !slices.ContainsFunc(p.world.WorkOS.Clients, isKey):
		workOSError(w, http.StatusUnauthorized, "Unauthorized")
	case !isKey(client):
		oauthError(w, "invalid_client", "Invalid client secret.")
	default:
		p.grant(w, client, ask)
	}
}

// grant answers a token request of a client that proved itself.
func (p *workOS) grant(w http.ResponseWriter, client Client, ask grantRequest) {
	switch ask.Type {
	case "password":
		p.grantPassword(w, client, ask)
	case "refresh_token":
		sessionID, good := p.grants.redeem(ask.RefreshToken)
		if !good {
			oauthError(w, "invalid_grant", "Refresh token already exchanged.")
			return
		}
		p.tokens(w, client, sessionID)
	case "authorization_code":
		oauthError(w, "invalid_grant", "The code '"+ask.Code+"' has expired or is invalid.")
	default:
		oauthError(w, "unsupported_grant_type", "Unsupported grant type.")
	}
}

func (p *workOS) grantPassword(w http.ResponseWriter, client Client, ask grantRequest) {
	idp := p.world.WorkOS
	switch {
	case ask.Email != idp.Email || ask.Password != idp.Password:
		writeJSON(w, http.StatusBadRequest, map[string]any{"code": "invalid_credentials", "message": "Invalid credentials."})
	case idp.TokenError != "":
		writeJSON(w, http.StatusForbidden, map[string]any{"code": idp.TokenError, "message": "Sign-in needs another step."})
	default:
		p.tokens(w, client, "session_01SANDB0X"+randomHex(8))
	}
}

// tokens issues both tokens of a session.
func (p *workOS) tokens(w http.ResponseWriter, client Client, sessionID string) {
	kid := "no-key"
	if len(client.JWKS.Keys) > 0 {
		kid = client.JWKS.Keys[0]
	}
	now := time.Now()
	access := p.key.sign(kid, map[string]any{
		"iss": client.Issuer, "sub": testUserID, "sid": sessionID, "jti": "01SANDB0X" + randomHex(8),
		"iat": now.Unix(), "exp": now.Add(tokenTTL).Unix(),
	})
	writeJSON(w, http.StatusOK, map[string]any{
		"user": map[string]any{
			"object": "user", "id": testUserID, "email": p.world.WorkOS.Email, "email_verified": true,
			"first_name": "Preview", "last_name": "Gate", "profile_picture_url": nil, "external_id": nil, "metadata": map[string]any{},
			"created_at": "2026-11-01T09:00:00.000Z", "updated_at": "2026-11-01T09:00:00.000Z",
		},
		"organization_id": nil, "access_token": access, "refresh_token": p.grants.issue(sessionID), "authentication_method": "Password",
	})
}

// revoke ends a session.
func (p *workOS) revoke(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.caller(w, r); !ok {
		return
	}
	var ask struct {
		SessionID string `json:"session_id"`
	}
	_ = json.NewDecoder(r.Body).Decode(&ask)
	p.grants.end(ask.SessionID)
	writeJSON(w, http.StatusOK, map[string]any{"object": "session", "id": ask.SessionID, "status": "revoked"})
}

func oauthError(w http.ResponseWriter, code, description string) {
	writeJSON(w, http.StatusBadRequest, map[string]any{"error": code, "error_description": description})
}
