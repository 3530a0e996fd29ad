package action

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

// Resolved is what an event is about, as GitHub knows it.
type Resolved struct {
	Target gate.Target

	// Hosts are further names under which the deployment may be visited: the alias of its branch. They come from a
	// comment that people can edit, so nothing secret may be sent there on their account.
	Hosts []string

	// Scope is the project's name where several projects of the repository are deployed, and empty otherwise. The
	// commit status and the comment carry it.
	Scope string

	// Fork says that the commit comes from a fork, or cannot be shown not to: no credential may meet its preview.
	Fork bool

	// HeadMoved says that the pull request has got other commits since.
	HeadMoved bool

	// Notes says in a line each what could not be found out.
	Notes []string
}

// Resolve asks GitHub what e leaves open. What it cannot find out it notes, unless there would be nothing to judge. Its
// error is a [*Misuse] when GitHub knows no such pull request or preview.
func Resolve(ctx context.Context, gh *github.Client, e Event) (Resolved, error) {
	owner, name, _ := strings.Cut(e.Repository, "/")
	r := &resolver{gh: gh, owner: owner, name: name, event: e}
	r.Scope = e.Project
	r.Target = gate.Target{
		URL: e.URL, Deployment: e.Deployment, Project: e.Project, Environment: e.Environment,
		Repository: e.Repository, PullRequest: e.PullRequest, Branch: e.Branch, SHA: e.SHA,
	}
	if err := r.findPullRequest(ctx); err != nil {
		return Resolved{}, err
	}
	if err := r.findDeployment(ctx); err != nil {
		return Resolved{}, err
	}
	r.findAlias(ctx)
	return r.Resolved, nil
}

// A resolver fills in what an event leaves open.
type resolver struct {
	gh          *github.Client
	owner, name string
	event       Event
	Resolved
}

// note keeps that something was not found out.
func (r *resolver) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// findPullRequest finds the pull request by the number a person gave, or by the commit.
func (r *resolver) findPullRequest(ctx context.Context) error {
	var pull *github.PullRequest
	var err error
	switch {
	case r.event.PullRequest != 0:
		pull, _, err = r.gh.PullRequests.Get(ctx, r.owner, r.name, r.event.PullRequest)
		if isNotFound(err) {
			return misuse("there is no pull request %d in %s: %s", r.event.PullRequest, r.event.Repository, hub.Explain(err))
		}
		if err != nil {
			return fmt.Errorf("looking up pull request %d: %s", r.event.PullRequest, hub.Explain(err))
		}
	case r.event.SHA != "":
		pull, err = r.pullOfCommit(ctx)
		if err != nil {
			r.Fork = true
			r.note("the pull request was not found and the commit is treated like a fork's: %s", hub.Explain(err))
			return nil
		}
	}
	if pull != nil {
		return r.take(pull)
	}
	return nil
}

// take fills in what a pull request tells.
func (r *resolver) take(pull *github.PullRequest) error {
	head, err := commit(text(pull.GetHead().GetSHA()))
	if err != nil {
		return err
	}
	if r.Target.SHA == "" {
		r.Target.SHA = head
	}
	r.HeadMoved = r.Target.SHA != head
	r.Fork = r.Fork || r.isFork(pull)
	r.Target.PullRequest = pull.GetNumber()
	r.Target.Branch = clean(pull.GetHead().GetRef(), 255)
	return nil
}

// isFork reports whether a pull request's commits are in another repository than this one, or in one that is gone.
func (r *resolver) isFork(pull *github.PullRequest) bool {
	head, base := pull.GetHead().GetRepo(), pull.GetBase().GetRepo()
	if head.GetID() != 0 && base.GetID() != 0 {
		return head.GetID() != base.GetID()
	}
	return !strings.EqualFold(head.GetFullName(), r.event.Repository)
}
