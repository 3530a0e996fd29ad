package web

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpguts"
)

// maxHeader bounds the headers of an answer.
const maxHeader = 64 << 10

// newTransport returns the real network behind its guard. Connecting gets half the time of an attempt, so that a lost
// packet leaves time for another.
func newTransport(o Options, r rules) *http.Transport {
	dial := o.Dial
	if dial == nil {
		dial = newGuard(r, net.Dialer{Timeout: o.Timeout / 2}).dial
	}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    o.Timeout / 2,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// An exchange makes the attempts of one Request. Each attempt ends with the body read, so that a body that breaks off or
// drips is a failed attempt like any other.
type exchange struct {
	client   *Client
	request  Request
	last     *Response // of the last attempt, nil when it failed
	attempts int
	pause    time.Duration // before the next attempt
}

// RoundTrip makes one attempt. What it returns is a shell for the retries to judge: without a body, because that is read,
// and without a Location, because net/http fails on one that it cannot read.
func (e *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	e.last = nil
	ctx, cancel := within(r.Context(), e.client.options.Timeout)
	defer cancel()
	r = r.Clone(ctx)
	if !e.request.Public {
		e.client.secrets.attach(r.URL, r.Header)
	}
	response, err := e.client.transport.RoundTrip(r)
	if err != nil {
		return nil, e.client.explain(r, err)
	}
	defer response.Body.Close()
	limit := e.request.MaxBody
	if limit <= 0 {
		limit = e.client.options.MaxBody
	}
	body, truncated, err := readBody(response.Body, limit)
	if err != nil {
		return nil, e.client.explain(r, err)
	}
	e.last = &Response{URL: r.URL, Status: response.StatusCode, Header: response.Header, Body: body, Truncated: truncated}
	return &http.Response{
		StatusCode: response.StatusCode, Request: r, Body: http.NoBody,
		Header: http.Header{"Retry-After": response.Header["Retry-After"]},
	}, nil
}

// readBody reads up to limit bytes, and no buffer larger than what it returns stays behind.
func readBody(r io.Reader, limit int64) (body []byte, truncated bool, err error) {
	body, err = io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, false, err
	}
	if int64(len(body)) > limit {
		body, truncated = body[:limit], true
	}
	return bytes.Clone(body), truncated, nil
}

// prepare builds the request and holds it to the rules on headers and secrets.
func (c *Client) prepare(u *url.URL, req Request) (*http.Request, error) {
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequest(method, u.String(), nil)
	if err != nil {
		return nil, blocked(shown(u), "%s was not asked: it makes no valid request", shown(u))
	}
	for name, values := range req.Header {
		for _, value := range values {
			if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
				return nil, blocked(shown(u), "%s was not asked: the header %q cannot be sent", shown(u), name)
			}
		}
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if secret, found := c.secrets.strays(u, r.Header, req.Body); found {
		return nil, blocked(shown(u), "%s was not asked: the request carries the secret %s, which belongs to %s alone",
			shown(u), cmp.Or(secret.Header, "value"), secret.Origin)
	}
	r.Header.Del("Accept-Encoding") // only the transport's own compression is undone, within the limit
	if _, given := r.Header["User-Agent"]; !given {
		r.Header.Set("User-Agent", c.options.UserAgent)
	}
	return r, nil
}
