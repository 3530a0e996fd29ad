package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A hanging server takes requests and never answers.
type hanging struct {
	*httptest.Server
	asked chan struct{} // closed by the first request
}

func newHanging(t *testing.T) *hanging {
	t.Helper()
	h := &hanging{asked: make(chan struct{})}
	first, wait := sync.OnceFunc(func() { close(h.asked) }), untilTheEnd(t)
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		first()
		wait(r)
	}))
	t.Cleanup(h.Close)
	return h
}

// untilTheEnd returns a function that holds a request until its sender or the
// test gives up.
func untilTheEnd(t *testing.T) func(*http.Request) {
	t.Helper()
	ctx := t.Context() // is canceled before the cleanups
	return func(r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-ctx.Done():
		}
	}
}

// A gateway stands before the sandbox's GitHub.
type gateway struct {
	*httptest.Server
	asked    chan struct{} // closed by the request at which the run is canceled
	canceled atomic.Bool
	told     atomic.Pointer[time.Time] // when the last status was set; nil: none was
}

// said is how long after a moment the last status was set.
func (g *gateway) said(since time.Time) time.Duration {
	told := g.told.Load()
	if told == nil {
		return 0
	}
	return told.Sub(since)
}

func newGateway(t *testing.T, s *sandbox.Sandbox, tt cancelRow) *gateway {
	t.Helper()
	target, err := url.Parse(gitHubOf(s))
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{asked: make(chan struct{})}
	reached, wait := sync.OnceFunc(func() { close(g.asked) }), untilTheEnd(t)
	github := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tt.at != "" && strings.HasPrefix(r.Method+" "+r.URL.Path, tt.at) {
			defer reached()
		}
		if g.canceled.Load() && (tt.deaf == "*" || tt.deaf == r.Method) {
			wait(r)
			return
		}
		github.ServeHTTP(w, r)
		if r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/statuses/") {
			g.told.Store(new(time.Now()))
		}
	}))
	t.Cleanup(g.Close)
	return g
}

// gitHubOf is where the sandbox's GitHub is.
func gitHubOf(s *sandbox.Sandbox) string {
	for _, pair := range s.PlainEnv() {
		if address, found := strings.CutPrefix(pair, "GITHUB_API_URL="); found {
			return address
		}
	}
	return ""
}
