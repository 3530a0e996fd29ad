package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/redact"
)

// A world is a preview, WorkOS and its sign-in page, which differ by the host they are asked under.
type world struct {
	mu     sync.Mutex
	typed  map[string]string // passwords by the host that they were sent to
	spied  []string          // what the preview's page saw of scripts
	bypass map[string]bool   // hosts that got the secret of the protected preview

	form    string // what the sign-in page shows after the address was sent: password, code
	atLogin string // host that WorkOS sends visitors to
	page    string // of the preview
}

const (
	testEmail    = "ada+preview@acme.example"
	testPassword = "correct horse battery staple"
	testSecret   = "bypass-0123456789abcdef"
	appHost      = "web-abc-acme.vercel.app"
)

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Header.Get("X-Vercel-Protection-Bypass") != "" {
		w.bypass[r.Host] = true
	}
	switch r.Host {
	case appHost:
		w.app(rw, r)
	case "api.workos.com":
		http.Redirect(rw, r, "https://"+w.atLogin+"/?client_id="+r.URL.Query().Get("client_id"), http.StatusFound)
	default:
		w.login(rw, r)
	}
}

func (w *world) app(rw http.ResponseWriter, r *http.Request) {
	_, err := r.Cookie("wos-session")
	switch {
	case r.URL.Path == "/spied":
		w.spied = append(w.spied, r.URL.RawQuery)
	case r.URL.Path == "/callback":
		http.SetCookie(rw, &http.Cookie{Name: "wos-session", Value: "Fe26.2**secret~2", Path: "/", HttpOnly: true})
		http.Redirect(rw, r, "/", http.StatusFound)
	case r.URL.Path == "/sign-out":
		http.SetCookie(rw, &http.Cookie{Name: "wos-session", Path: "/", MaxAge: -1})
		http.Redirect(rw, r, "/", http.StatusTemporaryRedirect)
	case r.Method == http.MethodPost:
		fmt.Fprintf(rw, `1:{"accessToken":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJl"}`)
	case err != nil && r.URL.Path == "/dashboard":
		http.Redirect(rw, r, "https://api.workos.com/user_management/authorize?client_id=client_1&state=secret-state-value", http.StatusTemporaryRedirect)
	default:
		fmt.Fprint(rw, "<!doctype html><title>app</title>"+w.page)
	}
}

func (w *world) login(rw http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if p := r.Form.Get("password"); p != "" {
		w.typed[r.Host] = p
		http.Redirect(rw, r, "https://"+appHost+"/callback?code=secret-code-value", http.StatusFound)
		return
	}
	field := `<input type="email" name="email">`
	switch {
	case r.Method == http.MethodPost && w.form == "code":
		field = `<input name="code" autocomplete="one-time-code">`
	case r.Method == http.MethodPost:
		field = `<input type="password" name="password">`
	}
	fmt.Fprintf(rw, `<!doctype html><form method="post">%s<button type="submit">Continue</button></form>`, field)
}

// reproduce runs a browser in a world.
func reproduce(t *testing.T, w *world) Reproduction {
	t.Helper()
	program, err := Find(os.Getenv("PREVIEWGATE_BROWSER"))
	if err != nil {
		if os.Getenv("PREVIEWGATE_APPS") != "" {
			t.Fatal(err)
		}
		t.Skip("no browser: ", err)
	}
	w.typed, w.bypass = map[string]string{}, map[string]bool{}
	server := httptest.NewUnstartedServer(w)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := Reproduce(ctx, Options{
		Program: program, Preview: &url.URL{Scheme: "https", Host: appHost}, Path: "/dashboard",
		WorkOS: "https://api.workos.com", ClientID: "client_1", Email: testEmail, Password: testPassword,
		Header: map[string]string{"X-Vercel-Protection-Bypass": testSecret},
		Watch:  500 * time.Millisecond, Redact: redact.New(testEmail, testPassword, testSecret).String,
		Flags: map[string]any{"host-resolver-rules": "MAP * " + server.Listener.Addr().String(), "ignore-certificate-errors": true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{testEmail, testPassword, testSecret, "Fe26.2**secret", "secret-state-value", "secret-code-value", "c2lnbmF0dXJl"} {
		if bytes.Contains(r.Archive, []byte(secret)) || strings.Contains(r.Debug, secret) {
			t.Errorf("%q is in the recording", secret)
		}
	}
	for host := range w.bypass {
		if host != appHost {
			t.Errorf("%s got the secret of the preview", host)
		}
	}
	return r
}

// spy sends home what scripts do with texts in the page's own world.
const spy = `<script>
const split = String.prototype.split;
String.prototype.split = function (at) { fetch("/spied?" + encodeURIComponent(at)); return split.call(this, at); };
</script>`

const background = `<p>Signed in as ` + testEmail + `</p>
<script>
fetch("/sign-out?_rsc=abc", {headers: {rsc: "1", "next-router-prefetch": "1"}});
fetch("/", {method: "POST", headers: {"next-action": "00ff"}, body: "[]"});
</script>`

func TestReproduce(t *testing.T) {
	t.Parallel()
	w := &world{atLogin: "acme.authkit.app", page: background}
	r := reproduce(t, w)
	if r.Session {
		t.Error("a session is left, although the page signed out in the background")
	}
	if r.SignIn != SignedIn || w.typed["acme.authkit.app"] != testPassword || len(w.typed) != 1 {
		t.Errorf("signing in came to %q, typed at %d hosts", r.SignIn, len(w.typed))
	}
	if !w.bypass[appHost] {
		t.Error("the preview did not get what opens it")
	}
	if _, err := png.Decode(bytes.NewReader(r.Screenshot)); err != nil {
		t.Errorf("the picture: %v", err)
	}
	prefetch := find(t, r.Archive, "/sign-out")
	if prefetch["next-router-prefetch"] != "1" || prefetch["set-cookie"] != "wos-session=; Path=/; Max-Age=0" {
		t.Errorf("the request in the background is recorded as %v", prefetch)
	}
	if !bytes.Contains(r.Archive, []byte(`accessToken`)) {
		t.Error("the answer of the server action is not recorded")
	}
}

func TestWhatThePageHandsOver(t *testing.T) {
	t.Parallel()
	w := &world{atLogin: "acme.authkit.app", page: spy + "<p>" + testEmail + `</p><script id="previewgate" type="application/json">{"convex":"loading"}</script>
<script>setTimeout(() => { document.getElementById("previewgate").textContent = '{"user":"` + testEmail + `"}' }, 900)</script>`}
	r := reproduce(t, w)
	for _, query := range w.spied {
		if text, _ := url.QueryUnescape(query); strings.Contains(text, testPassword) || strings.Contains(text, testEmail) {
			t.Errorf("the preview's page saw %q", text)
		}
	}
	if !r.Session || r.Debug != `{"user":"***"}` {
		t.Errorf("session %t, the page handed over %q", r.Session, r.Debug)
	}
}

// TestThePictureShowsNoSecret compares pictures: of pages that show what must
// not be shown, and of the page that shows it masked.
func TestThePictureShowsNoSecret(t *testing.T) {
	t.Parallel()
	picture := func(page string) []byte {
		return reproduce(t, &world{atLogin: "acme.authkit.app", page: page}).Screenshot
	}
	masked := picture(`<p>***</p><p>***</p><p>***</p><p>***</p>`)
	const shadow = `<p></p><script>const s = document.querySelectorAll("p")[3].attachShadow({mode: "open"});`
	for name, page := range map[string]string{
		"what is there": `<p>` + testEmail + `</p><p>eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJl</p><p>Fe26.2**secret~2</p>` +
			shadow + `s.innerHTML = "` + testEmail + `"</script>`,
		"what is drawn anew": `<p></p><p>***</p><p>***</p>` + shadow + `
setInterval(() => { s.textContent = document.querySelector("p").textContent = "` + testEmail + `" }, 1)</script>`,
	} {
		if got := picture(page); len(got) == 0 || !bytes.Equal(got, masked) {
			t.Errorf("%s is in the picture", name)
		}
	}
	if bytes.Equal(picture(`<p>another page</p>`), masked) {
		t.Error("all pictures are the same")
	}
}

// find returns the headers, of request and answer together, of the first entry for a path.
func find(t *testing.T, archive []byte, path string) map[string]string {
	t.Helper()
	type message struct {
		URL     string
		Headers []struct{ Name, Value string }
	}
	var har struct {
		Log struct {
			Entries []struct{ Request, Response message }
		}
	}
	if err := json.Unmarshal(archive, &har); err != nil {
		t.Fatal(err)
	}
	for _, e := range har.Log.Entries {
		if u, err := url.Parse(e.Request.URL); err != nil || u.Path != path {
			continue
		}
		headers := make(map[string]string)
		for _, h := range append(e.Request.Headers, e.Response.Headers...) {
			headers[strings.ToLower(h.Name)] = h.Value
		}
		return headers
	}
	t.Fatalf("there is no entry for %s", path)
	return nil
}

func TestSignInThatGoesNoFurther(t *testing.T) {
	tests := map[string]struct {
		world *world
		want  SignIn
	}{
		"a code by e-mail":             {&world{atLogin: "acme.authkit.app", form: "code"}, WantsCode},
		"a custom domain":              {&world{atLogin: "auth.acme.example"}, SignedIn},
		"a page at another preview":    {&world{atLogin: "evil.vercel.app"}, Strayed},
		"a page at the preview itself": {&world{atLogin: appHost}, NotSent},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reproduce(t, tt.world)
			if r.SignIn != tt.want {
				t.Errorf("got %q, want %q", r.SignIn, tt.want)
			}
			if tt.want != SignedIn && len(tt.world.typed) > 0 {
				t.Error("the password was typed")
			}
		})
	}
}
