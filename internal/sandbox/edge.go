package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	region       = "iad1"
	bypassHeader = "x-vercel-protection-bypass"
	bypassCookie = "_vercel_jwt"
)

// edge is Vercel before an application.
type edge struct {
	Edge
	world *World
	app   app
	logs  *runtimeLog
}

func (e edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.world.Edge.NextStart {
		e.app.ServeHTTP(w, r)
		return
	}
	if !e.answers(w, r) {
		e.app.ServeHTTP(w, r)
	}
}

// answers reports whether the edge itself answers a request, which then does
// not reach the application. Otherwise the answer's headers are set so far.
func (e edge) answers(w http.ResponseWriter, r *http.Request) bool {
	setPlatformHeaders(w)
	switch {
	case e.Error != "":
		platformError(w, r, e.Error)
	case e.Guard == Firewall:
		challenge(w)
	case e.Guard != Open && !e.admits(r):
		e.refuse(w, r)
	case r.Header.Get("X-Vercel-Set-Bypass-Cookie") != "" || r.URL.Query().Get("x-vercel-set-bypass-cookie") != "":
		e.giveCookie(w, r)
	default:
		w.Header().Set("X-Vercel-Id", region+"::"+w.Header().Get("X-Vercel-Id"))
		return false
	}
	return true
}

func setPlatformHeaders(w http.ResponseWriter) {
	w.Header().Set("Server", "Vercel")
	w.Header().Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload")
	id := fmt.Sprintf("%s::%s-%d-%s", region, randomHex(3)[:5], time.Now().UnixMilli(), randomHex(6))
	w.Header().Set("X-Vercel-Id", id)
}

// requestID is the part of x-vercel-id that joins an answer to its log.
func requestID(w http.ResponseWriter) string {
	id := w.Header().Get("X-Vercel-Id")
	return id[strings.LastIndex(id, ":")+1:]
}

// admits reports whether a request carries what opens the guard.
func (e edge) admits(r *http.Request) bool {
	if cookie, err := r.Cookie(bypassCookie); err == nil && cookie.Value == e.bypassToken() {
		return true
	}
	secret := r.Header.Get(bypassHeader)
	if secret == "" {
		secret = r.URL.Query().Get(bypassHeader)
	}
	return secret != "" && slices.Contains(e.Bypass, secret)
}

// bypassToken is the cookie's value for this deployment.
func (e edge) bypassToken() string {
	sum := sha256.Sum256([]byte(e.world.Hosts.Deployment))
	return hex.EncodeToString(sum[:])
}

// giveCookie trades the bypass secret for a cookie, for browsers.
func (e edge) giveCookie(w http.ResponseWriter, r *http.Request) {
	again := *r.URL
	query := again.Query()
	query.Del(bypassHeader)
	query.Del("x-vercel-set-bypass-cookie")
	again.RawQuery = query.Encode()
	w.Header().Add("Set-Cookie", bypassCookie+"="+e.bypassToken()+"; Path=/; Secure; HttpOnly; SameSite=Lax")
	w.Header().Set("Location", again.RequestURI())
	write(w, http.StatusTemporaryRedirect, "text/plain", "Redirecting...")
}

// refuse answers in the application's place: it never ran.
func (e edge) refuse(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store, max-age=0")
	w.Header().Set("X-Frame-Options", "DENY")
	w.Header().Set("X-Robots-Tag", "noindex")
	if e.Guard == Password {
		write(w, http.StatusUnauthorized, "text/html; charset=utf-8", guardPage("Authentication Required", passwordForm))
		return
	}
	nonce := randomHex(24)
	w.Header().Add("Set-Cookie", "_vercel_sso_nonce="+nonce+"; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax")
	if !e.GuardRedirects {
		write(w, http.StatusUnauthorized, "text/html; charset=utf-8", guardPage("Authentication Required", ssoNotice))
		return
	}
	hash := sha256.Sum256([]byte(nonce))
	back := e.world.url(r.Host, r.URL.RequestURI())
	w.Header().Set("Location", e.world.url(e.world.Hosts.VercelSite,
		"/sso-api?url="+url.QueryEscape(back)+"&nonce="+hex.EncodeToString(hash[:])))
	write(w, http.StatusFound, "text/plain", "Redirecting...")
}

// challenge is the firewall's checkpoint, which no bypass secret opens.
func challenge(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "private, no-store, max-age=0")
	w.Header().Set("X-Vercel-Mitigated", "challenge")
	w.Header().Set("X-Vercel-Challenge-Token", "2."+fmt.Sprint(time.Now().Unix())+".60."+randomHex(16))
	write(w, http.StatusTooManyRequests, "text/html; charset=utf-8", guardPage("Vercel Security Checkpoint", checkpoint))
}
