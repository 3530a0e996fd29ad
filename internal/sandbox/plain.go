package sandbox

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// StartPlain serves the World without TLS, each stand-in on a loopback port of
// its own, for a process that cannot be handed a dialer. Every address in the
// World becomes the one it is served at; [Sandbox.PlainEnv] tells where.
func StartPlain(w World) (*Sandbox, error) {
	names := w.Hosts.all()
	listeners, err := listen(len(names))
	if err != nil {
		return nil, err
	}
	var moves []string
	for i, name := range names {
		addr := listeners[i].Addr().String()
		moves = append(moves, "https://"+name, "http://"+addr, name, addr)
	}
	w.Scheme = "http"
	w, err = w.clone(moves...)
	if err != nil {
		closeAll(listeners)
		return nil, err
	}
	s := newSandbox(w)
	s.client.Transport = &http.Transport{DialContext: s.Dial}
	for _, listener := range listeners {
		addr := listener.Addr().String()
		s.places[addr] = addr
		go s.server.Serve(listener) //nolint:errcheck // it ends when Close closes the listener
	}
	return s, nil
}

// listen opens n loopback ports.
func listen(n int) ([]net.Listener, error) {
	var listeners []net.Listener
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			closeAll(listeners)
			return nil, fmt.Errorf("listening: %w", err)
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) {
	for _, listener := range listeners {
		_ = listener.Close()
	}
}

// clone copies the World so deeply that nobody else can change it, replacing
// each odd string by the one after it wherever it stands.
func (w World) clone(replace ...string) (World, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return World{}, fmt.Errorf("copying the world: %w", err)
	}
	var copied World
	moved := strings.NewReplacer(replace...).Replace(string(text))
	if err := json.Unmarshal([]byte(moved), &copied); err != nil {
		return World{}, fmt.Errorf("copying the world: %w", err)
	}
	return copied, nil
}

// PlainEnv returns, as NAME=value, where the vendors are. In the plain mode
// these are loopback ports.
func (s *Sandbox) PlainEnv() []string {
	w, h := s.world, s.world.Hosts
	host, port, err := net.SplitHostPort(h.WorkOS)
	if err != nil {
		host, port = h.WorkOS, "443"
	}
	return []string{
		"WORKOS_API_HOSTNAME=" + host,
		"WORKOS_API_PORT=" + port,
		fmt.Sprintf("WORKOS_API_HTTPS=%t", w.Scheme == "https"),
		"CONVEX_PROVISION_HOST=" + w.url(h.ConvexAPI, ""),
		"GITHUB_API_URL=" + w.url(h.GitHubAPI, ""),
		"PREVIEWGATE_VERCEL_API=" + w.url(h.VercelAPI, ""),
	}
}

// AllowHosts lists every host the stand-ins answer to, as a gate has to be
// told to be allowed to ask them.
func (s *Sandbox) AllowHosts() []string {
	hosts := s.world.Hosts.all()
	slices.Sort(hosts)
	return hosts
}
