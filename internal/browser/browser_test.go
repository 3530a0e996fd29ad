package browser

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
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
	sent   int               // forms
	spied  []string          // what the preview's page saw of scripts
	bypass map[string]bool   // hosts that got the secret of the protected preview

	form     string // what the sign-in page shows after the address was sent: password, code, again, alert
	atLogin  string // host that WorkOS sends visitors to
	atOnce   bool   // who has signed in at WorkOS is sent back without a page
	page     string // of the preview
	login    string // on the sign-in page, beside its form
	button   string // of the sign-in page
	late     bool   // the sign-in page draws its form after seconds
	callback string // host of the callback; empty: the preview's
	public   bool   // the preview's pages are for everybody
	rejects  bool   // the preview takes no session

	change func(*Options)   // of what is asked for
	serve  http.HandlerFunc // in place of the preview's dashboard
}

const (
	testEmail    = "ada+preview@acme.example"
	testPassword = "correct horse battery staple"
	testSecret   = "bypass-0123456789abcdef"
	appHost      = "web-abc-acme.vercel.app"
	aliasHost    = "web-git-main-acme.vercel.app"
)

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	ofApp := r.Host == appHost || r.Host == aliasHost
	if ofApp && w.serve != nil && r.URL.Path == "/dashboard" {
		w.serve(rw, r)
		return
	}
	if r.Host == "hanging.example" {
		<-r.Context().Done()
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Header.Get("X-Vercel-Protection-Bypass") != "" {
		w.bypass[r.Host] = true
	}
	switch {
	case ofApp:
		w.app(rw, r)
	case r.Host == "api.workos.com" && w.atOnce && len(w.typed) > 0:
		w.back(rw, r)
	case r.Host == "api.workos.com":
		http.Redirect(rw, r, "https://"+w.atLogin+"/?client_id="+r.URL.Query().Get("client_id"), http.StatusFound)
	default:
		w.signIn(rw, r)
	}
}

func (w *world) app(rw http.ResponseWriter, r *http.Request) {
	_, err := r.Cookie("wos-session")
	switch {
	case r.URL.Path == "/spied":
		w.spied = append(w.spied, r.URL.RawQuery)
	case r.URL.Path == "/callback":
		http.SetCookie(rw, &http.Cookie{Name: "wos-session", Value: "Fe26.2**secret~2", Path: "/", HttpOnly: true})
		http.Redirect(rw, r, "/dashboard", http.StatusFound)
	case r.URL.Path == "/sign-out":
		http.SetCookie(rw, &http.Cookie{Name: "wos-session", Path: "/", MaxAge: -1})
		http.Redirect(rw, r, "/", http.StatusTemporaryRedirect)
	case r.URL.Path == "/worker.js":
		rw.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(rw, `addEventListener("install", () => skipWaiting()); addEventListener("activate", (e) => e.waitUntil(clients.claim()));
addEventListener("fetch", (e) => { if (new URL(e.request.url).pathname === "/worked") e.respondWith(new Response("")); });`)
	case r.Method == http.MethodPost:
		fmt.Fprintf(rw, `1:{"accessToken":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJl"}`)
	case (err != nil || w.rejects) && (r.URL.Path == "/dashboard" && !w.public || r.URL.Path == "/sign-in"):
		http.Redirect(rw, r, "https://api.workos.com/user_management/authorize?client_id=client_1&state=secret-state-value", http.StatusTemporaryRedirect)
	default:
		fmt.Fprint(rw, "<!doctype html><title>app</title>"+w.page)
	}
}

// back sends the browser to the callback.
func (w *world) back(rw http.ResponseWriter, r *http.Request) {
	http.Redirect(rw, r, "https://"+cmp.Or(w.callback, appHost)+"/callback?code=secret-code-value&state=x", http.StatusFound)
}

func (w *world) signIn(rw http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if r.Method == http.MethodPost && r.Host == w.atLogin {
		w.sent++
	}
	p := r.Form.Get("password")
	if p != "" {
		w.typed[r.Host] = p
	}
	if p != "" && w.form != "again" && w.form != "alert" {
		w.back(rw, r)
		return
	}
	field := `<input type="email" name="email">`
	switch {
	case r.Method == http.MethodPost && w.form == "code":
		field = `<input name="code" autocomplete="one-time-code">`
	case r.Method == http.MethodPost && w.form == "alert":
		field += `<p role="alert">There is no such account.</p>`
	case r.Method == http.MethodPost:
		field = `<input type="password" name="password">`
	}
	form := fmt.Sprintf(`<form method="post">%s<button type="submit">%s</button></form>`, field, cmp.Or(w.button, "Continue"))
	if w.late {
		form = `<main></main><script>setTimeout(() => { document.querySelector("main").innerHTML = ` + literal(form) + ` }, 3000)</script>`
	}
	fmt.Fprint(rw, "<!doctype html>"+w.login+form)
}

// reproduce runs a browser in a world, and wants it to come to its end.
func reproduce(t *testing.T, w *world) Reproduction {
	t.Helper()
	r, err := try(t.Context(), t, w)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// try runs a browser in a world.
func try(ctx context.Context, t *testing.T, w *world) (Reproduction, error) {
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
	defer server.CloseClientConnections()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	o := Options{
		Program: program, Preview: &url.URL{Scheme: "https", Host: appHost}, Path: "/dashboard",
		WorkOS: "https://api.workos.com", ClientID: "client_1", Email: testEmail, Password: testPassword,
		Header: map[string]string{"X-Vercel-Protection-Bypass": testSecret}, Opened: []string{"https://" + appHost},
		Watch: 500 * time.Millisecond, Redact: redact.New(testEmail, testPassword, testSecret).String,
		Secrets: []string{testEmail, testPassword, testSecret},
		Flags:   map[string]any{"host-resolver-rules": "MAP * " + server.Listener.Addr().String(), "ignore-certificate-errors": true},
	}
	if w.change != nil {
		w.change(&o)
	}
	r, err := Reproduce(ctx, o)
	for _, secret := range []string{testEmail, testPassword, testSecret, "Fe26.2**secret", "secret-state-value", "secret-code-value", "c2lnbmF0dXJl"} {
		if bytes.Contains(r.Archive, []byte(secret)) || strings.Contains(r.Debug, secret) {
			t.Errorf("%q is in the recording", secret)
		}
	}
	for host := range w.bypass {
		if !slices.Contains(o.Opened, "https://"+host) {
			t.Errorf("%s got the secret of the preview", host)
		}
	}
	return r, err
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
	w := &world{atLogin: "acme.authkit.app", change: func(o *Options) { o.Watch = 2 * time.Second }, page: spy + "<p>" + testEmail + `</p><script id="previewgate" type="application/json">{"convex":"loading"}</script>
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
		"secrets of the run, in another case": `<p>` + strings.ToUpper(testEmail) + `</p><p>` + strings.ToUpper(testSecret) + `</p><p>` + testPassword + `</p><p>***</p>`,
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

func TestHowFarSigningInComes(t *testing.T) {
	tests := map[string]struct {
		world *world
		want  SignIn
		typed int // passwords that were sent
		sent  int // forms that were sent to the sign-in page
	}{
		"a code by e-mail":                 {world: &world{form: "code"}, want: WantsCode, sent: 1},
		"a code by e-mail is all there is": {world: &world{button: "Email me a code"}, want: WantsCode},
		"a custom domain":                  {world: &world{atLogin: "auth.acme.example"}, want: SignedIn, typed: 1, sent: 2},
		"a page at another preview":        {world: &world{atLogin: "evil.vercel.app"}, want: Strayed},
		"a page at the preview itself":     {world: &world{atLogin: appHost}, want: NotSent},
		"the password is asked for again":  {world: &world{form: "again"}, want: Refused, typed: 1, sent: 2},
		"the address is not known":         {world: &world{form: "alert"}, want: Refused, sent: 1},
		"an alert that refuses nothing": {
			world: &world{login: `<p role="alert">We use cookies.</p><p role="alert" id="__next-route-announcer__">Sign in</p>`},
			want:  SignedIn, typed: 1, sent: 2,
		},
		"a form that is drawn late": {world: &world{late: true}, want: SignedIn, typed: 1, sent: 2},
		"a public page": {
			world: &world{public: true, change: func(o *Options) { o.Entrance = "/sign-in" }}, want: SignedIn, typed: 1, sent: 2,
		},
		"a public page, and no way to sign in is known": {world: &world{public: true}, want: NotSent},
		"the callback is at the branch alias": {
			world: &world{callback: aliasHost, change: func(o *Options) {
				o.Preview, o.Own, o.Opened = &url.URL{Scheme: "https", Host: aliasHost}, []string{"https://" + appHost}, []string{"https://" + aliasHost}
			}},
			want: SignedIn, typed: 1, sent: 2,
		},
		"the callback is at a host of the deployment's": {
			world: &world{callback: aliasHost, change: func(o *Options) { o.Own = []string{"https://" + aliasHost} }}, want: SignedIn, typed: 1, sent: 2,
		},
		"the callback is at a host that nobody vouches for": {world: &world{callback: aliasHost}, want: Strayed, typed: 1, sent: 2},
		"the app leads on to another site": {
			world: &world{page: `<script>location.href = "https://web.acme.example/"</script>`}, want: SignedIn, typed: 1, sent: 2,
		},
		"the session is not taken":                     {world: &world{rejects: true}, want: Loops, typed: 1, sent: 4},
		"the session is not taken, and WorkOS has one": {world: &world{rejects: true, atOnce: true}, want: Loops, typed: 1, sent: 2},
		"a page that leads to itself": {
			world: &world{serve: func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, r.URL.Path, http.StatusFound) }}, want: Loops,
		},
		"a preview that does not answer": {
			world: &world{serve: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}, want: Down,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.world.atLogin = cmp.Or(tt.world.atLogin, "acme.authkit.app")
			r := reproduce(t, tt.world)
			if r.SignIn != tt.want || len(tt.world.typed) != tt.typed || tt.world.sent != tt.sent {
				t.Errorf("got %q with %d passwords and %d forms, want %q with %d and %d",
					r.SignIn, len(tt.world.typed), tt.world.sent, tt.want, tt.typed, tt.sent)
			}
			if !bytes.Contains(r.Archive, []byte("/dashboard")) || len(r.Screenshot) == 0 {
				t.Error("there is no recording, or no picture")
			}
		})
	}
}

func TestWhatAPageRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		sent, now form
		want      bool
	}{
		"nothing is said":                   {form{Email: true}, form{Email: true}, false},
		"it says so":                        {form{Email: true}, form{Email: true, Wrong: "no such account"}, true},
		"it said so before":                 {form{Password: true, Wrong: "we use cookies"}, form{Password: true, Wrong: "we use cookies"}, false},
		"it says something else than":       {form{Password: true, Wrong: "we use cookies"}, form{Password: true, Wrong: "we use cookies\nwrong"}, true},
		"it asks for the next all the same": {form{Email: true}, form{Password: true, Wrong: "we use cookies"}, false},
	} {
		if got := tt.now.refuses(tt.sent); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestPagesThatHoldABrowserUp holds that neither a page that waits for what
// does not come nor a dialog keeps the browser from looking.
func TestPagesThatHoldABrowserUp(t *testing.T) {
	for name, w := range map[string]*world{
		"a resource hangs": {login: `<img src="https://hanging.example/x.png">`},
		"a dialog":         {page: `<script>alert("Welcome"); addEventListener("beforeunload", (e) => e.preventDefault())</script>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.atLogin = "acme.authkit.app"
			if r := reproduce(t, w); r.SignIn != SignedIn || r.Watched != 2 || !r.Session || !r.Had || len(r.Screenshot) == 0 {
				t.Errorf("signing in came to %q, and the page was watched %d times", r.SignIn, r.Watched)
			}
		})
	}
}

// TestAServiceWorkerHidesNothing holds that what a page asks for is recorded
// although a worker of its own would answer it.
func TestAServiceWorkerHidesNothing(t *testing.T) {
	t.Parallel()
	r := reproduce(t, &world{atLogin: "acme.authkit.app", change: func(o *Options) { o.Watch = 3 * time.Second }, page: `<script>
navigator.serviceWorker.register("/worker.js");
setTimeout(() => fetch("/worked"), 2000);
</script>`})
	if answered := find(t, r.Archive, "/worked"); answered["date"] == "" {
		t.Errorf("the worker answered: %v", answered)
	}
}

// TestTheEndOfTime holds what a browser leaves behind that was not ready.
func TestTheEndOfTime(t *testing.T) {
	places, err := os.MkdirTemp("/tmp", "pg") //nolint:usetesting // the path of a socket in it must not be long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(places) })
	t.Setenv("TMPDIR", places)
	restless := &world{atLogin: "acme.authkit.app", page: `<script>setInterval(() => history.replaceState(null, "", "?" + Math.random()), 50)</script>`}
	t.Run("it is over", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		r, err := try(ctx, t, restless)
		if !errors.Is(err, context.DeadlineExceeded) || len(r.Screenshot) == 0 || !bytes.Contains(r.Archive, []byte("/callback")) || r.Landed == "" {
			t.Errorf("%v; a picture of %d bytes, a recording of %d, at %q", err, len(r.Screenshot), len(r.Archive), r.Landed)
		}
	})
	t.Run("the run is stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := &world{serve: func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		}}
		started := time.Now()
		_, err := try(ctx, t, w)
		if !errors.Is(err, context.Canceled) || time.Since(started) > 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
	})
	if left, err := filepath.Glob(filepath.Join(places, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestABrowserThatDoesNotStart holds that its own words are told.
func TestABrowserThatDoesNotStart(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "chrome")
	script := "#!/bin/sh\necho '[7:7:1124/1:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox!' >&2\nexit 1\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Reproduce(t.Context(), Options{Program: program, Preview: &url.URL{Scheme: "https", Host: appHost}})
	if !errors.Is(err, ErrStart) || err.Error() != "the browser did not start: No usable sandbox!" {
		t.Error(err)
	}
}

func TestWhatIsLocal(t *testing.T) {
	t.Parallel()
	v := &visit{Options: Options{
		Allowed: []string{"127.0.0.1:3000"},
		Lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
			if host == "inside.example" {
				return []netip.Addr{netip.MustParseAddr("203.0.114.1"), netip.MustParseAddr("10.0.0.1")}, nil
			}
			return []netip.Addr{netip.MustParseAddr("203.0.114.1")}, nil
		},
	}}
	for address, want := range map[string]bool{
		"http://localhost/": true, "http://app.localhost:3000/": true, "http://metadata.google.internal/": true,
		"http://169.254.169.254/": true, "http://168.63.129.16/": true, "http://100.64.0.1/": true, "http://[::1]/": true,
		"http://[fd00::1]/": true, "http://[::ffff:10.0.0.1]/": true, "http://[64:ff9b::a00:1]/": true, "https://inside.example/": true,
		"http://127.0.0.1:3000/": false, "http://127.0.0.1:3001/": true, "https://outside.example/": false, "http://8.8.8.8/": false,
		"http://[64:ff9b::808:808]/": false, "data:text/html,x": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.isLocal(u) || v.leadsInside(t.Context(), u); got != want {
			t.Errorf("%s is local: %t", address, got)
		}
	}
}
