// Package workflow is one run of the action, from the event that started it to the commit status it leaves behind.
//
// The status may be required before a merge, so every way out of a run sets it: a verdict, a build that failed or was
// never meant to be, a preview that did not come, a refusal, a crash, a signal. Only events that are not about a preview
// leave it alone.
package workflow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/action"
	"github.com/previewgate/previewgate/internal/publish"
)

// An Ending is how a run ended. Its values are the exit codes of the command.
type Ending int

// The endings.
const (
	Open      Ending = iota // the commit may pass, or the event is not about a preview
	Closed                  // a blocking check failed
	Misuse                  // the inputs or the event are of no use, or the preview was refused
	Broken                  // GitHub did not take the verdict
	Undecided               // nothing failed, but not everything could be found out
)

// A Verdict is what judging a preview came to.
type Verdict struct {
	publish.Outcome
	Ending Ending
}

// A Refusal says why a preview is not judged: its host is not the team's, or Vercel knows it by another commit.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return "refused: " + r.Reason }

// A Run is one run of the action. All fields but Again are required.
type Run struct {
	GitHub    *github.Client
	Publisher *publish.Publisher
	Log       *publish.Log

	// Again says that a person started this run anew: it judges even what was judged before.
	Again bool

	// Wait bounds how long a preview may take that is still to come.
	Wait time.Duration

	// UndecidedOpens says that a commit of which nothing could be found out may pass.
	UndecidedOpens bool

	// Judge judges the preview. Its error is a [*Refusal], or about how the action was called.
	Judge func(context.Context, action.Event, action.Resolved) (Verdict, error)
}

// Do takes the event to its end. A canceled ctx stops it: the status then says so.
func (w Run) Do(ctx context.Context, e action.Event) (end Ending) {
	subject := about(e)
	defer func() {
		if recover() != nil {
			end = w.crashed(ctx, subject, debug.Stack())
		}
	}()
	if e.IsGroup() {
		return w.group(ctx, e)
	}
	r, err := action.Resolve(ctx, w.GitHub, e)
	if err != nil {
		return w.unresolved(ctx, subject, err)
	}
	for _, note := range r.Notes {
		w.Log.Notice(note)
	}
	subject = r
	w.Publisher.Knows(r.Seen)
	return w.resolved(ctx, e, &subject)
}

// about is as much of an event's subject as the event itself tells.
func about(e action.Event) action.Resolved {
	return action.Resolved{Scope: e.Project, Target: gate.Target{Repository: e.Repository, SHA: e.SHA, PullRequest: e.PullRequest}}
}

// unresolved ends a run that did not find out what the event is about.
func (w Run) unresolved(ctx context.Context, r action.Resolved, err error) Ending {
	if skip, ok := errors.AsType[*action.Skip](err); ok {
		w.Log.Notice("nothing to gate: " + skip.Error())
		return Open
	}
	if ctx.Err() != nil {
		return w.stopped(ctx, r)
	}
	w.Log.Error(err.Error())
	end := Undecided
	if _, ok := errors.AsType[*action.Misuse](err); ok {
		end = Misuse
	}
	return w.resolve(ctx, r, "error", err.Error(), end)
}

// resolved goes on once the event's commit is known. It keeps *r up to date for the case of a crash.
func (w Run) resolved(ctx context.Context, e action.Event, r *action.Resolved) Ending {
	if r.State == action.Building || r.State == action.Missing {
		if end, ended := w.await(ctx, e, r); ended {
			return end
		}
	}
	if r.State == action.Ignored || r.State == action.Skipped {
		return w.nothingToGate(ctx, *r)
	}
	if w.judgedBefore(ctx, e, *r) {
		return Open
	}
	return w.judge(ctx, e, *r)
}

// nothingToGate passes a commit that has no preview on purpose: a required status has no other way to say that it does
// not apply.
func (w Run) nothingToGate(ctx context.Context, r action.Resolved) Ending {
	why := "no preview of this commit: Vercel " + r.State + " its build"
	w.Log.Notice(why)
	return w.resolve(ctx, r, "success", why, Open)
}

// judgedBefore reports whether an event repeats one whose preview has a verdict: Vercel sends several for one
// deployment, and GitHub may deliver each more than once. What a person asks for is judged all the same, and so is what
// could not be decided.
func (w Run) judgedBefore(ctx context.Context, e action.Event, r action.Resolved) bool {
	if w.Again || e.ByHand() || e.Waits() {
		return false
	}
	standing, found := w.Publisher.Standing(ctx, r.Target, r.Scope)
	if !found || standing.On == "" || standing.On != publish.On(r.Target) {
		return false
	}
	if standing.State != "success" && standing.State != "failure" {
		return false
	}
	w.Log.Notice(fmt.Sprintf("nothing to gate: run %d has judged this deployment (%s)", standing.Run, standing.State))
	return true
}

// judge judges and publishes.
func (w Run) judge(ctx context.Context, e action.Event, r action.Resolved) Ending {
	answers := w.ask(ctx, e, r)
	var a answer
	select {
	case a = <-answers:
	case <-ctx.Done():
	}
	switch {
	case a.stack != nil:
		return w.crashed(ctx, r, a.stack)
	case ctx.Err() != nil:
		return w.leave(ctx, r, answers)
	case a.err != nil:
		w.Log.Error(a.err.Error())
		return w.resolve(ctx, r, "error", a.err.Error(), Misuse)
	}
	ctx, cancel := outliving(ctx)
	defer cancel()
	if _, err := w.Publisher.Publish(ctx, a.Outcome); err != nil {
		w.Log.Error(err.Error())
		return Broken
	}
	return a.Ending
}

// resolve sets the status of a run that ends without a report.
func (w Run) resolve(ctx context.Context, r action.Resolved, state, why string, end Ending) Ending {
	if r.Target.SHA == "" {
		return end
	}
	ctx, cancel := outliving(ctx)
	defer cancel()
	if err := w.Publisher.Resolve(ctx, r.Target, r.Scope, state, why); err != nil {
		w.Log.Error(err.Error())
		return Broken
	}
	return end
}
