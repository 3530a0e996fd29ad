package githubspec

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	repo = "/repos/acme/web"
	sha  = "4e1243bd22c66e76c2ba9eddc1f91394e57f9f83"
)

func newSpec(t *testing.T) *Spec {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask is a request as "GET /user".
func ask(t *testing.T, what string) *http.Request {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, "https://api.github.com"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/vnd.github.v3+json")
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// output is a check run whose output has something in it.
func output(more string) string {
	return `{"name":"previewgate report","head_sha":"` + sha + `","output":{"title":"t","summary":"s"` + more + `}}`
}

func annotations(n int, more string) string {
	each := `{"path":"src/proxy.ts","start_line":1,"end_line":1,"annotation_level":"failure","message":"m"` + more + `}`
	return `,"annotations":[` + strings.TrimSuffix(strings.Repeat(each+",", n), ",") + `]`
}

func TestRequestsThatGitHubTakes(t *testing.T) {
	s := newSpec(t)
	for _, tt := range []struct{ request, body string }{
		{"GET /user", ""},
		{"GET " + repo + "/pulls?state=open&head=acme:fix/login&sort=updated&direction=desc&per_page=100", ""},
		{"GET " + repo + "/pulls/7", ""},
		{"GET " + repo + "/commits/" + sha + "/pulls?per_page=100", ""},
		{"GET " + repo + "/commits/" + sha + "/branches-where-head", ""},
		{"GET " + repo + "/commits/heads/fix/login/status?per_page=100", ""},
		{"GET " + repo + "/commits/heads/fix%2Flogin/status", ""},
		{"GET " + repo + "/commits/" + sha + "/statuses?page=2", ""},
		{"GET " + repo + "/commits/" + sha + "/check-runs?filter=latest&app_id=15368", ""},
		{"GET " + repo + "/compare/main...fix/login?per_page=100&page=1", ""},
		{"GET " + repo + "/collaborators/ada/permission", ""},
		{"GET " + repo + "/deployments?sha=" + sha + "&environment=Preview", ""},
		{"GET " + repo + "/deployments/1/statuses", ""},
		{"GET " + repo + "/issues/7/comments?since=2026-01-02T15:04:05Z", ""},
		{"GET " + repo + "/issues/comments/9", ""},
		{"DELETE " + repo + "/issues/comments/9", ""},
		{"POST /graphql", `{"query":"query{viewer{login}}"}`},
		{"POST " + repo + "/statuses/" + sha, `{"state":"success","context":"previewgate","target_url":null}`},
		{"POST " + repo + "/statuses/" + sha, `{"state":"error","description":"` + strings.Repeat("é", 140) + `"}`},
		{"POST " + repo + "/issues/7/comments", `{"body":"` + strings.Repeat("é", 65_536) + `"}`},
		{"PATCH " + repo + "/issues/comments/9", `{"body":"x"}`},
		{"POST " + repo + "/check-runs", output(annotations(50, `,"title":"`+strings.Repeat("x", 255)+`"`))},
		{"PATCH " + repo + "/check-runs/5", `{"status":"completed","conclusion":"neutral","output":{"summary":"s"}}`},
	} {
		if err := s.Check(ask(t, tt.request), []byte(tt.body)); err != nil {
			t.Errorf("%s: %v", tt.request, err)
		}
	}
}

// TestRequestsThatGitHubRefuses is the test of the test: each of these is one mistake away from a request above.
func TestRequestsThatGitHubRefuses(t *testing.T) {
	s, status := newSpec(t), "POST "+repo+"/statuses/"+sha
	for _, tt := range []struct{ name, request, body, want string }{
		{"a page too large", "GET " + repo + "/pulls?per_page=1000", "", "per_page in the query"},
		{"a page just too large", "GET " + repo + "/issues/7/comments?per_page=101", "", "per_page in the query"},
		{"a page that is no number", "GET " + repo + "/deployments?per_page=many", "", "no integer"},
		{"a parameter that is not", "GET " + repo + "/deployments?env=Preview", "", "no env"},
		{"a parameter of another call", "GET " + repo + "/commits/" + sha + "/branches-where-head?per_page=100", "", "no per_page"},
		{"a parameter twice", "GET " + repo + "/pulls?state=open&state=all", "", "2 times"},
		{"a state of no pull request", "GET " + repo + "/pulls?state=merged", "", "state in the query"},
		{"a time that is none", "GET " + repo + "/issues/7/comments?since=yesterday", "", "since in the query"},
		{"a number that is none", "GET " + repo + "/pulls/seven", "", "pull_number in the path"},
		{"a path that is not", "GET " + repo + "/pull/7", "", "not among"},
		{"a method that is not", "PUT " + repo + "/issues/comments/9", `{"body":"x"}`, "not among"},
		{"a body that is not taken", "DELETE " + repo + "/issues/comments/9", `{}`, "takes no body"},
		{"no body", status, "", "body is missing"},
		{"half a body", status, `{"state":"success"`, "no JSON"},
		{"a state of no status", status, `{"state":"ok"}`, "/state"},
		{"no state", status, `{"context":"previewgate"}`, "state"},
		{"a misspelt property", status, `{"state":"success","targetUrl":"https://x.example"}`, "targetUrl"},
		{"a number for a word", status, `{"state":"success","context":7}`, "/context"},
		{"a long description", status, `{"state":"success","description":"` + strings.Repeat("x", 141) + `"}`, "/description"},
		{"an empty comment", "POST " + repo + "/issues/7/comments", `{"body":""}`, "/body"},
		{"a long comment", "PATCH " + repo + "/issues/comments/9", `{"body":"` + strings.Repeat("x", 65_537) + `"}`, "/body"},
		{"51 annotations", "POST " + repo + "/check-runs", output(annotations(51, "")), "/output/annotations"},
		{"a level of no annotation", "POST " + repo + "/check-runs", strings.Replace(output(annotations(1, "")), `"failure"`, `"error"`, 1), "/annotation_level"},
		{"a misspelt annotation", "POST " + repo + "/check-runs", output(annotations(1, `,"line":1`)), "line"},
		{"a long title", "POST " + repo + "/check-runs", output(annotations(1, `,"title":"`+strings.Repeat("x", 256)+`"`)), "/title"},
		{"a long summary", "POST " + repo + "/check-runs", strings.Replace(output(""), `"s"`, `"`+strings.Repeat("x", 65_536)+`"`, 1), "/output/summary"},
		{"a long text in an update", "PATCH " + repo + "/check-runs/5", `{"conclusion":"success","output":{"summary":"s","text":"` + strings.Repeat("x", 65_536) + `"}}`, "/output/text"},
		{"completed without a conclusion", "PATCH " + repo + "/check-runs/5", `{"status":"completed"}`, "conclusion"},
		{"a conclusion that is none", "POST " + repo + "/check-runs", `{"name":"n","head_sha":"` + sha + `","conclusion":"undecided"}`, "/conclusion"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := s.Check(ask(t, tt.request), []byte(tt.body))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want an error on one line about %q", err, tt.want)
			}
		})
	}
}

func TestHeadersThatGitHubRefuses(t *testing.T) {
	for name, value := range map[string]string{"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"} {
		req := ask(t, "POST "+repo+"/issues/7/comments")
		req.Header.Set(name, value)
		if err := newSpec(t).Check(req, []byte(`{"body":"x"}`)); err == nil || !strings.Contains(err.Error(), value) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	s := newSpec(t)
	for _, tt := range []struct {
		request string
		status  int
		body    string
		want    string // of the error; empty: there is none
	}{
		{"GET /user", 200, `{"login":"ada","id":1001,"type":"User","site_admin":false}`, ""},
		{"GET /user", 200, `{"login":"ada","id":"1001"}`, "/id"},
		{"GET /user", 403, `{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/rest","status":"403"}`, ""},
		{"GET /user", 403, `{"error":"Resource not accessible by integration"}`, "error"},
		{"GET /user", 403, `Forbidden`, "no JSON"},
		{"GET /user", 502, `<html>`, ""},
		{"GET /user", 201, `{}`, "does not answer 201"},
		{"GET " + repo + "/nothing", 404, `{"message":"Not Found"}`, ""},
		{"GET " + repo + "/nothing", 200, `{}`, "not among"},
		{"GET " + repo + "/pulls/7", 200, `{"number":7,"state":"open","merged":false}`, ""},
		{"GET " + repo + "/pulls/7", 200, `{"number":7,"state":"merged"}`, "/state"},
		{"GET " + repo + "/pulls/7", 200, `{"number":7,"created_at":"yesterday"}`, "/created_at"},
		{"GET " + repo + "/pulls", 200, `[{"number":7,"merged":false}]`, "merged"}, // a list does not tell
		{"GET " + repo + "/pulls", 200, `{"number":7}`, "array"},
		{"GET " + repo + "/deployments/1/statuses", 200, `[{"state":"success","environment_url":""}]`, ""},
		{"GET " + repo + "/deployments/1/statuses", 200, `[{"environment_url":"web.vercel.app"}]`, "/environment_url"},
		{"GET " + repo + "/commits/" + sha + "/status", 200, `{"state":"pending","statuses":[],"total_count":0,"sha":"` + sha + `"}`, ""},
		{"GET " + repo + "/commits/" + sha + "/status", 200, `{"statuses":[{"state":"ok","description":null}],"total_count":"0"}`, "/total_count"},
		{"POST " + repo + "/statuses/" + sha, 201, `{"id":1,"state":"success","description":null,"creator":{"login":"ada"}}`, ""},
		{"POST " + repo + "/statuses/" + sha, 200, `{"id":1}`, "does not answer 200"},
		{"POST " + repo + "/statuses/" + sha, 422, `{"message":"Validation Failed","errors":[{"resource":"Status","code":"custom","field":"description","message":"long"}]}`, ""},
		{"DELETE " + repo + "/issues/comments/9", 204, "", ""},
		{"DELETE " + repo + "/issues/comments/9", 204, "{}", "without a body"},
		{"POST /graphql", 200, `{"data":{"viewer":{"login":"ada"}}}`, ""},
	} {
		err := s.CheckAnswer(ask(t, tt.request), tt.status, []byte(tt.body))
		if tt.want == "" && err != nil || tt.want != "" && !strings.Contains(fmt.Sprint(err), tt.want) {
			t.Errorf("%s, %d %s: got %v, want %q", tt.request, tt.status, tt.body, err, tt.want)
		}
	}
}

// TestEveryOperationCanBeFound holds that no pattern hides another.
func TestEveryOperationCanBeFound(t *testing.T) {
	s := newSpec(t)
	values := strings.NewReplacer("{owner}", "acme", "{repo}", "web", "{ref}", "heads/a/b", "{sha}", sha, "{commit_sha}", sha,
		"{basehead}", "main...a", "{username}", "ada", "{pull_number}", "7", "{issue_number}", "7", "{comment_id}", "9",
		"{deployment_id}", "1", "{check_run_id}", "5")
	for _, op := range s.operations {
		if got, err := s.Operation(ask(t, values.Replace(op.name))); err != nil || got != op.name {
			t.Errorf("%s is taken for %q: %v", op.name, got, err)
		}
	}
	if got, err := s.Operation(ask(t, "POST /graphql")); err != nil || got != "POST /graphql" {
		t.Errorf("the other API is taken for %q: %v", got, err)
	}
	if len(s.operations) < 20 {
		t.Errorf("there are only %d operations", len(s.operations))
	}
}
