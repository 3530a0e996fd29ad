package web_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/previewgate/previewgate/internal/web"
)

// drip sends a line, and then nothing until the client hangs up.
func drip(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/silent" {
		<-r.Context().Done()
		return
	}
	_, _ = io.WriteString(w, "first\n")
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestAStreamOutlivesTheTimeOfAnAttempt(t *testing.T) {
	address := serve(t, drip)
	c := client(t, web.Options{Allow: []string{strings.TrimPrefix(address, "http://")}, Timeout: 50 * time.Millisecond})
	response, err := c.Open(t.Context(), web.Request{URL: address + "/log"})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	if line, err := lines.ReadString('\n'); line != "first\n" || err != nil {
		t.Fatalf("got %q, %v", line, err)
	}
	time.AfterFunc(100*time.Millisecond, c.Close)
	started := time.Now()
	if _, err := lines.ReadString('\n'); err == nil || time.Since(started) < 60*time.Millisecond {
		t.Errorf("the stream ended after %v: %v", time.Since(started), err)
	}
}

func TestAStreamIsHeldToTheRules(t *testing.T) {
	address := serve(t, drip)
	c := client(t, web.Options{Allow: []string{strings.TrimPrefix(address, "http://")}, Timeout: 50 * time.Millisecond})
	_, err := c.Open(t.Context(), web.Request{URL: address + "/silent"}) //nolint:bodyclose // there is none
	wantError(t, err, web.Timeout, strings.TrimPrefix(address, "http://")+" did not answer within 50ms")
	_, err = c.Open(t.Context(), web.Request{URL: "https://evil.example/"}) //nolint:bodyclose // there is none
	if e := (*web.Error)(nil); !errors.As(err, &e) || e.Kind != web.Blocked {
		t.Errorf("got %v", err)
	}
}

func TestAWebSocketIsHeldToTheRules(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if s, err := websocket.Accept(w, r, nil); err == nil {
			_ = s.Write(r.Context(), websocket.MessageText, []byte("hello "+r.Header.Get("X-Key")))
			_ = s.Close(websocket.StatusNormalClosure, "")
		}
	})
	c := client(t, web.Options{
		Allow:   []string{strings.TrimPrefix(address, "http://")},
		Secrets: []web.Secret{{Origin: address, Header: "X-Key", Value: "of-no-one-else-at-all"}},
	})
	dial := func(url string) (string, error) {
		s, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPClient: &http.Client{Transport: c.Sockets()}}) //nolint:bodyclose // the socket has it
		if err != nil {
			return "", err
		}
		_, text, err := s.Read(t.Context())
		return string(text), err
	}
	if got, err := dial(strings.Replace(address, "http", "ws", 1)); got != "hello " || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := dial("ws://127.0.0.1:1/"); err == nil || !strings.Contains(err.Error(), "was not asked") {
		t.Errorf("got %v", err)
	}
}
