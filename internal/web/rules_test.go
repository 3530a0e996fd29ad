package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/web"
)

func TestOnlyTheRightHostsAreAsked(t *testing.T) {
	o := web.Options{
		Allow: []string{"a.example", "b.example:8080", "*.acme.dev", "[::1]:9000", "Bücher.example"},
		Hosts: []string{"web-git-fix-acme.vercel.app", "*.auth.example"},
	}
	cases := map[string]struct {
		url    string
		public bool
		want   string // "" when asked
	}{
		"WorkOS":                          {"https://api.workos.com/x", false, ""},
		"an AuthKit domain":               {"https://happy-otter.authkit.app/", false, ""},
		"a Convex deployment":             {"https://happy-otter-123.convex.cloud/", false, ""},
		"a Convex deployment in a region": {"https://happy-otter-123.eu-west-1.convex.site/", false, ""},
		"Vercel":                          {"https://API.vercel.com./v13", false, ""},
		"the preview":                     {"https://web-git-fix-acme.vercel.app/", false, ""},
		"another preview":                 {"https://evil.vercel.app/", false, "--allow-host evil.vercel.app"},
		"a name under a given suffix":     {"https://x.y.auth.example/", false, ""},
		"the suffix itself":               {"https://auth.example/", false, "not one previewgate asks"},
		"a name that ends like a vendor":  {"https://evilworkos.com/", false, "not one previewgate asks"},
		"a vendor as a label":             {"https://api.workos.com.evil.example/", false, "not one previewgate asks"},
		"convex.cloud itself":             {"https://convex.cloud/", false, "not one previewgate asks"},
		"a vendor over plain http":        {"http://api.workos.com/", false, "plain http; allow it with --allow-host api.workos.com"},
		"a vendor at another port":        {"https://api.workos.com:8443/", false, "port 8443; allow it with --allow-host api.workos.com:8443"},
		"an allowed host over plain http": {"http://a.example:99/", false, ""},
		"an allowed port":                 {"http://b.example:8080/", false, ""},
		"another port of an allowed host": {"http://b.example:8081/", false, "plain http"},
		"one label under a wildcard":      {"https://x.acme.dev/", false, ""},
		"two labels under a wildcard":     {"https://x.y.acme.dev/", false, "not one"},
		"the wildcard's own domain":       {"https://acme.dev/", false, "not one"},
		"a name that ends like it":        {"https://xacme.dev/", false, "not one"},
		"an allowed address":              {"http://[0:0::1]:9000/", false, ""},
		"the address at another port":     {"https://[::1]:443/", false, "an IP address"},
		"an allowed name in punycode":     {"https://xn--bcher-kva.example/", false, ""},
		"a user":                          {"https://user:hunter2@a.example/", false, "names a user"},
		"another scheme":                  {"file:///etc/passwd", false, "no http or https URL"},
		"no URL":                          {"https://a b/", false, "cannot be read"},
		"foreign text naming a host":      {"https://login.acme.example/", true, ""},
		"foreign text naming a port":      {"https://login.acme.example:444/", true, "port 444"},
		"foreign text and plain http":     {"http://login.acme.example/", true, "plain http"},
		"foreign text and an address":     {"https://169.254.169.254/", true, "an IP address"},
		"foreign text and a number":       {"https://2130706433/", true, "an IP address"},
		"foreign text and a local name":   {"https://intranet/", true, "not one"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o.Transport = network(func(*http.Request) *http.Response { return answer(http.StatusOK, "") })
			_, err := client(t, o).Do(t.Context(), web.Request{URL: c.url, Public: c.public})
			if c.want != "" {
				wantError(t, err, web.Blocked, c.want)
				if strings.Contains(err.Error(), "hunter2") {
					t.Errorf("got a password in %v", err)
				}
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAHeaderThatCannotBeSentIsRefused(t *testing.T) {
	c := client(t, web.Options{Transport: network(func(*http.Request) *http.Response { return answer(200, "") })})
	_, err := c.Do(t.Context(), web.Request{URL: "https://api.workos.com/", Header: http.Header{"X": {"a\r\nb"}}})
	wantError(t, err, web.Blocked, `the header "X" cannot be sent`)
	_, err = c.Do(t.Context(), web.Request{URL: "https://api.workos.com/", Method: "BAD METHOD"})
	wantError(t, err, web.Blocked, "no valid request")
}
