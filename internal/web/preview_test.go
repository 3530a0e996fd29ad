package web_test

import (
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/web"
)

func TestCheckPreview(t *testing.T) {
	allow := []string{"preview.acme.dev", "localhost:3000", "127.0.0.1", "*.acme.example"}
	cases := map[string]struct{ raw, want, refusal string }{
		"a preview":                 {"https://web-git-fix-acme.vercel.app", "https://web-git-fix-acme.vercel.app", ""},
		"with path, query, hash":    {"https://Web.VERCEL.app/a?b=c#d", "https://web.vercel.app", ""},
		"with the root's dot":       {"https://web.vercel.app./", "https://web.vercel.app", ""},
		"with full-width letters":   {"https://ｗｅｂ.vercel.app/", "https://web.vercel.app", ""},
		"an allowed host":           {"https://preview.acme.dev/", "https://preview.acme.dev", ""},
		"an allowed host, http":     {"http://preview.acme.dev:8080", "http://preview.acme.dev:8080", ""},
		"an allowed port":           {"http://localhost:3000", "http://localhost:3000", ""},
		"an allowed address":        {"http://127.0.0.1:9", "http://127.0.0.1:9", ""},
		"under an allowed wildcard": {"https://x.acme.example", "https://x.acme.example", ""},
		"another host": {
			"https://preview.acme.com/x", "",
			"https://preview.acme.com: the host preview.acme.com is not a vercel.app host; allow it with --allow-host preview.acme.com",
		},
		"vercel.app itself":       {"https://vercel.app", "", "not a vercel.app host"},
		"a name that ends alike":  {"https://evilvercel.app", "", "not a vercel.app host"},
		"vercel.app as a label":   {"https://web.vercel.app.evil.example", "", "not a vercel.app host"},
		"another port":            {"http://localhost:3001", "", "--allow-host localhost:3001"},
		"plain http":              {"http://web.vercel.app", "", "plain http"},
		"the default port":        {"https://web.vercel.app:443", "", "names port 443"},
		"an unusual port":         {"https://web.vercel.app:8443", "", "--allow-host web.vercel.app:8443"},
		"an address":              {"https://10.0.0.1/", "", "10.0.0.1 is an IP address"},
		"an IPv6 address":         {"https://[::1]/", "", "::1 is an IP address"},
		"a decimal address":       {"https://2130706433/", "", "is an IP address"},
		"a hexadecimal address":   {"https://0x7f000001/", "", "is an IP address"},
		"an octal address":        {"https://0177.0.0.01/", "", "is an IP address"},
		"a full-width address":    {"https://１２７.0.0.2/", "", "127.0.0.2 is an IP address"},
		"a user":                  {"https://u:hunter2@web.vercel.app", "", "names a user"},
		"a user at an allowed":    {"https://u@preview.acme.dev", "", "names a user"},
		"an empty user":           {"https://@web.vercel.app", "", "names a user"},
		"no scheme":               {"web.vercel.app", "", "no scheme"},
		"another scheme":          {"javascript:alert(1)//.vercel.app", "", "no http or https URL"},
		"no host":                 {"https:///x", "", "no http or https URL"},
		"a space":                 {"https://web.vercel.app /", "", "no URL"},
		"a line break":            {"https://web.vercel.app\n.evil.example", "", "no URL"},
		"a backslash":             {`https://evil.example\.vercel.app`, "", "no URL"},
		"an escaped dot":          {"https://web%2evercel.app", "", "no URL"},
		"an empty label":          {"https://web..vercel.app", "", "no host name"},
		"nothing":                 {"", "", "no scheme"},
		"a host of strange signs": {"https://a$b.vercel.app", "", "no host name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := web.CheckPreview(c.raw, allow)
			if c.refusal != "" {
				wantError(t, err, web.Blocked, c.refusal)
				if strings.Contains(err.Error(), "hunter2") {
					t.Errorf("got a password in %v", err)
				}
				return
			}
			if err != nil || got.String() != c.want {
				t.Errorf("got %v, %v, want %s", got, err, c.want)
			}
		})
	}
	if _, err := web.CheckPreview("https://web.vercel.app", []string{"a/b"}); err == nil {
		t.Error("got no error for a malformed entry")
	}
}

func FuzzCheckPreview(f *testing.F) {
	for _, seed := range []string{
		"https://web.vercel.app/a?b", "https://u:p@web.vercel.app", "https://０x7f.1", "https://[::ffff:1.2.3.4]:1/",
		"https://web.vercel.app.", "https://xn--.vercel.app", "HTTPS://WEB.VERCEL.APP:443", "https://a\u3002vercel.app", "https://w\xd4b.vercel.app.",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := web.CheckPreview(raw, nil)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("%q: got more than a line: %q", raw, err)
			}
			return
		}
		if u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Path != "" || u.RawQuery != "" ||
			!strings.HasSuffix(u.Host, ".vercel.app") || strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
			t.Errorf("%q: got %v", raw, u)
		}
		again, err := web.CheckPreview(u.String(), nil)
		if err != nil || *again != *u {
			t.Errorf("%q: got %v, then %v, %v", raw, u, again, err)
		}
	})
}
