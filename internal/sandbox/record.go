package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	maxBody   = 1 << 20
	userAgent = "previewgate-sandbox/1.0" // of what the stand-ins ask each other
)

// A Request is one request a stand-in was asked.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   string
}

// recorder keeps what was asked, in order of arrival.
type recorder struct {
	mu       sync.Mutex
	requests []Request
}

// add records a request and leaves its body to be read again.
func (c *recorder) add(r *http.Request, scheme string) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, Request{
		Method: r.Method,
		URL:    scheme + "://" + r.Host + r.URL.RequestURI(),
		Header: r.Header.Clone(),
		Body:   string(body),
	})
}

// Requests returns everything that was asked, in order, including what the
// stand-ins asked each other.
func (s *Sandbox) Requests() []Request {
	s.asked.mu.Lock()
	defer s.asked.mu.Unlock()
	return slices.Clone(s.asked.requests)
}

// delay waits as long as the World says a request takes; false: nobody waits
// for the answer any more. The stand-ins' own requests are not delayed, since
// the services they stand for answer from warm caches.
func (s *Sandbox) delay(r *http.Request) bool {
	if s.world.Delay == 0 || r.UserAgent() == userAgent {
		return true
	}
	timer := time.NewTimer(s.world.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
