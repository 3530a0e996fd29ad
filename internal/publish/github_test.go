package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

// A comment is one on the fake's pull request.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
	User struct {
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"user"`
}

// A fakeGitHub is as much of GitHub as publishing needs: one commit, one pull request and its comments.
type fakeGitHub struct {
	mu       sync.Mutex
	login    string // whom the token belongs to
	isApp    bool
	head     string
	comments []*comment
	statuses []map[string]string
	asked    []string

	// before is called with each request and answers it by returning a status.
	before func(request string) int
}

func (f *fakeGitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	request := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/repos/acme/shop/")
	if page := r.URL.Query().Get("page"); page != "" && page != "1" {
		request += "?page=" + page
	}
	f.asked = append(f.asked, request)
	status := 0
	if f.before != nil {
		status = f.before(request)
	}
	if status == 0 || status > 1000 { // above: the request takes place and its answer is lost
		answer := f.handle(w, r)
		if status == 0 {
			_ = json.NewEncoder(w).Encode(answer)
			return
		}
		status -= 1000
	}
	w.WriteHeader(status)
	if status == http.StatusForbidden {
		fmt.Fprint(w, `{"message":"Resource not accessible by integration"}`)
	}
}

func (f *fakeGitHub) handle(w http.ResponseWriter, r *http.Request) any {
	var sent map[string]string
	_ = json.NewDecoder(r.Body).Decode(&sent)
	path := strings.TrimPrefix(r.URL.Path, "/repos/acme/shop/")
	id, _ := strconv.ParseInt(path[strings.LastIndexByte(path, '/')+1:], 10, 64)
	at := slices.IndexFunc(f.comments, func(c *comment) bool { return c.ID == id })
	switch {
	case strings.HasPrefix(path, "statuses/"):
		f.statuses = append(f.statuses, sent)
		return sent
	case path == "pulls/7":
		return map[string]any{"number": 7, "head": map[string]string{"sha": f.head}}
	case path == "/user" && !f.isApp:
		return map[string]string{"login": f.login}
	case path == "/user":
		w.WriteHeader(http.StatusForbidden)
		return map[string]string{"message": "Resource not accessible by integration"}
	case path == "/graphql":
		viewer := map[string]string{"login": f.login}
		return map[string]any{"data": map[string]any{"viewer": viewer}}
	case path == "issues/7/comments" && r.Method == http.MethodPost:
		return f.add(f.login, sent["body"])
	case path == "issues/7/comments":
		return f.page(w, r)
	case at < 0:
		w.WriteHeader(http.StatusNotFound)
		return map[string]string{"message": "Not Found"}
	case r.Method == http.MethodDelete:
		f.comments = slices.Delete(f.comments, at, at+1)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	f.comments[at].Body = sent["body"]
	return f.comments[at]
}

// within serves requests within the process, so that tests can run on a clock of their own.
type within struct{ handler http.Handler }

func (w within) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Context().Err() != nil {
		return nil, req.Context().Err()
	}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, req)
	return answer.Result(), nil
}

// page lists comments by twos, whatever is asked for.
func (f *fakeGitHub) page(w http.ResponseWriter, r *http.Request) any {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min(2*(max(page, 1)-1), len(f.comments))
	to := min(from+2, len(f.comments))
	if to < len(f.comments) {
		w.Header().Set("Link", fmt.Sprintf(`<http://x/?page=%d>; rel="next"`, page+1))
	}
	return f.comments[from:to]
}

func (f *fakeGitHub) add(login, body string) *comment {
	id := int64(100 + len(f.asked))
	if n := len(f.comments); n > 0 {
		id = max(id, f.comments[n-1].ID+1)
	}
	c := &comment{ID: id, Body: body, URL: fmt.Sprintf("https://github.com/acme/shop/pull/7#issuecomment-%d", id)}
	c.User.Login, c.User.Type = login, "User"
	if strings.HasSuffix(login, "[bot]") {
		c.User.Type = "Bot"
	}
	f.comments = append(f.comments, c)
	return c
}

const (
	testSHA  = "8f4b7c1d2e3f405162738495a6b7c8d9e0f10213"
	otherSHA = "1111111111111111111111111111111111111111"
)

// ownMarker is the marker of the run that a bench publishes for.
func ownMarker() marker { return marker{"", testSHA, "dpl_1", 200, 1} }

// A bench is a publisher, and everything that it writes to.
type bench struct {
	*fakeGitHub
	publisher *Publisher
	log       bytes.Buffer
	dir       string
}

// newBench returns a publisher with a workflow's own token, for run 200 on the head of pull request 7.
func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{fakeGitHub: &fakeGitHub{login: actionsBot, isApp: true, head: testSHA}, dir: t.TempDir()}
	gh, err := hub.New("", "ghs_x", within{b.fakeGitHub})
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "200",
		"GITHUB_RUN_ATTEMPT": "1", "GITHUB_STEP_SUMMARY": b.path("summary"), "GITHUB_OUTPUT": b.path("output"),
		"RUNNER_TEMP": b.dir,
	}
	b.publisher = New(gh, NewLog(&b.log), func(key string) string { return env[key] })
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(b.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// creates returns how often adding a comment was asked for.
func (b *bench) creates() int {
	n := 0
	for _, asked := range b.asked {
		if asked == "POST issues/7/comments" {
			n++
		}
	}
	return n
}

func testOutcome() Outcome {
	check := &gate.Check{ID: "redirect-uri-registered", Title: "It is registered", Fix: "Register it."}
	return Outcome{
		Report: gate.Report{
			Target: gate.Target{
				URL: "https://web.vercel.app", Deployment: "dpl_1", Repository: "acme/shop", PullRequest: 7, SHA: testSHA,
			},
			Results: []gate.Result{{Check: check, Verdict: gate.Fail("the redirect URI is not registered")}},
		},
		State: "failure", Description: "the redirect URI is not registered", Markdown: "### 1 thing to fix\n",
		JSON: []byte(`{"version":1}`),
	}
}
