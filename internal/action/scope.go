package action

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// Scope returns the project that the status of an event carries, as far as the event itself tells, and whether that is
// in doubt: Vercel's dispatch names its project whether or not the repository has another.
func (e Event) Scope() (scope string, inDoubt bool) {
	return e.Project, e.Name == repositoryDispatch && len(e.Projects) == 0
}

// findScope drops the scope when the repository has one project, which GitHub shows by environments without a project's
// name. A commit without a preview may have no deployment: then the latest of all commits tells. Where none does, the
// scope stays in doubt.
func (r *resolver) findScope(ctx context.Context, b board) {
	if b.err != nil {
		return // which is noted where it matters more
	}
	projects := projectsOf(b.places)
	if len(projects) == 0 {
		latest, err := r.latestPlace(ctx)
		if err != nil {
			r.note("whether the repository has several projects was not found out: %s", hub.Explain(err))
			return
		}
		projects = projectsOf(latest)
	}
	r.AlsoPlain = len(projects) == 0
	if slices.Contains(projects, "") && !slices.ContainsFunc(projects, func(p string) bool { return isSameProject(p, r.Scope) }) {
		r.Scope = ""
	}
}

// latestPlace returns where Vercel put the repository's latest preview that tells whether there are several projects: in
// the environment of the only one, or in this project's own. It is empty when there was none.
func (r *resolver) latestPlace(ctx context.Context) ([]place, error) {
	var all []*github.Deployment
	for _, environment := range []string{"Preview", "Preview – " + r.Scope} {
		some, err := r.latest(ctx, environment)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	newest := slices.MaxFunc(all, func(a, b *github.Deployment) int { return cmp.Compare(a.GetID(), b.GetID()) })
	return []place{placeOf(newest)}, nil
}

// projectsOf lists the projects of previews, with an empty name for the only one of a repository.
func projectsOf(places []place) []string {
	var projects []string
	for _, p := range places {
		if p.environment == "preview" {
			projects = append(projects, p.project)
		}
	}
	return projects
}
