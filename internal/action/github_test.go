package action

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// A fakeGitHub answers by path, with a status before the body where it is not 200, and keeps what it was asked. A path
// it does not know is not found. Pages after the first have their number behind the path.
type fakeGitHub struct {
	mu      sync.Mutex
	answers map[string]string
	asked   []string
	at      []time.Time
}

func (f *fakeGitHub) RoundTrip(req *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(req.URL.Path, "/repos/acme/shop/")
	query := req.URL.Query()
	if head := query.Get("head"); head != "" {
		path += "?head=" + head
	}
	if in := query.Get("environment"); in != "" {
		path += "?in=" + in
	}
	if n := query.Get("page"); n != "" {
		path += "?page=" + n
	}
	f.asked = append(f.asked, path)
	f.at = append(f.at, time.Now())
	answer, known := f.answers[path]
	if !known {
		answer = `404 {"message":"Not Found"}`
	}
	status := 200
	_, _ = fmt.Sscanf(answer, "%d ", &status)
	rec := httptest.NewRecorder()
	if next := f.next(req, path); next != "" {
		rec.Header().Set("Link", "<"+next+`>; rel="next"`)
	}
	rec.WriteHeader(status)
	_, _ = rec.WriteString(answer[strings.IndexAny(answer, "[{"):])
	resp := rec.Result()
	resp.Request = req
	return resp, nil
}

// next is the address of the page after the one that was asked for, if there is an answer for it.
func (f *fakeGitHub) next(req *http.Request, path string) string {
	path, page, _ := strings.Cut(path, "?page=")
	n := 1
	_, _ = fmt.Sscan(page, &n)
	if _, known := f.answers[fmt.Sprintf("%s?page=%d", path, n+1)]; !known {
		return ""
	}
	u := *req.URL
	query := u.Query()
	query.Set("page", fmt.Sprint(n+1))
	u.RawQuery = query.Encode()
	return u.String()
}

// answer changes what a path answers from now on.
func (f *fakeGitHub) answer(path, with string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[path] = with
}

// requests lists what was asked, in alphabetical order, since some is asked at once.
func (f *fakeGitHub) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := slices.Clone(f.asked)
	slices.Sort(asked)
	return asked
}

// serve returns a client of a GitHub with these answers.
func serve(t *testing.T, answers map[string]string) (*fakeGitHub, *github.Client) {
	t.Helper()
	fake := &fakeGitHub{answers: answers}
	client, err := hub.New("", "ghs_x", fake)
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
	return fmt.Sprintf(`{"number":%d,"state":"open","head":{"sha":%q,"ref":"feat/sign-in","repo":%s},"base":{"ref":"main","repo":%s}}`,
		number, sha, head, repo)
}

func closed(pull string) string { return strings.Replace(pull, `"open"`, `"closed"`, 1) }

func list(items ...string) string { return "[" + strings.Join(items, ",") + "]" }

func vercelComment(json string) string {
	return "[vc]: #c2ln:" + base64.StdEncoding.EncodeToString([]byte(json)) + "\nThe latest updates on your projects."
}

// commentBy is a comment as GitHub describes it.
func commentBy(login, kind, body string) string {
	return fmt.Sprintf(`{"id":1,"user":{"login":%q,"type":%q},"body":%q}`, login, kind, body)
}

// deployment is Vercel's deployment of testSHA.
func deployment(id int, environment string) string {
	return deploymentBy(id, environment, "vercel[bot]", testSHA)
}

func deploymentBy(id int, environment, login, ref string) string {
	return fmt.Sprintf(`{"id":%d,"sha":%q,"ref":%q,"environment":%q,"creator":{"login":%q,"type":"Bot"},"payload":{}}`,
		id, testSHA, ref, environment, login)
}

// reported is a status that Vercel set on a deployment: so many seconds after noon, with an address or a description.
func reported(second int, state, urlOrWords string) string {
	return reportedBy("vercel[bot]", second, state, urlOrWords)
}

func reportedBy(login string, second int, state, urlOrWords string) string {
	var url string
	if strings.HasPrefix(urlOrWords, "https://") {
		url, urlOrWords = urlOrWords, "Deployment has completed"
	}
	return fmt.Sprintf(`{"id":%d,"state":%q,"description":%q,"environment_url":%q,"target_url":%[4]q,"created_at":%q,`+
		`"creator":{"login":%q,"type":"Bot"}}`, 3300+second, state, urlOrWords, url, noon(second), login)
}

func noon(second int) string {
	return time.Date(2026, 1, 2, 12, 0, second, 0, time.UTC).Format(time.RFC3339)
}

// commitStatus is a status that Vercel set on a commit.
func commitStatus(second int, context, state, words string) string {
	return fmt.Sprintf(`{"id":%d,"context":%q,"state":%q,"description":%q,"created_at":%q,`+
		`"target_url":"https://vercel.com/acme/web/8Xq2mJr5ZpT1","creator":{"login":"vercel[bot]","type":"Bot"}}`,
		9900+second, context, state, words, noon(second))
}

const (
	pullsOfCommit = "commits/" + testSHA + "/pulls"
	branchesOf    = "commits/" + testSHA + "/branches-where-head"
	statusesOf    = "commits/" + testSHA + "/statuses"
	comments      = "issues/7/comments"
	inPreview     = "deployments?in=Preview"
	inWeb         = "deployments?in=Preview – web"
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

// pullEvent is a pull request's new head.
func pullEvent() Event {
	return Event{
		Name: pullRequest, State: Missing, Environment: "preview", SHA: testSHA, Repository: "acme/shop",
		Branch: "feat/sign-in", PullRequest: 7,
	}
}
