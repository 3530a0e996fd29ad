package hub

import (
	"net/http"
	"sync"
	"time"
)

// A Clock is GitHub's, as its answers tell it: runs compare times by it, since the clocks of their runners may differ.
// It may be used from several goroutines. A nil Clock tells the local time.
type Clock struct {
	mu          sync.Mutex
	first, last time.Time
}

// Through returns a RoundTripper that reads the clock off the answers of base.
func (c *Clock) Through(base http.RoundTripper) http.RoundTripper { return clocked{c, base} }

// First returns the time of the first answer, in UTC and to the second; the local time if there was none so far.
func (c *Clock) First() time.Time {
	first, _ := c.times()
	return orLocal(first)
}

// Now returns the time of the latest answer, in UTC and to the second; the local time if there was none so far.
func (c *Clock) Now() time.Time {
	_, last := c.times()
	return orLocal(last)
}

func (c *Clock) times() (first, last time.Time) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first, c.last
}

func orLocal(t time.Time) time.Time {
	if t.IsZero() {
		return time.Now().UTC().Truncate(time.Second)
	}
	return t
}

// read takes note of the time of an answer, if it says one.
func (c *Clock) read(answer *http.Response) {
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last = at.UTC(); c.first.IsZero() {
		c.first = c.last
	}
}

// clocked passes requests on, and shows the answers to a clock.
type clocked struct {
	clock *Clock
	next  http.RoundTripper
}

func (c clocked) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err == nil && c.clock != nil {
		c.clock.read(resp)
	}
	return resp, err
}
