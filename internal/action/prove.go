package action

import (
	"cmp"
	"context"
	"fmt"

	"github.com/previewgate/previewgate/internal/hub"
)

// prove learns which project the preview belongs to whose address a person gave, and holds that it is one of the commit.
// Otherwise any preview's verdict could stand on any commit.
func (r *resolver) prove(ctx context.Context, b board) error {
	if r.Target.SHA == "" {
		return nil
	}
	if d, _, found := reportAt(r.event.URL, b.builds); found {
		r.Target.Environment, r.Target.Project, r.Scope = d.environment, cmp.Or(d.project, r.Target.Project), d.project
		return r.keepListed(d.project)
	}
	if project, found := r.projectAtAlias(ctx, b); found {
		r.Target.Project, r.Scope = project, project
		if len(r.event.Projects) == 0 {
			r.findScope(ctx, b)
		}
		return r.keepListed(project)
	}
	r.Unproven = fmt.Sprintf("%s is no preview of commit %.7s that GitHub knows of", r.event.URL, r.Target.SHA)
	if b.err != nil {
		r.note("which project the preview belongs to was not found out: %s", hub.Explain(b.err))
		r.Unproven = fmt.Sprintf("whether %s is a preview of commit %.7s was not found out: %s", r.event.URL, r.Target.SHA, hub.Explain(b.err))
	}
	return r.keepListed("")
}

// keepListed holds the project of an address against those that the workflow is for, whose names the status carries.
func (r *resolver) keepListed(project string) error {
	if len(r.event.Projects) == 0 {
		return nil
	}
	name, err := r.event.listed(project)
	if err != nil {
		return err
	}
	r.Scope = name
	return nil
}

// projectAtAlias returns the project whose alias the address is, by Vercel's comment on the pull request, if its preview
// of the commit is known to have been up: an alias leads to one of an older commit as long as there is none of this.
func (r *resolver) projectAtAlias(ctx context.Context, b board) (project string, found bool) {
	host := hostOf(r.event.URL)
	if host == "" || r.HeadMoved {
		return "", false
	}
	r.askComments(ctx)
	for _, c := range r.comments {
		if !isBy(c.GetUser()) {
			continue
		}
		for _, p := range parseVercelComment(c.GetBody()) {
			if name := clean(string(p.Name), 100); name != "" && hostName(string(p.Preview)) == host {
				return name, b.isUp(name)
			}
		}
	}
	return "", false
}
