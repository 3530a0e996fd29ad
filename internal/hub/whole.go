package hub

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
)

// bodyLimit is far above a page of a hundred comments of the greatest length.
const bodyLimit = 16 << 20

var errTooLarge = errors.New("GitHub's answer is too large")

// whole makes a request and its answer one step, within tryTime: an answer that breaks off is then a failed try like
// any other, and nobody further up can leave a body open.
type whole struct{ next http.RoundTripper }

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), tryTime)
	defer cancel()
	resp, err := w.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, bodyLimit+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > bodyLimit:
		return nil, errTooLarge
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Request = req
	return resp, nil
}
