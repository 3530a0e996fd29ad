package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// keyFaultIDs are the faults that nobody sees without keys.
func keyFaultIDs() []string {
	return []string{
		"build-failed-template", "app-api-key-wrong", "app-api-key-revoked", "token-expired", "refresh-storm-429",
		"token-rotated-key-at-convex", "convex-run-unauthorized", "convex-function-errors", "convex-stale",
	}
}

// lookWithKeys asks what the keys of Vercel and Convex and a test account
// allow.
func lookWithKeys(v visitorTo, with []string) []string {
	var seen []string
	if slices.Contains(with, "VERCEL_TOKEN") {
		seen = append(seen, lookAtLogs(v)...)
	}
	if slices.Contains(with, "CONVEX_DEPLOY_KEY") {
		key := "\nAuthorization: Convex " + v.world.Convex.Preview.AdminKey
		seen = append(seen, v.ask("GET "+convexAddress+"/api/v1/list_audit_log_events"+key).body,
			v.listen(convexAddress+"/api/stream_function_logs?cursor=0", "Convex "+v.world.Convex.Preview.AdminKey))
	}
	if slices.Contains(with, "PREVIEWGATE_TEST_PASSWORD") {
		seen = append(seen, lookAsAccount(v)...)
	}
	return seen
}

// lookAtLogs brings a bogus code to the callback and reads what the logs say.
func lookAtLogs(v visitorTo) []string {
	auth := "\nAuthorization: Bearer " + v.world.Given["VERCEL_TOKEN"]
	build := v.ask("GET https://api.vercel.com/v3/deployments/" + v.world.Hosts.Deployment + "/events?" + asTeam + auth)
	live := v.listen("https://api.vercel.com/v1/projects/web/deployments/"+v.world.Vercel.DeploymentID+"/runtime-logs?"+asTeam, "Bearer "+v.world.Given["VERCEL_TOKEN"])
	in := v.ask("GET /sign-in\nAccept: text/html")
	if _, state, found := strings.Cut(in.header.Get("Location"), "state="); found {
		state, _, _ = strings.Cut(state, "&")
		cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
		v.ask("GET /callback?code=bogus&state=" + state + "\nCookie: " + cookie)
	}
	var log struct {
		Rows []struct{ Logs []struct{ Message string } }
	}
	_ = json.Unmarshal([]byte(v.ask("GET https://vercel.com/api/logs/request-logs?"+asTeam+auth).body), &log)
	return []string{build.body, fmt.Sprint(strings.Count(live, "\n")), fmt.Sprint(log.Rows)}
}

// listen reads a stream for a moment.
func (v visitorTo) listen(address, authorization string) string {
	ctx, cancel := context.WithTimeout(v.t.Context(), 150*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Authorization", authorization)
	response, err := v.client.Do(request)
	if err != nil {
		return "" // it had nothing to say
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return string(text)
}

// lookAsAccount presents the test account's token to Convex, and calls what
// the gate is told to call.
func lookAsAccount(v visitorTo) []string {
	given := v.world.Given
	grant, _ := json.Marshal(map[string]string{
		"grant_type": "password", "client_id": previewClient, "client_secret": given["WORKOS_API_KEY"],
		"email": given["PREVIEWGATE_TEST_EMAIL"], "password": given["PREVIEWGATE_TEST_PASSWORD"],
	})
	var issued struct {
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(v.ask("POST https://api.workos.com/user_management/authenticate\nContent-Type: application/json\n\n"+string(grant)).body), &issued)
	seen := []string{fmt.Sprint(present(v, issued.Token).status)}
	for _, call := range v.world.Calls {
		path, _, _ := strings.Cut(call, " ")
		got := v.ask("POST " + convexAddress + "/api/run/" + strings.Replace(path, ":", "/", 1) +
			"\nContent-Type: application/json\nAuthorization: Bearer " + issued.Token + "\n\n{\"args\":{}}")
		seen = append(seen, fmt.Sprint(got.status, strings.Contains(got.body, `"success"`)))
	}
	return seen
}
