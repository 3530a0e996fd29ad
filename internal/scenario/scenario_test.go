package scenario

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
)

const healthy = `Everything is as it should be.

-- GET https://web-*-acme.vercel.app/ --
HTTP/1.1 200 OK
Content-Type: text/html

<p>Hello</p>

-- GET https://web-*-acme.vercel.app/dashboard --
HTTP/1.1 307 Temporary Redirect
Location: https://api.workos.com/user_management/authorize?client_id=client_01
-- GET https://web-*-acme.vercel.app/dashboard [Cookie: wos-session] --
HTTP/1.1 307 Temporary Redirect
Location: /
Set-Cookie: wos-session=; Max-Age=0
Set-Cookie: other=1
-- GET https://api.workos.com/user_management/authorize?client_id=client_01&redirect_uri=https%3A%2F%2Fpreviewgate-*.invalid%2Fcallback&state=* --
HTTP/1.1 302 Found
Location: https://error.workos.com/redirect-uri-invalid
-- GET https://error.workos.com/redirect-uri-invalid?* --
HTTP/1.1 200 OK

refused
-- POST https://lemur.convex.cloud/api/query_batch --
HTTP/1.1 200 OK

anybody
-- POST https://lemur.convex.cloud/api/query_batch [iss=https://previewgate.invalid] --
HTTP/1.1 401 Unauthorized

nobody
-- POST https://lemur.convex.cloud/api/query_batch [iss=https://api.workos.com/] [aud=] --
HTTP/1.1 401 Unauthorized

no audience
-- flags --
--protected /dashboard
`

func parse(t *testing.T, text string) Story {
	t.Helper()
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask asks and returns status and body in one line, or the error.
func ask(t *testing.T, transport *Transport, method, url string, header http.Header) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.Status + ", " + err.Error()
	}
	return strings.TrimSpace(resp.Status + " " + string(body))
}

func bearer(payload string) http.Header {
	// The payloads of these tests need no padding.
	return http.Header{"Authorization": {"Bearer e30." + payload + ".AA"}}
}

func TestRequestsGetTheMostExactAnswer(t *testing.T) {
	const invalid = "eyJpc3MiOiJodHRwczovL3ByZXZpZXdnYXRlLmludmFsaWQifQ"         // iss
	const shared = "eyJpc3MiOiJodHRwczovL2FwaS53b3Jrb3MuY29tLyJ9"                // iss
	const withAud = "eyJpc3MiOiJodHRwczovL2FwaS53b3Jrb3MuY29tLyIsImF1ZCI6ImMifQ" // iss and aud
	tests := []struct {
		name, method, url string
		header            http.Header
		want              string
	}{
		{"a star in the host", "GET", "https://web-k3v9-acme.vercel.app/", nil, "200 OK <p>Hello</p>"},
		{"another scheme", "GET", "http://web-k3v9-acme.vercel.app/", nil, "the story does not foresee GET http://web-k3v9-acme.vercel.app/"},
		{"without a cookie", "GET", "https://web-k3v9-acme.vercel.app/dashboard", nil, "307 Temporary Redirect"},
		{"a query that is not told", "GET", "https://web-k3v9-acme.vercel.app/?x=1", nil, "the story does not foresee GET https://web-k3v9-acme.vercel.app/?x=1"},
		{"any query", "GET", "https://error.workos.com/redirect-uri-invalid?x=1", nil, "200 OK refused"},
		{"parameters in another order", "GET", "https://api.workos.com/user_management/authorize?state=x&redirect_uri=https://previewgate-abc.invalid/callback&client_id=client_01", nil, "302 Found"},
		{"another parameter", "GET", "https://api.workos.com/user_management/authorize?state=x&redirect_uri=https://web/callback&client_id=client_01", nil, "the story does not foresee GET https://api.workos.com/user_management/authorize?state=x&redirect_uri=https://web/callback&client_id=client_01"},
		{"no token", "POST", "https://lemur.convex.cloud/api/query_batch", nil, "200 OK anybody"},
		{"a claim", "POST", "https://lemur.convex.cloud/api/query_batch", bearer(invalid), "401 Unauthorized nobody"},
		{"the absence of a claim", "POST", "https://lemur.convex.cloud/api/query_batch", bearer(shared), "401 Unauthorized no audience"},
		{"a claim too many", "POST", "https://lemur.convex.cloud/api/query_batch", bearer(withAud), "200 OK anybody"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, parse(t, healthy).Transport(), tt.method, tt.url, tt.header)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHeadersAreRead(t *testing.T) {
	transport := parse(t, healthy).Transport()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://web-k3v9-acme.vercel.app/dashboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "wos-session=x")
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if len(resp.Cookies()) != 2 || resp.Header.Get("Location") != "/" || resp.Header.Get("Content-Length") != "0" || resp.Request != r {
		t.Errorf("got %v", resp.Header)
	}
}

func TestAStoryIsToldAsADifference(t *testing.T) {
	over := parse(t, `The dashboard is open.

-- GET https://web-k3v9-acme.vercel.app/dashboard --
HTTP/1.1 200 OK

open
-- env --
A=b
`)
	story := parse(t, healthy).Except(over)
	if story.Prose != "The dashboard is open." || story.Texts["flags"] != "--protected /dashboard\n" || story.Texts["env"] != "A=b\n" {
		t.Errorf("got %q and %q", story.Prose, story.Texts)
	}
	transport := story.Transport()
	cookie := http.Header{"Cookie": {"wos-session=x"}}
	for _, tt := range []struct{ url, want string }{
		{"https://web-k3v9-acme.vercel.app/", "200 OK <p>Hello</p>"},
		{"https://web-k3v9-acme.vercel.app/dashboard", "200 OK open"},
		{"https://web-other-acme.vercel.app/dashboard", "307 Temporary Redirect"},
	} {
		if got := ask(t, transport, "GET", tt.url, cookie); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.url, got, tt.want)
		}
	}
	if complaints := transport.Complaints(); complaints != nil {
		t.Errorf("got %v", complaints)
	}
}

func TestComplaints(t *testing.T) {
	transport := parse(t, `Two answers, one question.

-- GET https://a.example/ --
HTTP/1.1 503 Service Unavailable
-- GET https://a.example/ --
HTTP/1.1 200 OK
-- GET https://b.example/ --
error: no such host
`).Transport()
	if got := ask(t, transport, "GET", "https://a.example/", nil); got != "503 Service Unavailable" {
		t.Errorf("got %q", got)
	}
	ask(t, transport, "GET", "https://c.example/", http.Header{"Cookie": {"x=1"}})
	want := []string{
		"GET https://a.example/ was asked for 1 times, and the story has 2 answers",
		"nothing asked for GET https://b.example/",
		"the story does not foresee GET https://c.example/ [Cookie: x=1]",
	}
	if got := transport.Complaints(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for range 2 {
		if got := ask(t, transport, "GET", "https://a.example/", nil); got != "200 OK" {
			t.Errorf("got %q", got)
		}
	}
	if asked := transport.Asked(); len(asked) != 4 || asked[1] != "GET https://c.example/" {
		t.Errorf("got %q", asked)
	}
}

func TestBracesTellOfSeveralRequests(t *testing.T) {
	transport := parse(t, "-- GET https://{a,b}.example/{x,} --\nHTTP/1.1 200 OK\n").Transport()
	for _, url := range []string{"https://a.example/x", "https://b.example/"} {
		if got := ask(t, transport, "GET", url, nil); got != "200 OK" {
			t.Errorf("%s: got %q", url, got)
		}
	}
	want := []string{"nothing asked for GET https://a.example/", "nothing asked for GET https://b.example/x"}
	if got := transport.Complaints(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFailures(t *testing.T) {
	failing := func(name string) error {
		transport := parse(t, "-- GET https://a.example/ --\nerror: "+name+"\n").Transport()
		r, err := http.NewRequestWithContext(t.Context(), "GET", "https://a.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport.RoundTrip(r)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := failing("connection refused"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v", err)
	}
	var timeout net.Error
	if err := failing("timeout"); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v", err)
	}
	var lookup *net.DNSError
	if err := failing("no such host"); !errors.As(err, &lookup) || !lookup.IsNotFound {
		t.Errorf("got %v", err)
	}
}

func TestABodyShorterThanStatedBreaksOff(t *testing.T) {
	transport := parse(t, "-- GET https://a.example/ --\nHTTP/1.1 200 OK\nContent-Length: 100\n\nhalf\n").Transport()
	if got := ask(t, transport, "GET", "https://a.example/", nil); got != "200 OK, unexpected EOF" {
		t.Errorf("got %q", got)
	}
}

func TestParseRefusesWhatCannotBeMeant(t *testing.T) {
	for _, text := range []string{
		"-- GET /path --\nHTTP/1.1 200 OK\n",
		"-- Flags --\n",
		"-- GET https://a.example/ --\nerror: boredom\n",
		"-- GET https://a.example/ --\nhello\n",
		"-- GET https://a.example/ [cookie] --\nHTTP/1.1 200 OK\n",
		"-- GET https://a b/ --\nHTTP/1.1 200 OK\n",
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"*", "", true},
		{"a*c", "abc", true},
		{"a*c", "ab", false},
		{"*b*", "abc", true},
		{"a*b*c", "a-b-b-c", true},
		{"a*a", "a", false},
		{"abc", "abcd", false},
	} {
		if got := glob(tt.pattern, tt.text); got != tt.want {
			t.Errorf("glob(%q, %q) = %v", tt.pattern, tt.text, got)
		}
	}
}

func TestAMemberOfTheBodyIsAClaim(t *testing.T) {
	transport := parse(t, `
-- POST https://api.workos.com/authenticate [grant_type=password] --
HTTP/1.1 400 Bad Request

no
-- POST https://api.workos.com/authenticate [grant_type=refresh_token] --
HTTP/1.1 200 OK

yes
`).Transport()
	for body, want := range map[string]string{
		`{"grant_type":"password"}`: "no", `{"grant_type":"refresh_token"}`: "yes",
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", "https://api.workos.com/authenticate", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("%s: got %q (%v)", body, got, err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}
