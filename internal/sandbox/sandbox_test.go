package sandbox

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// visitorTo is a client of one sandbox that follows no redirects.
type visitorTo struct {
	*Sandbox
	t      *testing.T
	client *http.Client
}

// visit serves a healthy World with the changes, until the test ends.
func visit(t *testing.T, changes ...func(*World)) visitorTo {
	t.Helper()
	w := Healthy()
	for _, change := range changes {
		change(&w)
	}
	s, err := Start(w)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: s.Dial, TLSClientConfig: &tls.Config{RootCAs: s.RootCAs()}}
	t.Cleanup(func() { transport.CloseIdleConnections(); s.Close() })
	return visitorTo{s, t, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request, written as "METHOD address", "Name: value"..., with a
// body after an empty line.
func (v visitorTo) ask(request string) answer {
	v.t.Helper()
	head, body, _ := strings.Cut(request, "\n\n")
	lines := strings.Split(head, "\n")
	method, address, _ := strings.Cut(lines[0], " ")
	if strings.HasPrefix(address, "/") {
		address = v.PreviewURL() + address
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

func TestEveryNameLeadsToTheListener(t *testing.T) {
	v := visit(t, customAuthDomain)
	for _, name := range v.world.Hosts.all() {
		if got := v.ask("GET https://" + name + "/nothing-here"); got.status == http.StatusMisdirectedRequest {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}

func TestOtherNamesAreUnknown(t *testing.T) {
	v := visit(t)
	for _, name := range []string{"happy-otter-123.convex.cloud", "app.other.example", "undefined", "localhost"} {
		_, err := v.Dial(t.Context(), "tcp", net.JoinHostPort(name, "443"))
		var unknown *net.DNSError
		if !errors.As(err, &unknown) || !unknown.IsNotFound || unknown.Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherPortsOfKnownNamesAreClosed(t *testing.T) {
	_, err := visit(t).Dial(t.Context(), "tcp", "api.workos.com:80")
	var unknown *net.DNSError
	if err == nil || errors.As(err, &unknown) {
		t.Errorf("got %v", err)
	}
}

func TestStartingIsQuick(t *testing.T) {
	best := time.Hour
	for range 5 {
		began := time.Now()
		s, err := Start(Healthy())
		if err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
		s.Close()
	}
	if best > 50*time.Millisecond {
		t.Errorf("took %v", best)
	}
}

func TestClosingLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("serving", func(t *testing.T) {
		v := visit(t)
		v.ask("GET /dashboard")
		held, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://swift-lemur-482.convex.cloud/api/stream_function_logs", nil)
		if err != nil {
			t.Fatal(err)
		}
		held.Header.Set("Authorization", "Convex "+previewAdminKey)
		go func() {
			if response, err := v.client.Do(held); err == nil {
				response.Body.Close()
			}
		}()
		v.ask("POST https://swift-lemur-482.convex.cloud/api/query_batch\nContent-Type: application/json\nAuthorization: Bearer " +
			forged("https://api.workos.com/user_management/"+previewClient) + "\n\n{\"queries\":[]}")
	})
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}

func TestRequestsAreRecordedInOrder(t *testing.T) {
	v := visit(t)
	v.ask("GET /dashboard?x=1\nX-Probe: yes")
	v.ask("POST https://api.convex.dev/api/claim_preview_deployment\n\n{}")
	got := v.Requests()
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	if got[0].Method != "GET" || got[0].URL != "https://web-k3v9x2m1q-acme.vercel.app/dashboard?x=1" || got[0].Header.Get("X-Probe") != "yes" {
		t.Errorf("first %+v", got[0])
	}
	if got[1].URL != "https://api.convex.dev/api/claim_preview_deployment" || got[1].Body != "{}" {
		t.Errorf("second %+v", got[1])
	}
}

func TestDelayHoldsEveryRequest(t *testing.T) {
	v := visit(t, func(w *World) { w.Delay = 30 * time.Millisecond })
	began := time.Now()
	v.ask("GET /convex.svg")
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestServingDoesNotShareTheWorld(t *testing.T) {
	w := Healthy()
	s, err := Start(w)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w.App.Routes["/dashboard"] = SignOutGET
	w.WorkOS.Clients[0].RedirectURIs[0] = "changed"
	if s.world.App.Routes["/dashboard"] != Page || s.world.WorkOS.Clients[0].RedirectURIs[0] == "changed" {
		t.Error("the caller's change shows")
	}
}

func TestPlainModeServesTheSameChain(t *testing.T) {
	s, err := StartPlain(Healthy())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	response, err := client.Get(s.PreviewURL() + "/dashboard")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK || !strings.Contains(string(page), `data-hak-page="sign-in"`) {
		t.Errorf("sign-in ended at %s: %d %s", response.Request.URL, response.StatusCode, page)
	}
	for _, host := range s.AllowHosts() {
		if !strings.HasPrefix(host, "127.0.0.1:") {
			t.Errorf("host %s", host)
		}
	}
	if !slices.ContainsFunc(s.PlainEnv(), func(line string) bool { return line == "WORKOS_API_HTTPS=false" }) {
		t.Errorf("environment %v", s.PlainEnv())
	}
}

func TestPlainModeLeavesNoRealAddress(t *testing.T) {
	s, err := StartPlain(Healthy())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	text := string(s.Event("deployment_status")) + strings.Join(s.PlainEnv(), " ") + s.world.App.Proxy.RedirectURI + s.world.App.Bundle.ConvexURL
	for _, name := range Healthy().Hosts.all() {
		if name != "vercel.com" && strings.Contains(text, name) {
			t.Errorf("%s in %s", name, text)
		}
	}
}
