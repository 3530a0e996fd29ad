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
	"strings"
	"time"

	"github.com/google/go-github/v66/github"

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

// A Doubt says why a preview of which nothing wrong was seen may not pass all the same.
type Doubt struct{ Reason string }

func (d *Doubt) Error() string { return "could not be decided: " + d.Reason }

// A Run is one run of the action. All fields but Again are required.
type Run struct {
	GitHub    *github.Client
	Publisher *publish.Publisher
	Log       *publish.Log

	// Again says that a person started this run anew: it judges even what was judged before.
	Again bool

	// Wait bounds how long previews may take that are still to come, all projects' together.
	Wait time.Duration

	// UndecidedOpens says that a commit of which nothing could be found out may pass.
	UndecidedOpens bool

	// Judge judges the preview. Its error is a [*Refusal], a [*Doubt], or about how the action was called.
	Judge func(context.Context, action.Event, action.Resolved) (Verdict, error)
}

// Do takes the event to its end, for one project after the other. A canceled ctx stops it: the status then says so.
func (w Run) Do(ctx context.Context, e action.Event) Ending {
	if e.IsGroup() {
		return w.group(ctx, e)
	}
	return w.each(ctx, e, nil)
}

// Refuse ends a run that cannot judge what the event is about, and need not look to say why: at once, in each status in
// which there would be a verdict.
func (w Run) Refuse(ctx context.Context, e action.Event, why error) Ending {
	return w.each(ctx, e, why)
}

// resolved goes on once the event's commit is known. It keeps *r up to date for the case of a crash.
func (t turn) resolved(ctx context.Context, e action.Event, r *action.Resolved) Ending {
	if r.IsAwaited() {
		if end, ended := t.await(ctx, e, r); ended {
			return end
		}
	}
	if r.State == action.Ignored || r.State == action.Skipped {
		return t.nothingToGate(ctx, *r)
	}
	if t.judgedBefore(ctx, e, *r) {
		return Open
	}
	return t.judge(ctx, e, *r)
}

// nothingToGate passes a commit that has no preview on purpose: a required status has no other way to say that it does
// not apply.
func (t turn) nothingToGate(ctx context.Context, r action.Resolved) Ending {
	why := "no preview of this commit: Vercel " + r.State + " its build"
	t.Log.Notice(why)
	return t.resolve(ctx, r, "success", why, Open)
}

// judgedBefore reports whether an event repeats one whose preview has a verdict: Vercel sends several for one
// deployment, and GitHub may deliver each more than once. What a person asks for is judged all the same, and so is what
// could not be decided.
func (t turn) judgedBefore(ctx context.Context, e action.Event, r action.Resolved) bool {
	if t.Again || e.ByHand() || e.Waits() {
		return false
	}
	standing, found := t.Publisher.Standing(ctx, r.Target, r.Scope)
	if !found || standing.On == "" || standing.On != publish.On(r.Target) {
		return false
	}
	isDecided := standing.State == "success" && !strings.Contains(standing.Description, doesNotBlock)
	if !isDecided && standing.State != "failure" {
		return false
	}
	t.Log.Notice(fmt.Sprintf("nothing to gate: run %d has judged this deployment (%s)", standing.Run, standing.State))
	return true
}

// doesNotBlock is in the description of each success that is no verdict, also in those of reports.
const doesNotBlock = "does not block"

// judge judges and publishes.
func (t turn) judge(ctx context.Context, e action.Event, r action.Resolved) Ending {
	answers := t.ask(ctx, e, r)
	var a answer
	answered := false
	select {
	case a = <-answers:
		answered = true
	case <-ctx.Done():
	}
	switch {
	case a.stack != nil:
		return t.crashed(ctx, []action.Resolved{r}, a.stack)
	case ctx.Err() != nil && answered:
		return t.stopped(ctx, r)
	case ctx.Err() != nil:
		return t.leave(ctx, r, answers)
	case a.err != nil:
		return t.unjudged(ctx, r, a.err)
	}
	ctx, cancel := outliving(ctx)
	defer cancel()
	end := a.Ending
	if _, err := t.Publisher.Publish(ctx, a.Outcome); err != nil {
		t.Log.Error(err.Error())
		end = Broken
	}
	return worse(end, t.setPlain(ctx, r, a.State, a.Description))
}

// unjudged ends a turn whose preview has no verdict.
func (t turn) unjudged(ctx context.Context, r action.Resolved, err error) Ending {
	doubt, isDoubt := errors.AsType[*Doubt](err)
	switch {
	case isDoubt && t.UndecidedOpens:
		t.Log.Warning(doubt.Error())
		return t.resolve(ctx, r, "success", "could not be decided, does not block: "+doubt.Reason, Open)
	case isDoubt:
		t.Log.Error(doubt.Error())
		return t.resolve(ctx, r, "error", doubt.Error(), Undecided)
	}
	t.Log.Error(err.Error())
	return t.resolve(ctx, r, "error", err.Error(), Misuse)
}

// resolve sets the status of a turn that ends without a report. Where the run was stopped there is time for nothing else.
func (t turn) resolve(ctx context.Context, r action.Resolved, state, why string, end Ending) Ending {
	say := t.Publisher.Conclude
	if ctx.Err() != nil {
		say = t.Publisher.Resolve
	}
	ctx, cancel := outliving(ctx)
	defer cancel()
	failed := Open
	if err := say(ctx, r.Target, r.Scope, state, why); err != nil {
		t.Log.Error(err.Error())
		failed = Broken
	}
	if failed = worse(failed, t.setPlain(ctx, r, state, why)); failed != Open {
		return failed
	}
	return end
}

// setPlain sets the status without a project's name where it may be that one which counts. It returns Broken if GitHub
// did not take it.
func (t turn) setPlain(ctx context.Context, r action.Resolved, state, why string) Ending {
	if !r.AlsoPlain || r.Scope == "" {
		return Open
	}
	if err := t.Publisher.Resolve(ctx, r.Target, "", state, why); err != nil {
		t.Log.Error(err.Error())
		return Broken
	}
	return Open
}
