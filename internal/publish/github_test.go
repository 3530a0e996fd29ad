package publish

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A comment is one on the fake's pull request.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
	User user   `json:"user"`
}

type user struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

// userOf returns a user as GitHub tells of them.
func userOf(login string) user {
	if strings.HasSuffix(login, "[bot]") {
		return user{login, "Bot"}
	}
	return user{login, "User"}
}

// A posted is a status of a commit.
type posted struct {
	SHA         string `json:"-"`
	State       string `json:"state"`
	Context     string `json:"context"`
	Description string `json:"description"`
	TargetURL   string `json:"target_url"`
	Creator     user   `json:"creator"`
	CreatedAt   string `json:"created_at,omitempty"`
}

// A fakeGitHub is as much of GitHub as publishing needs: a repository with one pull request, number 7 from the branch
// fix/auth.
type fakeGitHub struct {
	mu       sync.Mutex
	login    string // whom the token belongs to
	isApp    bool
	head     string
	now      time.Time // that answers tell
	paged    int       // how many of a list go on a page
	others   int       // statuses of other names that stand on the head
	comments []*comment
	statuses []posted // the oldest first
	checks   []map[string]any
	asked    []string
	lastID   int64

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
	w.Header().Set("Date", f.now.Format(http.TimeFormat))
	status := 0
	if f.before != nil {
		status = f.before(request)
	}
	if status == 0 || status > 1000 { // above: the request takes place and its answer is lost
		answer := f.handle(w, r)
		if status == 0 {
			if r.Method == http.MethodPost && r.URL.Path != "/graphql" {
				w.WriteHeader(http.StatusCreated)
			}
			if answer != nil {
				_ = json.NewEncoder(w).Encode(answer)
			}
			return
		}
		status -= 1000
	}
	w.WriteHeader(status)
	message := map[string]string{"message": http.StatusText(status)}
	if status == http.StatusForbidden {
		message["message"] = "Resource not accessible by integration"
	}
	_ = json.NewEncoder(w).Encode(message)
}

func (f *fakeGitHub) handle(w http.ResponseWriter, r *http.Request) any {
	path := strings.TrimPrefix(r.URL.Path, "/repos/acme/shop/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case strings.HasPrefix(path, "statuses/"):
		return f.addStatus(last, r)
	case path == "commits/heads/fix/auth/status":
		return map[string]any{"sha": f.head, "statuses": f.standing(f.head), "total_count": f.others + len(f.standing(f.head))}
	case strings.HasPrefix(path, "commits/") && last == "statuses":
		return page(f, w, r, f.history(strings.Split(path, "/")[1]))
	case path == "pulls/7":
		return map[string]any{"number": 7, "head": map[string]string{"sha": f.head}}
	case path == "issues/7/comments" && r.Method == http.MethodPost:
		return f.add(f.login, sentBody(r))
	case path == "issues/7/comments":
		return page(f, w, r, f.comments)
	case strings.HasPrefix(path, "issues/comments/"):
		return f.oneComment(w, r, last)
	case strings.HasPrefix(path, "check-runs"):
		return f.check(r)
	case path == "/graphql":
		return map[string]any{"data": map[string]any{"viewer": map[string]string{"login": f.login}}}
	case path == "/user" && !f.isApp:
		return userOf(f.login)
	case path == "/user":
		w.WriteHeader(http.StatusForbidden)
		return map[string]string{"message": "Resource not accessible by integration"}
	}
	return notFound(w)
}

func notFound(w http.ResponseWriter) any {
	w.WriteHeader(http.StatusNotFound)
	return map[string]string{"message": "Not Found"}
}

func sentBody(r *http.Request) string {
	var sent struct{ Body string }
	_ = json.NewDecoder(r.Body).Decode(&sent)
	return sent.Body
}

func (f *fakeGitHub) addStatus(sha string, r *http.Request) posted {
	var s posted
	_ = json.NewDecoder(r.Body).Decode(&s)
	s.SHA, s.Creator = sha, userOf(f.login)
	f.statuses = append(f.statuses, s)
	return s
}

// history lists the statuses of a commit, the latest first.
func (f *fakeGitHub) history(sha string) []posted {
	var all []posted
	for _, s := range slices.Backward(f.statuses) {
		if s.SHA == sha {
			all = append(all, s)
		}
	}
	return all
}

// standing lists the latest status of each context, without who set it.
func (f *fakeGitHub) standing(sha string) []map[string]string {
	latest := []map[string]string{}
	for _, s := range f.history(sha) {
		if slices.ContainsFunc(latest, func(l map[string]string) bool { return l["context"] == s.Context }) {
			continue
		}
		l := map[string]string{"state": s.State, "context": s.Context, "description": s.Description, "target_url": s.TargetURL}
		if s.CreatedAt != "" {
			l["created_at"] = s.CreatedAt
		}
		latest = append(latest, l)
	}
	return latest
}

// page answers with a page of a list, of which there is always a first.
func page[T any](f *fakeGitHub, w http.ResponseWriter, r *http.Request, all []T) []T {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min(f.paged*(max(number, 1)-1), len(all))
	to := min(from+f.paged, len(all))
	if to < len(all) {
		w.Header().Set("Link", fmt.Sprintf(`<http://x/?page=%d>; rel="next"`, max(number, 1)+1))
	}
	return append([]T{}, all[from:to]...)
}

func (f *fakeGitHub) add(login, body string) *comment {
	f.lastID++
	c := &comment{f.lastID, body, fmt.Sprintf("https://github.com/acme/shop/pull/7#issuecomment-%d", f.lastID), userOf(login)}
	f.comments = append(f.comments, c)
	return c
}

func (f *fakeGitHub) oneComment(w http.ResponseWriter, r *http.Request, id string) any {
	at := slices.IndexFunc(f.comments, func(c *comment) bool { return strconv.FormatInt(c.ID, 10) == id })
	switch {
	case at < 0:
		return notFound(w)
	case r.Method == http.MethodDelete:
		f.comments = slices.Delete(f.comments, at, at+1)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	f.comments[at].Body = sentBody(r)
	return f.comments[at]
}

// check keeps each request about a check run as it came.
func (f *fakeGitHub) check(r *http.Request) any {
	var sent map[string]any
	_ = json.NewDecoder(r.Body).Decode(&sent)
	f.checks = append(f.checks, sent)
	return map[string]any{"id": 77}
}
