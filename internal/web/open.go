package web

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Open asks once and returns the answer with its body unread: a stream, which is read as it comes. Only the time to its
// headers is bounded. It lives until its body is closed, ctx ends or the client is closed, whichever is first.
func (c *Client) Open(ctx context.Context, req Request) (*http.Response, error) {
	u, err := c.rules.parse(req.URL, req.Public)
	if err != nil {
		return nil, c.clean(err)
	}
	r, err := c.prepare(u, req)
	if err != nil {
		return nil, c.clean(err)
	}
	if !req.Public {
		c.secrets.attach(r.URL, r.Header)
	}
	return c.begin(r.WithContext(ctx))
}

// begin makes one attempt, of which only the time to the headers is bounded.
func (c *Client) begin(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	stop := context.AfterFunc(c.life, func() { cancel(context.Canceled) })
	timer := time.AfterFunc(c.options.Timeout, func() { cancel(limit(c.options.Timeout)) })
	r = r.WithContext(ctx)
	response, err := c.transport.RoundTrip(r)
	timer.Stop()
	end := func() { stop(); cancel(context.Canceled) }
	if err != nil {
		err = c.explain(r, err)
		end()
		return nil, err
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return response, nil // the caller has the connection, and ctx has no more say
	}
	response.Body = &lasting{ReadCloser: response.Body, end: end}
	return response, nil
}

// A lasting body takes its context with it when it is closed.
type lasting struct {
	io.ReadCloser
	once sync.Once
	end  func()
}

func (b *lasting) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(b.end)
	return err
}

// Sockets returns what WebSockets are opened through. Each handshake is held to the rules of a Public request: no secret
// is added to it, and none may be in it.
func (c *Client) Sockets() http.RoundTripper { return sockets{c} }

type sockets struct{ client *Client }

func (s sockets) RoundTrip(r *http.Request) (*http.Response, error) {
	u, err := s.client.rules.parse(r.URL.String(), true)
	if err != nil {
		return nil, s.client.clean(err)
	}
	checked, err := s.client.prepare(u, Request{Method: r.Method, URL: u.String(), Header: r.Header, Public: true})
	if err != nil {
		return nil, s.client.clean(err)
	}
	return s.client.begin(checked.WithContext(r.Context()))
}
