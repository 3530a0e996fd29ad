package action

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// findPullRequest finds the pull request by its number, or by the commit.
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
		r.Closed = pull.GetState() != "open"
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

// pullOfCommit returns the open pull request that the deployed commit belongs to, or nil. One whose head is the commit
// comes first, and of those one from this repository; one that has moved on is better than none.
func (r *resolver) pullOfCommit(ctx context.Context) (*github.PullRequest, error) {
	moved, err := r.search(ctx, nil, func(ctx context.Context) ([]*github.PullRequest, *github.Response, error) {
		return r.gh.PullRequests.ListPullRequestsWithCommit(ctx, r.owner, r.name, r.event.SHA, &github.ListOptions{PerPage: page})
	})
	if err != nil || moved != nil {
		return moved, err
	}
	if r.event.Branch != "" {
		moved, err = r.search(ctx, nil, r.list(r.owner+":"+r.event.Branch))
		if err != nil || moved != nil && r.isHead(moved) {
			return moved, err
		}
	}
	// GitHub does not list every commit of a fork under its pull request.
	pull, err := r.search(ctx, r.isHead, r.list(""))
	if err != nil || pull != nil {
		return pull, err
	}
	r.Fork, err = r.isStray(ctx)
	return moved, err
}

type lister func(context.Context) ([]*github.PullRequest, *github.Response, error)

// list lists the open pull requests from a branch, or from any, those that changed last first.
func (r *resolver) list(head string) lister {
	return func(ctx context.Context) ([]*github.PullRequest, *github.Response, error) {
		return r.gh.PullRequests.List(ctx, r.owner, r.name, &github.PullRequestListOptions{
			State: "open", Head: head, Sort: "updated", Direction: "desc",
			ListOptions: github.ListOptions{PerPage: page},
		})
	}
}

// search returns the best of the pull requests that list gives and keep, if there is one, accepts.
func (r *resolver) search(ctx context.Context, keep func(*github.PullRequest) bool, list lister) (*github.PullRequest, error) {
	pulls, _, err := list(ctx)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	var best *github.PullRequest
	for _, pull := range pulls {
		open := pull.GetState() == "open" && (keep == nil || keep(pull))
		if open && (best == nil || r.rank(pull) > r.rank(best)) {
			best = pull
		}
	}
	return best, nil
}

func (r *resolver) isHead(pull *github.PullRequest) bool {
	return pull.GetHead().GetSHA() == r.event.SHA
}

func (r *resolver) rank(pull *github.PullRequest) int {
	rank := 0
	if r.isHead(pull) {
		rank += 2
	}
	if !r.isFork(pull) {
		rank++
	}
	return rank
}

// isStray reports whether the commit is the head of no branch of this repository. Without a pull request that explains
// it, it may then be a fork's.
func (r *resolver) isStray(ctx context.Context) (bool, error) {
	branches, _, err := r.gh.Repositories.ListBranchesHeadCommit(ctx, r.owner, r.name, r.event.SHA)
	if err != nil && !isNotFound(err) {
		return true, err
	}
	return len(branches) == 0, nil
}
