package report

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
)

func TestProgressIsOneLineAndErased(t *testing.T) {
	var b bytes.Buffer
	p := Progress{Terminal: &b}
	p.Watch(gate.Learned{Fact: "JWKS", Took: 90 * time.Millisecond})
	p.Watch(gate.Learned{Fact: "client bundle\x1b[2J", Took: 2 * time.Second, Err: errors.New("no")})
	p.Watch(gate.Learned{Fact: "sign-in redirect", Took: time.Second})
	p.Done()
	p.Watch(gate.Learned{Fact: "late"})
	p.Done()
	const start = "\r\x1b[K"
	want := start + "1 fact learned, slowest: JWKS (90 ms)" +
		start + `2 facts learned, slowest: client bundle\x1b[2J (2.0 s)` +
		start + `3 facts learned, slowest: client bundle\x1b[2J (2.0 s)` + start
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestProgressWithoutATerminalIsSilent(t *testing.T) {
	var p Progress
	p.Watch(gate.Learned{Fact: "JWKS"})
	p.Done()
	if p.learned != 0 {
		t.Error("facts are counted that nobody is shown")
	}
}

func TestProgressIsCalledFromSeveralGoroutines(t *testing.T) {
	var b bytes.Buffer
	p := Progress{Terminal: &b}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { p.Watch(gate.Learned{Fact: "JWKS"}) })
	}
	wg.Wait()
	p.Done()
	if !strings.Contains(b.String(), "20 facts learned") {
		t.Errorf("got %q", b.String())
	}
}
