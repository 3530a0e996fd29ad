package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/previewgate/previewgate/internal/web"
)

func TestOnlyWhatChangesNothingIsRepeated(t *testing.T) {
	cases := map[string]struct {
		status int
		req    web.Request
		want   int
	}{
		"a GET that is limited":           {http.StatusTooManyRequests, web.Request{}, 3},
		"a GET at a broken gateway":       {http.StatusBadGateway, web.Request{Method: "GET"}, 3},
		"a HEAD of a busy service":        {http.StatusServiceUnavailable, web.Request{Method: "HEAD"}, 3},
		"a GET at a slow gateway":         {http.StatusGatewayTimeout, web.Request{}, 3},
		"a GET of a failing preview":      {http.StatusInternalServerError, web.Request{}, 1},
		"a GET that is refused":           {http.StatusForbidden, web.Request{}, 1},
		"a POST at a broken gateway":      {http.StatusBadGateway, web.Request{Method: "POST", Body: []byte("x")}, 1},
		"a POST that is limited":          {http.StatusTooManyRequests, web.Request{Method: "POST"}, 1},
		"a safe POST at a broken gateway": {http.StatusBadGateway, web.Request{Method: "POST", Safe: true, Body: []byte("x")}, 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := 0
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got++
				if body, _ := io.ReadAll(r.Body); string(body) != string(c.req.Body) {
					t.Errorf("got body %q, want %q", body, c.req.Body)
				}
				w.WriteHeader(c.status)
			})
			c.req.URL = url
			response, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), c.req)
			if err != nil || response.Status != c.status {
				t.Fatalf("got %v, %v, want the last answer", response, err)
			}
			if got != c.want {
				t.Errorf("got %d requests, want %d", got, c.want)
			}
		})
	}
}

func TestRetryAfterIsHonouredUpToTheLongestWait(t *testing.T) {
	cases := map[string]struct {
		header string
		least  time.Duration
		most   time.Duration
	}{
		"an hour":             {"3600", 2 * time.Second, 2 * time.Second},
		"more than a number":  {"99999999999999999999999", 2 * time.Second, 2 * time.Second},
		"a second":            {"1", time.Second, time.Second},
		"none":                {"0", 0, 0},
		"less than none":      {"-5", 0, 0},
		"a date in a year":    {"Sat, 01 Jan 2001 00:00:00 GMT", 2 * time.Second, 2 * time.Second},
		"a date in a second":  {"Sat, 01 Jan 2000 00:00:01 GMT", time.Second, time.Second},
		"a date in the past":  {"Fri, 01 Jan 1999 00:00:00 GMT", 0, 0},
		"something else":      {"soon", 180 * time.Millisecond, 250 * time.Millisecond},
		"nothing of the sort": {"", 180 * time.Millisecond, 250 * time.Millisecond},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the clock of the test starts in the year 2000
				var asked []time.Time
				n := network(func(*http.Request) *http.Response {
					asked = append(asked, time.Now())
					return answer(http.StatusTooManyRequests, "", "Retry-After: "+c.header)
				})
				_, err := client(t, web.Options{Transport: n, Attempts: 2, WaitMax: 2 * time.Second}).
					Do(t.Context(), web.Request{URL: "https://api.workos.com/"})
				if err != nil || len(asked) != 2 {
					t.Fatalf("got %d requests, %v", len(asked), err)
				}
				if waited := asked[1].Sub(asked[0]); waited < c.least || waited > c.most {
					t.Errorf("waited %s, want %s to %s", waited, c.least, c.most)
				}
			})
		})
	}
}

func TestTheBudgetEndsTheAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		n := network(func(*http.Request) *http.Response {
			asked++
			time.Sleep(time.Second)
			return answer(http.StatusServiceUnavailable, "busy", "Retry-After: 2")
		})
		start := time.Now()
		got, err := client(t, web.Options{Transport: n, Attempts: 100, WaitMax: 2 * time.Second, Budget: 6 * time.Second}).
			Do(t.Context(), web.Request{URL: "https://api.workos.com/"})
		if err != nil || string(got.Body) != "busy" {
			t.Fatalf("got %v, %v, want the last answer", got, err)
		}
		if took := time.Since(start); asked != 2 || took != 4*time.Second {
			t.Errorf("got %d requests in %s, want 2 in 4s", asked, took)
		}
	})
}

func TestTheCallerMayGiveUpWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		n := network(func(*http.Request) *http.Response {
			return answer(http.StatusTooManyRequests, "", "Retry-After: 2")
		})
		_, err := client(t, web.Options{Transport: n, WaitMax: 2 * time.Second}).
			Do(ctx, web.Request{URL: "https://api.workos.com/"})
		wantError(t, err, web.Canceled, "the request to api.workos.com was given up")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	})
}

func TestABrokenConnectionIsTriedAgain(t *testing.T) {
	var asked atomic.Int32
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "at last")
	})
	got, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: url, Method: "POST", Safe: true})
	if err != nil || string(got.Body) != "at last" {
		t.Errorf("got %v, %v", got, err)
	}
	asked.Store(0)
	_, err = client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: url, Method: "POST"})
	wantError(t, err, web.Network, "broke the connection off")
	if asked.Load() != 1 {
		t.Errorf("got %d requests, want 1", asked.Load())
	}
}

func TestABadCertificateIsNotTriedAgain(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	var connections atomic.Int32
	server.Config.ErrorLog = discard()
	server.Listener = counting{server.Listener, &connections}
	server.StartTLS()
	defer server.Close()
	_, err := client(t, web.Options{Allow: loopback()}).Do(t.Context(), web.Request{URL: server.URL})
	wantError(t, err, web.TLS, "the certificate of "+server.Listener.Addr().String()+" is not valid")
	if connections.Load() != 1 {
		t.Errorf("got %d connections, want 1", connections.Load())
	}
}
