package publish

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/go-github/v66/github"
)

// maxPages is how many pages of a hundred statuses are read: GitHub keeps a thousand of one name, beside those of others.
const maxPages = 20

var errTooMany = errors.New("the commit has too many statuses")

// statuses returns all statuses of our name on a commit, the latest first.
func (p *Publisher) statuses(ctx context.Context, s subject, sha string) ([]status, error) {
	if !isCommit(sha) {
		return nil, errNoCommit
	}
	var all []status
	opts := &github.ListOptions{PerPage: 100}
	for range maxPages {
		page, resp, err := p.gh.Repositories.ListStatuses(ctx, s.owner, s.name, sha, opts)
		if err != nil {
			return nil, err
		}
		all = append(all, p.named(page, s)...)
		if resp.NextPage <= opts.Page {
			return all, nil
		}
		opts.Page = resp.NextPage
	}
	return nil, errTooMany
}

// named returns the statuses that are of our name. GitHub takes no account of letter case in it.
func (p *Publisher) named(listed []*github.RepoStatus, s subject) []status {
	var ours []status
	for _, l := range listed {
		if strings.EqualFold(l.GetContext(), Context(s.scope)) {
			m := p.run.readMark(l.GetTargetURL(), p.clock.Now())
			if p.isImpossible(m, p.of(s.scope).seen, l.GetCreatedAt().Time) {
				m = mark{}
			}
			ours = append(ours, status{l.GetState(), l.GetDescription(), l.GetTargetURL(), m})
		}
	}
	return ours
}

// isImpossible reports whether a mark says that more was seen of the commit's deployments before this run began than this
// run has seen since: there are never fewer. Who forges one could otherwise silence every later run.
func (p *Publisher) isImpossible(m mark, seen int64, set time.Time) bool {
	return seen > 0 && m.seen > seen && !set.IsZero() && set.Before(p.clock.First())
}

// newest returns the newest of the statuses that pass, or the zero status. Of several with one stamp it is the latest
// that was set.
func newest(latestFirst []status, passes func(status) bool) status {
	var best status
	for _, s := range latestFirst {
		if passes(s) && (best == (status{}) || s.isNewer(best)) {
			best = s
		}
	}
	return best
}

func isOurs(s status) bool { return s.mark != mark{} }

func isReport(s status) bool { return s.mark.reported }

// readHead returns the commit that is the pull request's head.
func (p *Publisher) readHead(ctx context.Context, s subject) (string, error) {
	pull, _, err := p.gh.PullRequests.Get(ctx, s.owner, s.name, s.pull)
	return pull.GetHead().GetSHA(), err
}

// A sight is what a run sees before it speaks. What could not be found out is empty.
type sight struct {
	newest status // of our name on the commit
	head   string // of the pull request
}

// look looks whether somebody newer has spoken. Where the pull request is for a branch of this repository, one request
// tells its head and what stands there; where that is another commit, or no branch, it takes two more. What a branch is
// at stands for the head where the pull request cannot be read; where neither can, the runs alone decide.
func (p *Publisher) look(ctx context.Context, s subject, branch string) sight {
	var saw sight
	if s.pull != 0 && s.sha != "" && isPlain(branch) {
		all, head, err := p.tip(ctx, s, branch)
		if err == nil && head == s.sha {
			return sight{newest(all, isOurs), head}
		}
		saw.head = head
	}
	if s.pull != 0 {
		if head, err := p.readHead(ctx, s); err == nil {
			saw.head = head
		}
	}
	if s.sha != "" {
		all, _ := p.statuses(ctx, s, s.sha) // not known: the look at the end says so
		saw.newest = newest(all, isOurs)
	}
	return saw
}

// tip returns the commit that a branch is at, and the statuses of our name that stand there.
func (p *Publisher) tip(ctx context.Context, s subject, branch string) ([]status, string, error) {
	opts := &github.ListOptions{PerPage: 100}
	combined, _, err := p.gh.Repositories.GetCombinedStatus(ctx, s.owner, s.name, "heads/"+branch, opts)
	if err == nil && combined.GetTotalCount() > opts.PerPage {
		err = errTooMany
	}
	if err != nil {
		return nil, "", err
	}
	return p.named(combined.Statuses, s), combined.GetSHA(), nil
}

// isPlain reports whether a branch can be part of an address without leading elsewhere: it comes from an event.
func isPlain(branch string) bool {
	for part := range strings.SplitSeq(branch, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return branch == oneLine(branch)
}
