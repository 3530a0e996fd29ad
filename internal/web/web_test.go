package web_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/web"
)

// network answers in place of the network.
type network func(r *http.Request) *http.Response

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return n(r), nil
}

// answer makes an answer; headers are given as "Name: value".
func answer(status int, body string, headers ...string) *http.Response {
	header := http.Header{}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		header.Add(name, value)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

// client returns a client that hardly waits, with o on top.
func client(t *testing.T, o web.Options) *web.Client {
	t.Helper()
	if o.WaitMax == 0 {
		o.WaitMax = time.Millisecond
	}
	c, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// serve starts a server on loopback and returns its URL.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// wantError checks an error's kind and line.
func wantError(t *testing.T, err error, kind web.Kind, line string) {
	t.Helper()
	var e *web.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want a *web.Error", err)
	}
	if e.Kind != kind || !strings.Contains(e.Error(), line) || strings.Contains(e.Error(), "\n") {
		t.Errorf("got %s: %q, want %s: … %q", e.Kind, e, kind, line)
	}
}

func loopback() []string { return []string{"127.0.0.1"} }

func TestMalformedOptionsAreNamed(t *testing.T) {
	cases := map[string]struct {
		o    web.Options
		want string
	}{
		"allowing a URL":              {web.Options{Allow: []string{"https://a.example"}}, "--allow-host https://a.example"},
		"allowing a user":             {web.Options{Allow: []string{"u@a.example"}}, "without scheme, user or path"},
		"allowing nothing":            {web.Options{Allow: []string{""}}, "no host name"},
		"allowing everything":         {web.Options{Allow: []string{"*"}}, "no host name"},
		"allowing a top-level domain": {web.Options{Allow: []string{"*.app"}}, "wildcard"},
		"allowing half a label":       {web.Options{Allow: []string{"web-*.acme.dev"}}, "no host name"},
		"a port out of range":         {web.Options{Allow: []string{"a.example:70000"}}, "HOST:PORT"},
		"an address among the hosts":  {web.Options{Hosts: []string{"10.0.0.1"}}, "no host name"},
		"a secret for a path":         {web.Options{Secrets: []web.Secret{{Origin: "https://a.example/x", Header: "A", Value: "b"}}}, "origin"},
		"a secret with a line break":  {web.Options{Secrets: []web.Secret{{Origin: "https://a.example", Header: "A", Value: "b\nc"}}}, "sent"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := web.New(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want … %s", err, c.want)
			}
		})
	}
}

func TestProxyVariablesAreIgnored(t *testing.T) {
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"} {
		t.Setenv(name, proxy)
	}
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") })
	got, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: url})
	if err != nil || string(got.Body) != "direct" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestConnectionsAreReused(t *testing.T) {
	seen := map[string]bool{}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen[r.RemoteAddr] = true
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	c := client(t, web.Options{Allow: loopback()})
	for range 3 {
		if _, err := c.Do(t.Context(), web.Request{URL: url}); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 1 {
		t.Errorf("got %d connections, want 1", len(seen))
	}
}

// The library under the client prints URLs, queries included, unless told otherwise. Its logger holds on to the real
// standard error, so the client runs in a process of its own.
func TestNothingIsLogged(t *testing.T) {
	if os.Getenv("PREVIEWGATE_TEST_CHILD") == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestNothingIsLogged$")
		child.Env = append(os.Environ(), "PREVIEWGATE_TEST_CHILD=1")
		out, err := child.CombinedOutput()
		if err != nil || strings.Contains(string(out), "in-the-query") || strings.Contains(string(out), "DEBUG") {
			t.Errorf("got %v and output %s", err, out)
		}
		return
	}
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if _, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: url + "/?a=in-the-query"}); err != nil {
		t.Fatal(err)
	}
}
