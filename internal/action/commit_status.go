package action

import (
	"context"
	"regexp"
	"slices"

	"github.com/google/go-github/v66/github"
)

// vercelSays returns what the statuses say that Vercel sets on a commit, one for each project. Some builds are told of
// nowhere else: those that Vercel ignores, or refuses.
func (h repo) vercelSays(ctx context.Context, sha string) ([]finding, error) {
	var all []finding
	opts := &github.ListOptions{PerPage: page}
	for range maxPages {
		some, resp, err := h.gh.Repositories.ListStatuses(ctx, h.owner, h.name, sha, opts)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		for _, s := range some {
			if f, isVercels := findingOf(s); isVercels {
				all = append(all, f)
			}
		}
		if err != nil || resp.NextPage == 0 {
			break
		}
		opts.Page = resp.NextPage
	}
	return latestEach(all), nil
}

// findingOf reads a commit's status, if it is one that Vercel sets for a project.
func findingOf(s *github.RepoStatus) (finding, bool) {
	project, isVercels := projectOf(s.GetContext())
	if !isVercels || !isBy(s.GetCreator()) {
		return finding{}, false
	}
	r := report{
		state:  stateOf(s.GetState(), s.GetDescription(), s.GetTargetURL()),
		detail: clean(s.GetDescription(), 140),
		at:     s.GetCreatedAt().Time, id: s.GetID(),
	}
	return finding{r, project}, r.state != inactive // which no commit is: GitHub has found a further state
}

// projectOf reads the context of a status of Vercel's: "Vercel", or "Vercel – web" where several projects are linked.
func projectOf(context string) (project string, isVercels bool) {
	m := regexp.MustCompile(`^Vercel(?:\s+[-–—]\s+(\S.*))?$`).FindStringSubmatch(clean(context, 200))
	if m == nil {
		return "", false
	}
	return clean(m[1], 100), true
}

// latestEach keeps the latest finding of each project.
func latestEach(all []finding) []finding {
	var latest []finding
	for _, f := range all {
		i := slices.IndexFunc(latest, func(other finding) bool { return other.project == f.project })
		switch {
		case i < 0:
			latest = append(latest, f)
		case f.compare(latest[i].report) > 0:
			latest[i] = f
		}
	}
	return latest
}
