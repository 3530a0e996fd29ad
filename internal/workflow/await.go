package workflow

import (
	"context"
	"fmt"
	"time"

	"github.com/previewgate/previewgate/internal/action"
)

// await waits for a preview that is still to come. It reports how the turn ends when none came.
func (t turn) await(ctx context.Context, e action.Event, r *action.Resolved) (Ending, bool) {
	if r.State == action.Building && overtaken(*r) == "" {
		// Only then is a verdict sure to follow. What is missing may never come.
		_ = t.Publisher.Pending(ctx, r.Target, r.Scope, "waiting for the preview to be built")
	}
	waiting, cancel := context.WithTimeout(ctx, *t.left)
	defer cancel()
	began := time.Now()
	latest, err := action.Await(waiting, t.GitHub, e, *r, func(line string) { t.Log.Print(line) })
	*t.left -= time.Since(began)
	*r = latest
	t.knows(*r)
	switch why := overtaken(*r); {
	case ctx.Err() != nil:
		return t.stopped(ctx, *r), true
	case why != "":
		t.Log.Notice(why)
		return t.resolve(ctx, *r, "error", why, Open), true
	case err != nil:
		return t.noPreview(ctx, *r), true
	}
	return Open, false
}

// overtaken says why a preview that is still to come is waited for no more: its pull request waits for another one, or
// for none. It is empty where that is not so.
func overtaken(r action.Resolved) string {
	switch {
	case !r.IsAwaited():
	case r.HeadMoved:
		return "superseded: the pull request has newer commits, whose own runs will judge them"
	case r.Closed:
		return "the pull request was closed before its preview was there"
	}
	return ""
}

// noPreview ends a wait that was in vain.
func (t turn) noPreview(ctx context.Context, r action.Resolved) Ending {
	why := fmt.Sprintf("no preview of this commit was there within %s", t.Wait)
	if r.State == action.Building {
		why = fmt.Sprintf("the preview was still being built after %s", t.Wait)
	}
	var detail string
	if r.Detail != "" {
		detail = " (" + r.Detail + ")"
	}
	if t.UndecidedOpens {
		t.Log.Warning(why + detail)
		return t.resolve(ctx, r, "success", why+" ("+doesNotBlock+")"+detail, Open)
	}
	t.Log.Error(why + detail + ": if Vercel is to build none, its repository_dispatch events say so; run again when there is one")
	return t.resolve(ctx, r, "error", why+": run again when there is one"+detail, Undecided)
}
