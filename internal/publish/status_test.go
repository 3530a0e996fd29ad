package publish

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A trouble is an answer to a status that is to be set. The zero trouble is a lost connection.
type trouble struct {
	status int
	header map[string]string
	about  string // what the answer says where to read on
	hangs  bool   // until the try is given up
}

// troubled is a GitHub that answers statuses as a list says, and then as it should.
type troubled struct {
	next     http.RoundTripper
	troubles []trouble
	at       []time.Time // of each try
}

func (f *troubled) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodPost || !strings.Contains(req.URL.Path, "/statuses/") {
		return f.next.RoundTrip(req)
	}
	f.at = append(f.at, time.Now())
	if len(f.at) > len(f.troubles) {
		return f.next.RoundTrip(req)
	}
	now := f.troubles[len(f.at)-1]
	switch {
	case now.hangs:
		<-req.Context().Done()
		return nil, req.Context().Err()
	case now.status == 0:
		return nil, errors.New("connection reset by peer")
	}
	resp := &http.Response{StatusCode: now.status, Header: http.Header{}, Request: req}
	resp.Body = io.NopCloser(bytes.NewBufferString(`{"message":"no","documentation_url":"` + now.about + `"}`))
	for name, value := range now.header {
		resp.Header.Set(name, value)
	}
	return resp, nil
}

// trouble makes a bench's GitHub troubled.
func (b *bench) trouble(t *testing.T, troubles ...trouble) *troubled {
	t.Helper()
	f := &troubled{next: b.wire, troubles: troubles}
	b.wire = f
	b.employ(t)
	return f
}

const aboutSecondary = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"

// times repeats a trouble.
func times(n int, of trouble) (all []trouble) {
	for range n {
		all = append(all, of)
	}
	return all
}

func TestAStatusIsTriedUntilItIsSet(t *testing.T) {
	in := func(wait time.Duration) string { return strconv.FormatInt(time.Now().Add(wait).Unix(), 10) }
	second := time.Second
	for _, c := range []struct {
		name            string
		troubles        func() []trouble
		soonest, latest time.Duration
	}{
		{"out of order for a while", func() []trouble { return times(7, trouble{status: 502}) }, 20 * second, 32 * second},
		{"lost connections", func() []trouble { return times(4, trouble{}) }, 3 * second, 5 * second},
		{"an answer that does not come", func() []trouble { return times(1, trouble{hangs: true}) }, 10 * second, 11 * second},
		{"a secondary limit", func() []trouble {
			return times(1, trouble{403, map[string]string{"X-RateLimit-Remaining": "900", "X-RateLimit-Reset": in(time.Hour)}, aboutSecondary, false})
		}, 30 * second, 33 * second},
		{"a secondary limit that says how long", func() []trouble {
			return times(1, trouble{403, map[string]string{"Retry-After": "20"}, aboutSecondary, false})
		}, 20 * second, 23 * second},
		{"too many requests", func() []trouble { return times(1, trouble{429, map[string]string{"Retry-After": "15"}, "", false}) }, 15 * second, 18 * second},
		{"a used-up limit", func() []trouble {
			return times(1, trouble{403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in(40 * second)}, "", false})
		}, 40 * second, 43 * second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				troubles := c.troubles()
				f := b.trouble(t, troubles...)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if _, err := b.publisher.Publish(ctx, testOutcome()); err != nil || len(b.statuses) != 1 || len(b.comments) != 1 {
					t.Fatalf("%d statuses, %d comments after %d tries: %v", len(b.statuses), len(b.comments), len(f.at), err)
				}
				took := f.at[len(f.at)-1].Sub(f.at[0])
				if len(f.at) != len(troubles)+1 || took < c.soonest || took > c.latest {
					t.Errorf("set after %d tries and %v, want %v to %v", len(f.at), took, c.soonest, c.latest)
				}
			})
		})
	}
}

func TestAStatusThatCannotBeSetIsGivenUp(t *testing.T) {
	later := strconv.FormatInt(time.Date(2000, 1, 1, 1, 0, 0, 0, time.UTC).Unix(), 10) // an hour after a bubble begins
	for name, c := range map[string]trouble{
		"a token that is not accepted": {status: 401},
		"a refusal":                    {status: 403, header: map[string]string{"X-RateLimit-Remaining": "900", "X-RateLimit-Reset": later}},
		"nothing there":                {status: 404},
		"something invalid":            {status: 422},
		"a limit that lasts too long":  {status: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": later}},
		"the same of another kind":     {status: 403, header: map[string]string{"Retry-After": "3600"}, about: aboutSecondary},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				f := b.trouble(t, c)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				began := time.Now()
				_, err := b.publisher.Publish(ctx, testOutcome())
				if took := time.Since(began); err == nil || len(f.at) != 1 || took > time.Second {
					t.Errorf("error %v after %v and %d tries", err, took, len(f.at))
				}
			})
		})
	}
}

// What is out of order for statuses may be in order for comments.
func TestACommentIsWrittenWhereNoStatusIs(t *testing.T) {
	for _, of := range []trouble{{status: 502}, {hangs: true}} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.trouble(t, times(100, of)...)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			began := time.Now()
			_, err := b.publisher.Publish(ctx, testOutcome())
			took := time.Since(began)
			if err == nil || len(b.comments) != 1 || took < 30*time.Second || took > time.Minute {
				t.Errorf("%+v: error %v after %v, %d comments", of, err, took, len(b.comments))
			}
		})
	}
}

// Even a caller who sets no bound gets an answer.
func TestAStatusIsNotTriedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.trouble(t, times(1000, trouble{status: 502})...)
		began := time.Now()
		_, err := b.publisher.Publish(t.Context(), testOutcome())
		if took := time.Since(began); err == nil || took > postTime {
			t.Errorf("error %v after %v", err, took)
		}
	})
}

func TestAStoppedRunTriesAgainInTheTimeItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		f := b.trouble(t, times(2, trouble{status: 502})...)
		ctx, cancel := context.WithCancel(t.Context()) // which does not say when it ends
		time.AfterFunc(grace, cancel)
		began := time.Now()
		err := b.publisher.Resolve(ctx, testOutcome().Report.Target, "", "error", "cancelled")
		if err != nil || len(b.statuses) != 1 || f.at[0] != began || time.Since(began) > grace {
			t.Errorf("%d statuses, tries %v from %v on: %v", len(b.statuses), f.at, began, err)
		}
	})
}

func TestRunsWaitForDifferentTimes(t *testing.T) {
	waits := make(map[time.Duration]bool)
	for id := range uint64(20) {
		r := run{id: 4000 + id, attempt: 1}
		wait := r.spread(8*time.Second, 6)
		if wait < 8*time.Second || wait > 10*time.Second || wait != r.spread(8*time.Second, 6) {
			t.Errorf("run %d waits %v", r.id, wait)
		}
		waits[wait] = true
	}
	if len(waits) < 15 {
		t.Errorf("20 runs wait %v", waits)
	}
	if wait := (run{}).spread(time.Minute, 1); wait < time.Minute || wait > time.Minute+maxSpread {
		t.Errorf("a minute becomes %v", wait)
	}
}
