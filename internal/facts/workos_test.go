package facts

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/web"
)

func TestReadAuthorize(t *testing.T) {
	const v4 = "https://api.workos.com/user_management/authorize?client_id=client_01&code_challenge=E9&code_challenge_method=S256&provider=authkit&redirect_uri=https%3A%2F%2Fweb.vercel.app%2Fcallback&response_type=code&screen_hint=sign-in&state=Fe26.2%2A1%2Aab~2"
	tests := []struct {
		name, url string
		want      Authorize
		is        bool
	}{
		{"AuthKit 4", v4, Authorize{v4, "https://api.workos.com", "client_01", "https://web.vercel.app/callback", true}, true},
		{"AuthKit 2", "https://api.workos.com/user_management/authorize?client_id=client_01&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&state=eyJ", Authorize{"https://api.workos.com/user_management/authorize?client_id=client_01&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&state=eyJ", "https://api.workos.com", "client_01", "http://localhost:3000/callback", false}, true},
		{"a sealed state without a challenge", "https://api.workos.com/user_management/authorize?state=Fe26.2*1", Authorize{"https://api.workos.com/user_management/authorize?state=Fe26.2*1", "https://api.workos.com", "", "", true}, true},
		{"a custom domain with a port", "https://auth.acme.example:8443/user_management/authorize?client_id=c", Authorize{"https://auth.acme.example:8443/user_management/authorize?client_id=c", "https://auth.acme.example:8443", "c", "", false}, true},
		{"a path of the app", "/user_management/authorize?client_id=c", Authorize{}, false},
		{"another page of WorkOS", "https://api.workos.com/user_management/sessions/logout", Authorize{}, false},
		{"another provider", "https://accounts.example/o/oauth2/auth?client_id=c", Authorize{}, false},
		{"no URL", "https://%zz", Authorize{}, false},
		{"nothing", "", Authorize{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, is := readAuthorize(tt.url)
			if is != tt.is {
				t.Fatalf("got %v, want %v", is, tt.is)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hop is an answer on the way of a request for sign-in.
func hop(t *testing.T, address string, status int, body string) *web.Response {
	t.Helper()
	return &web.Response{URL: mustParse(t, address), Status: status, Body: []byte(body)}
}

func TestRulingIsReadFromTheEnd(t *testing.T) {
	const authorize = "https://api.workos.com/user_management/authorize?client_id=client_01"
	const page = `<!DOCTYPE html><html><body data-hak-page="redirect-uri-invalid"><h1>This is not a valid redirect URI</h1>`
	first := hop(t, authorize, 302, "")
	chain := func(next string, hops ...*web.Response) web.Chain {
		c := web.Chain{Hops: append([]*web.Response{first}, hops...)}
		if next != "" {
			c.Next = mustParse(t, next)
		}
		return c
	}
	tests := []struct {
		name  string
		chain web.Chain
		want  Ruling
	}{
		{
			"accepted, staging",
			chain("", hop(t, "https://acme-staging.authkit.app/bootstrap?x=1", 302, ""), hop(t, "https://acme-staging.authkit.app/?y=1", 200, "<html>")),
			Ruling{Accepted: true, Environment: "staging", End: "https://acme-staging.authkit.app/", Status: 200},
		},
		{
			"accepted, production",
			chain("", hop(t, "https://acme.authkit.app/sign-in", 200, "<html>")),
			Ruling{Accepted: true, Environment: "production", End: "https://acme.authkit.app/sign-in", Status: 200},
		},
		{
			"accepted, custom domain",
			chain("", hop(t, "https://login.acme.example", 200, "<html>")),
			Ruling{Accepted: true, End: "https://login.acme.example", Status: 200},
		},
		{
			"refused on the hosted domain",
			chain("", hop(t, "https://acme-staging.authkit.app/redirect-uri-invalid?invalid_redirect_uri=x", 200, page)),
			Ruling{Reason: "redirect-uri-invalid", Environment: "staging", End: "https://acme-staging.authkit.app/redirect-uri-invalid", Status: 200},
		},
		{
			"refused on the error domain",
			chain("", hop(t, "https://error.workos.com/sso/redirect-uri-invalid", 200, "")),
			Ruling{Reason: "redirect-uri-invalid", End: "https://error.workos.com/sso/redirect-uri-invalid", Status: 200},
		},
		{
			"refused by the page alone",
			chain("", hop(t, "https://acme.authkit.app/", 200, page)),
			Ruling{Reason: "redirect-uri-invalid", Environment: "production", End: "https://acme.authkit.app/", Status: 200},
		},
		{
			"refused on the way",
			chain("", hop(t, "https://error.workos.com/redirect-uri-invalid", 302, ""), hop(t, "https://workos.com/", 200, "")),
			Ruling{Reason: "redirect-uri-invalid", End: "https://workos.com/", Status: 200},
		},
		{
			"refused by a page that was not asked for",
			chain("https://error.workos.com/sso/client-id-invalid?x=1"),
			Ruling{Reason: "client-id-invalid", End: "https://error.workos.com/sso/client-id-invalid", Status: 302},
		},
		{
			"an unknown client",
			chain("", hop(t, "https://error.workos.com/sso/client-id-invalid", 200, "")),
			Ruling{Reason: "client-id-invalid", End: "https://error.workos.com/sso/client-id-invalid", Status: 200},
		},
		{
			"no challenge",
			chain("", hop(t, "https://error.workos.com/sso/code_challenge_missing", 200, "")),
			Ruling{Reason: "code_challenge_missing", End: "https://error.workos.com/sso/code_challenge_missing", Status: 200},
		},
		{
			"an error page that we do not know",
			chain("", hop(t, "https://error.workos.com/", 200, "<html>")),
			Ruling{End: "https://error.workos.com/", Status: 200},
		},
		{
			"back to the app at once",
			chain("https://web.vercel.app/callback?error=access_denied"),
			Ruling{End: "https://web.vercel.app/callback", Status: 302},
		},
		{
			"a challenge for robots",
			web.Chain{Hops: []*web.Response{hop(t, authorize, 403, "Just a moment...")}},
			Ruling{End: "https://api.workos.com/user_management/authorize", Status: 403},
		},
		{
			"the endpoint answers itself",
			web.Chain{Hops: []*web.Response{hop(t, authorize, 200, "<html>")}},
			Ruling{End: "https://api.workos.com/user_management/authorize", Status: 200},
		},
		{
			"the hosted page is down",
			chain("", hop(t, "https://acme.authkit.app/", 503, "")),
			Ruling{Environment: "production", End: "https://acme.authkit.app/", Status: 503},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got Ruling
			got.read(tt.chain)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadKeys(t *testing.T) {
	modulus := base64.RawURLEncoding.EncodeToString(append([]byte{0xc3}, make([]byte, 255)...))
	tests := []struct {
		name, body string
		want       []Key
	}{
		{"a key of WorkOS'", `{"keys":[{"alg":"RS256","kty":"RSA","use":"sig","n":"` + modulus + `","e":"AQAB","kid":"sso_oidc_key_pair_01"}]}`, []Key{{"sso_oidc_key_pair_01", "RSA", "RS256", 2048}}},
		{"padded", `{"keys":[{"kty":"RSA","n":"` + modulus + `==","kid":"a"}]}`, []Key{{"a", "RSA", "", 2048}}},
		{"a key for encryption", `{"keys":[{"kty":"RSA","use":"enc","n":"` + modulus + `","kid":"a"}]}`, []Key{}},
		{"an elliptic curve", `{"keys":[{"kty":"EC","alg":"ES256","kid":"a"}]}`, []Key{{"a", "EC", "ES256", 0}}},
		{"empty", `{"keys":[]}`, []Key{}},
		{"no keys", `{"message":"Not Found"}`, nil},
		{"null", `{"keys":null}`, nil},
		{"cut off", `{"keys":[{"kty"`, nil},
		{"a page", `<html>`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, readKeys([]byte(tt.body))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReachable(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://web.vercel.app/callback": true, "https://web.acme.example": true,
		"http://web.acme.example/callback": false, "http://localhost:3000/callback": false, "https://localhost/callback": false,
		"https://web.localhost/callback": false, "https://undefined/callback": false, "https://127.0.0.1/callback": false,
		"https://[::1]/callback": false, "https://web.acme.example:8443/callback": false, "callback": false, "": false,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := Reachable(u); got != want {
			t.Errorf("%q: got %v", raw, got)
		}
	}
}

func TestSignOutLinks(t *testing.T) {
	links := []Link{
		{Path: "/"},
		{Path: "/sign-out"},
		{Path: "/logout?to=/"},
		{Path: "/api/auth/signout"},
		{Path: "/log_out/"},
		{Path: "/logout"},
		{Path: "/sign-out-help"},
		{Path: "/a/SignOut"},
		{Path: "/b/logout"},
	}
	got := strings.Join(signOutLinks(links), " ")
	if got != "/logout /api/auth/signout /log_out/ /a/SignOut" {
		t.Errorf("got %s", got)
	}
}
