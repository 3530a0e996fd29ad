package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

const (
	notCovered = "Error: You are calling 'withAuth' on a route that isn't covered by the AuthKit middleware. " +
		"Make sure it is running on all paths you are calling 'withAuth' from by updating your middleware config in 'middleware.(js|ts)'."
	callbackAnswer = `{"error":{"message":"Something went wrong","description":"Couldn't sign in. ` +
		`If you are not sure what happened, please contact your organization admin."}}`
	rscVary = "rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch"
	epoch   = "Thu, 01 Jan 1970 00:00:00 GMT"
)

// signIn serves a route handler that redirects to WorkOS.
func (a app) signIn(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		a.refuseMethod(w, r)
		return
	case a.ClientID == "":
		a.crashHandler(w, r, "TypeError: clientId is required. Provide it in method options or when initializing WorkOS.")
		return
	case a.AuthKit >= 3 && len(a.CookiePassword) < minCookiePassword:
		a.crashHandler(w, r, "Error: Password string too short (min 32 characters required)")
		return
	}
	location, state := a.authorize(authorization{redirectURI: a.signInRedirectURI(r.URL.Path), screenHint: "sign-in"})
	if a.AuthKit >= 3 {
		w.Header().Add("Set-Cookie", handlerCookie(state, a.plainRedirectURI()))
	}
	a.routeRedirect(w, r, location)
}

// signInRedirectURI is the address AuthKit picks for getSignInUrl: its own
// argument, what the proxy passed on, or the variable inlined at build time.
func (a app) signInRedirectURI(path string) string {
	switch {
	case a.SignInRedirectURI != "":
		return a.SignInRedirectURI
	case a.covers(path):
		return a.proxyRedirectURI()
	}
	return a.PublicRedirectURI
}

// plainRedirectURI reports whether cookies of route handlers lack Secure: they
// follow NEXT_PUBLIC_WORKOS_REDIRECT_URI and not the request.
func (a app) plainRedirectURI() bool { return strings.HasPrefix(a.PublicRedirectURI, "http:") }

// callback serves AuthKit's handleAuth. Whatever is wrong, visitors see one
// answer; the log tells.
func (a app) callback(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		a.refuseMethod(w, r)
		return
	}
	a.preventCaching(w)
	a.platform(w, r.URL.Path, "MISS")
	state := r.URL.Query().Get("state")
	if state != "" && a.AuthKit >= 3 {
		w.Header().Add("Set-Cookie", expiredVerifier(state, a.isSecure()))
	}
	a.logs.add(w, r, "[AuthKit callback error] "+a.exchange(r))
	write(w, http.StatusInternalServerError, "application/json", callbackAnswer)
}

// preventCaching is AuthKit's own.
func (a app) preventCaching(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "private, no-cache, no-store, must-revalidate, max-age=0")
	w.Header().Set("X-Middleware-Cache", "no-cache")
}

// signOut serves a route handler that ends the session, on one method.
func (a app) signOut(w http.ResponseWriter, r *http.Request, method string) {
	if r.Method != method && (method != http.MethodGet || r.Method != http.MethodHead) {
		a.refuseMethod(w, r)
		return
	}
	secure := "Secure; "
	if a.plainRedirectURI() {
		secure = ""
	}
	w.Header().Del("Set-Cookie")
	w.Header().Add("Set-Cookie", sessionCookie+"=; Path=/; Expires="+epoch+"; "+secure+"SameSite=lax")
	for _, cookie := range r.Cookies() {
		if strings.HasPrefix(cookie.Name, verifierPrefix) {
			w.Header().Add("Set-Cookie", cookie.Name+"=; Path=/; Expires="+epoch+"; "+secure+"SameSite=lax")
		}
	}
	location := "/"
	if v := a.visitor(r); v.user != nil {
		location = a.world.url(a.APIHost, "/user_management/sessions/logout?session_id="+url.QueryEscape(v.sessionID))
	}
	a.routeRedirect(w, r, location)
}

// routeRedirect is what redirect() makes of a route handler's answer.
func (a app) routeRedirect(w http.ResponseWriter, r *http.Request, location string) {
	a.platform(w, r.URL.Path, "MISS")
	w.Header().Set("Location", location)
	w.Header().Set("Vary", rscVary)
	w.WriteHeader(http.StatusTemporaryRedirect)
}

// refuseMethod answers for a route handler that lacks the method.
func (a app) refuseMethod(w http.ResponseWriter, r *http.Request) {
	a.platform(w, r.URL.Path, "MISS")
	w.WriteHeader(http.StatusMethodNotAllowed)
}

// crashHandler answers for a route handler that threw.
func (a app) crashHandler(w http.ResponseWriter, r *http.Request, cause string) {
	a.logs.add(w, r, cause)
	a.platform(w, r.URL.Path, "MISS")
	w.Header().Set("Vary", rscVary)
	w.WriteHeader(http.StatusInternalServerError)
}

// crashPage answers for a page that threw while it rendered.
func (a app) crashPage(w http.ResponseWriter, r *http.Request, cause string) {
	a.logs.add(w, r, cause)
	a.html(w, r, http.StatusInternalServerError, "/500", errorPage(a.Bundle.BuildID))
}

// html sends a document.
func (a app) html(w http.ResponseWriter, _ *http.Request, status int, matched, page string) {
	a.platform(w, matched, "MISS")
	vary := rscVary
	if own := w.Header().Get("Vary"); own != "" {
		vary = own + ", " + rscVary
	}
	w.Header().Set("Vary", vary)
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private, no-cache, no-store, max-age=0, must-revalidate")
	}
	w.Header().Set("X-Powered-By", "Next.js")
	write(w, status, "text/html; charset=utf-8", page)
}

// platform sets the headers Vercel adds to what its routing reached.
func (a app) platform(w http.ResponseWriter, matched, cache string) {
	if a.world.Edge.NextStart {
		return
	}
	w.Header().Set("X-Matched-Path", matched)
	w.Header().Set("X-Vercel-Cache", cache)
}
