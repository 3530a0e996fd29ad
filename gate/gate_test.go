package gate_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
)

// learned is a fact that is learned by calling learn.
func learned(name string, learn func(context.Context) (int, error)) *gate.Fact[int] {
	return &gate.Fact[int]{Name: name, Learn: func(ctx context.Context, _ *gate.Facts) (int, error) { return learn(ctx) }}
}

// reading is a check that needs the facts and passes.
func reading(id string, needs ...gate.Need) *gate.Check {
	return &gate.Check{ID: id, Needs: needs, Judge: func(*gate.Facts) gate.Verdict { return gate.Pass("fine") }}
}

// saying is a check that needs nothing and comes after others.
func saying(id string, severity gate.Severity, v gate.Verdict, after ...*gate.Check) *gate.Check {
	return &gate.Check{ID: id, Severity: severity, After: after, Judge: func(*gate.Facts) gate.Verdict { return v }}
}

// run runs the checks quietly.
func run(t *testing.T, checks []*gate.Check, given ...gate.Given) gate.Report {
	t.Helper()
	return gate.Run(t.Context(), gate.Target{}, checks, gate.Options{}, given...)
}

// lines writes each result in a line: what a test compares.
func lines(r gate.Report) string {
	var b strings.Builder
	for _, res := range r.Results {
		fmt.Fprintf(&b, "%s %s %s: %s", res.Check.ID, res.Severity, res.Status, res.Summary)
		if res.Cause != nil {
			b.WriteString(" (" + res.Cause.ID + ")")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// equal is the one assertion of these tests.
func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFactsAreLearnedAtTheSameTime(t *testing.T) {
	var met sync.WaitGroup // each learner waits for the other two
	met.Add(3)
	meet := func(context.Context) (int, error) {
		met.Done()
		met.Wait()
		return 1, nil
	}
	a, b, c := learned("a", meet), learned("b", meet), learned("c", meet)
	equal(t, lines(run(t, []*gate.Check{reading("x", a, b), reading("y", c)})), "x blocking passed: fine\ny blocking passed: fine\n")
}

func TestAFactIsLearnedOnce(t *testing.T) {
	var asked atomic.Int32
	root := learned("root", func(context.Context) (int, error) { return int(asked.Add(1)), nil })
	above := func(name string) *gate.Fact[int] {
		return &gate.Fact[int]{Name: name, Needs: []gate.Need{root}, Learn: func(_ context.Context, known *gate.Facts) (int, error) {
			return root.From(known), nil
		}}
	}
	left, right := above("left"), above("right")
	var sum int
	check := &gate.Check{ID: "sum", Needs: []gate.Need{left, right, root}, Judge: func(known *gate.Facts) gate.Verdict {
		sum = left.From(known) + right.From(known) + root.From(known)
		return gate.Pass("%d", sum)
	}}
	equal(t, lines(run(t, []*gate.Check{check, reading("again", root, left)})), "sum blocking passed: 3\nagain blocking passed: fine\n")
	equal(t, asked.Load(), 1)
}

func TestWhatNobodyReadsIsNotLearned(t *testing.T) {
	unread := learned("unread", func(context.Context) (int, error) { panic("asked") })
	given := &gate.Fact[int]{Name: "given", Needs: []gate.Need{unread}, Learn: unread.Learn}
	equal(t, lines(run(t, []*gate.Check{reading("x", given)}, given.Is(1))), "x blocking passed: fine\n")
}

func TestAFactComesAfterThoseItReads(t *testing.T) {
	needed := learned("needed", func(context.Context) (int, error) { return 2, nil })
	broken := learned("broken", func(context.Context) (int, error) { return 0, errors.New("no answer") })
	sum := &gate.Fact[string]{
		Name: "sum", Needs: []gate.Need{needed}, Uses: []gate.Need{broken},
		Learn: func(_ context.Context, known *gate.Facts) (string, error) {
			_, err := broken.Lookup(known)
			return fmt.Sprintf("%d, %v", needed.From(known), err), nil
		},
	}
	check := &gate.Check{ID: "x", Needs: []gate.Need{sum}, Judge: func(known *gate.Facts) gate.Verdict { return gate.Pass("%s", sum.From(known)) }}
	equal(t, lines(run(t, []*gate.Check{check})), "x blocking passed: 2, no answer\n")
}

func TestAnInterfaceFactMayBeNil(t *testing.T) {
	fact := &gate.Fact[error]{Name: "trouble"}
	check := &gate.Check{ID: "x", Needs: []gate.Need{fact}, Judge: func(known *gate.Facts) gate.Verdict { return gate.Pass("%v", fact.From(known)) }}
	equal(t, lines(run(t, []*gate.Check{check}, fact.Is(nil))), "x blocking passed: <nil>\n")
}

func TestEachFactHasItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deadlines := make(map[string]time.Duration)
		var mu sync.Mutex
		hang := func(name string, within time.Duration, needs ...gate.Need) *gate.Fact[int] {
			return &gate.Fact[int]{Name: name, Within: within, Needs: needs, Learn: func(ctx context.Context, _ *gate.Facts) (int, error) {
				until, _ := ctx.Deadline()
				mu.Lock()
				deadlines[name] = time.Until(until)
				mu.Unlock()
				return 1, nil
			}}
		}
		slow := learned("slow", func(context.Context) (int, error) { time.Sleep(3 * time.Second); return 1, nil })
		usual, short := hang("usual", 0), hang("short", time.Second)
		late := hang("late", 2*time.Second, slow) // counted from when what it needs is known
		run(t, []*gate.Check{reading("x", usual, short, late)})
		equal(t, deadlines, map[string]time.Duration{"usual": gate.DefaultWithin, "short": time.Second, "late": 2 * time.Second})
	})
}

func TestALearnerThatHangsDoesNotHangTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		deaf := &gate.Fact[int]{Name: "deaf", Within: 5 * time.Second, Learn: func(context.Context, *gate.Facts) (int, error) {
			<-release // whatever its context says
			return 1, nil
		}}
		above := &gate.Fact[int]{Name: "above", Needs: []gate.Need{deaf}, Learn: func(context.Context, *gate.Facts) (int, error) { panic("asked") }}
		fine := learned("fine", func(context.Context) (int, error) { return 1, nil })
		r := run(t, []*gate.Check{reading("x", deaf), reading("y", fine), reading("z", above)})
		equal(t, lines(r), "x blocking unknown: deaf: took too long\ny blocking passed: fine\nz blocking unknown: deaf: took too long\n")
		equal(t, r.Took, 5*time.Second)
		close(release)
	})
}

func TestARunThatIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		deaf := learned("deaf", func(context.Context) (int, error) { cancel(); <-release; return 1, nil })
		above := &gate.Fact[int]{Name: "above", Uses: []gate.Need{deaf}, Learn: func(context.Context, *gate.Facts) (int, error) { panic("asked") }}
		r := gate.Run(ctx, gate.Target{}, []*gate.Check{reading("x", deaf), reading("y", above)}, gate.Options{})
		equal(t, lines(r), "x blocking unknown: deaf: the run was stopped\ny blocking unknown: above: the run was stopped\n")
		equal(t, r.Took, 0)
		close(release)
	})
}

func TestARunThatIsOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		release := make(chan struct{})
		deaf := learned("deaf", func(context.Context) (int, error) { <-release; return 1, nil })
		r := gate.Run(ctx, gate.Target{}, []*gate.Check{reading("x", deaf)}, gate.Options{})
		equal(t, lines(r), "x blocking unknown: deaf: took too long\n")
		equal(t, r.Took, 2*time.Second)
		close(release)
	})
}

func TestWhatPanicsIsOurFault(t *testing.T) {
	broken := learned("broken", func(context.Context) (int, error) { panic("index out of range") })
	judge := &gate.Check{ID: "judge", Judge: func(*gate.Facts) gate.Verdict { panic(errors.New("nil map")) }}
	equal(t, lines(run(t, []*gate.Check{reading("learner", broken), judge})),
		"learner blocking unknown: broken: previewgate has a fault here: index out of range\njudge blocking unknown: previewgate has a fault here: nil map\n")
}

func TestReadingWhatIsNotDeclaredIsCaught(t *testing.T) {
	secret, used := &gate.Fact[int]{Name: "secret"}, &gate.Fact[int]{Name: "used"}
	verdict := func(uses []gate.Need, judge func(*gate.Facts) gate.Verdict) string {
		return lines(run(t, []*gate.Check{{ID: "x", Uses: uses, Judge: judge}}, secret.Is(1), used.IsMissing(errors.New("no answer"))))
	}
	from := func(known *gate.Facts) gate.Verdict { return gate.Pass("%d", secret.From(known)) }
	lookup := func(known *gate.Facts) gate.Verdict { _, err := secret.Lookup(known); return gate.Pass("%v", err) }
	without := func(known *gate.Facts) gate.Verdict { return gate.Pass("%d", used.From(known)) }
	equal(t, verdict(nil, from), "x blocking unknown: previewgate has a fault here: gate: \"secret\" is read but not listed under Needs\n")
	equal(t, verdict(nil, lookup), "x blocking unknown: previewgate has a fault here: gate: \"secret\" is looked up but not listed under Uses\n")
	equal(t, verdict([]gate.Need{used}, without), "x blocking unknown: previewgate has a fault here: gate: \"used\" is read but not listed under Needs\n")

	thief := &gate.Fact[int]{Name: "thief", Learn: func(_ context.Context, known *gate.Facts) (int, error) { return secret.From(known), nil }}
	equal(t, lines(run(t, []*gate.Check{reading("y", thief)}, secret.Is(1))),
		"y blocking unknown: thief: previewgate has a fault here: gate: \"secret\" is read but not listed under Needs\n")
}

func TestAJudgeSeesItsTarget(t *testing.T) {
	check := &gate.Check{ID: "x", Judge: func(known *gate.Facts) gate.Verdict { return gate.Pass("%s", known.Target.Branch) }}
	equal(t, check.JudgeAlone(gate.Target{Branch: "fix/login"}).Summary, "fix/login")
}

func TestTimingsAndWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		input := &gate.Fact[int]{Name: "input"}
		slow := &gate.Fact[int]{Name: "slow", Needs: []gate.Need{input}, Learn: func(context.Context, *gate.Facts) (int, error) { time.Sleep(time.Second); return 1, nil }}
		after := &gate.Fact[int]{Name: "after", Needs: []gate.Need{slow}, Learn: func(context.Context, *gate.Facts) (int, error) {
			time.Sleep(2 * time.Second)
			return 0, errors.New("no answer")
		}}
		moot := &gate.Fact[int]{Name: "moot", Needs: []gate.Need{after}, Learn: func(context.Context, *gate.Facts) (int, error) { return 1, nil }}
		instant := learned("instant", func(context.Context) (int, error) { return 1, nil })
		var mu sync.Mutex
		var watched []string
		watch := func(l gate.Learned) {
			mu.Lock()
			defer mu.Unlock()
			watched = append(watched, fmt.Sprintf("%s %v %s %v", l.Fact, l.After, l.Took, l.Err))
		}
		started := time.Now()
		r := gate.Run(t.Context(), gate.Target{}, []*gate.Check{reading("x", moot, instant)}, gate.Options{Watch: watch}, input.Is(1))
		var reported []string
		for _, l := range r.Learned {
			reported = append(reported, fmt.Sprintf("%s %v %s %v", l.Fact, l.After, l.Took, l.Err))
		}
		equal(t, reported, []string{"after [slow] 2s no answer", "instant [] 0s <nil>", "slow [input] 1s <nil>"})
		slices.Sort(watched)
		equal(t, watched, reported)
		equal(t, r.Took, 3*time.Second)
		equal(t, r.Started.Equal(started), true)
	})
}
