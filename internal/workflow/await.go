package workflow

import (
	"context"
	"fmt"

	"github.com/previewgate/previewgate/internal/action"
)

// await waits for a preview that is still to come. It reports how the run ends when none came.
func (w Run) await(ctx context.Context, e action.Event, r *action.Resolved) (Ending, bool) {
	if r.State == action.Building {
		// Only then is a verdict sure to follow. What is missing may never come.
		_ = w.Publisher.Pending(ctx, r.Target, r.Scope, "waiting for the preview to be built")
	}
	waiting, cancel := context.WithTimeout(ctx, w.Wait)
	defer cancel()
	latest, err := action.Await(waiting, w.GitHub, e, *r, func(line string) { w.Log.Print(line) })
	*r = latest
	w.Publisher.Knows(r.Seen)
	switch {
	case ctx.Err() != nil:
		return w.stopped(ctx, *r), true
	case r.HeadMoved:
		return w.superseded(ctx, *r), true
	case err != nil:
		return w.noPreview(ctx, *r), true
	}
	return Open, false
}

// superseded ends the wait for the preview of a commit that is no longer the head: its pull request waits for another
// one's.
func (w Run) superseded(ctx context.Context, r action.Resolved) Ending {
	const why = "superseded: the pull request has newer commits, whose own runs will judge them"
	w.Log.Notice(why)
	return w.resolve(ctx, r, "error", why, Open)
}

// noPreview ends a wait that was in vain.
func (w Run) noPreview(ctx context.Context, r action.Resolved) Ending {
	why := fmt.Sprintf("no preview of this commit was there within %s", w.Wait)
	if r.State == action.Building {
		why = fmt.Sprintf("the preview was still being built after %s", w.Wait)
	}
	if w.UndecidedOpens {
		w.Log.Warning(why)
		return w.resolve(ctx, r, "success", why+" (does not block)", Open)
	}
	w.Log.Error(why + ": if Vercel is to build none, its repository_dispatch events say so; run again when there is one")
	return w.resolve(ctx, r, "error", why+": run again when there is one", Undecided)
}
