package action

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// maxMembers is how many pull requests a group may have: GitHub's queues build at most as many.
const maxMembers = 100

// A GroupVerdict is what to say on a merge group's commit, in one context of commit statuses.
type GroupVerdict struct {
	Scope        string // of the context: a project, or empty
	State        string // success, failure or error
	Description  string // plain text of at most 140 characters
	PullRequests []int  // the group's members
}

// JudgeGroup returns a verdict on a merge group for each project that the workflow is for. Where that is for whatever
// there are, it is for each context that any of its pull requests has a status in, and at least for the one without a
// scope. There is no preview of a group: it may pass where each member's own head passed.
// What cannot be found out does not pass, and is an error where it concerns all of the group.
func JudgeGroup(ctx context.Context, gh *github.Client, e Event) ([]GroupVerdict, error) {
	owner, name, _ := strings.Cut(e.Repository, "/")
	here := repo{gh, owner, name}
	members, err := here.members(ctx, e.Group)
	if err != nil {
		return nil, err
	}
	err = each(len(members), func(i int) error {
		verdicts, err := here.verdicts(ctx, members[i].head)
		if err != nil {
			return fmt.Errorf("reading the verdict on #%d: %s", members[i].number, hub.Explain(err))
		}
		members[i].verdicts = verdicts
		return nil
	})
	if err != nil {
		return nil, err
	}
	return judge(members, scopes(members, e.Projects)), nil
}

// verdicts reads what the commit statuses of ours say, by scope.
func (h repo) verdicts(ctx context.Context, sha string) (map[string]string, error) {
	states := make(map[string]string)
	opts := &github.ListOptions{PerPage: page}
	for range maxPages {
		some, resp, err := h.gh.Repositories.GetCombinedStatus(ctx, h.owner, h.name, sha, opts)
		if err != nil {
			return nil, err
		}
		for _, s := range some.Statuses {
			scope, isOurs := scopeOf(s.GetContext())
			if !isOurs {
				continue
			}
			switch state := s.GetState(); state {
			case "success", "failure", "error", "pending":
				states[scope] = state
			default:
				states[scope] = ""
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			return states, nil
		}
	}
	return nil, fmt.Errorf("the commit has more than %d statuses", maxPages*page)
}

// scopeOf reads the context of a status of ours: previewgate, or previewgate (project). GitHub takes contexts that
// differ in case for the same.
func scopeOf(context string) (scope string, isOurs bool) {
	const ours = "previewgate"
	if len(context) < len(ours) || !strings.EqualFold(context[:len(ours)], ours) {
		return "", false
	}
	rest := context[len(ours):]
	if rest == "" {
		return "", true
	}
	rest, opens := strings.CutPrefix(rest, " (")
	scope, closes := strings.CutSuffix(rest, ")")
	return scope, opens && closes && scope != "" && clean(scope, 100) == scope
}

// scopes lists the contexts to speak in: those of the projects that are wanted or, where none is, those of any member.
func scopes(members []member, wanted []string) []string {
	if len(wanted) > 0 {
		return wanted
	}
	var found []string
	for _, m := range members {
		for scope := range m.verdicts {
			found = append(found, scope)
		}
	}
	if len(found) == 0 {
		return []string{""}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// judge returns a verdict for each scope.
func judge(members []member, scopes []string) []GroupVerdict {
	var all []GroupVerdict
	for _, scope := range scopes {
		all = append(all, judgeScope(scope, members))
	}
	return all
}

// judgeScope passes a group in which each member passed.
func judgeScope(scope string, members []member) GroupVerdict {
	v := GroupVerdict{Scope: scope}
	by := make(map[string][]int)
	for _, m := range members {
		v.PullRequests = append(v.PullRequests, m.number)
		state := m.in(scope)
		by[state] = append(by[state], m.number)
	}
	switch {
	case len(by["failure"]) > 0:
		v.State, v.Description = "failure", numbers(by["failure"])+" closed the gate"
	case len(by["success"]) == len(members):
		v.State, v.Description = "success", numbers(by["success"])+" passed the gate"
	default:
		v.State, v.Description = "error", undecided(by)
	}
	return v
}

// undecided says which members are without a verdict, by the state of their status.
func undecided(by map[string][]int) string {
	var said []string
	for _, s := range []struct{ state, words string }{
		{"error", "could not be decided"}, {"pending", "not judged yet"}, {"", "no verdict"},
	} {
		if len(by[s.state]) > 0 {
			said = append(said, numbers(by[s.state])+": "+s.words)
		}
	}
	return clean(strings.Join(said, "; "), 140)
}

// numbers names pull requests as GitHub links them.
func numbers(all []int) string {
	var names []string
	for _, n := range all {
		names = append(names, fmt.Sprintf("#%d", n))
	}
	return enumerate(names)
}
