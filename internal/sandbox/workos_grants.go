package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
)

// grantRequest is the body of a token request.
type grantRequest struct {
	Type         string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	Secret       string `json:"client_secret"`
	Code         string `json:"code"`
	Email        string `json:"email"`
	Password     string `json:"password"`
	RefreshToken string `json:"refresh_token"`
	Pending      string `json:"pending_authentication_token"`
	Organization string `json:"organization_id"`
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
	if p.world.WorkOS.Hurdle.stopsEveryGrant() {
		p.stop(w)
		return
	}
	switch ask.Type {
	case "password":
		p.grantPassword(w, client, ask)
	case "refresh_token":
		p.grantRefresh(w, client, ask)
	case "urn:workos:oauth:grant-type:organization-selection":
		p.grantOrganization(w, client, ask)
	case "authorization_code":
		oauthError(w, "invalid_grant", "The code '"+ask.Code+"' has expired or is invalid.")
	default:
		oauthError(w, "unsupported_grant_type", "Unsupported grant type.")
	}
}

func (p *workOS) grantPassword(w http.ResponseWriter, client Client, ask grantRequest) {
	idp, id := p.world.WorkOS, "session_01SANDB0X"+randomHex(8)
	switch {
	case ask.Email == "" || ask.Password == "":
		writeJSON(w, http.StatusUnprocessableEntity, map[string]any{
			"code": "invalid_request_parameters", "message": "Validation failed.",
		})
	case ask.Email != idp.Email || ask.Password != idp.Password:
		refuse(w, http.StatusBadRequest, "invalid_credentials", nil)
	case idp.Hurdle != "":
		p.stop(w)
	case len(idp.Organizations) > 1:
		refuse(w, http.StatusForbidden, "organization_selection_required", map[string]any{
			"pending_authentication_token": p.grants.suspend(id), "organizations": organizationRows(idp.Organizations),
			"user": p.user(),
		})
	case len(idp.Organizations) == 1:
		p.tokens(w, client, signedIn{id, idp.Organizations[0].ID})
	default:
		p.tokens(w, client, signedIn{id: id})
	}
}

// grantRefresh uses a refresh token up for the next pair, in the organization
// asked for, or in the same as before.
func (p *workOS) grantRefresh(w http.ResponseWriter, client Client, ask grantRequest) {
	if ask.Organization != "" && !p.isMember(ask.Organization) {
		oauthError(w, "organization_not_found", "The request failed due to: organization_not_found.")
		return
	}
	if why := p.world.WorkOS.RefreshRefused; why != "" {
		oauthError(w, "invalid_grant", why)
		return
	}
	session, refused := p.grants.redeem(ask.RefreshToken)
	if refused != "" {
		oauthError(w, "invalid_grant", refused)
		return
	}
	if ask.Organization != "" {
		session.organization = ask.Organization
	}
	p.tokens(w, client, session)
}

// grantOrganization finishes a sign-in that waited for the organization.
func (p *workOS) grantOrganization(w http.ResponseWriter, client Client, ask grantRequest) {
	if !p.isMember(ask.Organization) {
		oauthError(w, "organization_not_found", "The request failed due to: organization_not_found.")
		return
	}
	id, good := p.grants.resume(ask.Pending)
	if !good {
		refuse(w, http.StatusBadRequest, "invalid_pending_authentication_token", nil)
		return
	}
	p.tokens(w, client, signedIn{id, ask.Organization})
}

func (p *workOS) isMember(organization string) bool {
	return slices.ContainsFunc(p.world.WorkOS.Organizations, func(o Organization) bool { return o.ID == organization })
}

func organizationRows(all []Organization) []any {
	rows := []any{}
	for _, o := range all {
		rows = append(rows, map[string]any{"id": o.ID, "name": o.Name})
	}
	return rows
}

func oauthError(w http.ResponseWriter, code, description string) {
	writeJSON(w, http.StatusBadRequest, map[string]any{"error": code, "error_description": description})
}
