package testbed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A Bed is one preview with everything around it, being served.
type Bed struct {
	World   sandbox.World
	Sandbox *sandbox.Sandbox
	ca      string // file with the authority's certificate
	app     process
}

// A Setup is what a Bed is made of.
type Setup struct {
	World    sandbox.World     // its App has what the application's environment has
	Repo     string            // a folder that Build returned
	Env      map[string]string // of the application, beyond the World's; empty: unset
	Emulator *Emulator
	Refusal  int    // status by which WorkOS turns every refresh down; 0: it does not
	NoGrace  bool   // WorkOS takes a refresh token once and never again
	Dir      string // for files that last as long as the Bed
}

// Start starts the application and all around it.
func (a *Apps) Start(ctx context.Context, s Setup) (*Bed, error) {
	var app atomic.Pointer[url.URL]
	box, err := sandbox.StartFront(s.World, sandbox.Front{
		Preview: forward(&app), Emulator: s.Emulator.Address, Key: emulatorKey, Refusal: s.Refusal, NoGrace: s.NoGrace,
	})
	if err != nil {
		return nil, err
	}
	b := &Bed{World: s.World, Sandbox: box, ca: filepath.Join(s.Dir, "authority.pem")}
	if err := os.WriteFile(b.ca, box.Authority(), 0o600); err != nil {
		box.Close()
		return nil, err
	}
	address, err := b.startApp(ctx, a, s)
	if err != nil {
		box.Close()
		return nil, err
	}
	app.Store(address)
	return b, nil
}

// Close ends everything.
func (b *Bed) Close() {
	b.app.end()
	b.Sandbox.Close()
}

// network is the environment by which the gate and the application find the
// stand-ins and trust them.
func (b *Bed) network() []string {
	place := b.Sandbox.Place()
	return []string{
		"TESTBED_PLACE=" + place[strings.LastIndex(place, ":")+1:],
		"TESTBED_NAMES=" + strings.Join(b.Sandbox.AllowHosts(), ","),
		"SSL_CERT_FILE=" + b.ca,
		"NODE_EXTRA_CA_CERTS=" + b.ca,
	}
}

// ready finds where `next start` says it listens.
var ready = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// startApp starts the application under `next start`, with the variables that
// it would have on Vercel.
func (b *Bed) startApp(ctx context.Context, a *Apps, s Setup) (*url.URL, error) {
	cmd := a.next(ctx, filepath.Join(s.Repo, "apps", "web"), "start", "-p", "0", "-H", "127.0.0.1")
	cmd.Args = append([]string{cmd.Args[0], "--require", filepath.Join(a.dir, "vercel.cjs")}, cmd.Args[1:]...)
	cmd.Env = append(cmd.Env, b.network()...)
	cmd.Env = append(cmd.Env, "NODE_ENV=production", "NEXT_TELEMETRY_DISABLED=1")
	for name, value := range runtimeEnv(s) {
		if value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	listening := make(chan string, 1)
	p, err := start(cmd, func(text string) {
		line := readLine(text)
		if at := ready.FindString(line.Text); at != "" && line.RequestID == "" {
			select {
			case listening <- at:
			default:
			}
		}
		if line.RequestID != "" {
			b.Sandbox.Log(line)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("starting the application: %w", err)
	}
	b.app = p
	select {
	case at := <-listening:
		return url.Parse(at)
	case <-p.over:
		return nil, errors.New("starting the application: it ended at once")
	}
}

// runtimeEnv is what Vercel gives to a preview, and what the World says that
// its owner does.
func runtimeEnv(s Setup) map[string]string {
	w := s.World
	env := map[string]string{
		"VERCEL": "1", "VERCEL_ENV": "preview", "VERCEL_TARGET_ENV": "preview",
		"VERCEL_URL": w.Hosts.Deployment, "VERCEL_BRANCH_URL": w.Hosts.Alias, "VERCEL_PROJECT_PRODUCTION_URL": w.Hosts.Production,
		"WORKOS_CLIENT_ID": w.App.ClientID, "WORKOS_API_KEY": w.App.APIKey, "WORKOS_COOKIE_PASSWORD": w.App.CookiePassword,
	}
	maps.Copy(env, s.Env)
	return env
}

// readLine reads what vercel.cjs makes of a write.
func readLine(text string) sandbox.Line {
	var line struct{ ID, Method, URL, Host, Text string }
	if json.Unmarshal([]byte(text), &line) != nil {
		return sandbox.Line{Text: text}
	}
	path, _, _ := strings.Cut(line.URL, "?")
	return sandbox.Line{
		RequestID: line.ID, Method: line.Method, Path: path, Host: line.Host, Text: strings.TrimRight(line.Text, "\n"),
	}
}

// forward sends requests to the application, once it is there. Vercel tells
// the application under which name it was asked; `next start` takes its own
// address for that, and redirects to it, which is mended here.
func forward(app *atomic.Pointer[url.URL]) http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", app.Load().Host
			r.Out.Host = r.In.Host
			r.SetXForwarded()
			r.Out.Header.Set("X-Forwarded-Proto", "https")
		},
		ModifyResponse: func(r *http.Response) error {
			own := app.Load().Host
			if to, err := url.Parse(r.Header.Get("Location")); err == nil && to.Host != "" && (to.Host == own || to.Host == "localhost:"+app.Load().Port()) {
				to.Scheme, to.Host = "https", r.Request.Host
				r.Header.Set("Location", to.String())
			}
			r.Header.Del("X-Vercel-Id") // the edge has set its own
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if app.Load() == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}
