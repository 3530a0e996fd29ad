package sandbox

import (
	"net/http"
)

// minCookiePassword is the length AuthKit insists on.
const minCookiePassword = 32

// app is a Next.js application with AuthKit, as a handler.
type app struct {
	App
	world  *World
	logs   *runtimeLog
	client *http.Client
	key    toyKey
}

func newApp(w *World, described App, logs *runtimeLog, client *http.Client, key toyKey) app {
	return app{App: described, world: w, logs: logs, client: client, key: key}
}

func (a app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case a.serveStatic(w, r):
	case a.covers(r.URL.Path) && a.proxied(w, r):
	default:
		a.route(w, r)
	}
}

// covers reports whether the proxy runs for a path.
func (a app) covers(path string) bool {
	return !a.Proxy.Missing && matchesAny(a.Proxy.Matcher, path)
}

// proxied runs the proxy. It reports whether the proxy answered itself.
func (a app) proxied(w http.ResponseWriter, r *http.Request) bool {
	if cause := a.proxyThrows(); cause != "" {
		a.crashProxy(w, r, cause)
		return true
	}
	v := a.visitor(r)
	a.setSessionHeaders(w, r, v)
	if v.user != nil || a.isOpen(r.URL.Path) {
		return false
	}
	a.sendToSignIn(w, r, v)
	return true
}

// proxyThrows says what the proxy's exception is, if it throws.
func (a app) proxyThrows() string {
	switch {
	case a.proxyRedirectURI() == "":
		return "Error: You must provide a redirect URI in the AuthKit middleware or in the environment variables."
	case len(a.CookiePassword) < minCookiePassword:
		return "Error: You must provide a valid cookie password that is at least 32 characters in the environment variables."
	case a.ClientID == "":
		return "TypeError: clientId is required. Provide it in method options or when initializing WorkOS."
	}
	return ""
}

func (a app) proxyRedirectURI() string {
	if a.Proxy.RedirectURI != "" {
		return a.Proxy.RedirectURI
	}
	return a.PublicRedirectURI
}

// isOpen reports whether the proxy lets anonymous visitors through: AuthKit
// adds the redirect URI's own path to unauthenticatedPaths.
func (a app) isOpen(path string) bool {
	return path == pathOf(a.proxyRedirectURI()) || matchesAny(a.Proxy.Open, path)
}

// sendToSignIn is the proxy's redirect. Only a document request gets the
// verifier cookie that a sign-in needs to succeed.
func (a app) sendToSignIn(w http.ResponseWriter, r *http.Request, v visitor) {
	ask := authorization{redirectURI: a.proxyRedirectURI(), screenHint: "sign-in", returnPathname: r.URL.RequestURI()}
	if v.presented {
		ask.screenHint = ""
	}
	location, state := a.authorize(ask)
	if a.AuthKit >= 3 && isDocument(r) {
		w.Header().Add("Set-Cookie", verifierCookie(state, 600, a.isSecure()))
		if w.Header().Get("Cache-Control") == "" {
			w.Header().Set("Cache-Control", "no-store")
		}
	}
	status := http.StatusTemporaryRedirect
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		status = http.StatusSeeOther
	}
	w.Header().Set("Location", location)
	write(w, status, "text/plain;charset=UTF-8", location)
}

// isSecure reports whether the application is asked over https.
func (a app) isSecure() bool { return a.world.Scheme == "https" }

// crashProxy answers for a proxy that threw.
func (a app) crashProxy(w http.ResponseWriter, r *http.Request, cause string) {
	a.logs.add(w, r, cause)
	if a.world.Edge.NextStart {
		write(w, http.StatusInternalServerError, "text/plain", "Internal Server Error")
		return
	}
	platformError(w, r, "MIDDLEWARE_INVOCATION_FAILED")
}

// route answers for the route at the request's path.
func (a app) route(w http.ResponseWriter, r *http.Request) {
	switch a.Routes[r.URL.Path] {
	case Page:
		a.page(w, r)
	case StrictPage:
		a.strictPage(w, r)
	case Data:
		a.data(w, r)
	case SignIn:
		a.signIn(w, r)
	case Callback:
		a.callback(w, r)
	case SignOutGET:
		a.signOut(w, r, http.MethodGet)
	case SignOutPOST:
		a.signOut(w, r, http.MethodPost)
	default:
		a.missing(w, r)
	}
}

// missing answers for a path without a route. The layout asks who is signed
// in, so that where the proxy does not run this is a crash rather than a 404.
func (a app) missing(w http.ResponseWriter, r *http.Request) {
	if !a.covers(r.URL.Path) {
		a.crashPage(w, r, notCovered)
		return
	}
	a.html(w, r, http.StatusNotFound, "/404", notFoundPage(a.Bundle.BuildID))
}

// page serves a page that asks who is signed in and serves anyone.
func (a app) page(w http.ResponseWriter, r *http.Request) {
	switch {
	case !a.covers(r.URL.Path):
		a.crashPage(w, r, notCovered)
	case r.Method == http.MethodPost && r.Header.Get("Next-Action") != "":
		a.serverAction(w, r)
	default:
		a.html(w, r, http.StatusOK, r.URL.Path, contentPage(a.Bundle.BuildID, r.URL.Path))
	}
}

// strictPage serves a page that calls withAuth({ensureSignedIn: true}). Since
// version 3 of AuthKit that cannot redirect from a page: it sets a cookie.
func (a app) strictPage(w http.ResponseWriter, r *http.Request) {
	switch {
	case !a.covers(r.URL.Path):
		a.crashPage(w, r, notCovered)
	case a.visitor(r).user != nil:
		a.html(w, r, http.StatusOK, r.URL.Path, contentPage(a.Bundle.BuildID, r.URL.Path))
	case a.AuthKit >= 3:
		a.crashPage(w, r, "Error: Cookies can only be modified in a Server Action or Route Handler")
	default:
		location, _ := a.authorize(authorization{redirectURI: a.proxyRedirectURI(), returnPathname: r.URL.RequestURI()})
		a.routeRedirect(w, r, location)
	}
}

// data serves a route handler that answers who is signed in.
func (a app) data(w http.ResponseWriter, r *http.Request) {
	if !a.covers(r.URL.Path) {
		a.crashHandler(w, r, notCovered)
		return
	}
	a.platform(w, r.URL.Path, "MISS")
	writeJSON(w, http.StatusOK, map[string]any{"user": a.visitor(r).user})
}
