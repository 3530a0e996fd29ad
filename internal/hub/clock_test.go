package hub

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheClockIsGitHubs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local := time.Now().UTC()
		time.Sleep(2*time.Hour + 300*time.Millisecond)
		clock := new(Clock)
		if got := clock.First(); got != local.Add(2*time.Hour) || got != clock.Now() {
			t.Errorf("before any answer it is %v and %v, want the local time to the second", got, clock.Now())
		}
		client := newClient(t, clock.Through(&fakeGitHub{answers: []answer{
			{status: 200, body: "{}"},
			{status: 502, header: map[string]string{"Date": "yesterday"}},
			{status: 403, header: map[string]string{"Date": "Mon, 24 Nov 2025 16:00:00 GMT"}},
			{status: 200, header: map[string]string{"Date": "Mon, 24 Nov 2025 16:00:07 GMT"}, body: "{}"},
		}}))
		for range 3 { // the 502 is tried again by itself
			_ = readPull(t.Context(), client)
		}
		first := time.Date(2025, 11, 24, 16, 0, 0, 0, time.UTC)
		if clock.First() != first || clock.Now() != first.Add(7*time.Second) {
			t.Errorf("it is %v, and was %v at first", clock.Now(), clock.First())
		}
	})
}

func TestNoClockTellsTheLocalTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var none *Clock
		dated := answer{status: 200, header: map[string]string{"Date": "Mon, 24 Nov 2025 16:00:00 GMT"}, body: "{}"}
		if err := readPull(t.Context(), newClient(t, none.Through(&fakeGitHub{answers: []answer{dated}}))); err != nil {
			t.Fatal(err)
		}
		if now := time.Now().UTC(); none.First() != now || none.Now() != now {
			t.Errorf("it is %v, and was %v at first; want %v", none.Now(), none.First(), now)
		}
	})
}

func TestAClockOfManyGoroutines(t *testing.T) {
	clock := new(Clock)
	var wg sync.WaitGroup
	for second := range 8 {
		wg.Go(func() {
			at := time.Unix(int64(second), 0).UTC().Format(http.TimeFormat)
			through := clock.Through(&fakeGitHub{answers: []answer{{status: 200, header: map[string]string{"Date": at}}}})
			req, _ := http.NewRequest(http.MethodGet, "https://api.github.com/", nil)
			if resp, err := through.RoundTrip(req); err == nil {
				resp.Body.Close()
			}
			clock.Now()
		})
	}
	wg.Wait()
	if clock.First().Unix() > 7 || clock.Now().Unix() > 7 {
		t.Errorf("it is %v, and was %v at first", clock.Now(), clock.First())
	}
}
