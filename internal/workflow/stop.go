package workflow

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/previewgate/previewgate/internal/action"
)

// What a run that was told to stop may take: the runner kills it ten seconds after its first signal. A status that
// GitHub did not take in time is given up, and the look that the Publisher owes after it comes on top.
const (
	lastWords = 4 * time.Second // for everything
	speaking  = 2 * time.Second // until the status is set
)

// publishing is how long GitHub may take to be told of a verdict: with a secondary limit it often asks for a minute.
const publishing = 2 * time.Minute

// outliving returns a context in which a run can still speak after ctx was canceled: for as long as the runner gives it.
func outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	alive, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishing)
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(speaking)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-alive.Done():
		}
	})
	return alive, func() { stop(); cancel() }
}

// stopped ends a turn of a run that was canceled. What it found out so far is no verdict.
func (t turn) stopped(ctx context.Context, all ...action.Resolved) Ending {
	const why = "the run was cancelled before it came to a verdict: run it again"
	t.Log.Error(why)
	return t.failAll(ctx, all, why, Undecided)
}

// crashed ends a turn in which the program was at fault. What crashed it may hold a secret, so only the stack is told.
func (t turn) crashed(ctx context.Context, all []action.Resolved, stack []byte) Ending {
	t.Log.Error("previewgate crashed: please report this, with the stack that follows")
	t.Log.Print(string(stack))
	return t.failAll(ctx, all, "previewgate crashed: the log of its run says where", Broken)
}

// An answer is what Judge came to, or the stack of its crash.
type answer struct {
	Verdict
	err   error
	stack []byte
}

// ask calls Judge in a goroutine of its own, so that the run need not wait for it.
func (t turn) ask(ctx context.Context, e action.Event, r action.Resolved) <-chan answer {
	answers := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if recover() != nil {
				a.stack = debug.Stack()
			}
			answers <- a
		}()
		a.Verdict, a.err = t.Judge(ctx, e, r)
	}()
	return answers
}

// leave ends a turn that was stopped while it judged. The statuses come first, also those of further projects.
func (t turn) leave(ctx context.Context, r action.Resolved, answers <-chan answer) Ending {
	*t.judging = leftover{answers, time.Now().Add(lastWords)}
	return t.stopped(ctx, r)
}

// A leftover is a judge that was at work when the run was stopped.
type leftover struct {
	answers <-chan answer // nil for none
	until   time.Time     // it may go on
}

// finish gives a judge that was left at work the rest of the run's last words, to end the sessions that it started.
func (t turn) finish() {
	if t.judging.answers == nil {
		return
	}
	timer := time.NewTimer(time.Until(t.judging.until))
	defer timer.Stop()
	select {
	case <-t.judging.answers:
	case <-timer.C:
	}
}
