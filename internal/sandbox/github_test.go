package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// hubAsk asks GitHub about the repository with the world's token.
func hubAsk(v visitorTo, method, path, body string) answer {
	return v.ask(method + " https://api.github.com/repos/acme/web" + path + "\nAuthorization: Bearer " + gitHubToken + "\n\n" + body)
}

func TestGitHubFindsThePullRequest(t *testing.T) {
	v := visit(t)
	for _, path := range []string{"/pulls/7", "/pulls?head=acme:fix/login&state=open", "/commits/" + headSHA + "/pulls"} {
		got := hubAsk(v, "GET", path, "")
		if got.status != http.StatusOK || !strings.Contains(got.body, `"number":7`) || !strings.Contains(got.body, `"sha":"`+headSHA+`"`) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for _, path := range []string{"/pulls?head=acme:main", "/commits/" + baseSHA + "/pulls"} {
		if got := hubAsk(v, "GET", path, ""); got.body != "[]" {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

func TestGitHubKeepsStatuses(t *testing.T) {
	v := visit(t)
	for _, state := range []string{"pending", "failure"} {
		got := hubAsk(v, "POST", "/statuses/"+headSHA, `{"state":"`+state+`","context":"previewgate","description":"d","target_url":"https://x.example"}`)
		if got.status != http.StatusCreated {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	got := v.Statuses()
	if len(got) != 2 || got[1] != (Status{headSHA, "previewgate", "failure", "d", "https://x.example"}) {
		t.Errorf("kept %+v", got)
	}
	if got := hubAsk(v, "GET", "/commits/"+headSHA+"/status", ""); !strings.Contains(got.body, `"state":"failure"`) || !strings.Contains(got.body, `"total_count":1`) {
		t.Errorf("combined %s", got.body)
	}
	newest := hubAsk(v, "GET", "/commits/"+headSHA+"/statuses", "").body
	if strings.Index(newest, `"failure"`) > strings.Index(newest, `"pending"`) {
		t.Errorf("not newest first: %s", newest)
	}
	if got := hubAsk(v, "POST", "/statuses/"+headSHA, `{"state":"success","description":"`+strings.Repeat("x", 141)+`"}`); got.status != http.StatusUnprocessableEntity {
		t.Errorf("too long: %d", got.status)
	}
}

func TestGitHubKeepsCommentsAndTheirEdits(t *testing.T) {
	v := visit(t)
	if got := hubAsk(v, "POST", "/issues/7/comments", `{"body":"first"}`); got.status != http.StatusCreated || !strings.Contains(got.body, `"login":"github-actions[bot]"`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	made := v.Comments()[1]
	if got := hubAsk(v, "PATCH", fmt.Sprintf("/issues/comments/%d", made.ID), `{"body":"second"}`); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := v.Comments()[1]; got.Body != "second" || len(got.Edits) != 1 || got.Edits[0] != "first" || got.Author != "github-actions[bot]" {
		t.Errorf("%+v", got)
	}
	if got := hubAsk(v, "GET", fmt.Sprintf("/issues/comments/%d", made.ID), ""); !strings.Contains(got.body, `"body":"second"`) {
		t.Errorf("read back %s", got.body)
	}
	for length, want := range map[int]int{65_536: 201, 65_537: 422} {
		if got := hubAsk(v, "POST", "/issues/7/comments", `{"body":"`+strings.Repeat("é", length)+`"}`); got.status != want {
			t.Errorf("%d characters: %d", length, got.status)
		}
	}
}

func TestGitHubPagesComments(t *testing.T) {
	v := visit(t, func(w *World) {
		for i := range 5 {
			w.GitHub.Comments = append(w.GitHub.Comments, Comment{ID: int64(900 + i), Author: "ada", Body: fmt.Sprint("comment ", i)})
		}
	})
	first := hubAsk(v, "GET", "/issues/7/comments?per_page=4", "")
	want := `<https://api.github.com/repos/acme/web/issues/7/comments?page=2&per_page=4>; rel="next", ` +
		`<https://api.github.com/repos/acme/web/issues/7/comments?page=2&per_page=4>; rel="last"`
	if got := first.header.Get("Link"); got != want {
		t.Errorf("link %s", got)
	}
	second := hubAsk(v, "GET", "/issues/7/comments?per_page=4&page=2", "")
	if strings.Count(second.body, `"body"`) != 2 || strings.Contains(second.header.Get("Link"), "next") {
		t.Errorf("second page %s %s", second.header.Get("Link"), second.body)
	}
}

func TestGitHubHoldsTokensToTheirPermissions(t *testing.T) {
	v := visit(t, func(w *World) { w.GitHub.Permissions = map[string]string{"pull-requests": "read"} })
	for _, request := range []string{"POST /statuses/" + headSHA, "POST /issues/7/comments", "GET /deployments"} {
		method, path, _ := strings.Cut(request, " ")
		got := hubAsk(v, method, path, `{"state":"success","body":"x"}`)
		if got.status != http.StatusForbidden || !strings.Contains(got.body, `"message":"Resource not accessible by integration"`) {
			t.Errorf("%s: %d %s", request, got.status, got.body)
		}
	}
	if got := hubAsk(v, "GET", "/pulls/7", ""); got.status != http.StatusOK {
		t.Errorf("reading: %d", got.status)
	}
	if got := v.ask("GET https://api.github.com/user\nAuthorization: Bearer " + gitHubToken); got.status != http.StatusForbidden {
		t.Errorf("user: %d", got.status)
	}
	if got := v.ask("GET https://api.github.com/user\nAuthorization: Bearer wrong"); got.status != http.StatusUnauthorized {
		t.Errorf("bad token: %d", got.status)
	}
}

func TestGitHubKnowsTheDeployment(t *testing.T) {
	v := visit(t)
	if got := hubAsk(v, "GET", "/deployments?sha="+headSHA, ""); !strings.Contains(got.body, `"environment":"Preview"`) || !strings.Contains(got.body, `"login":"vercel[bot]"`) {
		t.Errorf("deployments %s", got.body)
	}
	got := hubAsk(v, "GET", fmt.Sprintf("/deployments/%d/statuses", deploymentNumber), "")
	if !strings.Contains(got.body, `"environment_url":"https://web-k3v9x2m1q-acme.vercel.app"`) {
		t.Errorf("statuses %s", got.body)
	}
}
