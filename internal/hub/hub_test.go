package hub

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v66/github"
)

// A fakeGitHub answers requests in order, with the last answer over and over, and keeps what it was asked and when.
type fakeGitHub struct {
	answers []answer
	open    int // bodies that nobody has closed
	asked   []*http.Request
	at      []time.Time
}

type answer struct {
	status int
	header map[string]string
	body   string
	err    error
}

func (f *fakeGitHub) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
	a := f.answers[min(len(f.asked), len(f.answers)-1)]
	f.asked = append(f.asked, req)
	f.at = append(f.at, time.Now())
	if a.err != nil {
		return nil, a.err
	}
	resp := &http.Response{
		StatusCode: a.status, Header: http.Header{}, Request: req,
		Body: &body{strings.NewReader(a.body), f},
	}
	f.open++
	for name, value := range a.header {
		resp.Header.Set(name, value)
	}
	return resp, nil
}

// A body tells its fake when it is closed.
type body struct {
	io.Reader
	fake *fakeGitHub
}

func (b *body) Close() error {
	b.fake.open--
	return nil
}

func newClient(t *testing.T, base http.RoundTripper) *github.Client {
	t.Helper()
	client, err := New("", "ghs_secret", base)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func readPull(ctx context.Context, c *github.Client) error {
	_, _, err := c.PullRequests.Get(ctx, "o", "r", 1)
	return err
}

func createComment(ctx context.Context, c *github.Client) error {
	_, _, err := c.Issues.CreateComment(ctx, "o", "r", 1, &github.IssueComment{Body: new("x")})
	return err
}

func TestAPIAddresses(t *testing.T) {
	for given, want := range map[string]string{
		"":                            "https://api.github.com/",
		"https://api.github.com":      "https://api.github.com/",
		"https://ghe.corp/api/v3":     "https://ghe.corp/api/v3/",
		"https://ghe.corp/api/v3//":   "https://ghe.corp/api/v3/",
		"http://127.0.0.1:9333":       "http://127.0.0.1:9333/",
		"http://localhost:9333/":      "http://localhost:9333/",
		"http://ghe.corp/api/v3":      "",
		"ftp://ghe.corp":              "",
		"https://u:p@ghe.corp":        "",
		"https://ghe.corp/?x=1":       "",
		"https://ghe.corp/#fragment":  "",
		"/api":                        "",
		"https://":                    "",
		"https://ghe.corp/%zz":        "",
		"http://127.0.0.1.evil.test/": "",
	} {
		client, err := New(given, "t", http.DefaultTransport)
		got := ""
		if err == nil {
			got = client.BaseURL.String()
		}
		if got != want {
			t.Errorf("%q gives %q (%v), want %q", given, got, err, want)
		}
	}
}

func TestTheTokenStaysWithTheAPI(t *testing.T) {
	var leaked []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	defer api.Close()
	client, err := New(api.URL, "ghs_secret", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	err = readPull(t.Context(), client)
	if err == nil || len(leaked) > 0 {
		t.Errorf("the other host was asked with %q, error %v", leaked, err)
	}
	if got := Explain(err); !strings.Contains(got, "points elsewhere (307)") {
		t.Errorf("explained as %q", got)
	}
	req, _ := http.NewRequest(http.MethodGet, elsewhere.URL, nil)
	if _, err := client.Do(t.Context(), req, nil); err == nil || len(leaked) > 0 {
		t.Errorf("a direct request went to the other host with %q", leaked)
	}
}

func TestARenamedRepositoryIsFollowed(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/repos/o/r/") {
			http.Redirect(w, r, "/repositories/1/pulls/1", http.StatusMovedPermanently)
			return
		}
		_, _ = io.WriteString(w, `{"number":1}`)
	}))
	defer api.Close()
	client, _ := New(api.URL, "t", http.DefaultTransport)
	if err := readPull(t.Context(), client); err != nil {
		t.Errorf("reading: %v", err)
	}
}

func TestAWriteIsNotTurnedIntoARead(t *testing.T) {
	var methods []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		http.Redirect(w, r, "/elsewhere", http.StatusMovedPermanently)
	}))
	defer api.Close()
	client, _ := New(api.URL, "t", http.DefaultTransport)
	if err := createComment(t.Context(), client); err == nil || len(methods) != 1 {
		t.Errorf("requests %v, error %v; want the POST alone, and an error", methods, err)
	}
}

func TestAnswersHaveALimit(t *testing.T) {
	for size, ok := range map[int]bool{bodyLimit: true, bodyLimit + 1: false} {
		fake := &fakeGitHub{answers: []answer{{status: 200, body: "{}" + strings.Repeat(" ", size-2)}}}
		if err := readPull(t.Context(), newClient(t, fake)); (err == nil) != ok || len(fake.asked) != 1 || fake.open != 0 {
			t.Errorf("%d bytes: %d requests, %d bodies left open, error %v", size, len(fake.asked), fake.open, err)
		}
	}
}

func TestAnAnswerThatBreaksOffIsAskedForAgain(t *testing.T) {
	tries := 0
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries == 1 {
			w.Header().Set("Content-Length", "100")
		}
		_, _ = io.WriteString(w, `{"number":1}`)
	}))
	defer api.Close()
	client, _ := New(api.URL, "t", http.DefaultTransport)
	if err := readPull(t.Context(), client); err != nil || tries != 2 {
		t.Errorf("%d tries, error %v", tries, err)
	}
}
