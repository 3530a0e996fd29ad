package testbed

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/browser"
	"github.com/previewgate/previewgate/internal/golden"
	"github.com/previewgate/previewgate/internal/sandbox"
)

// repository is the module's root.
const repository = "../.."

// atOnce is how many previews are tried at the same time.
const atOnce = 3

// TestTheGateOnTheRealApp builds the real application in every form that is
// needed, and holds what the gate says of each to docs/accuracy.md.
func TestTheGateOnTheRealApp(t *testing.T) {
	if os.Getenv("PREVIEWGATE_APPS") != "1" {
		t.Skip("building the real application takes minutes, npm and a browser: PREVIEWGATE_APPS=1 go test ./internal/testbed -timeout 20m")
	}
	if _, err := browser.Find(""); err != nil {
		t.Skipf("left out: the gate looks at the real application through a browser too (%v)", err)
	}
	m := measure{began: time.Now(), pairs: Pairs()}
	b := newBench(t)
	together := make([]Case, 0, len(m.pairs))
	for _, p := range m.pairs {
		together = append(together, Both(p[0], p[1]))
	}
	cases := slices.Concat(Healthy(), Singles(), together)
	err := b.Build(t.Context(), cases, func(Build) { m.builds++ })
	if err != nil {
		t.Fatal(err)
	}
	m.building = time.Since(m.began)
	for _, major := range []int{4, 2} {
		t.Run(fmt.Sprintf("sign in under AuthKit %d", major), func(t *testing.T) { signInEndToEnd(t, b, major) })
	}
	trials := b.TryAll(t.Context(), cases)
	for _, tr := range trials {
		if tr.Err != nil {
			t.Errorf("%s: %v", tr.ID, tr.Err)
		}
		if tr.Again {
			t.Logf("%s was tried twice", tr.ID)
		}
	}
	m.healthy, trials = cut(trials, len(Healthy()))
	m.singles, trials = cut(trials, len(Singles()))
	m.together = trials
	m.took = time.Since(m.began)
	m.judge(t)
	m.compare(t)
}

func cut(all []Trial, n int) (first, rest []Trial) { return all[:n], all[n:] }

// newBench installs and builds what every case needs.
func newBench(t *testing.T) *Bench {
	t.Helper()
	apps, err := NewApps(repository + "/testdata/apps")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := apps.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx, dir := t.Context(), t.TempDir()
	installed := make(chan error, 1)
	go func() { installed <- apps.Install(ctx) }()
	gate, err := BuildGate(ctx, repository, dir)
	if err := errors.Join(err, <-installed); err != nil {
		t.Fatal(err)
	}
	emulators := make(chan *Emulator, atOnce)
	for range atOnce {
		emulator, err := apps.StartEmulator(ctx, sandbox.Healthy())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(emulator.Close)
		emulators <- emulator
	}
	return &Bench{Apps: apps, Gate: gate, Emulators: emulators, Dir: dir, Doubts: !golden.Updating()}
}

// A measure is everything that one run found.
type measure struct {
	began    time.Time
	building time.Duration
	took     time.Duration
	builds   int
	pairs    [][2]Case
	healthy  []Trial
	singles  []Trial
	together []Trial // the pairs
}

// judge holds the run to what is promised: no false alarm, each fault alone
// named as itself and nothing else, and nine of ten pairs understood.
func (m measure) judge(t *testing.T) {
	for _, tr := range slices.Concat(m.healthy, m.singles) {
		if verdict := Single(tr.Case, tr.Report); verdict != Right {
			t.Errorf("%s (AuthKit %d): %s; want %q\n%s", tr.ID, tr.build().AuthKit, verdict, tr.Check, tr.Report)
		}
	}
	understood := 0
	for i, tr := range m.together {
		switch verdict := Pair(m.pairs[i][0], m.pairs[i][1], tr.Report); verdict {
		case Right, Hidden:
			understood++
		default:
			t.Logf("%s: %s, the gate names %s\n%s", tr.ID, verdict, Listed(tr.Checks()), tr.Report)
		}
	}
	if understood*10 < len(m.together)*9 {
		t.Errorf("%d of %d pairs are understood", understood, len(m.together))
	}
}
