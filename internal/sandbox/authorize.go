package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	verifierPrefix = "wos-auth-verifier"
	stateTTL       = 10 * time.Minute
)

// authorization is what AuthKit is asked to build an authorize URL from.
type authorization struct {
	redirectURI    string
	screenHint     string // empty: none
	returnPathname string // empty: none
}

// oauthState is what AuthKit seals into the state parameter.
type oauthState struct {
	Nonce          string `json:"nonce"`
	CodeVerifier   string `json:"codeVerifier"`
	ReturnPathname string `json:"returnPathname,omitempty"`
}

// authorize returns the address of WorkOS' authorize endpoint, its query in
// alphabetical order, and the state in it.
func (a app) authorize(ask authorization) (location, state string) {
	query := url.Values{
		"client_id":     {a.ClientID},
		"provider":      {"authkit"},
		"redirect_uri":  {ask.redirectURI},
		"response_type": {"code"},
	}
	if ask.screenHint != "" {
		query.Set("screen_hint", ask.screenHint)
	}
	if a.AuthKit >= 3 {
		verifier := base64.RawURLEncoding.EncodeToString(randomBytes(32))
		challenge := sha256.Sum256([]byte(verifier))
		query.Set("code_challenge", base64.RawURLEncoding.EncodeToString(challenge[:]))
		query.Set("code_challenge_method", "S256")
		state = a.seal(oauthState{randomUUID(), verifier, ask.returnPathname}, stateTTL)
	} else if ask.returnPathname != "" {
		state = plainState(ask.returnPathname)
	}
	if state != "" {
		query.Set("state", state)
	}
	return a.world.url(a.APIHost, "/user_management/authorize?"+query.Encode()), state
}

// plainState is the state of AuthKit 2: base64 JSON, neither sealed nor bound
// to the browser.
func plainState(returnPathname string) string {
	text, _ := json.Marshal(map[string]string{"returnPathname": returnPathname})
	encoded := base64.StdEncoding.EncodeToString(text)
	return strings.NewReplacer("+", "-", "/", "_").Replace(encoded)
}

// isDocument reports whether a browser is loading a page, in AuthKit's terms.
func isDocument(r *http.Request) bool {
	for _, name := range []string{"RSC", "Next-Router-State-Tree", "Next-Router-Prefetch"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	isPrefetch := r.Header.Get("Purpose") == "prefetch" || r.Header.Get("Sec-Purpose") == "prefetch"
	return strings.Contains(r.Header.Get("Accept"), "text/html") && !isPrefetch
}

// verifierName is the cookie of one sign-in attempt.
func verifierName(state string) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(state))
	return fmt.Sprintf("%s-%08x", verifierPrefix, hash.Sum32())
}

// verifierCookie is the cookie as the proxy writes it.
func verifierCookie(state string, maxAge int, secure bool) string {
	return verifierName(state) + "=" + state + proxyAttributes(maxAge, secure)
}

// expiredVerifier deletes that cookie, as the callback does.
func expiredVerifier(state string, secure bool) string {
	return verifierName(state) + "=" + proxyAttributes(0, secure)
}

func proxyAttributes(maxAge int, secure bool) string {
	text := fmt.Sprintf("; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d", maxAge)
	if secure {
		text += "; Secure"
	}
	return text
}

// handlerCookie is the cookie as Next.js writes it for a route handler.
func handlerCookie(state string, plain bool) string {
	expires := time.Now().Add(stateTTL).UTC().Format(http.TimeFormat)
	secure := " Secure;"
	if plain {
		secure = ""
	}
	return verifierName(state) + "=" + state + "; Path=/; Expires=" + expires + "; Max-Age=600;" + secure + " HttpOnly; SameSite=lax"
}
