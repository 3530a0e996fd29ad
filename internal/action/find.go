package action

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/hub"
)

// find learns how the preview of a commit stands of which the event tells nothing: from Vercel's deployments, and where
// these do not tell, from the status that Vercel sets on the commit.
func (r *resolver) find(ctx context.Context, b board) error {
	if b.err != nil {
		return fmt.Errorf("looking for Vercel's preview of %s: %s", r.Target.SHA, hub.Explain(b.err))
	}
	var all []finding
	for _, d := range b.builds {
		all = append(all, finding{d.now(), d.project})
	}
	best, others := choose(all)
	if rank(best.state) == 0 {
		said, err := r.vercelSays(ctx, r.Target.SHA)
		if err != nil {
			return fmt.Errorf("looking for Vercel's status of %s: %s", r.Target.SHA, hub.Explain(err))
		}
		said = slices.DeleteFunc(said, func(f finding) bool { return !r.isOfInterest()(place{r.Target.Environment, f.project}) })
		best, others = choose(said)
		best = r.withAddress(best, all)
	}
	r.keep(best)
	r.addOthers(append(others, projectsOf(b.places)...))
	return nil
}

// withAddress completes Vercel's word that a commit is deployed, which comes without an address. GitHub calls a
// deployment inactive as soon as a later one has its place, such as that of another pull request, though it stays up.
func (r *resolver) withAddress(best finding, superseded []finding) finding {
	if best.state != Success {
		return best
	}
	for _, f := range superseded {
		if isSameProject(f.project, best.project) && f.url != "" {
			best.url, best.detail = f.url, ""
			return best
		}
	}
	best.state = Missing
	best.detail = "Vercel's status says that the commit is deployed, but GitHub knows no deployment with an address"
	return best
}

// keep fills in what was found.
func (r *resolver) keep(f finding) {
	r.State, r.Detail = f.state, f.detail
	r.Target.URL = ""
	if f.state == Success {
		r.Target.URL = f.url
	}
	if f.project == "" {
		return
	}
	if r.Target.Project == "" {
		r.Scope = f.project
	}
	r.Target.Project = f.project
}

// addOthers adds to the further projects that deploy the commit, where none was named.
func (r *resolver) addOthers(names []string) {
	if r.event.Project != "" {
		return
	}
	others := slices.Concat(r.Others, names)
	slices.Sort(others)
	others = slices.DeleteFunc(slices.Compact(others), func(name string) bool { return name == "" || name == r.Target.Project })
	if slices.Equal(others, r.Others) {
		return
	}
	r.Others = others
	judged := cmp.Or(r.Target.Project, "the one without a name")
	r.note("several projects deploy this commit: this run judges %s, then %s", judged, enumerate(others))
}

// enumerate lists names for a line of text.
func enumerate(names []string) string {
	const most = 5
	if len(names) > most {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", len(names)-most))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
