package action

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// How often GitHub is asked while a preview is awaited, and how often a line says so.
const (
	firstPause = 250 * time.Millisecond // doubles with each time
	lineEvery  = 15 * time.Second
)

// A pace is how often GitHub is asked: for the preview at the longest pause, and for the head of the pull request.
type pace struct{ pause, head time.Duration }

// paceAfter slows down with time: a repository's token has a thousand requests an hour, for all of its runs.
func paceAfter(waited time.Duration) pace {
	if waited < time.Minute {
		return pace{10 * time.Second, 10 * time.Second}
	}
	return pace{30 * time.Second, time.Minute}
}

// Await asks GitHub until a preview that is being built, or still missing, is neither. It returns early, without an
// error, when the pull request has got other commits or was closed, and with the error of ctx when ctx is done. Errors
// of GitHub's are waited through. Progress gets a line when the state changes, one from time to time, and each note that
// r does not hold yet.
func Await(ctx context.Context, gh *github.Client, e Event, r Resolved, progress func(line string)) (Resolved, error) {
	w := &waiter{resolver: newResolver(gh, e), progress: progress, began: time.Now(), sawHead: time.Now()}
	w.Resolved, w.noted = r, len(r.Notes)
	w.tell()
	for pause := firstPause; w.isPending(); pause = min(2*pause, w.pace().pause) {
		if err := sleep(ctx, pause); err != nil {
			return w.Resolved, err
		}
		w.ask(ctx)
		w.tell()
	}
	if w.State == Success && !w.HeadMoved {
		w.findAlias(ctx)
	}
	return w.Resolved, nil
}

// A waiter is a resolver that asks again and again.
type waiter struct {
	*resolver
	progress func(string)
	began    time.Time
	sawHead  time.Time // when the pull request was last read
	told     time.Time // when the last line was
	lastSaid string    // the state that it told
	trouble  string    // why GitHub did not answer when it was last asked
	noted    int       // how many of the notes were told
}

func (w *waiter) pace() pace { return paceAfter(time.Since(w.began)) }

// isPending reports whether there is something to wait for.
func (w *waiter) isPending() bool {
	return !w.HeadMoved && !w.Closed && w.Target.SHA != "" && w.IsAwaited()
}

// ask looks once more. What it cannot find out stays as it was.
func (w *waiter) ask(ctx context.Context) {
	w.trouble = ""
	if w.Target.PullRequest != 0 && time.Since(w.sawHead) >= w.pace().head {
		w.sawHead = time.Now()
		w.readHead(ctx)
		if w.HeadMoved || w.Closed {
			return
		}
	}
	b := w.look(ctx, w.Target.SHA, w.isOfInterest())
	if err := w.find(ctx, b); err != nil {
		w.trouble = err.Error()
	}
	w.Seen = max(w.Seen, b.seen(w.Target.Project))
}

// readHead learns whether the commit is still the head of its pull request.
func (w *waiter) readHead(ctx context.Context) {
	pull, _, err := w.gh.PullRequests.Get(ctx, w.owner, w.name, w.Target.PullRequest)
	if err != nil {
		w.trouble = fmt.Sprintf("looking up pull request %d: %s", w.Target.PullRequest, hub.Explain(err))
		return
	}
	if head, err := commit(text(pull.GetHead().GetSHA())); err == nil {
		w.HeadMoved = head != w.Target.SHA
		w.Closed = pull.GetState() != "open"
	}
}

// tell says how things stand if that is news, or if nothing was said for some time.
func (w *waiter) tell() {
	for _, note := range w.Notes[w.noted:] {
		w.progress(note)
	}
	w.noted = len(w.Notes)
	said := w.inWords()
	if said == w.lastSaid && time.Since(w.told) < lineEvery {
		return
	}
	line := said
	if w.lastSaid != "" {
		line = fmt.Sprintf("%s (after %s)", said, time.Since(w.began).Round(time.Second))
	}
	if w.trouble != "" && w.isPending() {
		line += ": " + w.trouble
	}
	w.lastSaid, w.told = said, time.Now()
	w.progress(line)
}

// inWords says how the preview stands.
func (w *waiter) inWords() string {
	switch {
	case w.HeadMoved:
		return "the pull request has got other commits"
	case w.Closed && w.IsAwaited():
		return "the pull request was closed"
	case w.State == Missing:
		return "waiting for Vercel: GitHub knows no deployment of this commit yet"
	case w.State == Building:
		return "waiting for Vercel: the preview is being built"
	case w.State == Success:
		return "the preview is up"
	case w.Detail != "":
		return fmt.Sprintf("there is no preview: Vercel says %q", w.Detail)
	}
	return "there is no preview: its build is " + w.State
}
