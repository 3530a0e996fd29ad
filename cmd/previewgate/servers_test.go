package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// TestAServerThatMisbehavesLeavesTheGateUndecided runs the command against
// previews that are no use. None may be taken for a broken app, and none may
// hold the run beyond its time.
func TestAServerThatMisbehavesLeavesTheGateUndecided(t *testing.T) {
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	tests := []struct {
		name   string
		answer http.HandlerFunc
		tls    bool
		reason string
		within string
	}{
		{"hangs", func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-stop:
			}
		}, false, "", "1s"},
		{"drips a byte at a time", func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for r.Context().Err() == nil {
				select {
				case <-tick.C:
				case <-stop:
					return
				}
				_, _ = w.Write([]byte("<"))
				_ = http.NewResponseController(w).Flush()
			}
		}, false, "", "1s"},
		{"answers 100 MB", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			block := bytes.Repeat([]byte("<p>x</p>"), 128<<10)
			for range 100 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, false, "", "1s"},
		{"redirects without end", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, false, "", "1s"},
		{"redirects in a circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, false, "", "1s"},
		{"has a certificate that nobody signed", func(http.ResponseWriter, *http.Request) {}, true, "certificate", "20s"},
		{"is too busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, false, "429", "20s"},
		{"is unavailable", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, false, "503", "20s"},
		{"breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, "broke the connection off", "20s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(tt.answer)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			if tt.tls {
				server.StartTLS()
			} else {
				server.Start()
			}
			t.Cleanup(server.Close)
			host := server.Listener.Addr().(*net.TCPAddr).String()
			started := time.Now()
			got := runCommand(t, network{}, nil, "check", server.URL, "--allow-host", host, "--timeout", tt.within, "--format", "json")
			if took := time.Since(started); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if got.code != exitUndecided {
				t.Fatalf("got exit code %d:\n%s%s", got.code, got.stdout, got.stderr)
			}
			var report struct {
				Results []struct{ Check, Status, Severity, Summary string }
			}
			if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
				t.Fatal(err)
			}
			for _, r := range report.Results {
				if r.Status == gate.Failed.String() {
					t.Errorf("%s failed: %s", r.Check, r.Summary)
				}
			}
			if !strings.Contains(got.stdout, tt.reason) {
				t.Errorf("the report does not say %q:\n%s", tt.reason, got.stdout)
			}
		})
	}
}
