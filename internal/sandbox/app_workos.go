package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// callbackError words an error of AuthKit's callback as it is logged.
func callbackError(message, code string, r *http.Request) string {
	query := r.URL.Query()
	return fmt.Sprintf("Error [CallbackError]: %s\n  code: '%s', path: '%s', userAgent: '%s', hasCode: %t, hasState: %t",
		message, code, r.URL.Path, r.UserAgent(), query.Has("code"), query.Has("state"))
}

// redeem exchanges a code with the application's own key, over the network as
// the real one does, and returns what the SDK throws.
func (a app) redeem(ctx context.Context, code string) string {
	body, _ := json.Marshal(map[string]string{
		"grant_type": "authorization_code", "client_id": a.ClientID, "client_secret": a.APIKey, "code": code,
	})
	address := a.world.url(a.APIHost, "/user_management/authenticate")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "Error: " + err.Error()
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", userAgent)
	response, err := a.client.Do(request)
	if err != nil {
		return "Error: " + err.Error()
	}
	defer response.Body.Close()
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	_ = json.NewDecoder(response.Body).Decode(&answer)
	if response.StatusCode == http.StatusUnauthorized {
		return "UnauthorizedException: Could not authorize the request. Maybe your API key is invalid?\n  status: 401"
	}
	return fmt.Sprintf("OauthException: Error: %s\nError Description: %s\n  status: %d, error: '%s'",
		answer.Error, answer.Description, response.StatusCode, answer.Error)
}
