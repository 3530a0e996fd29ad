package action

import (
	"cmp"
	"slices"
	"strings"
)

// Each returns the event once for each project that it is about, as far as it or the user of the workflow names any. Its
// error is a [*Skip] when the event is about another project than those that the workflow is for, and a [*Misuse] when
// it does not tell which of them it is about.
func (e Event) Each() ([]Event, error) {
	switch {
	case len(e.Projects) == 0 || e.IsGroup():
		return []Event{e}, nil
	case e.Waits():
		var all []Event
		for _, name := range e.Projects {
			all = append(all, e.Of(name))
		}
		return all, nil
	case e.ByHand() && len(e.Projects) > 1:
		return []Event{e}, nil // the address tells, once GitHub was asked
	}
	name, err := e.listed(e.Project)
	if err != nil {
		return nil, err
	}
	return []Event{e.Of(cmp.Or(e.Project, name))}, nil // Vercel's spelling rather than the user's
}

// Of returns the event as one about a project.
func (e Event) Of(project string) Event {
	e.Project = project
	return e
}

// listed returns the project that a deployment is of, as the user of the workflow spells it. Where one project is linked
// to the repository, GitHub shows no name.
func (e Event) listed(name string) (string, error) {
	i := slices.IndexFunc(e.Projects, func(p string) bool { return isSameProject(p, name) })
	switch {
	case i >= 0:
		return e.Projects[i], nil
	case name != "":
		return "", skip("the deployment is of the project %s, and this workflow is for %s (input project)", name, enumerate(e.Projects))
	case len(e.Projects) > 1:
		return "", misuse("the deployment names no project, so that it may be of any of %s: where one is linked to the repository, "+
			"list that one alone (input project)", enumerate(e.Projects))
	}
	return e.Projects[0], nil
}

// isOnly reports whether what names no project can be of none but the event's.
func (e Event) isOnly() bool { return len(e.Projects) == 1 }

// isSameProject reports whether two names are of one project: GitHub does not tell apart the commit statuses of names
// that differ in case.
func isSameProject(a, b string) bool { return strings.EqualFold(a, b) }
