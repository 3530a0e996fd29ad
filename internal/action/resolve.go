package action

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
)

// Resolved is what an event is about, as GitHub knows it.
type Resolved struct {
	Target gate.Target

	// State is how the preview stands now, as of an [Event]. The run acts on it, and not on the event.
	State string

	// Detail says why there is no preview, in Vercel's words.
	Detail string

	// Hosts are further names under which the deployment may be visited: the alias of its branch. They come from a
	// comment that people can edit, so nothing secret may be sent there on their account.
	Hosts []string

	// Scope is the project's name where several projects of the repository are deployed, or where the workflow is for
	// projects by name, and empty otherwise. The commit status and the comment carry it.
	Scope string

	// AlsoPlain says that Scope may be wrong, since it was not found out whether the repository has one project or
	// several: what is said in the status that carries it is to be said in the one without, too.
	AlsoPlain bool

	// Others names further projects that deploy the commit, where neither event nor person named one. Each is to be
	// resolved by itself, as [Event.Of] it.
	Others []string

	// Seen is the highest id of a deployment's status that was seen on the commit: of two runs, the one that has seen
	// more knows better what there is to judge. It is 0 when GitHub did not tell.
	Seen int64

	// Fork says that the commit comes from a fork, or cannot be shown not to: no credential may meet its preview.
	Fork bool

	// Doubt says in a line why it was not found out whether the commit is a fork's. It is empty when it was.
	Doubt string

	// Lacks is the permission that the workflow's token was found to lack while the pull request was looked for; empty
	// for none.
	Lacks string

	// Unproven says in a line why the address that a person gave is not known to be one of a preview of the commit. It is
	// empty when it is known to be, and when no commit is named that it could be of.
	Unproven string

	// HeadMoved says that the pull request has got other commits since.
	HeadMoved bool

	// Closed says that the pull request that was named, or waited for, is closed or merged.
	Closed bool

	// Notes says in a line each what could not be found out, and what was judged in place of what.
	Notes []string
}

// IsAwaited reports whether the preview is still to come.
func (r Resolved) IsAwaited() bool { return r.State == Building || r.State == Missing }

// Resolve asks GitHub what e leaves open, and whether it still holds. What it cannot find out it notes, unless there
// would be nothing to judge. Its error is a [*Misuse] when GitHub knows no such pull request, and a [*Skip] when
// another run will judge, or when somebody asks for a run who may not.
func Resolve(ctx context.Context, gh *github.Client, e Event) (Resolved, error) {
	if e.IsGroup() {
		return Resolved{}, errors.New("a merge group has no preview")
	}
	r := newResolver(gh, e)
	if e.Name == issueComment {
		if err := r.authorize(ctx); err != nil {
			return Resolved{}, err
		}
	}
	b, err := r.gather(ctx)
	if err == nil {
		err = r.decide(ctx, b)
	}
	if err != nil {
		return Resolved{}, err
	}
	r.findAlias(ctx)
	return r.Resolved, nil
}

// A resolver fills in what an event leaves open.
type resolver struct {
	repo
	event    Event
	comments []*github.IssueComment // of the pull request, once they were asked for
	asked    bool
	Resolved
}

func newResolver(gh *github.Client, e Event) *resolver {
	owner, name, _ := strings.Cut(e.Repository, "/")
	r := &resolver{repo: repo{gh, owner, name}, event: e}
	r.Scope, r.AlsoPlain = e.Scope()
	r.State, r.Detail = e.State, e.Detail
	r.Target = gate.Target{
		URL: e.URL, Deployment: e.Deployment, Project: e.Project, Environment: e.Environment,
		Repository: e.Repository, PullRequest: e.PullRequest, Branch: e.Branch, SHA: e.SHA,
	}
	return r
}

// note keeps a line for the run's log, once.
func (r *resolver) note(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); !slices.Contains(r.Notes, line) {
		r.Notes = append(r.Notes, line)
	}
}

// gather finds the pull request and looks at the commit's deployments, both at once where the commit is known.
func (r *resolver) gather(ctx context.Context) (board, error) {
	if r.Target.SHA == "" {
		if err := r.findPullRequest(ctx); err != nil || r.Target.SHA == "" {
			return board{}, err
		}
		return r.look(ctx, r.Target.SHA, r.isOfInterest()), nil
	}
	var b board
	var wg sync.WaitGroup
	here, sha, isOfInterest := r.repo, r.Target.SHA, r.isOfInterest()
	wg.Go(func() {
		crash := caught(func() error { b = here.look(ctx, sha, isOfInterest); return nil })
		b.err = cmp.Or(crash, b.err)
	})
	err := r.findPullRequest(ctx)
	if err == nil && r.Target.URL != "" {
		r.askComments(ctx)
	}
	wg.Wait()
	return b, err
}

// isOfInterest returns what tells the deployments that may be the event's. Vercel's dispatch names the project whether
// or not the repository has several, and so does the user of the workflow; a person who names none is content with any
// until one was chosen. An address may be of a preview anywhere.
func (r *resolver) isOfInterest() func(place) bool {
	e, own := r.event, place{r.Target.Environment, r.Target.Project}
	return func(p place) bool {
		switch {
		case e.ByHand() && e.URL != "":
			return true
		case p.environment != own.environment:
			return false
		case isSameProject(p.project, own.project):
			return true
		case p.project == "":
			return e.Name == repositoryDispatch || e.isOnly()
		}
		return own.project == "" && e.Name != deploymentStatus
	}
}

// decide makes what GitHub shows of the commit part of what is resolved.
func (r *resolver) decide(ctx context.Context, b board) error {
	defer func() { r.Seen = max(r.Seen, b.seen(r.Target.Project)) }()
	if r.AlsoPlain {
		r.findScope(ctx, b)
	}
	switch {
	case r.event.Waits():
		return r.find(ctx, b)
	case r.event.ByHand():
		return r.prove(ctx, b)
	}
	return r.settle(b)
}
