package web

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// firstWait is the wait after the first attempt; it doubles with each.
const firstWait = 250 * time.Millisecond

// Do asks and returns the last answer, whatever its status: an error means that there was none. Attempts that failed on
// the way, or were answered 429, 502, 503 or 504, are repeated when repeating changes nothing, and a server that asks
// for patience is given it up to WaitMax. An attempt that timed out is not repeated, nor is a 500.
func (c *Client) Do(ctx context.Context, req Request) (*Response, error) {
	u, err := c.rules.parse(req.URL, req.Public)
	if err != nil {
		return nil, c.clean(err)
	}
	r, err := c.prepare(u, req)
	if err != nil {
		return nil, c.clean(err)
	}
	budget, cancel := within(ctx, c.options.Budget)
	defer cancel()
	e := &exchange{client: c, request: req}
	asked := &retryablehttp.Request{Request: r.WithContext(budget)}
	if len(req.Body) > 0 {
		if err := asked.SetBody(req.Body); err != nil {
			return nil, c.explain(asked.Request, err)
		}
	}
	shell, err := e.retrier().Do(asked)
	if err != nil {
		return nil, c.explain(asked.Request, err)
	}
	return e.last, shell.Body.Close()
}

// retrier returns a retrying client for this exchange alone: what it decides depends on the request.
func (e *exchange) retrier() *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     e,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Logger:       nil, // the default one prints URLs
		RetryMax:     e.client.options.Attempts - 1,
		CheckRetry:   e.again,
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return e.pause },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// again decides whether to make another attempt, and how long to wait for it.
func (e *exchange) again(ctx context.Context, response *http.Response, err error) (bool, error) {
	method := e.request.Method
	repeatable := e.request.Safe || method == "" || method == http.MethodGet || method == http.MethodHead
	if !repeatable || ctx.Err() != nil || !isPassing(response, err) {
		return false, nil
	}
	e.pause = wait(e.attempts, response, e.client.options.WaitMax)
	e.attempts++
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= e.pause {
		return false, nil
	}
	return true, nil
}

// isPassing reports whether an outcome may be another one a moment later.
func isPassing(response *http.Response, err error) bool {
	if failed := (*Error)(nil); errors.As(err, &failed) {
		return failed.passing
	}
	if err != nil {
		return false
	}
	return slices.Contains([]int{
		http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, response.StatusCode)
}

// wait returns how long to wait after so many earlier attempts: as long as the server asks, else longer each time, and
// never longer than most.
func wait(earlier int, response *http.Response, most time.Duration) time.Duration {
	if response != nil {
		if asked, ok := retryAfter(response.Header.Get("Retry-After"), most); ok {
			return asked
		}
	}
	d := min(firstWait<<min(earlier, 10), most)
	return d - rand.N(d/4+1)
}

// retryAfter reads a Retry-After header, in seconds or as a date, up to most.
func retryAfter(header string, most time.Duration) (time.Duration, bool) {
	seconds, err := strconv.ParseInt(header, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		if seconds > int64(most/time.Second) {
			return most, true
		}
		return max(0, time.Duration(seconds)*time.Second), true
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return min(max(0, time.Until(date)), most), true
}
