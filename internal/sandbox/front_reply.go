package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// reply is an HTTP answer that is looked at before anybody gets it.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// replyOf asks a stand-in.
func replyOf(standIn http.HandlerFunc, r *http.Request, body []byte) *reply {
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return worded(func(w http.ResponseWriter) { standIn(w, r) })
}

// worded is an answer in a stand-in's own words.
func worded(say func(http.ResponseWriter)) *reply {
	a := &reply{header: http.Header{}, status: http.StatusOK}
	say(a)
	return a
}

// Header, WriteHeader and Write make it an http.ResponseWriter.
func (a *reply) Header() http.Header { return a.header }

// WriteHeader keeps the status.
func (a *reply) WriteHeader(status int) { a.status = status }

// Write keeps the body.
func (a *reply) Write(p []byte) (int, error) { return a.body.Write(p) }

// pass gives the answer to whoever asked.
func (a *reply) pass(w http.ResponseWriter) {
	for _, name := range []string{"Content-Type", "Location"} {
		if value := a.header.Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes())
}

// ask makes one request, redirects left alone.
func ask(ctx context.Context, method, address, key string, body []byte) (*reply, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+key)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	defer response.Body.Close()
	a := &reply{header: response.Header, status: response.StatusCode}
	_, err = io.Copy(&a.body, io.LimitReader(response.Body, maxBody))
	return a, err
}

// lastPart is what stands behind the last colon of an x-vercel-id.
func lastPart(id string) string { return id[strings.LastIndex(id, ":")+1:] }
