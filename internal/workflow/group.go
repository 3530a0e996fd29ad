package workflow

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/previewgate/previewgate/internal/action"
)

// group speaks on the commit of a merge queue's group, of which there is no preview: what counts is that each of its
// pull requests passed. What cannot be found out does not pass.
func (w Run) group(ctx context.Context, e action.Event) (end Ending) {
	t := turn{Run: w}
	defer func() {
		if recover() != nil {
			end = t.crashed(ctx, subjects(e), debug.Stack())
		}
	}()
	verdicts, err := action.JudgeGroup(ctx, w.GitHub, e)
	if err != nil || ctx.Err() != nil {
		return t.unresolved(ctx, subjects(e), err)
	}
	for _, v := range verdicts {
		w.Log.Notice(fmt.Sprintf("merge group, %s: %s", v.State, v.Description))
		end = worse(end, t.resolve(ctx, about(e.Of(v.Scope)), v.State, v.Description, ending(v.State)))
	}
	return end
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
