package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"github.com/previewgate/previewgate/internal/redact"
)

// TestHeadersWithoutValues holds that headers tell where a request goes, and no value that may be secret.
func TestHeadersWithoutValues(t *testing.T) {
	w := archivist{redact.New(testEmail).String}
	const token = "0123456789abcdef0123456789abcdef"
	tests := []struct{ name, value, want string }{
		{"x-nextjs-rewritten-query", "invite=s3cr3t&" + token, "invite=***&***"},
		{"x-nextjs-rewritten-path", "/invite/" + token, "/invite/***"},
		{"X-Nextjs-Redirect", "/invite/" + token + "?code=s3cr3t#s3cr3t", "/invite/***?code=***"},
		{"x-middleware-rewrite", home + "/invite/" + token + "?code=s3cr3t", home + "/invite/***?code=***"},
		{"x-middleware-rewrite", "/dashboard/settings?tab=s3cr3t", "/dashboard/settings?tab=***"},
		{"x-middleware-set-cookie", "wos-session=s3cr3t", "***"},
		{"x-middleware-request-cookie", "wos-session=s3cr3t", "***"},
		{"x-matched-path", "/dashboard", "/dashboard"},
		{"content-disposition", `attachment; filename="s3cr3t.pdf"`, "***"},
		{"content-security-policy", "report-uri /csp?key=s3cr3t", "***"},
		{"content-type", "text/x-component", "text/x-component"},
		{"next-url", "/invite/" + token, "/invite/***"},
		{"next-router-prefetch", "1", "1"},
		{"next-router-segment-prefetch", "/_tree", "/_tree"},
		{"next-router-state-tree", "s3cr3t", "***"},
		{"location", "https://api.workos.com/user_management/authorize?client_id=client_1&state=s3cr3t", "https://api.workos.com/user_management/authorize?client_id=***&state=***"},
		{"location", "/callback", "/callback"},
		{"referer", "https://u:s3cr3t@" + appHost + "/?_rsc=1&" + testEmail, home + "/?_rsc=***&***"},
		{"x-nextjs-cache", "HIT", "HIT"},
		{"x-app", "s3cr3t", "***"},
	}
	for _, tt := range tests {
		if got := w.headers(network.Headers{tt.name: tt.value}); len(got) != 1 || got[0].Value != tt.want {
			t.Errorf("%s: %s: got %v, want %s", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestAddressesWithoutValues(t *testing.T) {
	w := archivist{redact.New(testEmail).String}
	for raw, want := range map[string]string{
		"": "",
		"https://Web.Example:8443/a/b?x=s3cr3t&_rsc#s3cr3t": "https://web.example:8443/a/b?x=***&_rsc",
		home:                                  home + "/",
		home + "/?0123456789abcdef":           home + "/?***",
		home + "/?abcdefghijklmnopqrstuvwxyz": home + "/?***",
		home + "/reset/0123456789abcdef0123456789abcdef/done":       home + "/reset/***/done",
		home + "/_next/static/chunks/0123456789abcdef0123456789.js": home + "/_next/static/chunks/0123456789abcdef0123456789.js",
		"data:text/html,s3cr3t":                                     "about:hidden",
		"blob:" + home + "/s3cr3t":                                  "about:hidden",
		"https://%zz/":                                              "about:hidden",
	} {
		if got := w.address(raw); got != want {
			t.Errorf("%s: got %s, want %s", raw, got, want)
		}
	}
	for _, f := range query(home + "/?code=s3cr3t&0123456789abcdef=1") {
		if f.Value != "***" || strings.Contains(f.Name, "0123") {
			t.Errorf("got %v", f)
		}
	}
}
