package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// workOS is the identity provider. What is registered and issued while it
// runs is the only state it has beside the World.
type workOS struct {
	world  *World
	key    toyKey
	grants *grants

	mu         sync.Mutex
	registered map[string][]string // redirect URIs by client
}

func newWorkOS(w *World, key toyKey) *workOS {
	p := &workOS{world: w, key: key, grants: newGrants(), registered: map[string][]string{}}
	for _, c := range w.WorkOS.Clients {
		p.registered[c.ID] = slices.Clone(c.RedirectURIs)
	}
	return p
}

// api serves api.workos.com, or its custom domain.
func (p *workOS) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /user_management/authorize", p.authorize)
	mux.HandleFunc("POST /user_management/authenticate", p.authenticate)
	mux.HandleFunc("GET /user_management/sessions/logout", p.logout)
	mux.HandleFunc("POST /user_management/sessions/revoke", p.revoke)
	mux.HandleFunc("GET /user_management/{client}/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /sso/jwks/{client}", p.jwks)
	mux.HandleFunc("GET /user_management/redirect_uris", p.listRedirectURIs)
	mux.HandleFunc("POST /user_management/redirect_uris", p.addRedirectURI)
	mux.HandleFunc("DELETE /user_management/redirect_uris/{id}", p.deleteRedirectURI)
	mux.HandleFunc("GET /user_management/app_homepage_url", p.homepage)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { workOSError(w, http.StatusNotFound, "Not Found") })
	return mux
}

func workOSError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]any{"message": message})
}

// client finds a client by its ID.
func (p *workOS) client(id string) (Client, bool) {
	i := slices.IndexFunc(p.world.WorkOS.Clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return Client{}, false
	}
	return p.world.WorkOS.Clients[i], true
}

// authorize starts a sign-in. The first hop is a redirect whatever is wrong.
func (p *workOS) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	client, known := p.client(query.Get("client_id"))
	errors := func(path string) string { return p.world.url(p.world.Hosts.WorkOSErrors, path) }
	location := client.AuthKit + "/bootstrap?" + url.Values{
		"client_id": {client.ID}, "redirect_uri": {query.Get("redirect_uri")},
	}.Encode()
	switch {
	case !known:
		location = errors("/sso/client-id-invalid")
	case query.Get("provider") == "" && query.Get("connection_id") == "" && query.Get("organization_id") == "":
		location = errors("/sso/invalid-connection-selector")
	case !p.isRegistered(client.ID, query.Get("redirect_uri")):
		location = p.refusal(client) + "?invalid_redirect_uri=" + url.QueryEscape(query.Get("redirect_uri")) + "&client_id=" + client.ID
	case p.world.WorkOS.RequirePKCE && query.Get("code_challenge") == "":
		location = errors("/sso/code_challenge_missing")
	}
	redirect(w, location)
}

// refusal is the page for a redirect URI that is not registered.
func (p *workOS) refusal(c Client) string {
	if p.world.WorkOS.RefusedAt != "" {
		return p.world.WorkOS.RefusedAt
	}
	return c.AuthKit + "/redirect-uri-invalid"
}

func redirect(w http.ResponseWriter, location string) {
	w.Header().Set("Location", location)
	write(w, http.StatusFound, "text/plain; charset=utf-8", "Found. Redirecting to "+location)
}

// isRegistered reports whether a client may send people back to an address.
func (p *workOS) isRegistered(clientID, uri string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.registered[clientID], func(pattern string) bool { return allows(pattern, uri) })
}

// allows compares exactly, but for one * in the left-most label of the host,
// which stands for letters, digits, dashes and underscores.
func allows(pattern, uri string) bool {
	before, after, isWildcard := strings.Cut(pattern, "*")
	scheme, _, _ := strings.Cut(pattern, "://")
	if !isWildcard || strings.ContainsAny(strings.TrimPrefix(before, scheme+"://"), "./") {
		return pattern == uri && uri != ""
	}
	if !strings.HasPrefix(uri, before) || !strings.HasSuffix(uri, after) || len(uri) <= len(before)+len(after) {
		return false
	}
	middle := uri[len(before) : len(uri)-len(after)]
	return strings.Trim(strings.ToLower(middle), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// hostedPage serves the hosted sign-in of an environment.
func (p *workOS) hostedPage(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/bootstrap":
		session := url.Values{
			"client_id":                {r.URL.Query().Get("client_id")},
			"authorization_session_id": {"01SANDB0X" + strings.ToUpper(randomHex(9))[:17]},
		}
		redirect(w, "/?"+session.Encode())
	case "/", "/sign-in", "/sign-up":
		write(w, http.StatusOK, "text/html; charset=utf-8", hakPage("sign-in", "Sign in", "Sign in to Acme"))
	case "/redirect-uri-invalid":
		p.refusedPage(w, r)
	default:
		write(w, http.StatusNotFound, "text/html; charset=utf-8", hakPage("not-found", "Not found", "Not found"))
	}
}

// errorPage serves the pages an authorize request can end in. They are 200.
func (p *workOS) errorPage(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	titles := map[string]string{
		"client-id-invalid":           "Invalid Client ID",
		"invalid-connection-selector": "Invalid connection selector",
		"code_challenge_missing":      "Missing code challenge",
		"app-homepage-url-not-found":  "No app homepage URL",
	}
	switch title, known := titles[name]; {
	case known:
		write(w, http.StatusOK, "text/html; charset=utf-8", hakPage(name, title, title))
	case name == "redirect-uri-invalid":
		p.refusedPage(w, r)
	default:
		write(w, http.StatusNotFound, "text/html; charset=utf-8", hakPage("not-found", "Not found", "Not found"))
	}
}

// refusedPage names the environment and links to its list of redirect URIs.
func (p *workOS) refusedPage(w http.ResponseWriter, r *http.Request) {
	client, _ := p.client(r.URL.Query().Get("client_id"))
	body := fmt.Sprintf(`This is not a valid redirect URI</h1><p>%s</p><a href="https://dashboard.workos.com/%s/redirects">Redirects</a><h1 hidden>`,
		client.Name, client.Environment)
	write(w, http.StatusOK, "text/html; charset=utf-8", hakPage("redirect-uri-invalid", "Invalid Redirect URI", body))
}

func hakPage(name, title, heading string) string {
	return `<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>` + title + `</title></head>` +
		`<body data-hak-page="` + name + `"><main><h1>` + heading + `</h1></main></body></html>`
}
