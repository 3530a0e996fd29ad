package sandbox

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// A Sandbox is a World being served.
type Sandbox struct {
	world  World
	sites  map[string]http.Handler // by Host header
	places map[string]string       // the listener behind each host:port
	ca     *authority              // nil in the plain mode
	server *http.Server
	client *http.Client // what the stand-ins ask each other with
	stop   context.CancelFunc
	asked  recorder
	hub    *hub
	logs   *runtimeLog
	idp    *workOS
}

// Start serves the World over TLS on one loopback port. Reach it through
// [Sandbox.Dial], trusting [Sandbox.RootCAs]; every name is a real one.
func Start(w World) (*Sandbox, error) { return StartFront(w, Front{}) }

// newSandbox builds the stand-ins of a World that nobody can reach yet.
func newSandbox(w World) *Sandbox {
	ctx, stop := context.WithCancel(context.Background())
	s := &Sandbox{
		world:  w,
		places: map[string]string{},
		client: &http.Client{},
		stop:   stop,
		hub:    newHub(w.GitHub),
		logs:   newRuntimeLog(w),
	}
	s.sites = s.buildSites()
	s.server = &http.Server{
		Handler:     http.HandlerFunc(s.serve),
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    log.New(io.Discard, "", 0), // clients may hang up
	}
	return s
}

// buildSites puts every stand-in behind its name.
func (s *Sandbox) buildSites() map[string]http.Handler {
	w, h := &s.world, s.world.Hosts
	key := newToyKey()
	preview := edge{Edge: w.Edge, world: w, app: newApp(w, w.App, s.logs, s.client, key), logs: s.logs}
	production := edge{world: w, app: newApp(w, w.Production, s.logs, s.client, key), logs: s.logs}
	idp := newWorkOS(w, key)
	s.idp = idp
	sites := map[string]http.Handler{
		h.Deployment:       preview,
		h.Alias:            preview,
		h.Production:       production,
		h.WorkOS:           idp.api(),
		h.WorkOSErrors:     http.HandlerFunc(idp.errorPage),
		h.AuthKit:          http.HandlerFunc(idp.hostedPage),
		h.VercelSite:       vercelSite(w, s.logs),
		h.Convex:           newBackend(w, w.Convex.Preview, s.client),
		h.ConvexProduction: newBackend(w, w.Convex.Production, s.client),
		h.ConvexAPI:        convexAPI(w),
		h.VercelAPI:        vercelAPI(w, s.logs),
		h.GitHubAPI:        gitHubAPI(w, s.hub),
	}
	if h.AuthDomain != "" {
		sites[h.AuthDomain] = idp.api()
	}
	return sites
}

// serve records a request and hands it to the stand-in it names.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request) {
	s.asked.add(r, s.world.Scheme)
	if !s.delay(r) {
		return
	}
	site, known := s.sites[strings.TrimSuffix(r.Host, ":443")]
	if !known {
		http.Error(w, "no such host in the sandbox", http.StatusMisdirectedRequest)
		return
	}
	site.ServeHTTP(w, r)
}

// Dial connects to a stand-in by its real name. Any other name is unknown, as
// it is to a resolver.
func (s *Sandbox) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	place, known := s.places[addr]
	if !known {
		return nil, s.unreachable(network, addr)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, place)
}

// unreachable tells a closed port of a known name from an unknown name.
func (s *Sandbox) unreachable(network, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return &net.OpError{Op: "dial", Net: network, Err: err}
	}
	if _, known := s.sites[host]; known {
		return &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
}

// RootCAs trusts the sandbox's certificates, and nothing else. It is nil in
// the plain mode.
func (s *Sandbox) RootCAs() *x509.CertPool {
	if s.ca == nil {
		return nil
	}
	return s.ca.pool()
}

// PreviewURL returns the address of the preview under test.
func (s *Sandbox) PreviewURL() string { return s.world.URL }

// Close stops serving and drops every connection.
func (s *Sandbox) Close() {
	s.stop()
	_ = s.server.Close()
	s.client.CloseIdleConnections()
}
