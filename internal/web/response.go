package web

import (
	"net/http"
	"net/url"
)

// A Response is an answer, read to its end or to the limit.
type Response struct {
	URL       *url.URL // what was asked
	Status    int
	Header    http.Header
	Body      []byte
	Truncated bool // the body went on after the limit
}

// Location returns where a redirect points, resolved, or nil when the answer is no redirect or points nowhere readable.
func (r *Response) Location() *url.URL {
	raw := r.Header.Get("Location")
	if r.Status < 300 || r.Status > 399 || raw == "" {
		return nil
	}
	next, err := r.URL.Parse(raw)
	if err != nil {
		return nil
	}
	return next
}

// Cookies returns the cookies the answer sets.
func (r *Response) Cookies() []*http.Cookie {
	return (&http.Response{Header: r.Header}).Cookies()
}
