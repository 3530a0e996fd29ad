package action

import (
	"context"
	"slices"

	"github.com/previewgate/previewgate/internal/hub"
)

// findScope drops the scope when the repository has one project, which GitHub shows by environments without a project's
// name. A commit without a preview may have no deployment: then all commits tell. In doubt the scope stays: two
// projects must not share a status.
func (r *resolver) findScope(ctx context.Context, b board) {
	projects := projectsOf(b.places)
	if b.err == nil && len(projects) == 0 {
		all, err := r.deployments(ctx, "")
		if err != nil {
			r.note("whether the repository has several projects was not found out: %s", hub.Explain(err))
		}
		projects = projectsOf(placesOf(all))
	}
	if slices.Contains(projects, "") && !slices.Contains(projects, r.Scope) {
		r.Scope = ""
	}
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

// findProject learns which project the preview belongs to whose address a person gave.
func (r *resolver) findProject(b board) {
	if b.err != nil {
		r.note("which project the preview belongs to was not found out: %s", hub.Explain(b.err))
		return
	}
	if d, _, found := reportAt(r.event.URL, b.builds); found {
		r.Target.Environment, r.Target.Project, r.Scope = d.environment, d.project, d.project
	}
}
