package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/previewgate/previewgate/internal/web"
)

func TestAChainEnds(t *testing.T) {
	redirect := func(to string) network {
		return func(*http.Request) *http.Response { return answer(http.StatusFound, "", "Location: "+to) }
	}
	counter := 0
	cases := map[string]struct {
		n    network
		stop func(*url.URL) bool
		end  web.End
		hops int
		next string
	}{
		"at an answer":              {func(*http.Request) *http.Response { return answer(http.StatusOK, "") }, nil, web.Final, 1, ""},
		"at an error of the server": {func(*http.Request) *http.Response { return answer(http.StatusInternalServerError, "") }, nil, web.Final, 1, ""},
		"at a page not modified":    {func(*http.Request) *http.Response { return answer(http.StatusNotModified, "") }, nil, web.Final, 1, ""},
		"before an unwanted hop":    {redirect("/two"), func(u *url.URL) bool { return u.Path == "/two" }, web.Stopped, 1, preview + "/two"},
		"at a loop":                 {redirect("/one"), nil, web.Loop, 2, preview + "/one"},
		"at an unreadable location": {redirect("https://%zz/"), nil, web.BadLocation, 1, ""},
		"at a missing location":     {redirect(""), nil, web.BadLocation, 1, ""},
		"at a host it may not ask":  {redirect("https://evil.example/"), nil, web.Forbidden, 1, "https://evil.example/"},
		"at the metadata service":   {redirect("http://169.254.169.254/latest"), nil, web.Forbidden, 1, "http://169.254.169.254/latest"},
		"at another scheme":         {redirect("javascript:alert(1)"), nil, web.Forbidden, 1, "javascript:alert(1)"},
		"when it would go on forever": {func(r *http.Request) *http.Response {
			return answer(http.StatusFound, "", "Location: "+r.URL.Path+"x")
		}, nil, web.TooMany, 8, preview + "/xxxxxxxx"},
		"when only a cookie changes forever": {func(*http.Request) *http.Response {
			counter++
			return answer(http.StatusFound, "", "Location: /", fmt.Sprintf("Set-Cookie: n=%d", counter))
		}, nil, web.TooMany, 8, preview + "/"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			chain, err := guarded(t, c.n).Follow(t.Context(), web.Request{URL: preview}, c.stop)
			if err != nil {
				t.Fatal(err)
			}
			next := ""
			if chain.Next != nil {
				next = chain.Next.String()
			}
			if chain.End != c.end || len(chain.Hops) != c.hops || next != c.next || chain.Last() != chain.Hops[c.hops-1] {
				t.Errorf("got %v after %d hops at %q, want %v after %d at %q", chain.End, len(chain.Hops), next, c.end, c.hops, c.next)
			}
		})
	}
}

func TestAnErrorComesWithTheHopsBeforeIt(t *testing.T) {
	first := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
	})
	chain, err := client(t, web.Options{Allow: loopback()}).Follow(t.Context(), web.Request{URL: first}, nil)
	wantError(t, err, web.Refused, "127.0.0.1:1 refused")
	if len(chain.Hops) != 1 || chain.Next == nil {
		t.Errorf("got %d hops", len(chain.Hops))
	}
	_, err = client(t, web.Options{}).Follow(t.Context(), web.Request{URL: first}, nil)
	wantError(t, err, web.Blocked, "plain http")
}

func TestTheMethodAfterARedirect(t *testing.T) {
	cases := map[string]struct {
		status       int
		method, want string
		to           string
	}{
		"303 after a POST":                 {303, "POST", "GET", "/two"},
		"302 after a POST":                 {302, "POST", "GET", "/two"},
		"307 after a POST":                 {307, "POST", "POST", "/two"},
		"303 after a HEAD":                 {303, "HEAD", "HEAD", "/two"},
		"302 after a GET":                  {302, "GET", "GET", "/two"},
		"307 after a POST to another host": {307, "POST", "", "https://x.allowed.example/"},
		"303 after a POST to another host": {303, "POST", "GET", "https://x.allowed.example/"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := ""
			n := network(func(r *http.Request) *http.Response {
				if r.URL.Path == "/one" {
					return answer(c.status, "", "Location: "+c.to)
				}
				if got = r.Method; got == "GET" && r.Header.Get("Content-Type") != "" {
					t.Errorf("got a GET with a content type")
				}
				return answer(http.StatusOK, "")
			})
			req := web.Request{Method: c.method, URL: preview + "/one"}
			if c.method == "POST" {
				req.Body, req.Header = []byte("password=x"), http.Header{"content-type": {"text/plain"}}
			}
			chain, err := guarded(t, n).Follow(t.Context(), req, nil)
			if err != nil || got != c.want || c.want == "" && chain.End != web.Forbidden {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestCookiesStayInTheirScope(t *testing.T) {
	steps := []struct{ url, set, next, want string }{
		{preview + "/one", "wos-session=new; Path=/; Secure; HttpOnly", "/two", "wos-session=old; theme=dark"},
		{preview + "/two", "other=1; Domain=vercel.app", "https://x.allowed.example/", "wos-session=new; theme=dark"},
		{"https://x.allowed.example/", "there=1; Path=/", "https://y.allowed.example/", ""},
		{"https://y.allowed.example/", "gone=1; Max-Age=0", preview + "/three", ""},
		{preview + "/three", "", "", "wos-session=new; theme=dark"},
	}
	at := 0
	n := network(func(r *http.Request) *http.Response {
		step := steps[at]
		at++
		if got := r.Header.Get("Cookie"); r.URL.String() != step.url || got != step.want {
			t.Errorf("hop %d: got %q at %s, want %q at %s", at, got, r.URL, step.want, step.url)
		}
		if step.next == "" {
			return answer(http.StatusOK, "")
		}
		return answer(http.StatusFound, "", "Location: "+step.next, "Set-Cookie: "+step.set)
	})
	c := guarded(t, n)
	req := web.Request{URL: preview + "/one", Header: http.Header{"Cookie": {"wos-session=old; theme=dark"}}}
	for range 2 { // the second chain knows nothing of the first
		at = 0
		if chain, err := c.Follow(t.Context(), req, nil); err != nil || len(chain.Hops) != len(steps) {
			t.Errorf("got %d hops, %v", len(chain.Hops), err)
		}
	}
}
