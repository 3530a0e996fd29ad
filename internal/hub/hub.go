// Package hub makes the client that previewgate talks to GitHub with, and says in plain words what GitHub refuses.
//
// The client waits when GitHub asks it to, within bounds; it repeats only what may be repeated; and its token never
// leaves the origin of the API.
package hub

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v66/github"
)

// DefaultAPI is where GitHub's API is unless GITHUB_API_URL says otherwise.
const DefaultAPI = "https://api.github.com"

// maxHops is how many redirects a request follows within the API, as after the renaming of a repository.
const maxHops = 3

// New returns a client of the API at apiURL, which is what the runner calls GITHUB_API_URL; empty means [DefaultAPI].
// Without a token the client reads what is public.
func New(apiURL, token string, base http.RoundTripper) (*github.Client, error) {
	root, err := parseRoot(apiURL)
	if err != nil {
		return nil, err
	}
	client := github.NewClient(&http.Client{
		Transport:     &carrier{root, token, newRetries(base)},
		CheckRedirect: stayWithin(root),
	})
	client.BaseURL = root
	client.UserAgent = "previewgate"
	return client, nil
}

// parseRoot reads the address of an API, and gives it the final slash without which go-github refuses every request.
func parseRoot(apiURL string) (*url.URL, error) {
	if apiURL == "" {
		apiURL = DefaultAPI
	}
	root, err := url.Parse(apiURL)
	switch {
	case err != nil || root.Host == "" || root.User != nil || root.RawQuery != "" || root.Fragment != "":
		return nil, errors.New("GITHUB_API_URL is not the address of an API")
	case !isPrivate(root):
		return nil, fmt.Errorf("GITHUB_API_URL must start with https://: a token would travel to %s in the clear", root.Hostname())
	}
	root.Path = strings.TrimRight(root.Path, "/") + "/"
	return root, nil
}

// isPrivate reports whether nobody can listen on the way to an address.
func isPrivate(u *url.URL) bool {
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// stayWithin lets a client follow a redirect that keeps the method and the origin. Any other ends with the redirect
// itself as the answer: its target is not GitHub's API as we know it, or would turn a write into a read.
func stayWithin(root *url.URL) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		if len(via) > maxHops || next.Method != via[0].Method || !sameOrigin(root, next.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

// A carrier adds the token to requests to the API, and lets no other request out.
type carrier struct {
	root  *url.URL
	token string
	next  http.RoundTripper
}

func (c *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	if !sameOrigin(c.root, req.URL) {
		return nil, fmt.Errorf("a request to %s is not one to GitHub's API", req.URL.Host)
	}
	req = req.Clone(req.Context())
	req.Header.Del("Authorization")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.next.RoundTrip(req)
	if err == nil {
		dropReset(resp)
	}
	return resp, err
}
