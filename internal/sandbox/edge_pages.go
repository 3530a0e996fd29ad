package sandbox

import (
	"net/http"
	"strings"
)

const (
	guardPageSize = 14_500
	ssoNotice     = `<div class="container"><h1>Authentication Required</h1><p id="sso-text">Authenticating</p><a href="https://vercel.com/security">Vercel Authentication</a></div>`
	passwordForm  = `<form method="POST"><h1>This page is password protected</h1><input type="password" name="_vercel_password" autofocus/><button type="submit">Log in</button></form>`
	checkpoint    = `<div class="spinner"></div><p id="header-text">We're verifying your browser</p><footer>Vercel Security Checkpoint</footer>`
)

// guardPage is one of the platform's own documents, as long as the real ones.
func guardPage(title, body string) string {
	head := `<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1"><title>` + title + `</title><style>`
	const rule = `.container{display:flex;flex-direction:column;align-items:center;justify-content:center;height:100vh;width:100%}`
	tail := `</style><main>` + body + `</main></html>`
	missing := guardPageSize - len(head) - len(tail)
	return head + strings.Repeat(rule, missing/len(rule)+1) + tail
}

// platformStatus is the HTTP status of a platform error.
func platformStatus(code string) int {
	switch code {
	case "DEPLOYMENT_NOT_FOUND", "NOT_FOUND", "RESOURCE_NOT_FOUND":
		return http.StatusNotFound
	case "DEPLOYMENT_DELETED":
		return http.StatusGone
	case "DEPLOYMENT_BLOCKED":
		return http.StatusForbidden
	case "DEPLOYMENT_DISABLED":
		return http.StatusPaymentRequired
	case "DEPLOYMENT_PAUSED", "FUNCTION_THROTTLED", "MIDDLEWARE_RUNTIME_DEPRECATED":
		return http.StatusServiceUnavailable
	case "MIDDLEWARE_INVOCATION_TIMEOUT", "FUNCTION_INVOCATION_TIMEOUT", "EDGE_FUNCTION_INVOCATION_TIMEOUT":
		return http.StatusGatewayTimeout
	case "NO_RESPONSE_FROM_FUNCTION", "BODY_NOT_A_STRING_FROM_FUNCTION", "ROUTER_CANNOT_MATCH", "TOO_MANY_FORKS":
		return http.StatusBadGateway
	case "INFINITE_LOOP_DETECTED":
		return http.StatusLoopDetected
	case "REQUEST_HEADER_TOO_LARGE":
		return http.StatusRequestHeaderFieldsTooLarge
	case "FUNCTION_PAYLOAD_TOO_LARGE":
		return http.StatusRequestEntityTooLarge
	case "DEPLOYMENT_NOT_READY_REDIRECTING":
		return http.StatusSeeOther
	}
	return http.StatusInternalServerError
}

// platformError is an error of the platform's own, worded by what the client
// accepts.
func platformError(w http.ResponseWriter, r *http.Request, code string) {
	w.Header().Set("X-Vercel-Error", code)
	w.Header().Set("Cache-Control", "public, max-age=0, must-revalidate")
	id, status := w.Header().Get("X-Vercel-Id"), platformStatus(code)
	title := "500: INTERNAL_SERVER_ERROR"
	first := "A server error has occurred"
	if status == http.StatusNotFound {
		title, first = "404: NOT_FOUND", "The page could not be found"
		if code == "DEPLOYMENT_NOT_FOUND" {
			first = "The deployment could not be found on Vercel."
		}
	}
	switch accept := r.Header.Get("Accept"); {
	case strings.Contains(accept, "text/html"):
		write(w, status, "text/html; charset=utf-8", `<!doctype html><html lang=en><meta charset=utf-8><title>`+title+`</title>`+
			`<main><h1>`+title+`</h1><p>Code: <code>`+"`"+code+"`"+`</code></p><p>ID: <code>`+"`"+id+"`"+`</code></p></main></html>`)
	case strings.Contains(accept, "application/json"):
		writeJSON(w, status, map[string]any{"error": map[string]any{"code": code, "message": first}})
	default:
		write(w, status, "text/plain; charset=utf-8", first+"\n\n"+code+"\n\n"+id+"\n")
	}
}
