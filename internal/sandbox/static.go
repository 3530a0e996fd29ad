package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// serveStatic answers for files that never reach the application's code. It
// reports whether the path is one of them.
func (a app) serveStatic(w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.Path
	i := slices.IndexFunc(chunks(), func(c chunk) bool { return c.path() == path })
	switch {
	case i >= 0:
		a.file(w, r, "application/javascript; charset=utf-8", chunks()[i].text(a.Bundle))
	case path == "/_next/static/"+a.Bundle.BuildID+"/_clientMiddlewareManifest.js":
		a.file(w, r, "application/javascript; charset=utf-8", a.manifest())
	case path == "/_next/static/"+a.Bundle.BuildID+"/_buildManifest.js":
		a.file(w, r, "application/javascript; charset=utf-8", buildManifest)
	case path == "/_next/static/chunks/9d0c7b1f54e2a863.css":
		a.file(w, r, "text/css; charset=utf-8", "body{margin:0;font-family:system-ui}")
	case path == "/convex.svg":
		a.file(w, r, "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`)
	case strings.HasPrefix(path, "/_next/static/"):
		a.platform(w, "/404", "MISS")
		write(w, http.StatusNotFound, "text/plain; charset=utf-8", "Not Found")
	default:
		return false
	}
	return true
}

const buildManifest = `self.__BUILD_MANIFEST = {"__rewrites":{"afterFiles":[],"beforeFiles":[],"fallback":[]},"sortedPages":["/_app","/_error"]};` +
	`self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()`

// file sends a static file: no function runs, so one region less shows.
func (a app) file(w http.ResponseWriter, r *http.Request, contentType, text string) {
	a.platform(w, r.URL.Path, "HIT")
	if id := w.Header().Get("X-Vercel-Id"); id != "" {
		w.Header().Set("X-Vercel-Id", strings.Replace(id, region+"::"+region+"::", region+"::", 1))
	}
	cache := "public, max-age=0, must-revalidate"
	if strings.HasPrefix(r.URL.Path, "/_next/static/") {
		cache = "public,max-age=31536000,immutable"
	}
	w.Header().Set("Cache-Control", cache)
	write(w, http.StatusOK, contentType, text)
}

// manifest publishes the proxy's matcher, as Next.js does for its router.
func (a app) manifest() string {
	type entry struct {
		Regexp         string `json:"regexp"`
		OriginalSource string `json:"originalSource"`
	}
	entries := []entry{}
	if !a.Proxy.Missing {
		for _, pattern := range a.Proxy.Matcher {
			entries = append(entries, entry{manifestRegexp(pattern), pattern})
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(entries)
	return "self.__MIDDLEWARE_MATCHERS = " + strings.TrimSpace(text.String()) +
		";self.__MIDDLEWARE_MATCHERS_CB && self.__MIDDLEWARE_MATCHERS_CB()"
}
