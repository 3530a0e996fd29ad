package action

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// maxLookups bounds for how many deployments of a commit the status is asked for.
const maxLookups = 10

// findDeployment asks for Vercel's deployments on GitHub where the event leaves something open: a dispatch by Vercel
// names its project whether or not the repository has several, and a person may leave the preview to be found.
func (r *resolver) findDeployment(ctx context.Context) error {
	switch {
	case r.event.Name == repositoryDispatch:
		r.findScope(ctx)
	case r.event.Name == workflowDispatch && r.Target.SHA != "":
		return r.findPreview(ctx)
	}
	return nil
}

// findScope drops the scope when the repository has one project, which GitHub shows by environments without a project's
// name. It looks at all commits, since one without a preview has no deployment. In doubt the scope stays: two projects
// must not share a status.
func (r *resolver) findScope(ctx context.Context) {
	previews, err := r.previews(ctx, "")
	if err != nil {
		r.note("whether the repository has several projects was not found out: %s", hub.Explain(err))
		return
	}
	single := false
	for _, d := range previews {
		_, project := environment(text(d.GetEnvironment()))
		if project == r.Scope {
			return
		}
		single = single || project == ""
	}
	if single {
		r.Scope = ""
	}
}

// previews lists Vercel's preview deployments of a commit, or the latest of all, the newest first.
func (r *resolver) previews(ctx context.Context, sha string) ([]*github.Deployment, error) {
	all, _, err := r.gh.Repositories.ListDeployments(ctx, r.owner, r.name, &github.DeploymentsListOptions{
		SHA: sha, ListOptions: github.ListOptions{PerPage: page},
	})
	all = slices.DeleteFunc(all, func(d *github.Deployment) bool {
		name, _ := environment(text(d.GetEnvironment()))
		by := d.GetCreator()
		return name != "preview" || !isVercel(by.GetLogin(), by.GetType()) || sha != "" && d.GetSHA() != sha
	})
	slices.SortFunc(all, func(a, b *github.Deployment) int { return cmp.Compare(b.GetID(), a.GetID()) })
	return all, err
}

// findPreview finds the preview of the commit, or the project of the preview whose address was given. Only without any
// address can the run not go on.
func (r *resolver) findPreview(ctx context.Context) error {
	previews, err := r.previews(ctx, r.Target.SHA)
	if err == nil {
		err = r.choose(ctx, previews)
	}
	switch {
	case err != nil && r.event.URL != "":
		r.note("which project the preview belongs to was not found out: %s", hub.Explain(err))
	case err != nil:
		return fmt.Errorf("looking for Vercel's preview of %s: %s", r.Target.SHA, hub.Explain(err))
	case r.Target.URL == "":
		return misuse("GitHub knows no preview deployment by Vercel of %s that is up: give its address as the input url", r.Target.SHA)
	}
	return nil
}

// choose takes the newest of the previews that is up, or the one at the address that was given.
func (r *resolver) choose(ctx context.Context, previews []*github.Deployment) error {
	for _, d := range previews[:min(len(previews), maxLookups)] {
		url, err := r.addressOf(ctx, d)
		if err != nil {
			return err
		}
		if url == "" || r.event.URL != "" && hostOf(url) != hostOf(r.event.URL) {
			continue
		}
		r.Target.URL = cmp.Or(r.event.URL, url)
		r.Target.Environment, r.Target.Project = environment(text(d.GetEnvironment()))
		r.Scope = r.Target.Project
		return nil
	}
	return nil
}

// addressOf returns where a deployment is up by its latest status, or "".
func (r *resolver) addressOf(ctx context.Context, d *github.Deployment) (string, error) {
	all, _, err := r.gh.Repositories.ListDeploymentStatuses(ctx, r.owner, r.name, d.GetID(), &github.ListOptions{PerPage: page})
	if err != nil || len(all) == 0 {
		return "", err
	}
	latest := slices.MaxFunc(all, func(a, b *github.DeploymentStatus) int { return cmp.Compare(a.GetID(), b.GetID()) })
	by := latest.GetCreator()
	if latest.GetState() != "success" || !isVercel(by.GetLogin(), by.GetType()) {
		return "", nil
	}
	if url, err := address(text(latest.GetEnvironmentURL())); err == nil {
		return url, nil
	}
	return "", nil
}
