package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// jwks publishes the keys of one client, as the World says it answers.
func (p *workOS) jwks(w http.ResponseWriter, r *http.Request) {
	client, known := p.client(r.PathValue("client"))
	if !known {
		workOSError(w, http.StatusNotFound, "Could not find the client.")
		return
	}
	w.Header().Set("Content-Type", client.JWKS.ContentType)
	if client.JWKS.Status != http.StatusOK {
		writeJSON(w, client.JWKS.Status, map[string]any{"message": http.StatusText(client.JWKS.Status)})
		return
	}
	keys := []map[string]any{}
	for _, kid := range client.JWKS.Keys {
		keys = append(keys, p.key.jwk(kid))
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": keys})
}

// discovery is the OpenID configuration of one client.
func (p *workOS) discovery(w http.ResponseWriter, r *http.Request) {
	client, known := p.client(r.PathValue("client"))
	if !known {
		workOSError(w, http.StatusNotFound, "Not Found")
		return
	}
	base := p.world.url(r.Host, "")
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                client.Issuer,
		"authorization_endpoint":                base + "/user_management/authorize",
		"token_endpoint":                        base + "/user_management/authenticate",
		"jwks_uri":                              base + "/sso/jwks/" + client.ID,
		"response_types_supported":              []string{"code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

// logout ends a session in the browser.
func (p *workOS) logout(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("session_id") == "" {
		workOSError(w, http.StatusUnprocessableEntity, "Validation failed")
		return
	}
	for _, client := range p.world.WorkOS.Clients {
		if client.ID == p.world.App.ClientID && client.Homepage != "" {
			redirect(w, client.Homepage)
			return
		}
	}
	redirect(w, p.world.url(p.world.Hosts.WorkOSErrors, "/user_management/app-homepage-url-not-found"))
}

// caller finds the client whose API key a request carries, or refuses it.
func (p *workOS) caller(w http.ResponseWriter, r *http.Request) (Client, bool) {
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, client := range p.world.WorkOS.Clients {
		if key != "" && client.APIKey == key {
			return client, true
		}
	}
	workOSError(w, http.StatusUnauthorized, "Unauthorized")
	return Client{}, false
}

// redirectURI is one registered address, as the API shows it.
func redirectURI(i int, uri string) map[string]any {
	return map[string]any{
		"object": "redirect_uri", "id": redirectURIID(uri), "uri": uri, "default": i == 0,
		"created_at": "2026-11-01T09:00:00.000Z", "updated_at": "2026-11-01T09:00:00.000Z",
	}
}

// redirectURIID makes an ID of the address itself.
func redirectURIID(uri string) string {
	sum := sha256.Sum256([]byte(uri))
	return "redir_" + hex.EncodeToString(sum[:13])
}

func (p *workOS) listRedirectURIs(w http.ResponseWriter, r *http.Request) {
	client, ok := p.caller(w, r)
	if !ok {
		return
	}
	p.mu.Lock()
	uris := slices.Clone(p.registered[client.ID])
	p.mu.Unlock()
	all := []any{}
	for i, uri := range uris {
		all = append(all, redirectURI(i, uri))
	}
	page, after := paginate(all, r.URL.Query())
	writeJSON(w, http.StatusOK, map[string]any{
		"object": "list", "data": page, "list_metadata": map[string]any{"before": nil, "after": after},
	})
}

// paginate cuts the page a query asks for, and names the cursor of the next.
func paginate(all []any, query url.Values) (page []any, after any) {
	if cursor := query.Get("after"); cursor != "" {
		i := slices.IndexFunc(all, func(item any) bool { return item.(map[string]any)["id"] == cursor })
		all = all[i+1:]
	}
	limit := 10
	if query.Get("limit") != "" {
		_ = json.Unmarshal([]byte(query.Get("limit")), &limit)
	}
	if limit < 1 || len(all) <= limit {
		return all, nil
	}
	return all[:limit], all[limit-1].(map[string]any)["id"]
}

func (p *workOS) addRedirectURI(w http.ResponseWriter, r *http.Request) {
	client, ok := p.caller(w, r)
	if !ok {
		return
	}
	var ask struct {
		URI string `json:"uri"`
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil || ask.URI == "" {
		workOSError(w, http.StatusBadRequest, "Bad Request")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.registered[client.ID], ask.URI) {
		workOSError(w, http.StatusUnprocessableEntity, "Redirect URI '"+ask.URI+"' already exists.")
		return
	}
	p.registered[client.ID] = append(p.registered[client.ID], ask.URI)
	writeJSON(w, http.StatusCreated, redirectURI(len(p.registered[client.ID])-1, ask.URI))
}

func (p *workOS) deleteRedirectURI(w http.ResponseWriter, r *http.Request) {
	client, ok := p.caller(w, r)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.registered[client.ID], func(uri string) bool { return redirectURIID(uri) == r.PathValue("id") })
	switch {
	case i < 0:
		workOSError(w, http.StatusNotFound, "Not Found")
	case i == 0:
		workOSError(w, http.StatusConflict, "Cannot delete the default redirect URI.")
	default:
		p.registered[client.ID] = slices.Delete(p.registered[client.ID], i, i+1)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (p *workOS) homepage(w http.ResponseWriter, r *http.Request) {
	client, ok := p.caller(w, r)
	if !ok {
		return
	}
	var address any
	if client.Homepage != "" {
		address = client.Homepage
	}
	writeJSON(w, http.StatusOK, map[string]any{"url": address})
}
