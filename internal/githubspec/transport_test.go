package githubspec

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-github/v66/github"
)

// A witness stands for the test that a transport may fail.
type witness struct {
	testing.TB
	said []string
}

func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

// A canned transport gives one answer to everything, and keeps what it was sent.
type canned struct {
	status int
	body   io.Reader
	sent   string
}

func (c *canned) RoundTrip(req *http.Request) (*http.Response, error) {
	if c.status == 0 {
		return nil, errors.New("connection refused")
	}
	if req.Body != nil {
		sent, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		c.sent = string(sent)
	}
	return &http.Response{StatusCode: c.status, Body: io.NopCloser(c.body), Request: req}, nil
}

func TestTransport(t *testing.T) {
	const answer = `{"id":1,"state":"success"}`
	tests := []struct {
		name   string
		state  string
		status int
		body   io.Reader
		want   []string // the start of each complaint
		err    bool
	}{
		{"all is well", "success", 201, strings.NewReader(answer), nil, false},
		{"the request is wrong", "ok", 201, strings.NewReader(answer), []string{"a request to GitHub: POST"}, false},
		{"the answer is wrong", "success", 201, strings.NewReader(`{"merged":true}`), []string{"an answer of the stand-in for GitHub: POST"}, false},
		{"the answer breaks off", "success", 201, io.MultiReader(strings.NewReader("{"), broken{io.ErrUnexpectedEOF}), nil, true},
		{"there is no answer", "success", 0, nil, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, next := &witness{TB: t}, &canned{status: tt.status, body: tt.body}
			client := github.NewClient(&http.Client{Transport: Transport(w, next)})
			status, _, err := client.Repositories.CreateStatus(t.Context(), "acme", "web", sha, &github.RepoStatus{State: &tt.state})
			if (err != nil) != tt.err {
				t.Errorf("got %v, %v", status, err)
			}
			if tt.status != 0 && strings.TrimSpace(next.sent) != `{"state":"`+tt.state+`"}` {
				t.Errorf("sent %q", next.sent)
			}
			if len(w.said) != len(tt.want) {
				t.Fatalf("the test was told %q", w.said)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(w.said[i], want) {
					t.Errorf("the test was told %q, want %q", w.said[i], want)
				}
			}
		})
	}
}

// TestGoGitHubAsksForTooMuch holds that what the real client sends is understood.
func TestGoGitHubAsksForTooMuch(t *testing.T) {
	w := &witness{TB: t}
	client := github.NewClient(&http.Client{Transport: Transport(w, &canned{status: 200, body: strings.NewReader(`[]`)})})
	_, _, err := client.Issues.ListComments(t.Context(), "acme", "web", 7, &github.IssueListCommentsOptions{
		ListOptions: github.ListOptions{PerPage: 250},
	})
	if err != nil || len(w.said) != 1 || !strings.Contains(w.said[0], "per_page") {
		t.Errorf("got %v, %q", err, w.said)
	}
}

// TestNothingOfItIsReleased holds that the description stays out of the binaries.
func TestNothingOfItIsReleased(t *testing.T) {
	listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(string(listed)) {
		if strings.Contains(name, "githubspec") || strings.Contains(name, "jsonschema") {
			t.Errorf("a release holds %s", name)
		}
	}
	if !strings.Contains(string(listed), "cmd/previewgate") {
		t.Errorf("the commands were not found in %d bytes", len(listed))
	}
}
