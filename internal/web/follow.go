package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// maxHops bounds the answers of one chain.
const maxHops = 8

// An End says why a chain of redirects goes no further.
type End int

// The ends of a chain.
const (
	Final       End = iota // the last answer is no redirect
	Stopped                // the caller did not want the next hop
	TooMany                // the limit of hops was reached
	Loop                   // the next hop would repeat an earlier one exactly
	BadLocation            // the last answer is a redirect that points nowhere readable
	Forbidden              // the rules on hosts, addresses or secrets forbid the next hop
)

// String names the end in plain words.
func (e End) String() string {
	return [...]string{"final", "stopped", "too many hops", "loop", "bad location", "forbidden"}[e]
}

// A Chain is what a request and the redirects that were followed from it were answered.
type Chain struct {
	Hops []*Response
	Next *url.URL // where the last hop points, nil when it is no redirect or points nowhere readable
	End  End
}

// Last returns the answer the chain ends with, nil when there was none.
func (c Chain) Last() *Response {
	if len(c.Hops) == 0 {
		return nil
	}
	return c.Hops[len(c.Hops)-1]
}

// Follow asks, and goes where redirects point as a browser would, with a cookie jar of its own, for at most eight hops
// and until stop (which may be nil) does not want the next. Every hop is held to the rules of Do. Of the request's
// headers, other origins get only those on language, format and agent; a body goes to no other origin. An error comes
// with the hops that were answered before it.
func (c *Client) Follow(ctx context.Context, req Request, stop func(next *url.URL) bool) (Chain, error) {
	first, err := c.rules.parse(req.URL, req.Public)
	if err != nil {
		return Chain{}, c.clean(err)
	}
	w, err := newWalk(first, req)
	if err != nil {
		return Chain{}, err
	}
	var chain Chain
	for {
		response, err := c.Do(ctx, w.request())
		if failed := (*Error)(nil); errors.As(err, &failed) && failed.Kind == Blocked && len(chain.Hops) > 0 {
			chain.End = Forbidden
			return chain, nil
		}
		if err != nil {
			return chain, err
		}
		chain.Hops = append(chain.Hops, response)
		w.learn(response)
		chain.Next = response.Location()
		if end, over := w.ends(chain, stop); over {
			chain.End = end
			return chain, nil
		}
	}
}

// ends moves the walk to the next hop, or says why there is none.
func (w *walk) ends(chain Chain, stop func(next *url.URL) bool) (End, bool) {
	last := chain.Last()
	switch {
	case !isRedirect(last.Status):
		return Final, true
	case chain.Next == nil:
		return BadLocation, true
	case stop != nil && stop(chain.Next):
		return Stopped, true
	case !w.move(last.Status, chain.Next):
		return Forbidden, true
	case w.repeats():
		return Loop, true
	case len(chain.Hops) == maxHops:
		return TooMany, true
	}
	return Final, false
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
