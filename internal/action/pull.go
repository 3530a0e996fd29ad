package action

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// findPullRequest finds the pull request by its number, or by the commit.
func (r *resolver) findPullRequest(ctx context.Context) error {
	if r.event.PullRequest == 0 {
		return r.findByCommit(ctx)
	}
	pull, _, err := r.gh.PullRequests.Get(ctx, r.owner, r.name, r.event.PullRequest)
	if isNotFound(err) {
		return misuse("there is no pull request %d in %s: %s", r.event.PullRequest, r.event.Repository, hub.Explain(err))
	}
	if err != nil {
		return fmt.Errorf("looking up pull request %d: %s", r.event.PullRequest, hub.Explain(err))
	}
	if r.event.Name == workflowDispatch && r.event.SHA != "" && !r.isHead(pull) && !r.isIn(ctx, pull) {
		r.note("commit %.7s is not known to be one of pull request %d, so that it is looked up by itself", r.event.SHA, pull.GetNumber())
		r.Target.PullRequest = 0
		return r.findByCommit(ctx)
	}
	r.Closed = pull.GetState() != "open"
	return r.take(pull)
}

// isIn reports whether the event's commit is known to be one of a pull request.
func (r *resolver) isIn(ctx context.Context, pull *github.PullRequest) bool {
	opts := &github.ListOptions{PerPage: page}
	for range maxPages {
		some, resp, err := r.gh.PullRequests.ListCommits(ctx, r.owner, r.name, pull.GetNumber(), opts)
		if err != nil {
			return false
		}
		if slices.ContainsFunc(some, func(c *github.RepositoryCommit) bool { return c.GetSHA() == r.event.SHA }) {
			return true
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	return false
}

// findByCommit finds the open pull request that the commit belongs to. Where that does not tell whether the commit is a
// fork's, the branches have to.
func (r *resolver) findByCommit(ctx context.Context) error {
	if r.event.SHA == "" {
		return nil
	}
	pull, certain, err := r.pullOfCommit(ctx)
	if err != nil {
		r.note("the pull request of the commit was not found out: %s", hub.Explain(err))
		if hub.Permission(err) != "" {
			r.Lacks = "pull-requests: write" // to read it would do, but not for the comment
		}
	}
	if pull != nil {
		if err := r.take(pull); err != nil {
			return err
		}
	}
	if certain && (r.event.Name != deploymentStatus || !r.HeadMoved) {
		return nil
	}
	return r.askBranches(ctx, certain, err)
}

// askBranches learns from the branches that a commit is the head of whether it is this repository's, unless its pull
// request has told, and whether it is a merge queue's. Without a branch to explain it, it may be a fork's; why is the
// error of the search for its pull request.
func (r *resolver) askBranches(ctx context.Context, isKnown bool, why error) error {
	branches, _, err := r.gh.Repositories.ListBranchesHeadCommit(ctx, r.owner, r.name, r.event.SHA)
	if isNotFound(err) {
		branches, err = nil, nil
	}
	ordinary := slices.ContainsFunc(branches, func(b *github.BranchCommit) bool { return !isQueues(b.GetName()) })
	switch {
	case ordinary:
	case len(branches) > 0 && r.event.Name == deploymentStatus:
		return ofQueue()
	case isKnown:
	default:
		r.Fork = true
		if why = cmp.Or(why, err); why != nil {
			r.Doubt = "whether the commit is a fork's was not found out: " + hub.Explain(why)
			r.note("%s", r.Doubt)
		}
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

// pullOfCommit returns the open pull request that the deployed commit belongs to, or nil, and whether it is certain that
// the commit does. One whose head is the commit comes first, and of those one from this repository; one that has moved
// on is better than none.
func (r *resolver) pullOfCommit(ctx context.Context) (pull *github.PullRequest, certain bool, err error) {
	pull, err = r.search(ctx, nil, func(ctx context.Context) ([]*github.PullRequest, *github.Response, error) {
		return r.gh.PullRequests.ListPullRequestsWithCommit(ctx, r.owner, r.name, r.event.SHA, &github.ListOptions{PerPage: page})
	})
	if err != nil || pull != nil {
		return pull, pull != nil, err
	}
	var moved *github.PullRequest
	if r.event.Branch != "" {
		moved, err = r.search(ctx, nil, r.list(r.owner+":"+r.event.Branch))
		if err != nil || moved != nil && r.isHead(moved) {
			return moved, moved != nil, err
		}
	}
	// GitHub does not list every commit of a fork under its pull request.
	pull, err = r.search(ctx, r.isHead, r.list(""))
	if err != nil || pull != nil {
		return pull, pull != nil, err
	}
	return moved, false, nil
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
