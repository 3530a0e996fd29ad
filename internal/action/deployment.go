package action

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/go-github/v66/github"
)

// maxLookups bounds for how many deployments of a commit the statuses are asked for.
const maxLookups = 10

// A board is what GitHub shows of a commit's deployments by Vercel.
type board struct {
	places []place // of all of them, the newest first
	builds []build // of those that were looked at
	err    error   // why there is nothing to see
}

// seen returns the highest id of a status of a project's deployments.
func (b board) seen(project string) int64 {
	var highest int64
	for _, built := range b.builds {
		if built.project != "" && !isSameProject(built.project, project) {
			continue // that of one project says nothing of another's
		}
		for _, r := range built.reports {
			highest = max(highest, r.id)
		}
	}
	return highest
}

// isUp reports whether GitHub knows that a project's preview of the commit is up, or was.
func (b board) isUp(project string) bool {
	own := slices.DeleteFunc(slices.Clone(b.builds), func(d build) bool { return d.project != "" && !isSameProject(d.project, project) })
	_, wasUp := latestOf(Success, own)
	return wasUp
}

// look asks for the deployments of a commit, and how those stand that are at a place of interest.
func (h repo) look(ctx context.Context, sha string, isOfInterest func(place) bool) board {
	var b board
	var kept []*github.Deployment
	if kept, b.err = h.deployments(ctx, sha); b.err != nil {
		return b
	}
	b.places = placesOf(kept)
	kept = slices.DeleteFunc(kept, func(d *github.Deployment) bool { return !isOfInterest(placeOf(d)) })
	kept = kept[:min(len(kept), maxLookups)]
	b.builds = make([]build, len(kept))
	b.err = each(len(kept), func(i int) error {
		reports, err := h.reports(ctx, kept[i].GetID())
		b.builds[i] = build{placeOf(kept[i]), reports}
		return err
	})
	return b
}

func placeOf(d *github.Deployment) place {
	name, project := environment(text(d.GetEnvironment()))
	return place{name, project}
}

func placesOf(all []*github.Deployment) []place {
	var places []place
	for _, d := range all {
		places = append(places, placeOf(d))
	}
	return places
}

// deployments lists Vercel's deployments of a commit that are not to production, the newest first.
func (h repo) deployments(ctx context.Context, sha string) ([]*github.Deployment, error) {
	var all []*github.Deployment
	opts := &github.DeploymentsListOptions{SHA: sha, ListOptions: github.ListOptions{PerPage: page}}
	for range maxPages {
		some, resp, err := h.gh.Repositories.ListDeployments(ctx, h.owner, h.name, opts)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	all = slices.DeleteFunc(all, func(d *github.Deployment) bool { return !isPreview(d) || d.GetSHA() != sha })
	slices.SortFunc(all, func(a, b *github.Deployment) int { return cmp.Compare(b.GetID(), a.GetID()) })
	return all, nil
}

// latest lists Vercel's latest deployments of the repository to an environment, whatever their commit.
func (h repo) latest(ctx context.Context, environment string) ([]*github.Deployment, error) {
	all, _, err := h.gh.Repositories.ListDeployments(ctx, h.owner, h.name, &github.DeploymentsListOptions{
		Environment: environment, ListOptions: github.ListOptions{PerPage: page},
	})
	return slices.DeleteFunc(all, func(d *github.Deployment) bool { return !isPreview(d) }), err
}

// isPreview tells Vercel's previews from production and from the deployments of jobs, as the reading of a
// deployment_status does.
func isPreview(d *github.Deployment) bool {
	switch p := placeOf(d); p.environment {
	case "", "production":
		return false
	case "preview":
		return isBy(d.GetCreator())
	}
	return isBy(d.GetCreator()) && d.GetRef() == d.GetSHA()
}

// reports lists what Vercel said of a deployment. One that is gone has nothing said of it but that it is inactive.
func (h repo) reports(ctx context.Context, id int64) ([]report, error) {
	all, _, err := h.gh.Repositories.ListDeploymentStatuses(ctx, h.owner, h.name, id, &github.ListOptions{PerPage: page})
	if isNotFound(err) {
		return []report{{state: inactive}}, nil
	}
	var reports []report
	for _, s := range all {
		if isBy(s.GetCreator()) {
			reports = append(reports, reportOf(s))
		}
	}
	return reports, err
}

// reportOf reads a deployment's status. A success without a usable address is of no use.
func reportOf(s *github.DeploymentStatus) report {
	r := report{
		state: stateOf(s.GetState(), s.GetDescription(), s.GetTargetURL()),
		at:    s.GetCreatedAt().Time, id: s.GetID(),
	}
	if r.state != Success {
		r.detail = clean(s.GetDescription(), 140)
		return r
	}
	url, err := address(text(s.GetEnvironmentURL()))
	if err != nil || url == "" {
		r.state = inactive
	}
	r.url = url
	return r
}
