package publish_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/publish"
)

// places is in how many lines something is wrong: more than GitHub takes
// annotations in one request.
const places = 60

// A statusBook answers what the emulator does not know, commit statuses, and
// passes everything else on.
type statusBook struct {
	head string // of fix/login
	mu   sync.Mutex
	kept []map[string]any // the newest first; of one commit
}

func (b *statusBook) RoundTrip(req *http.Request) (*http.Response, error) {
	below := strings.TrimPrefix(req.URL.Path, "/repos/"+owner+"/"+name+"/")
	b.mu.Lock()
	defer b.mu.Unlock()
	switch req.Method + " " + below {
	case "POST statuses/" + b.head:
		var status map[string]any
		if err := json.NewDecoder(req.Body).Decode(&status); err != nil {
			return nil, err
		}
		status["creator"] = map[string]any{"login": owner, "type": "User"}
		b.kept = append([]map[string]any{status}, b.kept...)
		return answer(req, http.StatusCreated, status), nil
	case "GET commits/" + b.head + "/statuses":
		return answer(req, http.StatusOK, b.kept), nil
	case "GET commits/heads/fix/login/status":
		latest := b.kept[:min(1, len(b.kept))]
		return answer(req, http.StatusOK, map[string]any{"sha": b.head, "statuses": latest, "total_count": len(latest)}), nil
	}
	return http.DefaultTransport.RoundTrip(req)
}

func answer(req *http.Request, status int, body any) *http.Response {
	rec := httptest.NewRecorder()
	rec.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	rec.WriteHeader(status)
	_ = json.NewEncoder(rec).Encode(body)
	resp := rec.Result()
	resp.Request = req
	return resp
}

// outcome is a closed gate's, with more places in files than GitHub takes
// annotations in one request.
func (e emulated) outcome(markdown string) publish.Outcome {
	check := &gate.Check{ID: "redirect-uri-host", Stage: gate.StageRedirectURI, Title: "the redirect URI is the preview's"}
	var evidence []gate.Evidence
	for line := range places {
		evidence = append(evidence, gate.Evidence{What: "redirect URI", Saw: "http://localhost:3000", File: "apps/web/proxy.ts", Line: line + 1})
	}
	return publish.Outcome{
		Report: gate.Report{
			Target: gate.Target{Repository: owner + "/" + name, PullRequest: e.pull, SHA: e.head, Branch: "fix/login", Deployment: "dpl_1"},
			Results: []gate.Result{{Check: check, Severity: gate.Blocking, Verdict: gate.Verdict{
				Status: gate.Failed, Summary: "it is localhost", Fix: "Set it.", Evidence: evidence,
			}}},
		},
		State: "failure", Headline: "1 thing to fix", Description: "redirect-uri-host: it is localhost", Markdown: markdown, CheckRun: true,
	}
}

// comment reads the comment at an address.
func (e emulated) comment(t *testing.T, address string) string {
	t.Helper()
	_, id, _ := strings.Cut(path.Base(address), "#issuecomment-")
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatalf("the comment's address is %q", address)
	}
	c, _, err := e.gh.Issues.GetComment(t.Context(), owner, name, number)
	if err != nil {
		t.Fatal(err)
	}
	return c.GetBody()
}

// TestAnotherGitHubTakesTheVerdict publishes twice to the emulator: the second
// run finds the first one's comment behind those of other people, and edits
// it.
func TestAnotherGitHubTakesTheVerdict(t *testing.T) {
	e := emulate(t)
	book := &statusBook{head: e.head}
	chat := func(n int) {
		for range n {
			_, _, err := e.gh.Issues.CreateComment(t.Context(), owner, name, e.pull, &github.IssueComment{Body: new("looks good")})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	chat(120) // more than GitHub lists at once
	first, log, err := e.publish(t, 200, book, e.outcome("### 1 thing to fix\n"))
	if err != nil || !strings.Contains(e.comment(t, first.CommentURL), "1 thing to fix") {
		t.Fatalf("%+v, %v:\n%s", first, err, log)
	}
	second, log, err := e.publish(t, 201, book, e.outcome("### mended | `a` <b> é\n"))
	if err != nil || second.CommentURL != first.CommentURL {
		t.Errorf("the comment is %s, then %s (%v):\n%s", first.CommentURL, second.CommentURL, err, log)
	}
	body := e.comment(t, second.CommentURL)
	if !strings.HasPrefix(body, "<!-- previewgate ") || !strings.Contains(body, "mended | `a` <b> é") || strings.Contains(body, "1 thing") {
		t.Errorf("the comment is %q", body)
	}
	if len(book.kept) != 2 || book.kept[0]["state"] != "failure" || book.kept[0]["context"] != "previewgate" {
		t.Errorf("the statuses are %v", book.kept)
	}
	e.holdCheckRuns(t, 2)
}

// holdCheckRuns holds that each run of the workflow made its check run. Of the
// annotations, the emulator keeps the last batch, where GitHub adds it to those
// before.
func (e emulated) holdCheckRuns(t *testing.T, want int) {
	t.Helper()
	runs, _, err := e.gh.Checks.ListCheckRunsForRef(t.Context(), owner, name, e.head, &github.ListCheckRunsOptions{Filter: new("all")})
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs.CheckRuns {
		if o := run.GetOutput(); run.GetName() != "previewgate report" || run.GetStatus() != "completed" || run.GetConclusion() != "failure" ||
			o.GetTitle() != "1 thing to fix" || o.GetAnnotationsCount() != places-50 {
			t.Errorf("a check run %q %s, %q with %d annotations", run.GetName(), run.GetConclusion(), o.GetTitle(), o.GetAnnotationsCount())
		}
	}
	if len(runs.CheckRuns) != want {
		t.Errorf("%d check runs, want %d", len(runs.CheckRuns), want)
	}
}

// TestAGitHubWithoutStatuses publishes to the emulator as it is. The comment
// and the check run are made all the same, and it is said that the status, by
// which a commit may pass, is missing.
func TestAGitHubWithoutStatuses(t *testing.T) {
	e := emulate(t)
	end, log, err := e.publish(t, 200, http.DefaultTransport, e.outcome("### 1 thing to fix\n"))
	if err == nil || !strings.Contains(err.Error(), "the commit status was not set") {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(log, "`statuses: read`") || !strings.Contains(e.comment(t, end.CommentURL), "1 thing to fix") {
		t.Errorf("%+v:\n%s", end, log)
	}
	e.holdCheckRuns(t, 1)
	again, _, _ := e.publish(t, 201, http.DefaultTransport, e.outcome("### 2 things to fix\n"))
	if again.CommentURL != end.CommentURL || !strings.Contains(e.comment(t, again.CommentURL), "2 things") {
		t.Errorf("a second run left %q, the first %q", again.CommentURL, end.CommentURL)
	}
}
