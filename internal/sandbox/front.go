package sandbox

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"
)

// A Front puts real programs where stand-ins are. What is left of those stands
// before the programs, and refuses what the real services would.
type Front struct {
	Preview  http.Handler // the deployed application; nil: the stand-in
	Emulator string       // address of WorkOS' own emulator, which issues sessions and keys; empty: the stand-in does
	Key      string       // an API key of the emulator's
	Refusal  int          // status that every refresh is answered with, 429 or 503, which the emulator never does; 0: none
	NoGrace  bool         // a refresh token that was used is of no use at once, as at the emulator
}

// StartFront is [Start] with real programs behind some of the names. Other
// processes reach it at [Sandbox.Place].
func StartFront(w World, f Front) (*Sandbox, error) {
	w, err := w.clone()
	if err != nil {
		return nil, err
	}
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	leaf, err := ca.issue(w.Hosts.all())
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	s := newSandbox(w)
	s.ca = ca
	f.stand(s)
	for _, name := range w.Hosts.all() {
		s.places[net.JoinHostPort(name, "443")] = listener.Addr().String()
	}
	s.client.Transport = &http.Transport{
		DialContext:     s.Dial,
		TLSClientConfig: &tls.Config{RootCAs: ca.pool(), MinVersion: tls.VersionTLS12},
	}
	s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{leaf}, MinVersion: tls.VersionTLS12}
	go s.server.ServeTLS(listener, "", "") //nolint:errcheck // it ends when Close closes the listener
	return s, nil
}

// stand puts the front's programs behind their names, before anything is
// served.
func (f Front) stand(s *Sandbox) {
	h := s.world.Hosts
	if f.Preview != nil {
		preview := frontEdge{edge{Edge: s.world.Edge, world: &s.world, logs: s.logs}, f.Preview}
		s.sites[h.Deployment], s.sites[h.Alias] = preview, preview
	}
	if f.Emulator == "" {
		return
	}
	idp := newFrontWorkOS(s.idp, f)
	s.sites[h.WorkOS] = idp.api()
	s.sites[h.AuthKit] = http.HandlerFunc(idp.hosted)
	if h.AuthDomain != "" {
		s.sites[h.AuthDomain] = idp.api()
	}
}

// frontEdge is Vercel before a real application.
type frontEdge struct {
	edge
	next http.Handler
}

func (e frontEdge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !e.answers(w, r) {
		r.Header.Set("X-Vercel-Id", w.Header().Get("X-Vercel-Id"))
		e.next.ServeHTTP(w, r)
	}
}

// A Line is what a deployment wrote while it answered a request.
type Line struct {
	RequestID string // x-vercel-id, or the last part of it; empty: between requests
	Method    string
	Path      string
	Host      string
	Text      string
}

// Log adds a line to the runtime log of the preview.
func (s *Sandbox) Log(line Line) {
	row := logRow{lastPart(line.RequestID), line.Method, line.Path, line.Host, http.StatusOK, line.Text, time.Now()}
	l := s.logs
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, row)
	close(l.more)
	l.more = make(chan struct{})
}

// Place is the loopback address behind port 443 of every name.
func (s *Sandbox) Place() string { return s.places[net.JoinHostPort(s.world.Hosts.WorkOS, "443")] }

// Authority is the certificate of the sandbox's authority, as PEM, for
// programs that take one from a file.
func (s *Sandbox) Authority() []byte { return s.ca.pem }

// askEmulator sends a request on to the emulator and returns its answer.
func (f *frontWorkOS) askEmulator(ctx context.Context, method, path string, body []byte) (*reply, error) {
	return ask(ctx, method, f.Emulator+path, f.Key, body)
}
