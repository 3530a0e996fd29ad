package workflow

import (
	"context"
	"fmt"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/action"
)

// group speaks on the commit of a merge queue's group, of which there is no preview: what counts is that each of its
// pull requests passed. What cannot be found out does not pass.
func (w Run) group(ctx context.Context, e action.Event) Ending {
	target := gate.Target{Repository: e.Repository, SHA: e.Group.HeadSHA}
	verdicts, err := action.JudgeGroup(ctx, w.GitHub, e)
	if ctx.Err() != nil {
		return w.stopped(ctx, action.Resolved{Target: target})
	}
	if err != nil {
		w.Log.Error(err.Error())
		return w.resolve(ctx, action.Resolved{Target: target}, "error", err.Error(), Undecided)
	}
	worst := Open
	for _, v := range verdicts {
		w.Log.Notice(fmt.Sprintf("merge group, %s: %s", v.State, v.Description))
		end := w.resolve(ctx, action.Resolved{Target: target, Scope: v.Scope}, v.State, v.Description, ending(v.State))
		worst = worse(worst, end)
	}
	return worst
}

// ending is the ending that goes with a status.
func ending(state string) Ending {
	switch state {
	case "success":
		return Open
	case "failure":
		return Closed
	}
	return Undecided
}

// worse returns the ending that more must be done about.
func worse(a, b Ending) Ending {
	order := map[Ending]int{Open: 0, Undecided: 1, Closed: 2, Misuse: 3, Broken: 4}
	if order[b] > order[a] {
		return b
	}
	return a
}
