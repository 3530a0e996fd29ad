package action

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// A member is a pull request of a merge group.
type member struct {
	number   int
	head     string
	verdicts map[string]string // the states of our statuses on its head, by scope
}

// in returns the state of our status in a scope, of which GitHub has one whatever the letter case.
func (m member) in(scope string) string {
	for name, state := range m.verdicts {
		if isSameProject(name, scope) {
			return state
		}
	}
	return ""
}

// members finds the pull requests of a group: the one it is named after, and those that its commits name. Whoever
// writes a commit's message chooses what it names, so only what is open into the group's branch counts; naming too much
// can only make it harder to pass.
func (h repo) members(ctx context.Context, g Group) ([]member, error) {
	named, err := h.named(ctx, g)
	if err != nil {
		return nil, err
	}
	members := make([]member, len(named))
	err = each(len(named), func(i int) error {
		head, err := h.headInto(ctx, named[i], g.Base)
		members[i] = member{number: named[i], head: head}
		return err
	})
	if err != nil {
		return nil, err
	}
	if members[0].head == "" {
		return nil, fmt.Errorf("pull request #%d, which the merge group is named after, is not open into %s", g.PullRequest, g.Base)
	}
	members = slices.DeleteFunc(members, func(m member) bool { return m.head == "" })
	slices.SortFunc(members, func(a, b member) int { return a.number - b.number })
	return members, nil
}

// headInto returns the head of a pull request, or "" if GitHub knows none of this number that is open into the branch.
func (h repo) headInto(ctx context.Context, n int, branch string) (string, error) {
	pull, _, err := h.gh.PullRequests.Get(ctx, h.owner, h.name, n)
	switch {
	case isNotFound(err):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("looking up #%d of the merge group: %s", n, hub.Explain(err))
	case pull.GetState() != "open" || pull.GetBase().GetRef() != branch:
		return "", nil
	}
	return commit(text(pull.GetHead().GetSHA()))
}

// named lists the numbers that a group's name and its commits' messages hold, that of its name first.
func (h repo) named(ctx context.Context, g Group) ([]int, error) {
	all := []int{g.PullRequest}
	messages, err := h.messages(ctx, g)
	if err != nil {
		return nil, fmt.Errorf("listing the merge group's commits: %s", hub.Explain(err))
	}
	for _, m := range messages {
		if n := pullNamedIn(m); n != 0 && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	if len(all) > maxMembers {
		return nil, fmt.Errorf("the merge group names more than %d pull requests", maxMembers)
	}
	return all, nil
}

// messages lists the messages of a group's commits.
func (h repo) messages(ctx context.Context, g Group) ([]string, error) {
	var all []string
	opts := &github.ListOptions{PerPage: page}
	for range maxPages {
		c, resp, err := h.gh.Repositories.CompareCommits(ctx, h.owner, h.name, g.BaseSHA, g.HeadSHA, opts)
		if err != nil {
			return nil, err
		}
		for _, one := range c.Commits {
			all = append(all, one.GetCommit().GetMessage())
		}
		if opts.Page = resp.NextPage; opts.Page != 0 {
			continue
		}
		if len(all) < c.GetTotalCommits() {
			return nil, fmt.Errorf("GitHub lists %d of its %d commits", len(all), c.GetTotalCommits())
		}
		return all, nil
	}
	return nil, errors.New("there are too many of them")
}

// pullNamedIn reads the pull request that a commit was made of, by the first line of its message: "… (#7)" for one that
// was squashed, "Merge pull request #7 from …" for one that was merged; 0 if there is none.
func pullNamedIn(message string) int {
	first, _, _ := strings.Cut(message, "\n")
	m := regexp.MustCompile(`^Merge pull request #(\d{1,10}) from |\(#(\d{1,10})\)$`).FindStringSubmatch(strings.TrimSpace(first))
	if m == nil {
		return 0
	}
	return number(text(m[1] + m[2]))
}
