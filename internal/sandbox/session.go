package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/previewgate/previewgate/internal/seal"
)

const (
	sessionCookie = "wos-session"
	eagerCookie   = "workos-access-token"
)

// session is what AuthKit seals into the session cookie.
type session struct {
	AccessToken  string         `json:"accessToken"`
	RefreshToken string         `json:"refreshToken"`
	User         map[string]any `json:"user"`
}

// visitor is who AuthKit takes a request's sender for.
type visitor struct {
	presented   bool           // a session cookie was sent, good or bad
	user        map[string]any // nil: anonymous
	sessionID   string
	accessToken string
}

// visitor reads the session cookie: it must be sealed with the application's
// password, and hold a token of its WorkOS client that is still good.
func (a app) visitor(r *http.Request) visitor {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return visitor{}
	}
	v := visitor{presented: true}
	var held session
	if !a.unseal(cookie.Value, &held) {
		return v
	}
	claims, err := a.key.verify(held.AccessToken)
	if err != nil || !a.publishes(held.AccessToken) || !claims.fresh(time.Now()) || claims.Subject != held.User["id"] {
		return v
	}
	v.user, v.sessionID, v.accessToken = held.User, claims.SessionID, held.AccessToken
	return v
}

// publishes reports whether the key set of the application's client has the
// key of a token.
func (a app) publishes(token string) bool {
	var head struct{ Kid string }
	return part(token, 0, &head) == nil && slices.ContainsFunc(a.world.WorkOS.Clients, func(c Client) bool {
		return c.ID == a.ClientID && c.JWKS.Status == http.StatusOK && slices.Contains(c.JWKS.Keys, head.Kid)
	})
}

// seal puts a value under the application's password. Whoever asks has made
// sure that AuthKit would get this far.
func (a app) seal(value any, ttl time.Duration) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic("sandbox: sealing: " + err.Error())
	}
	sealed, err := seal.Seal(a.CookiePassword, text, ttl, time.Now())
	if err != nil {
		panic("sandbox: sealing: " + err.Error())
	}
	return sealed
}

// unseal reads what was put under the application's password.
func (a app) unseal(sealed string, value any) bool {
	text, err := seal.Open(a.CookiePassword, sealed, time.Now())
	return err == nil && json.Unmarshal(text, value) == nil
}

// setSessionHeaders is what the proxy adds to any answer about a session: a
// session that does not hold is deleted.
func (a app) setSessionHeaders(w http.ResponseWriter, r *http.Request, v visitor) {
	if !v.presented {
		return
	}
	a.preventCaching(w)
	w.Header().Set("Vary", "Cookie")
	switch {
	case v.user == nil:
		w.Header().Add("Set-Cookie", sessionCookie+"=; Expires="+epoch+proxyAttributes(0, a.isSecure()))
		if a.EagerAuth {
			w.Header().Add("Set-Cookie", eagerCookie+"=; SameSite=Lax; Max-Age=0"+a.eagerSecure()+"; Expires="+epoch)
		}
	case a.EagerAuth && isDocument(r):
		w.Header().Add("Set-Cookie", eagerCookie+"="+v.accessToken+"; SameSite=Lax; Max-Age=30"+a.eagerSecure())
	}
}

func (a app) eagerSecure() string {
	if a.isSecure() {
		return "; Secure"
	}
	return ""
}

// exchange takes a callback's code to WorkOS. It returns what AuthKit logs:
// no code is good here, since nobody can sign in on the hosted page.
func (a app) exchange(r *http.Request) string {
	query := r.URL.Query()
	code, state := query.Get("code"), query.Get("state")
	if code == "" || (state == "" && a.AuthKit >= 3) {
		return callbackError("Missing required auth parameter", "missing_auth_params", r)
	}
	if a.AuthKit >= 3 {
		cookie, err := r.Cookie(verifierName(state))
		if err != nil {
			return callbackError("Sign-in session could not be verified. Please try signing in again.", "missing_pkce_cookie", r)
		}
		if cookie.Value != state {
			return callbackError("OAuth state mismatch", "oauth_state_mismatch", r)
		}
		if !a.unseal(state, &oauthState{}) {
			return "ValiError: Invalid type: Expected string but received undefined"
		}
	}
	return a.redeem(r.Context(), code)
}
