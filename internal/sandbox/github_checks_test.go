package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// marked is a check run's output with that many annotations.
func marked(n int) string {
	each := `{"path":"src/proxy.ts","start_line":%d,"end_line":1,"annotation_level":"failure","message":"m"}`
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(each, i+1))
	}
	return `"output":{"title":"t","summary":"s","annotations":[` + strings.Join(all, ",") + `]}`
}

func TestGitHubGathersAnnotations(t *testing.T) {
	v := visit(t)
	if got := hubAsk(v, "POST", "/check-runs", `{"name":"previewgate report","head_sha":"`+headSHA+`",`+marked(50)+`}`); got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	id := v.CheckRuns()[0].ID
	got := hubAsk(v, "PATCH", fmt.Sprintf("/check-runs/%d", id), `{"conclusion":"failure",`+marked(3)+`}`)
	if !strings.Contains(got.body, `"annotations_count":53`) || !strings.Contains(got.body, `"conclusion":"failure"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	run := v.CheckRuns()[0]
	if run.Name != "previewgate report" || run.HeadSHA != headSHA || run.Status != "completed" || len(run.Output.Annotations) != 53 {
		t.Errorf("%+v", run)
	}
	if last := run.Output.Annotations[52]; last.StartLine != 3 || last.Level != "failure" {
		t.Errorf("%+v", last)
	}
}

func TestGitHubRefusesCheckRuns(t *testing.T) {
	long := strings.Repeat("é", 65_536)
	for _, tt := range []struct {
		name, login, body string
		status            int
		want              string
	}{
		{"a person's token", "ada", `{"name":"n"}`, http.StatusForbidden, "You must authenticate via a GitHub App."},
		{"51 annotations", actionsLogin, `{"name":"n",` + marked(51) + `}`, http.StatusUnprocessableEntity, "No more than 50 items are allowed; 51 were supplied."},
		{"a long summary", actionsLogin, `{"name":"n","output":{"summary":"` + long + `"}}`, http.StatusUnprocessableEntity, "Only 65535 characters are allowed; 65536 were supplied."},
		{"half a body", actionsLogin, `{"name":`, http.StatusBadRequest, "Problems parsing JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := visit(t, func(w *World) { w.GitHub.Login = tt.login })
			got := hubAsk(v, "POST", "/check-runs", tt.body)
			if got.status != tt.status || !strings.Contains(got.body, tt.want) || len(v.CheckRuns()) != 0 {
				t.Errorf("%d %s, kept %d", got.status, got.body, len(v.CheckRuns()))
			}
		})
	}
}
