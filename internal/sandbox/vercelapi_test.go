package sandbox

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const asTeam = "teamId=team_SandboxTeam0000000000000"

func TestVercelsAPIAnswersItsTokenAndTeam(t *testing.T) {
	v := visit(t)
	token := "\nAuthorization: Bearer " + vercelToken
	const base = "GET https://api.vercel.com"
	cases := []struct {
		request string
		status  int
		want    string
	}{
		{base + "/v13/deployments/web-k3v9x2m1q-acme.vercel.app?" + asTeam, 403, `{"error":{"code":"forbidden","invalidToken":true,"message":"Not authorized"}}`},
		{base + "/v13/deployments/web-k3v9x2m1q-acme.vercel.app" + token, 404, `"code":"not_found"`},
		{base + "/v13/deployments/web-k3v9x2m1q-acme.vercel.app?" + asTeam + token, 200, `"env":["CONVEX_DEPLOY_KEY","WORKOS_API_KEY","WORKOS_CLIENT_ID","WORKOS_COOKIE_PASSWORD"]`},
		{base + "/v13/deployments/web-git-fix-login-acme.vercel.app?slug=acme" + token, 200, `"id":"dpl_SandboxDeployment00000000000"`},
		{base + "/v13/deployments/elsewhere.vercel.app?" + asTeam + token, 404, `Deployment not found`},
		{base + "/v7/deployments?" + asTeam + "&sha=" + headSHA + token, 200, `"uid":"dpl_SandboxDeployment00000000000"`},
		{base + "/v7/deployments?" + asTeam + "&sha=" + baseSHA + token, 200, `"deployments":[]`},
		{base + "/v2/deployments/dpl_SandboxDeployment00000000000/aliases?" + asTeam + token, 200, `"alias":"web-git-fix-login-acme.vercel.app"`},
		{base + "/v9/projects/web?" + asTeam + token, 200, `"autoExposeSystemEnvs":true`},
		{base + "/v10/projects/web/env?" + asTeam + token, 200, `"type":"sensitive"`},
		{base + "/v3/deployments/dpl_SandboxDeployment00000000000/events?" + asTeam + token, 200, `"text":"ƒ Proxy (Middleware)"`},
		{base + "/v99/nothing?" + asTeam + token, 404, `"code":"not_found"`},
	}
	for _, c := range cases {
		if got := v.ask(c.request); got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: %d %s", c.request, got.status, got.body)
		}
	}
}

func TestRuntimeLogsStreamFromNowOn(t *testing.T) {
	v := visit(t, func(w *World) { w.Vercel.RuntimeLog = []string{"before"} })
	address := "https://api.vercel.com/v1/projects/web/deployments/dpl_SandboxDeployment00000000000/runtime-logs?" + asTeam
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+vercelToken)
	stream, err := v.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	v.ask("GET /callback")
	line, err := bufio.NewReader(stream.Body).ReadBytes('\n')
	var row struct{ Message, RequestPath string }
	if err != nil || json.Unmarshal(line, &row) != nil || row.RequestPath != "/callback" || !strings.Contains(row.Message, "missing_auth_params") {
		t.Errorf("%v %s", err, line)
	}
}
