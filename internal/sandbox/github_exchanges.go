package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
)

// An Exchange is a request to GitHub and what it answered.
type Exchange struct {
	Request
	Status int
	Answer string
}

// exchanges keeps what was said to GitHub and by it, in the order of the
// answers.
type exchanges struct {
	mu  sync.Mutex
	all []Exchange
}

// GitHubExchanges returns everything that GitHub has answered, and to what.
func (s *Sandbox) GitHubExchanges() []Exchange {
	kept := &s.hub.exchanges
	kept.mu.Lock()
	defer kept.mu.Unlock()
	return slices.Clone(kept.all)
}

// keeping keeps what is said to a handler and by it. An answer is kept before
// it is sent, so that whoever has it finds it here.
func (e *exchanges) keeping(next http.Handler, scheme string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		asked := Request{Method: r.Method, URL: scheme + "://" + r.Host + r.URL.RequestURI(), Header: r.Header.Clone(), Body: string(body)}
		a := &written{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(a, r)
		e.add(Exchange{asked, a.status, a.body.String()})
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body.Bytes())
	})
}

func (e *exchanges) add(x Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, x)
}

// A written answer is one that is still to be sent.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the headers to be sent.
func (a *written) Header() http.Header { return a.header }

// WriteHeader sets the status.
func (a *written) WriteHeader(status int) { a.status = status }

// Write adds to the body.
func (a *written) Write(b []byte) (int, error) { return a.body.Write(b) }
