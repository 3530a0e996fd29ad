package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/redact"
	"github.com/previewgate/previewgate/internal/web"
)

const (
	preview = "https://web-git-fix-acme.vercel.app"
	bypass  = "bypass-0123456789abcdef0123456789"
	apiKey  = "sk_test_0123456789abcdef"
)

// guarded returns a client with the secrets of a run, over n.
func guarded(t *testing.T, n network) *web.Client {
	return client(t, web.Options{
		Allow: []string{"*.allowed.example"}, Hosts: []string{"web-git-fix-acme.vercel.app"}, Transport: n,
		Secrets: []web.Secret{
			{Origin: preview, Header: "x-vercel-protection-bypass", Value: bypass},
			{Origin: "https://api.workos.com:443", Header: "Authorization", Value: "Bearer " + apiKey},
		},
	})
}

func TestASecretGoesToItsOriginAlone(t *testing.T) {
	own := http.Header{"Authorization": {"Bearer of-the-caller"}, "X-Vercel-Protection-Bypass": nil}
	cases := map[string]struct {
		req                 web.Request
		bypass, credentials string
	}{
		"the preview":                    {web.Request{URL: preview + "/a"}, bypass, ""},
		"WorkOS":                         {web.Request{URL: "https://API.workos.com/x"}, "", "Bearer " + apiKey},
		"another host":                   {web.Request{URL: "https://api.convex.dev/"}, "", ""},
		"another host of WorkOS":         {web.Request{URL: "https://auth.workos.com/"}, "", ""},
		"a host that foreign text named": {web.Request{URL: preview, Public: true}, "", ""},
		"the caller's header instead":    {web.Request{URL: "https://api.workos.com/", Header: own}, "", "Bearer of-the-caller"},
		"the caller's header elsewhere":  {web.Request{URL: "https://api.convex.dev/", Header: own}, "", "Bearer of-the-caller"},
		"no header at the caller's wish": {web.Request{URL: preview, Header: own}, "", "Bearer of-the-caller"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n := network(func(r *http.Request) *http.Response {
				got := [2]string{r.Header.Get("X-Vercel-Protection-Bypass"), r.Header.Get("Authorization")}
				if want := [2]string{c.bypass, c.credentials}; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
				return answer(http.StatusOK, "")
			})
			if _, err := guarded(t, n).Do(t.Context(), c.req); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestASecretOnItsWayElsewhereIsStopped(t *testing.T) {
	cases := map[string]web.Request{
		"its header, with any value": {Header: http.Header{"X-Vercel-Protection-Bypass": {"anything"}}},
		"its value in a header":      {Header: http.Header{"Authorization": {"Bearer " + apiKey}}},
		"its value in a query":       {URL: "https://x.allowed.example/?x-vercel-protection-bypass=" + bypass},
		"its value in a body":        {Method: "POST", Body: []byte(`{"client_secret":"` + apiKey + `"}`)},
		"its value in a cookie":      {URL: "http://x.allowed.example/", Header: http.Header{"Cookie": {"a=" + bypass}}},
	}
	for name, req := range cases {
		t.Run(name, func(t *testing.T) {
			n := network(func(*http.Request) *http.Response {
				t.Error("the request was made")
				return answer(http.StatusOK, "")
			})
			if req.URL == "" {
				req.URL = "https://x.allowed.example/"
			}
			_, err := guarded(t, n).Do(t.Context(), req)
			wantError(t, err, web.Blocked, "carries the secret")
			if strings.Contains(err.Error(), bypass) || strings.Contains(err.Error(), apiKey) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSecretsDoNotCrossARedirect(t *testing.T) {
	n := network(func(r *http.Request) *http.Response {
		if r.URL.Host == "web-git-fix-acme.vercel.app" {
			if r.Header.Get("X-Vercel-Protection-Bypass") != bypass {
				t.Errorf("the preview got no bypass at %s", r.URL)
			}
			return answer(http.StatusFound, "", "Location: https://auth.workos.com/authorize")
		}
		for name := range r.Header {
			if name != "User-Agent" && name != "Accept" {
				t.Errorf("%s went to %s", name, r.URL.Host)
			}
		}
		return answer(http.StatusOK, "")
	})
	chain, err := guarded(t, n).Follow(t.Context(), web.Request{URL: preview, Header: http.Header{
		"Authorization": {"Bearer x"}, "Cookie": {"wos-session=abc"}, "X-Own": {"y"}, "Accept": {"text/html"},
	}}, nil)
	if err != nil || len(chain.Hops) != 2 {
		t.Errorf("got %v, %v", chain, err)
	}
}

func TestARedirectThatEchoesASecretIsNotFollowed(t *testing.T) {
	n := network(func(r *http.Request) *http.Response {
		return answer(http.StatusFound, "", "Location: https://x.allowed.example/?got="+r.Header.Get("X-Vercel-Protection-Bypass"))
	})
	chain, err := guarded(t, n).Follow(t.Context(), web.Request{URL: preview}, nil)
	if err != nil || chain.End != web.Forbidden || len(chain.Hops) != 1 {
		t.Errorf("got %v after %d hops, %v", chain.End, len(chain.Hops), err)
	}
}

type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestErrorsHoldNoSecret(t *testing.T) {
	c := client(t, web.Options{
		Redactor: redact.New("hunter2-hunter2"), Secrets: []web.Secret{{Origin: preview, Header: "X", Value: bypass}},
		Transport: failing{errors.New("saw " + bypass + "\nand hunter2-hunter2 and " + apiKey)},
	})
	_, err := c.Do(t.Context(), web.Request{URL: "https://api.workos.com/hunter2-hunter2?code=01ABC"})
	wantError(t, err, web.Network, "asking api.workos.com failed: saw *** and *** and ***")
	var e *web.Error
	if errors.As(err, &e); e.URL != "https://api.workos.com/***" {
		t.Errorf("got URL %s", e.URL)
	}
	if errors.Unwrap(err) != nil {
		t.Errorf("got %v under the error", errors.Unwrap(err))
	}
}

// TestAValueIsKeptFromOtherOrigins gives a secret that is in no header.
func TestAValueIsKeptFromOtherOrigins(t *testing.T) {
	const password = "correct horse battery staple"
	var asked int
	c := client(t, web.Options{
		Transport: network(func(r *http.Request) *http.Response {
			asked++
			if text := strings.Join(r.Header.Values("Authorization"), "") + strings.Join(r.Header[""], ""); text != "" {
				t.Errorf("it was added to a header: %q", text)
			}
			return answer(http.StatusOK, "")
		}),
		Secrets: []web.Secret{{Origin: "https://api.workos.com", Value: password}},
	})
	body := []byte(`{"password":"` + password + `"}`)
	if _, err := c.Do(t.Context(), web.Request{Method: "POST", URL: "https://api.workos.com/x", Body: body}); err != nil || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	_, err := c.Do(t.Context(), web.Request{Method: "POST", URL: "https://api.convex.dev/x", Body: body})
	wantError(t, err, web.Blocked, "carries the secret value, which belongs to https://api.workos.com")
	if asked != 1 {
		t.Error("the request was made")
	}
}

func TestWhatIsHiddenIsInNoError(t *testing.T) {
	c := client(t, web.Options{Transport: network(func(*http.Request) *http.Response { return nil })})
	c.Hide("learned-on-the-way")
	_, err := c.Do(t.Context(), web.Request{URL: "https://evil.example/learned-on-the-way"})
	if err == nil || strings.Contains(err.Error(), "learned-on-the-way") || !strings.Contains(err.Error(), "***") {
		t.Errorf("got %v", err)
	}
}
