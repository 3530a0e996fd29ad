package hub

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// What a client may cost when GitHub is slow or down.
const (
	tryTime   = 10 * time.Second       // for one try, its body included
	maxTries  = 4                      // of one request
	patience  = 30 * time.Second       // for one request with all its tries; for all waits of a client together
	firstWait = 250 * time.Millisecond // doubles with each try up to longestWait, unless GitHub says how long

	longestWait = 8 * time.Second

	// limitWait is for a rate limit that does not say when it ends. GitHub advises a minute or more
	// (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit), which is
	// all the time that a run has to set its status. A request each half minute is no burden, and a status that is not
	// set leaves an older verdict standing.
	limitWait = 30 * time.Second
)

// backoff returns how long to wait after that many tries where GitHub does not say.
func backoff(tries int) time.Duration { return min(firstWait<<min(tries-1, 10), longestWait) }

// retries repeats requests for which that is safe, when the answer may be better a moment later.
type retries struct {
	client *http.Client
	budget *budget
}

func newRetries(base http.RoundTripper) *retries {
	client := &http.Client{
		Transport:     whole{base},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &retries{client, &budget{left: patience}}
}

// RoundTrip makes a retrying client for each request, since the policy depends on the request and the library tells a
// shared one nothing about it. The connections are shared all the same. The logger stays nil: the library's own prints
// addresses with their queries.
func (r *retries) RoundTrip(req *http.Request) (*http.Response, error) {
	p := &policy{budget: r.budget, req: req, started: time.Now()}
	rt := retryablehttp.RoundTripper{Client: &retryablehttp.Client{
		HTTPClient:   r.client,
		RetryMax:     maxTries - 1,
		CheckRetry:   p.again,
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return p.wait },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}}
	return rt.RoundTrip(req)
}

// A policy decides on the tries of one request.
type policy struct {
	budget  *budget
	req     *http.Request
	started time.Time
	tries   int
	wait    time.Duration // before the next try
}

// again reports whether to try once more, after p.wait. It returns no error, so that the last answer, whatever it is,
// reaches go-github and becomes an error with a status and a message.
func (p *policy) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	p.tries++
	if p.tries >= maxTries || !repeatable(p.req) {
		return false, nil
	}
	if errors.Is(err, errTooLarge) {
		return false, nil
	}
	worth, _ := retryablehttp.ErrorPropagatedRetryPolicy(ctx, resp, err)
	if !worth && !isLimit(resp) {
		return false, nil
	}
	p.wait = backoff(p.tries)
	if asked, ok := retryAfter(resp); ok {
		p.wait = asked
	}
	if time.Since(p.started)+p.wait+tryTime > patience {
		return false, nil
	}
	return p.budget.take(p.wait), nil
}

// repeatable reports whether a request does no harm when GitHub gets it twice. Of the writes that is so for replacing
// a comment's text and for removing a comment; a POST whose answer was lost may have created something.
func repeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut:
		return true
	case http.MethodPatch, http.MethodDelete:
		return strings.Contains(req.URL.Path, "/issues/comments/")
	}
	return false
}

// isLimit reports whether an answer is one of GitHub's rate limits: it uses 403 for them as well as 429.
func isLimit(resp *http.Response) bool {
	if resp == nil {
		return false
	}
	_, asks := retryAfter(resp)
	return resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusForbidden && asks
}

// retryAfter returns how long GitHub asks to wait, if it does: in Retry-After, or by the time when a limit that is
// used up starts anew.
func retryAfter(resp *http.Response) (time.Duration, bool) {
	if resp == nil {
		return 0, false
	}
	asked := resp.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(asked, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(asked); err == nil {
		return max(0, time.Until(at)), true
	}
	reset, err := strconv.ParseUint(resp.Header.Get("X-RateLimit-Reset"), 10, 33)
	if err == nil && resp.Header.Get("X-RateLimit-Remaining") == "0" {
		return max(0, time.Until(time.Unix(int64(reset), 0))), true
	}
	return 0, false
}

// dropReset takes the time when the primary limit starts anew out of an answer that is a refusal for another reason. It
// stands in every answer, and go-github takes it for the end of a secondary limit, until which it then sends nothing.
func dropReset(resp *http.Response) {
	if resp.StatusCode == http.StatusForbidden && resp.Header.Get("X-RateLimit-Remaining") != "0" {
		resp.Header.Del("X-RateLimit-Reset")
	}
}

// A budget is the time that a client may still spend waiting. GitHub is never asked again earlier than it wants: a wait
// that does not fit ends the tries.
type budget struct {
	mu   sync.Mutex
	left time.Duration
}

func (b *budget) take(wait time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait > b.left {
		return false
	}
	b.left -= wait
	return true
}
