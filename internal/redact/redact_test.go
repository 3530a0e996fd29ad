package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/previewgate/previewgate/internal/redact"
)

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzAxIn0.c2lnbmF0dXJl-_x"

func TestKnownSecretsGoInEveryEncoding(t *testing.T) {
	secret := `p@ss/w+rd "<é>" =1`
	quoted, _ := json.Marshal(secret)
	cases := map[string]string{
		"as it is":                     secret,
		"escaped for a query":          url.QueryEscape(secret),
		"escaped for a path":           url.PathEscape(secret),
		"escaped in lower case":        strings.ToLower(url.QueryEscape(secret)),
		"escaped twice":                url.QueryEscape(url.QueryEscape(secret)),
		"JSON":                         string(quoted[1 : len(quoted)-1]),
		"JSON of JavaScript":           `p@ss/w+rd \"<é>\" =1`,
		"base64":                       base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 for URLs":              base64.URLEncoding.EncodeToString([]byte(secret)),
		"base64 without padding":       base64.RawStdEncoding.EncodeToString([]byte(secret)),
		"base64 after one byte":        base64.StdEncoding.EncodeToString([]byte(":" + secret + ":")),
		"base64 after two bytes":       base64.StdEncoding.EncodeToString([]byte("u:" + secret + "::")),
		"base64 escaped for a query":   url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("ab" + secret))),
		"base64 of basic credentials":  "Basic " + base64.StdEncoding.EncodeToString([]byte("someone:"+secret)),
		"in the middle of other words": "before" + secret + "after",
	}
	r := redact.New(secret)
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			got := r.String("a " + text + " z")
			if !strings.Contains(got, redact.Mask) || strings.Contains(got, text) {
				t.Errorf("got %q of %q", got, text)
			}
			checkSurvivors(t, r, got)
		})
	}
}

func TestOtherSecretsGoByTheirShape(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"a JWT":                         {"token " + jwt + ".", "token ***"},
		"a JWT inside a word":           {"x" + jwt + " y", "x*** y"},
		"an unsigned JWT":               {"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0. y", "*** y"},
		"an encrypted JWT":              {"eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn y", "*** y"},
		"a seal":                        {"state=Fe26.2*1*ab-c_d*e*f*1700000000000*aa*bb~2&redirect_uri=x", "state=***&redirect_uri=x"},
		"a seal in a URL":               {"?state=Fe26.2%2A1%2Aab%2a~2&client_id=client_01", "?state=***&client_id=client_01"},
		"a seal in a URL in a URL":      {"Fe26.2%252A1%252Aab%257E2%26client_id%3Dclient_01", "***%26client_id%3Dclient_01"},
		"a WorkOS key":                  {"key sk_test_a2V5XzAx, sk_live_abc123", "key ***, ***"},
		"a WorkOS key after an escape":  {`k%3Dsk_test_a2V5XzAx \nsk_test_a2V5XzAx \u003dsk_test_a2V5XzAx`, `k%3D*** \n*** \u003d***`},
		"another secret key":            {"sk_0123456789abc", "***"},
		"a Convex deploy key":           {"prod:happy-otter-123|eyJ2MiI6ImFiYyJ9 x", "prod:happy-otter-123|*** x"},
		"a Convex preview key":          {"preview:team:web|01a2b3c4d5e6", "preview:team:web|***"},
		"a Convex key in a URL":         {"k=dev%3Afox-1%7C01a2b3c4d5e6", "k=dev%3Afox-1%7C***"},
		"GitHub tokens":                 {"ghp_0123456789abcdef ghs_0123456789abcdef github_pat_11AAAA_bbbb", "*** *** ***"},
		"Vercel tokens":                 {"vcp_0123456789 vca_0123456789", "*** ***"},
		"a bearer":                      {"Authorization: Bearer abc123DEF", "Authorization: Bearer ***"},
		"basic credentials":             {"authorization: basic dXNlcjpwYXNz", "authorization: basic ***"},
		"a code in a query":             {"https://x.vercel.app/callback?code=01ABC&state=eyJhIjoxfQ", "https://x.vercel.app/callback?code=***&state=eyJhIjoxfQ"},
		"a code in a query in a query":  {"?u=https%3A%2F%2Fx%2Fcb%3Fcode%3D01ABC%26next%3D%2F", "?u=https%3A%2F%2Fx%2Fcb%3Fcode%3D***%26next%3D%2F"},
		"a code in escaped HTML":        {"?a=1&amp;code=01ABC&amp;b=2", "?a=1&amp;code=***&amp;b=2"},
		"a password in a URL":           {"at https://ada:pa@ss@x.example/a?b@c", "at https://ada:***@x.example/a?b@c"},
		"a form":                        {"grant_type=password&password=a%26b&client_secret=c", "grant_type=password&password=***&client_secret=***"},
		"the bypass in a query":         {"/?x-vercel-protection-bypass=abc#top", "/?x-vercel-protection-bypass=***#top"},
		"the bypass in a header":        {"X-Vercel-Protection-Bypass: abc\nAccept: */*", "X-Vercel-Protection-Bypass: ***\nAccept: */*"},
		"session cookies":               {"Cookie: wos-session=a.b; _vercel_jwt=c; theme=dark", "Cookie: wos-session=***; _vercel_jwt=***; theme=dark"},
		"a verifier with a suffix":      {"Set-Cookie: wos-auth-verifier-1a2b=xyz; Path=/", "Set-Cookie: wos-auth-verifier-1a2b=***; Path=/"},
		"an access token cookie":        {"workos-access-token=xyz; Max-Age=30", "workos-access-token=***; Max-Age=30"},
		"a JSON member":                 {`{"refresh_token": "a\"b\\", "user":"u"}`, `{"refresh_token": "***", "user":"u"}`},
		"a JSON member inside a string": {`"{\"access_token\":\"abc\",\"a\":1}"`, `"{\"access_token\":\"***\",\"a\":1}"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := redact.New().String(c.text); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := redact.New().String(c.want); got != c.want {
				t.Errorf("masked again: got %s, want %s", got, c.want)
			}
		})
	}
}

func TestOrdinaryTextSurvives(t *testing.T) {
	cases := map[string]string{
		"an authorize URL":       "https://api.workos.com/user_management/authorize?client_id=client_01ABCDEFGHJKMNPQRSTVWXYZ12&redirect_uri=https%3A%2F%2Fweb-git-fix-acme.vercel.app%2Fcallback&response_type=code&code_challenge=abc-DEF_123&code_challenge_method=S256&state=eyJyZXR1cm5QYXRobmFtZSI6Ii8ifQ%3D%3D",
		"a JWKS":                 `{"keys":[{"kid":"sso_oidc_key_pair_01ABC","alg":"RS256","n":"0vx7agoebGcQSuu"}]}`,
		"an error answer":        `{"code":"invalid_grant","message":"password: must be long","error_description":"Basic authentication"}`,
		"a challenge":            `WWW-Authenticate: Basic realm="acme", Bearer error="invalid_token"`,
		"a deleted cookie":       "Set-Cookie: wos-session=; Path=/; Max-Age=0",
		"an exit code":           "process ended, exit code=1",
		"words with sk_ in them": "task_test_environment disk_usage_percentage risk_0123456789abc",
		"a host with eyJ in it":  "heyJude.vercel.app",
		"a table":                "| dev:fox | prod | status|something |",
		"prose":                  "the Bearer token is missing; basic auth, password= eyJhIjoxfQ...",
		"hosts with ports":       "https://localhost:3000/@scope, http://a@b.example:8080 and ://:@",
		"a deployment":           "dpl_5m8CQaRBm3FnWRW1od3wKTpaECPx on happy-otter-123.eu-west-1.convex.cloud",
	}
	r := redact.New("hunter2-hunter2", "short", "", "\n")
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			if got := r.String(text); got != text {
				t.Errorf("got  %s\nwant %s", got, text)
			}
		})
	}
}

func TestEveryLineOfASecretGoes(t *testing.T) {
	r := redact.New("first-line\r\nsecond-line\nabc\n")
	if got, want := r.String("second-line, then first-line, abc"), "***, then ***, abc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, value := range r.Values() {
		if strings.ContainsAny(value, "\r\n") || len(value) < 6 {
			t.Errorf("value %q is no single line worth masking", value)
		}
	}
}

func TestTheSecretHalfOfAConvexKeyGoesAlone(t *testing.T) {
	r := redact.New("prod:happy-otter-123|0a1b2c3d4e5f")
	if got, want := r.String("saw 0a1b2c3d4e5f"), "saw ***"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOverlappingSecretsGoTogether(t *testing.T) {
	r := redact.New("abcdefg", "efghijk")
	if got, want := r.String("-abcdefghijk-"), "-***-"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATextThatWillNotSettleGoesWhole(t *testing.T) {
	r := redact.New("a***bc")
	text := strings.Repeat("a", 40) + "a***bc" + strings.Repeat("bc", 40)
	if got := r.String(text); got != redact.Mask {
		t.Errorf("got %q", got)
	}
}

func TestSecretsMayBeAddedMeanwhile(t *testing.T) {
	var r redact.Redactor
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			r.Add("hunter2-hunter2", "correct-horse")
			if got, want := r.String("hunter2-hunter2"), redact.Mask; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			r.Values()
		})
	}
	done.Wait()
}

func TestTimeIsLinearInTheText(t *testing.T) {
	r := redact.New("aaaaaaaa", "hunter2-hunter2")
	for _, piece := range []string{"a", "eyJ", "eyJa.", "Fe26.2", "Fe26.2*", "%7Ca", "dev:|", "=", "password=", `"password":"`, `\"`, "%25", "sk_", "Bearer ", ": "} {
		t.Run(piece, func(t *testing.T) {
			checkSurvivors(t, r, r.String(strings.Repeat(piece, 1<<20/len(piece))))
		})
	}
}

// checkSurvivors fails when any form of a known secret is still in a text, or the text would change again.
func checkSurvivors(t *testing.T, r *redact.Redactor, text string) {
	t.Helper()
	for _, value := range r.Values() {
		if strings.Contains(text, value) {
			t.Errorf("%q is still in %q", value, text)
		}
	}
	if again := r.String(text); again != text {
		t.Errorf("masked again, %q became %q", text, again)
	}
}

func FuzzNoSecretSurvives(f *testing.F) {
	f.Add("before ", "p@ss/w+rd 1", " after")
	f.Add("Basic ", "***a***", "=")
	f.Add("prod:x|", "a\nbcdefghi\r\n", "%26")
	f.Add("eyJa.", "eyJb.c", "Fe26.2*")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		r := redact.New(secret)
		std, raw := base64.StdEncoding, base64.RawURLEncoding
		quoted, _ := json.Marshal(secret)
		for _, text := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), string(quoted),
			std.EncodeToString([]byte(before + secret + after)), raw.EncodeToString([]byte(before + secret + after)),
			"Cookie: wos-session=" + url.QueryEscape(secret), jwt,
		} {
			got := r.String(before + text + after)
			checkSurvivors(t, r, got)
			if strings.Contains(got, jwt) {
				t.Errorf("a JWT is still in %q", got)
			}
		}
	})
}

// TestSecretsMayBeAddedWhileTextsAreCleaned is one for the race detector.
func TestSecretsMayBeAddedWhileTextsAreCleaned(t *testing.T) {
	r := redact.New("first-secret")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 200 {
			r.Add(strings.Repeat("x", i+6))
		}
	}()
	for range 200 {
		if got := r.String("a first-secret"); got != "a ***" {
			t.Errorf("got %q", got)
		}
	}
	<-done
}
