package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/web"
)

// counting counts the connections a listener accepts.
type counting struct {
	net.Listener
	accepted *atomic.Int32
}

func (c counting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.accepted.Add(1)
	}
	return conn, err
}

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

// speak starts a server that answers every connection with raw text.
func speak(t *testing.T, text string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1024))
			_, _ = io.WriteString(conn, text)
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

func compressed(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}

func TestAnAttemptEndsInTime(t *testing.T) {
	cases := map[string]http.HandlerFunc{
		"a server that hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a body that drips": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(10 * time.Millisecond):
				}
			}
		},
	}
	for name, handler := range cases {
		t.Run(name, func(t *testing.T) {
			url := serve(t, handler)
			_, err := client(t, web.Options{Allow: loopback(), Timeout: 100 * time.Millisecond}).Do(t.Context(), web.Request{URL: url})
			wantError(t, err, web.Timeout, "did not answer within 100ms")
		})
	}
}

func TestABodyIsReadToTheLimit(t *testing.T) {
	const limit = 1000
	cases := map[string]struct {
		handler   http.HandlerFunc
		want      int
		truncated bool
	}{
		"a small body":          {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 10)) }, 10, false},
		"a body at the limit":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, limit)) }, limit, false},
		"a body over the limit": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, limit+1)) }, limit, true},
		"a hundred megabytes": {func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, limit, true},
		"a compression bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(compressed(strings.Repeat("0", 10<<20)))
		}, limit, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := client(t, web.Options{Allow: loopback(), MaxBody: limit}).Do(t.Context(), web.Request{URL: serve(t, c.handler)})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Body) != c.want || got.Truncated != c.truncated || cap(got.Body) > 2*limit {
				t.Errorf("got %d bytes of %d, truncated %t", len(got.Body), cap(got.Body), got.Truncated)
			}
		})
	}
}

func TestAMalformedAnswerIsAnError(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"another protocol": {"220 mail.example ESMTP\r\n", "did not answer in HTTP"},
		"huge headers":     {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 128<<10) + "\r\n\r\n", "headers of the answer of 127.0.0.1"},
		"broken gzip":      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 23\r\n\r\nthis is not gzip at all", "not compressed as it says"},
		"corrupt gzip": {
			"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + string(compressed("a")[:10]) + "\xff\xff\xff\xff",
			"not compressed as it says",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: speak(t, c.text)})
			wantError(t, err, web.Protocol, c.want)
		})
	}
}

func TestABodyThatBreaksOffIsAnError(t *testing.T) {
	url := speak(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
	_, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: url})
	wantError(t, err, web.Network, "broke the connection off")
}

func TestHandshakesThatFail(t *testing.T) {
	plain := strings.Replace(speak(t, "HTTP/1.1 400 Bad Request\r\n\r\n"), "http:", "https:", 1)
	_, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: plain})
	wantError(t, err, web.TLS, "does not speak TLS")

	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.EnableHTTP2 = true
	server.Config.ErrorLog = discard()
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := client(t, web.Options{Allow: []string{"127.0.0.1", "localhost"}, RootCAs: roots})
	if got, err := c.Do(t.Context(), web.Request{URL: server.URL}); err != nil || got.Status != http.StatusNotFound {
		t.Errorf("with the right roots: got %v, %v", got, err)
	}
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	_, err = c.Do(t.Context(), web.Request{URL: fmt.Sprintf("https://localhost:%s/", port)})
	wantError(t, err, web.TLS, "not localhost")
}

func TestNothingListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, err = client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: "http://" + address})
	wantError(t, err, web.Refused, address+" refused the connection")
}
