package workflow

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A fakeHub is as much of GitHub as a run asks: one repository, acme/shop, with one pull request, number 7 from the branch
// fix, and what Vercel and others tell of its commits. It is not safe for use by several goroutines: the simulation
// lets one request through at a time.
type fakeHub struct {
	head        string
	closed      bool     // the pull request
	branches    []string // that have the head as theirs
	deployments []*fakeDeployment
	statuses    []fakeStatus
	comments    []*fakeComment
	lastID      int64
}

type fakeDeployment struct {
	id       int64
	sha      string
	statuses []fakeDeploymentStatus
	project  string // empty where the repository has one
}

func (d fakeDeployment) environment() string {
	if d.project == "" {
		return "Preview"
	}
	return "Preview – " + d.project
}

type fakeDeploymentStatus struct {
	id         int64
	state, url string
	created    time.Time
}

type fakeStatus struct {
	id                                        int64
	sha, context, state, description, address string
	created                                   time.Time
	creator                                   object // nil for the bot
}

type fakeComment struct {
	id          int64
	body, login string
}

const bot = "github-actions[bot]"

// id returns the next id: GitHub's grow.
func (f *fakeHub) id() int64 {
	f.lastID++
	return f.lastID
}

// answer does what a request asks and returns the answer to it.
func (f *fakeHub) answer(req *http.Request, body []byte) *http.Response {
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "application/json")
	rec.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	status, answer := f.handle(req, body)
	rec.WriteHeader(status)
	if answer != nil {
		_ = json.NewEncoder(rec).Encode(answer)
	}
	resp := rec.Result()
	resp.Request = req
	return resp
}

type object = map[string]any

func notFound() (int, any) { return http.StatusNotFound, object{"message": "Not Found"} }

func (f *fakeHub) handle(req *http.Request, body []byte) (int, any) {
	path, inRepo := strings.CutPrefix(req.URL.Path, "/repos/acme/shop/")
	if !inRepo {
		return http.StatusForbidden, object{"message": "Resource not accessible by integration"} // GET /user
	}
	parts := strings.Split(path, "/")
	query := req.URL.Query()
	is := func(method, pattern string) bool { return req.Method == method && matches(parts, pattern) }
	switch {
	case is("GET", "pulls/7"):
		return 200, f.pull()
	case is("GET", "pulls"):
		return 200, []any{f.pull()}
	case is("GET", "commits/*/pulls"):
		return 200, f.pullsOf(parts[1])
	case is("GET", "commits/*/branches-where-head"):
		return 200, f.listBranches()
	case is("GET", "commits/heads/fix/status"):
		return 200, f.combined(f.head)
	case is("GET", "commits/*/status"):
		return 200, f.combined(parts[1])
	case is("GET", "commits/*/statuses"):
		return 200, f.list(parts[1])
	case is("POST", "statuses/*"):
		return f.addStatus(parts[1], body)
	case is("GET", "deployments"):
		return 200, f.listDeployments(query.Get("sha"), query.Get("environment"))
	case is("GET", "deployments/*/statuses"):
		return f.deploymentStatuses(parts[1])
	case is("GET", "issues/7/comments"):
		return 200, f.listComments()
	case is("POST", "issues/7/comments"):
		c := &fakeComment{f.id(), text(body), bot}
		f.comments = append(f.comments, c)
		return 201, c.object()
	case matches(parts, "issues/comments/*"):
		return f.oneComment(req.Method, parts[2], body)
	}
	return notFound()
}

// matches reports whether a path has the form of a pattern in which * is any part.
func matches(parts []string, pattern string) bool {
	return slices.EqualFunc(parts, strings.Split(pattern, "/"), func(part, want string) bool { return want == "*" || part == want })
}

// text is the body of the comment that is sent.
func text(body []byte) string {
	var sent struct{ Body string }
	_ = json.Unmarshal(body, &sent)
	return sent.Body
}

func (f *fakeHub) pull() object {
	repo := object{"id": 1, "full_name": "acme/shop"}
	state := "open"
	if f.closed {
		state = "closed"
	}
	return object{
		"number": 7, "state": state,
		"head": object{"sha": f.head, "ref": "fix", "repo": repo, "label": "acme:fix"},
		"base": object{"ref": "main", "repo": repo},
	}
}

func (f *fakeHub) listBranches() []any {
	all := []any{}
	for _, name := range f.branches {
		all = append(all, object{"name": name})
	}
	return all
}

// pullsOf lists the pull request for each of its commits, as GitHub does.
func (f *fakeHub) pullsOf(string) []any { return []any{f.pull()} }

func (s fakeStatus) object() object {
	creator := s.creator
	if creator == nil {
		creator = object{"login": bot, "type": "Bot"}
	}
	return object{
		"id": s.id, "state": s.state, "context": s.context, "description": s.description, "target_url": s.address,
		"created_at": s.created.Format(time.RFC3339), "creator": creator,
	}
}

// list is the history of a commit's statuses, the newest first.
func (f *fakeHub) list(sha string) []any {
	all := []any{}
	for _, s := range slices.Backward(f.statuses) {
		if s.sha == sha {
			all = append(all, s.object())
		}
	}
	return all
}

// top returns the status of our context that counts.
func (f *fakeHub) top(sha string) (fakeStatus, bool) { return f.topOf(sha, "previewgate") }

func (f *fakeHub) topOf(sha, context string) (fakeStatus, bool) {
	for _, s := range slices.Backward(f.statuses) {
		if s.sha == sha && s.context == context {
			return s, true
		}
	}
	return fakeStatus{}, false
}

func (f *fakeHub) combined(sha string) object {
	latest := []any{}
	if s, found := f.top(sha); found {
		latest = append(latest, s.object())
	}
	return object{"sha": sha, "state": "pending", "statuses": latest, "total_count": len(latest)}
}

func (f *fakeHub) addStatus(sha string, body []byte) (int, any) {
	var sent struct {
		State, Context, Description string
		TargetURL                   string `json:"target_url"`
	}
	_ = json.Unmarshal(body, &sent)
	s := fakeStatus{f.id(), sha, sent.Context, sent.State, sent.Description, sent.TargetURL, time.Now().UTC(), nil}
	f.statuses = append(f.statuses, s)
	return 201, s.object()
}

func vercel() object { return object{"login": "vercel[bot]", "type": "Bot", "id": 35613825} }

func (f *fakeHub) listDeployments(sha, environment string) []any {
	all := []any{}
	for _, d := range slices.Backward(f.deployments) {
		if (sha == "" || d.sha == sha) && (environment == "" || d.environment() == environment) {
			all = append(all, object{
				"id": d.id, "sha": d.sha, "ref": d.sha, "environment": d.environment(), "creator": vercel(),
				"created_at": d.statuses[0].created.Format(time.RFC3339),
			})
		}
	}
	return all
}

func (f *fakeHub) deploymentStatuses(id string) (int, any) {
	for _, d := range f.deployments {
		if strconv.FormatInt(d.id, 10) != id {
			continue
		}
		all := []any{}
		for _, s := range slices.Backward(d.statuses) {
			all = append(all, object{
				"id": s.id, "state": s.state, "environment_url": s.url, "target_url": s.url, "creator": vercel(),
				"environment": d.environment(), "created_at": s.created.Format(time.RFC3339),
			})
		}
		return 200, all
	}
	return notFound()
}

func (c *fakeComment) object() object {
	kind := "User"
	if strings.HasSuffix(c.login, "[bot]") {
		kind = "Bot"
	}
	return object{
		"id": c.id, "body": c.body, "user": object{"login": c.login, "type": kind},
		"html_url": fmt.Sprintf("https://github.com/acme/shop/pull/7#issuecomment-%d", c.id),
	}
}

func (f *fakeHub) listComments() []any {
	all := []any{}
	for _, c := range f.comments {
		all = append(all, c.object())
	}
	return all
}

func (f *fakeHub) oneComment(method, id string, body []byte) (int, any) {
	at := slices.IndexFunc(f.comments, func(c *fakeComment) bool { return strconv.FormatInt(c.id, 10) == id })
	switch {
	case at < 0:
		return notFound()
	case method == http.MethodDelete:
		f.comments = slices.Delete(f.comments, at, at+1)
		return 204, nil
	case method == http.MethodPatch:
		f.comments[at].body = text(body)
	}
	return 200, f.comments[at].object()
}

// read returns the body of a request.
func read(req *http.Request) []byte {
	if req.Body == nil {
		return nil
	}
	body, _ := io.ReadAll(req.Body)
	req.Body.Close()
	return body
}
