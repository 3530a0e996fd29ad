package convexsync

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const (
	token  = "aGVhZGVy.cGF5bG9hZC1vZi1hLXRlc3Q.c2lnbmF0dXJlLW9mLW5vdGhpbmc"
	stayed = `{"type":"Transition","startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},"endVersion":{"querySet":0,"identity":0,"ts":"AQAAAAAAAAA="},"modifications":[]}`
	moved  = `{"type":"Transition","startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},"endVersion":{"querySet":0,"identity":1,"ts":"AQAAAAAAAAA="},"modifications":[]}`
)

// line is a deployment's part of a conversation: what it sends once it has
// heard both messages, and how it ends.
type line struct {
	sends  []string
	code   websocket.StatusCode // 0: it leaves the WebSocket open
	reason string
}

// deployment plays the part, and returns its address.
func deployment(t *testing.T, part line) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer socket.CloseNow() //nolint:errcheck // the test is over
		for range 2 {
			if _, _, err := socket.Read(r.Context()); err != nil {
				return
			}
		}
		for _, text := range part.sends {
			if socket.Write(r.Context(), websocket.MessageText, []byte(text)) != nil {
				return
			}
		}
		if part.code != 0 {
			_ = socket.Close(part.code, part.reason)
			return
		}
		_, _, _ = socket.Read(r.Context()) // until the other side has heard enough
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// options reach a server of the test's own.
func options(t *testing.T) Options {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return Options{Transport: transport, Timeout: 5 * time.Second}
}

func TestWhatADeploymentSaysOfAToken(t *testing.T) {
	authError := func(text string) string {
		return `{"type":"AuthError","error":"` + text + `","baseVersion":0,"authUpdateAttempted":true}`
	}
	const without = websocket.StatusNoStatusRcvd
	cases := map[string]struct {
		part line
		want Result
	}{
		"accepted":                   {line{sends: []string{moved}}, Result{Accepted: true}},
		"accepted after other news":  {line{sends: []string{`{"type":"Ping"}`, stayed, `{"type":"Later"}`, moved}}, Result{Accepted: true}},
		"refused":                    {line{sends: []string{authError("Token expired 9 seconds ago")}, code: without}, Result{Refusal: "Token expired 9 seconds ago"}},
		"refused after other news":   {line{sends: []string{`{"type":"Ping"}`, stayed, authError("no")}, code: without}, Result{Refusal: "no"}},
		"refused without a word":     {line{sends: []string{authError("")}}, Result{Refusal: "Convex gave no reason"}},
		"refused, quoting the token": {line{sends: []string{authError("bad: " + token)}}, Result{Refusal: "bad: ***"}},
		"refused at length":          {line{sends: []string{authError(strings.Repeat("ü ", maxText))}}, Result{Refusal: strings.Repeat("ü ", maxText/2) + "…"}},
	}
	for name, c := range cases {
		got, err := Authenticate(t.Context(), options(t), deployment(t, c.part), token)
		if got != c.want || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestConversationsEndWithoutAJudgement(t *testing.T) {
	fatal := `{"type":"FatalError","error":"Received Invalid JSON on websocket"}`
	cases := map[string]struct {
		part line
		want Interruption
		text string
	}{
		"overloaded": {
			line{code: websocket.StatusTryAgainLater, reason: "TooManyConcurrentRequests"},
			Interruption{Code: 1013, Text: "TooManyConcurrentRequests"},
			"convex closed the WebSocket with code 1013: TooManyConcurrentRequests",
		},
		"gone": {line{code: 4040}, Interruption{Code: 4040}, "convex closed the WebSocket with code 4040"},
		"a mistake of ours": {
			line{sends: []string{fatal}, code: websocket.StatusNoStatusRcvd},
			Interruption{Code: 1005, Text: "Received Invalid JSON on websocket"},
			"convex closed the WebSocket with code 1005: Received Invalid JSON on websocket",
		},
		"a mistake of ours, and it talks on": {
			line{sends: []string{fatal, stayed}},
			Interruption{Text: "Received Invalid JSON on websocket"},
			"convex gave up on the WebSocket: Received Invalid JSON on websocket",
		},
		"quoting the token": {
			line{sends: []string{`{"type":"FatalError","error":"` + token + `"}`, stayed}},
			Interruption{Text: "***"},
			"convex gave up on the WebSocket: ***",
		},
	}
	for name, c := range cases {
		got, err := Authenticate(t.Context(), options(t), deployment(t, c.part), token)
		var interruption *Interruption
		if got != (Result{}) || !errors.As(err, &interruption) || *interruption != c.want || err.Error() != c.text {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestNoAnswerIsNoJudgement(t *testing.T) {
	cases := map[string]struct {
		part line
		want string
	}{
		"garbage":          {line{sends: []string{"<html>"}}, "convex sent something over the WebSocket that is no message of its protocol"},
		"chatter":          {line{sends: slicesOf(stayed, maxMessages)}, "convex sent 32 messages over the WebSocket, and none about the token"},
		"more than it may": {line{sends: []string{`"` + strings.Repeat("x", maxMessage) + `"`}}, "the WebSocket to Convex broke: "},
		"silence":          {line{}, "convex has not judged the token over the WebSocket: context deadline exceeded"},
	}
	for name, c := range cases {
		o := options(t)
		if name == "silence" {
			o.Timeout = 50 * time.Millisecond
		}
		got, err := Authenticate(t.Context(), o, deployment(t, c.part), token)
		if got != (Result{}) || err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func slicesOf(text string, n int) []string {
	return strings.Split(strings.TrimSuffix(strings.Repeat(text+"\n", n), "\n"), "\n")
}

func TestOnlyAWebSocketWillDo(t *testing.T) {
	for _, status := range []int{200, 301, 302, 307, 404, 426, 503} {
		var asked atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", "http://"+r.Host+"/elsewhere")
			w.WriteHeader(status)
		}))
		_, err := Authenticate(t.Context(), options(t), server.URL, token)
		server.Close()
		var interruption *Interruption
		if !errors.As(err, &interruption) || interruption.Status != status || asked.Load() != 1 {
			t.Errorf("%d: asked %d times, %v", status, asked.Load(), err)
		}
	}
}

func TestNothingIsAskedWithoutWhatItNeeds(t *testing.T) {
	o := options(t)
	cases := map[string]struct {
		options      Options
		address      string
		token, wants string
	}{
		"no transport":   {Options{}, "https://swift-lemur-482.convex.cloud", token, "no transport was given"},
		"no token":       {o, "https://swift-lemur-482.convex.cloud", "", "there is no token to offer"},
		"no address":     {o, "", token, "its address is no http or https URL"},
		"no host":        {o, "https:///x", token, "its address is no http or https URL"},
		"another scheme": {o, "file://x/y", token, "its address is no http or https URL"},
		"a password":     {o, "https://a:b@swift-lemur-482.convex.cloud", token, "its address is no http or https URL"},
	}
	for name, c := range cases {
		if _, err := Authenticate(t.Context(), c.options, c.address, c.token); err == nil || !strings.HasSuffix(err.Error(), c.wants) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAddressIsTheClients(t *testing.T) {
	cases := map[string]string{
		"https://swift-lemur-482.convex.cloud":           "wss://swift-lemur-482.convex.cloud/api/1.48.0/sync",
		"https://swift-lemur-482.convex.cloud/":          "wss://swift-lemur-482.convex.cloud/api/1.48.0/sync",
		"https://convex.acme.example:8443/self?x=1#hash": "wss://convex.acme.example:8443/self/api/1.48.0/sync",
		"http://127.0.0.1:3210":                          "ws://127.0.0.1:3210/api/1.48.0/sync",
	}
	for address, want := range cases {
		if got, err := socketAddress(address); got != want || err != nil {
			t.Errorf("%s: %s, %v", address, got, err)
		}
	}
}

func TestTheCallersDeadlineHolds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Authenticate(ctx, options(t), deployment(t, line{}), token); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
