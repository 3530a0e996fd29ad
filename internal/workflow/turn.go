package workflow

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/action"
)

// A turn is a run's dealing with one project of those that its event is about.
type turn struct {
	Run
	left    *time.Duration // to wait, which the turns share
	judging *leftover
	refused error // why nothing is judged; nil otherwise
}

// each takes the event to its end for each project that it is about: those that it or the user of the workflow names,
// and then those that deploy its commit too.
func (w Run) each(ctx context.Context, e action.Event, refused error) Ending {
	left := w.Wait
	t := turn{w, &left, new(leftover), refused}
	defer t.finish()
	events, err := e.Each()
	if err != nil {
		return t.unresolved(ctx, subjects(e), err)
	}
	var known action.Resolved
	worst := Open
	for i := 0; i < len(events); i++ {
		var end Ending
		switch project := events[i].Project; {
		case i > 0 && ctx.Err() != nil:
			end = t.stopped(ctx, of(project, known))
		case i > 0 && refused == nil && known.HeadMoved:
			end = t.resolve(ctx, of(project, known), "error", overtaken(known), Open)
		default:
			var skipped bool
			if known, end, skipped = t.take(ctx, events[i]); skipped {
				return worst
			}
			events = append(events, further(events, known)...)
		}
		worst = worse(worst, end)
	}
	return worst
}

// take takes the event of a turn to its end. It returns what was found out, and whether there was nothing to gate.
func (t turn) take(ctx context.Context, e action.Event) (known action.Resolved, end Ending, skipped bool) {
	all := subjects(e)
	defer func() {
		if recover() != nil {
			end = t.crashed(ctx, all, debug.Stack())
		}
		known = all[0]
	}()
	r, err := action.Resolve(ctx, t.GitHub, e)
	if err == nil {
		all = []action.Resolved{r}
		for _, note := range r.Notes {
			t.Log.Notice(note)
		}
		t.knows(r)
		t.Publisher.Lacks(r.Lacks)
	}
	_, skipped = errors.AsType[*action.Skip](err)
	switch {
	case t.refused != nil && !skipped:
		t.Log.Error(t.refused.Error())
		end = t.failAll(ctx, all, t.refused.Error(), Misuse)
	case err != nil:
		end = t.unresolved(ctx, all, err)
	default:
		end = t.resolved(ctx, e, &all[0])
	}
	return known, end, skipped
}

// knows tells the Publisher what was seen of the project, for each status that may be its.
func (t turn) knows(r action.Resolved) {
	t.Publisher.KnowsOf(r.Scope, r.Seen)
	if r.AlsoPlain {
		t.Publisher.KnowsOf("", r.Seen)
	}
}

// subjects is what an event is about as far as it tells itself: several, where it is about one of several projects.
func subjects(e action.Event) []action.Resolved {
	if e.Project != "" || len(e.Projects) == 0 {
		return []action.Resolved{about(e)}
	}
	var all []action.Resolved
	for _, project := range e.Projects {
		all = append(all, about(e.Of(project)))
	}
	return all
}

// about is as much of an event's subject as the event itself tells.
func about(e action.Event) action.Resolved {
	r := action.Resolved{Target: gate.Target{Repository: e.Repository, SHA: e.SHA, PullRequest: e.PullRequest, Project: e.Project}}
	r.Scope, r.AlsoPlain = e.Scope()
	return r
}

// of is the subject of a further project on a known commit.
func of(project string, known action.Resolved) action.Resolved {
	r := action.Resolved{Scope: project, Target: known.Target}
	r.Target.Project, r.Target.URL, r.Target.Deployment = project, "", ""
	return r
}

// further lists the events of the projects that were found on the commit and have none yet. They are about the same
// commit, whatever has become of the pull request.
func further(events []action.Event, known action.Resolved) []action.Event {
	var all []action.Event
	for _, project := range known.Others {
		if slices.ContainsFunc(events, func(e action.Event) bool { return e.Project == project }) {
			continue
		}
		e := events[0].Of(project)
		e.SHA = cmp.Or(e.SHA, known.Target.SHA)
		all = append(all, e)
	}
	return all
}

// unresolved ends a turn that did not find out what the event is about.
func (t turn) unresolved(ctx context.Context, all []action.Resolved, err error) Ending {
	if skip, ok := errors.AsType[*action.Skip](err); ok {
		t.Log.Notice("nothing to gate: " + skip.Error())
		return Open
	}
	if ctx.Err() != nil {
		return t.stopped(ctx, all...)
	}
	t.Log.Error(err.Error())
	end := Undecided
	if _, ok := errors.AsType[*action.Misuse](err); ok {
		end = Misuse
	}
	return t.failAll(ctx, all, err.Error(), end)
}

// failAll sets the status of each subject to an error.
func (t turn) failAll(ctx context.Context, all []action.Resolved, why string, end Ending) Ending {
	worst := end
	for _, r := range all {
		worst = worse(worst, t.resolve(ctx, r, "error", why, end))
	}
	return worst
}
