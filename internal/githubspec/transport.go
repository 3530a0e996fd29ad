package githubspec

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// Transport returns a RoundTripper that sends requests on to next, and fails the test for a request that GitHub would
// refuse or misunderstand, and for an answer that GitHub would not give.
func Transport(t testing.TB, next http.RoundTripper) http.RoundTripper {
	t.Helper()
	spec, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return transport{t, spec, next}
}

type transport struct {
	t    testing.TB
	spec *Spec
	next http.RoundTripper
}

func (tr transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := drain(req.Body)
	if err != nil {
		return nil, err
	}
	if err := tr.spec.Check(req, body); err != nil {
		tr.t.Errorf("a request to GitHub: %v", err)
	}
	sent := req.Clone(req.Context())
	if req.Body != nil {
		sent.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := tr.next.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	answer, err := drain(resp.Body)
	if err != nil { // the test may want an answer that breaks off
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(answer), broken{err}))
		return resp, nil
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	if err := tr.spec.CheckAnswer(req, resp.StatusCode, answer); err != nil {
		tr.t.Errorf("an answer of the stand-in for GitHub: %v", err)
	}
	return resp, nil
}

// drain reads a body to its end and closes it.
func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	content, err := io.ReadAll(body)
	_ = body.Close()
	return content, err
}

// broken is a body that ends in an error.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
