package action

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// A fakeGitHub answers by path, with a status before the body where it is not 200, and keeps what it was asked. A path
// it does not know is not found.
type fakeGitHub struct {
	mu      sync.Mutex
	answers map[string]string
	asked   []string
}

func (f *fakeGitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/repos/acme/shop/")
	if head := r.URL.Query().Get("head"); head != "" {
		path += "?head=" + head
	}
	f.asked = append(f.asked, path)
	answer, known := f.answers[path]
	status := 200
	if !known {
		status, answer = 404, `{"message":"Not Found"}`
	}
	_, _ = fmt.Sscanf(answer, "%d ", &status)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer[strings.IndexAny(answer, "[{"):])
}

// serve returns a client of a GitHub with these answers.
func serve(t *testing.T, answers map[string]string) (*fakeGitHub, *github.Client) {
	t.Helper()
	fake := &fakeGitHub{answers: answers}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client, err := hub.New(server.URL, "ghs_x", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return fake, client
}

const otherSHA = "1111111111111111111111111111111111111111"

// pull is an open pull request as GitHub describes it.
func pull(number int, sha, from string) string {
	repo := `{"id":4217,"full_name":"acme/shop"}`
	head := map[string]string{"here": repo, "fork": `{"id":9,"full_name":"mallory/shop"}`, "gone": "null"}[from]
	return fmt.Sprintf(`{"number":%d,"state":"open","head":{"sha":%q,"ref":"feat/sign-in","repo":%s},"base":{"repo":%s}}`,
		number, sha, head, repo)
}

func list(items ...string) string { return "[" + strings.Join(items, ",") + "]" }

func vercelComment(json string) string {
	return "[vc]: #c2ln:" + base64.StdEncoding.EncodeToString([]byte(json)) + "\nThe latest updates on your projects."
}

// commentBy is a comment as GitHub describes it.
func commentBy(login, kind, body string) string {
	return fmt.Sprintf(`{"id":1,"user":{"login":%q,"type":%q},"body":%q}`, login, kind, body)
}

func deployment(id int, environment, by string) string {
	return fmt.Sprintf(`{"id":%d,"sha":%q,"ref":%[2]q,"environment":%q,"creator":{"login":%q,"type":"Bot"}}`,
		id, testSHA, environment, by)
}

func deployed(id int, state, url, by string) string {
	return fmt.Sprintf(`{"id":%d,"state":%q,"environment_url":%q,"creator":{"login":%q,"type":"Bot"}}`, id, state, url, by)
}

const (
	pullsOfCommit = "commits/" + testSHA + "/pulls"
	branchesOf    = "commits/" + testSHA + "/branches-where-head"
	comments      = "issues/7/comments"
)

// statusEvent is a deployment status by Vercel in a repository with one project.
func statusEvent() Event {
	return Event{
		Name: deploymentStatus, State: Success, URL: testURL, Environment: "preview", SHA: testSHA, Repository: "acme/shop",
	}
}

// dispatchEvent is the same deployment as Vercel dispatches it.
func dispatchEvent() Event {
	e := statusEvent()
	e.Name, e.Deployment, e.Project, e.Branch = repositoryDispatch, "dpl_1", "web", "feat/sign-in"
	return e
}
