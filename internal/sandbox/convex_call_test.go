package sandbox

import (
	"strings"
	"testing"
)

func TestFunctionsAnswerOverHTTP(t *testing.T) {
	v := visit(t, func(w *World) { w.Convex.Denied = []string{"deployment:data:view"} })
	const (
		admin  = "\nAuthorization: Convex " + previewAdminKey
		nobody = ""
	)
	user := "\nAuthorization: Bearer " + token(nil)
	ada := `{"issuer":"` + issuer + `","subject":"` + testUserID + `","tokenIdentifier":"` + issuer + `|` + testUserID + `"}`
	cases := []struct{ who, path, body, want string }{
		{nobody, "/api/query", `{"path":"users:viewer","args":{}}`, `{"status":"success","value":null}`},
		{user, "/api/query", `{"path":"users:viewer","args":[{}]}`, `{"status":"success","value":` + ada + `}`},
		{user, "/api/query_at_ts", `{"path":"users:viewer","args":[]}`, `{"status":"success","value":` + ada + `}`},
		{user, "/api/run/users/viewer", `{"args":{}}`, `{"status":"success","value":` + ada + `}`},
		{nobody, "/api/query_batch", `{"queries":[{"path":"messages:search","args":[{"x":1}]}]}`, `{"results":[{"status":"success","value":{"x":1}}]}`},
		{admin, "/api/function", `{"path":"jobs:tally","args":{"x":[1]}}`, `{"status":"success","value":{"x":[1]}}`},
		{admin, "/api/function", `{"path":"nobody","args":{}}`, "{\"status\":\"error\",\"errorMessage\":\"Server Error\\nCould not find function for 'nobody'. Did you forget to run `npx convex dev`?\"}"},
		{user, "/api/function", `{"path":"users:viewer","args":{}}`, `{"code":"BadDeployKey","message":"` + noAdmin().message + `"}`},
		{user, "/api/query", `{"path":"jobs:tally","args":{}}`, `{"status":"error","errorMessage":"Server Error\nCould not find public function for 'jobs:tally'."}`},
		{nobody, "/api/mutation", `{"path":"users:viewer","args":{}}`, `{"status":"error","errorMessage":"Server Error\nCould not find public function for 'users:viewer'."}`},
		{admin, "/api/query", `{"path":"_system/frontend/listAuthProviders","args":{}}`, `{"status":"error","errorMessage":"Server Error\nUncaught Error: You do not have permission to perform this operation (deployment:data:view)."}`},
		{nobody, "/api/run/viewer", `{"args":{}}`, `{"code":"MissingIdentifier","message":"Path or function name not provided in path, e.g. /api/run/messages/list"}`},
	}
	for _, c := range cases {
		got := v.ask("POST " + convexAddress + c.path + c.who + "\nContent-Type: application/json\n\n" + c.body).body
		if start := strings.Index(got, "[Request ID: "); start >= 0 {
			end := strings.Index(got, "] Server Error")
			got = got[:start] + got[end+2:]
		}
		wantJSON(t, got, c.want)
	}
}

func TestVariablesCanBeChanged(t *testing.T) {
	v := visit(t)
	const admin = "\nAuthorization: Convex " + previewAdminKey + "\nContent-Type: application/json\n\n"
	changes := `{"changes":[{"name":"NEW","value":"1"},{"name":"WORKOS_CLIENT_ID","value":null}]}`
	if got := v.ask("POST " + convexAddress + "/api/update_environment_variables" + admin + changes); got.status != 200 || got.body != "" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := v.ask("GET " + convexAddress + "/api/v1/list_environment_variables" + admin); got.body != `{"environmentVariables":{"NEW":"1"}}` {
		t.Errorf("%s", got.body)
	}
}
