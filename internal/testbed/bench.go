package testbed

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A Bench tries the gate on cases.
type Bench struct {
	Apps      *Apps
	Gate      *Gate
	Emulators chan *Emulator // that no case uses: each case has one to itself, since they limit the rate of requests
	Dir       string         // for files that last as long as the Bench
	Doubts    bool           // a case whose browser saw something else than expected is tried once more

	built map[string]string // folders, by what is built there
}

// usual is the environment of every build, as convex deploy --cmd sets it.
func usual() map[string]string {
	return map[string]string{"NEXT_PUBLIC_CONVEX_URL": "https://" + sandbox.Healthy().Hosts.Convex}
}

// build says how the application of a case is built. Types are checked where
// the source is as it stands.
func (c Case) build() Build {
	return Build{
		AuthKit: cmp.Or(c.AuthKit, 4), Overlays: c.Overlays, Remove: c.Remove, Env: joined(usual(), c.BuildEnv),
		Typed: len(c.Overlays)+len(c.Remove)+len(c.BuildEnv) == 0,
	}
}

// key tells builds apart.
func (b Build) key() string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(b.Env)) {
		env = append(env, name+"="+b.Env[name])
	}
	return fmt.Sprintf("%d %q %q %q", b.AuthKit, b.Overlays, b.Remove, env)
}

// Build builds what the cases need, each kind once. It calls done after each.
func (b *Bench) Build(ctx context.Context, cases []Case, done func(Build)) error {
	b.built = map[string]string{}
	for _, c := range cases {
		how := c.build()
		if b.built[how.key()] != "" {
			continue
		}
		how.Name = fmt.Sprintf("%02d", len(b.built))
		dir, err := b.Apps.Build(ctx, how)
		if err != nil {
			return err
		}
		b.built[how.key()] = dir
		done(how)
	}
	return nil
}

// A Trial is a case and what the gate said of it.
type Trial struct {
	Case
	Report
	Again bool // the machine was too busy for an answer in time, and it was tried once more
	Err   error
}

// TryAll tries the cases, as many at the same time as there are emulators.
func (b *Bench) TryAll(ctx context.Context, cases []Case) []Trial {
	trials := make([]Trial, len(cases))
	slots := make(chan struct{}, cap(b.Emulators))
	var all sync.WaitGroup
	for i, c := range cases {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			trials[i] = b.tryTwice(ctx, c)
		})
	}
	all.Wait()
	return trials
}

func (b *Bench) tryTwice(ctx context.Context, c Case) Trial {
	t := Trial{Case: c}
	t.Report, t.Err = b.Try(ctx, c)
	isLate := func(r Result) bool {
		return r.Status == "unknown" && strings.Contains(r.Summary, "did not answer within")
	}
	isOdd := b.Doubts && c.Browser && !c.isPair() && Single(c, t.Report) != Right
	if t.Err == nil && (slices.ContainsFunc(t.Results, isLate) || isOdd) {
		t.Again = true
		t.Report, t.Err = b.Try(ctx, c)
	}
	return t
}

// Try sets a case up and gates it.
func (b *Bench) Try(ctx context.Context, c Case) (Report, error) {
	dir, err := os.MkdirTemp(b.Dir, "case-")
	if err != nil {
		return Report{}, err
	}
	w := sandbox.Healthy()
	if c.World != nil {
		c.World(&w)
	}
	emulator := <-b.Emulators
	defer func() { b.Emulators <- emulator }()
	bed, err := b.Apps.Start(ctx, Setup{
		World: w, Repo: b.built[c.build().key()], Env: c.Env, Emulator: emulator, Refusal: c.Refusal, NoGrace: c.NoGrace, Dir: dir,
	})
	if err != nil {
		return Report{}, fmt.Errorf("%s: %w", c.ID, err)
	}
	defer bed.Close()
	leave, err := bed.receive(ctx, c.Visitors, max(1, c.Tabs))
	if err != nil {
		return Report{}, fmt.Errorf("%s: %w", c.ID, err)
	}
	defer leave()
	address, flags := w.URL, []string{"--branch", w.GitHub.Branch}
	if c.Alias {
		address = "https://" + w.Hosts.Alias
	}
	if !slices.Contains(c.Flags, "--protected") {
		flags = append(flags, "--protected", "/dashboard")
	}
	if c.Source {
		source := filepath.Join(dir, "source")
		how := c.build()
		how.Overlays = slices.Concat(how.Overlays, c.Backend)
		if err := b.Apps.assemble(source, how); err != nil {
			return Report{}, fmt.Errorf("%s: %w", c.ID, err)
		}
		flags = append(flags, "--source", source)
	}
	return b.Gate.Check(ctx, bed, Run{address, c.With, append(flags, c.Flags...), c.Browser})
}
