package action

import (
	"fmt"

	"github.com/previewgate/previewgate/internal/hub"
)

// settle sets an event that tells of one deployment against all of its commit and project, so that a late or repeated
// event is not judged by what is no longer so. Where GitHub cannot be asked the event has to do.
func (r *resolver) settle(b board) error {
	if b.err != nil {
		r.note("Vercel's other deployments of the commit were not found out: %s", hub.Explain(b.err))
		return nil
	}
	if newer, found := supersedes(r.event, b.builds); found {
		r.note("%s: judged is the newest deployment of the commit that is up, at %s", r.superseded(), hostOf(newer.url))
		r.State, r.Detail = Success, ""
		r.Target.URL, r.Target.Deployment = newer.url, ""
		return nil
	}
	if r.event.State == Canceled && isBuilding(b.builds) {
		return r.leaveToSibling(b.builds)
	}
	return nil
}

// superseded says what an event is about that has been overtaken.
func (r *resolver) superseded() string {
	if r.event.State == Success {
		return "the event is about an older deployment, at " + hostOf(r.event.URL)
	}
	return fmt.Sprintf("the event says %q of another deployment", r.event.State)
}

// supersedes returns the deployment that is to be judged in place of the event's, if there is one. What GitHub does not
// show yet is newer than what it shows.
func supersedes(e Event, builds []build) (newer report, found bool) {
	up, isUp := newestUp(builds)
	if !isUp {
		return report{}, false
	}
	switch e.State {
	case Success:
		_, own, known := reportAt(e.URL, builds)
		return up, known && !isSameHost(up.url, e.URL) && up.compare(own) > 0
	case Ignored, Skipped, Canceled:
		// There is a preview all the same, as when somebody deployed the commit by hand, or canceled only a further
		// deployment of it.
		return up, true
	}
	own, known := latestOf(e.State, builds)
	return up, known && up.compare(own) > 0
}

func isBuilding(builds []build) bool {
	for _, b := range builds {
		if b.now().state == Building {
			return true
		}
	}
	return false
}

// leaveToSibling ends a run whose deployment was canceled while another of the same commit is being built: Vercel
// starts two for a new head and cancels one within seconds. Where GitHub does not show the cancellation yet, the one
// that it shows as being built may be the canceled one, so that no other run would follow: then this run waits.
func (r *resolver) leaveToSibling(builds []build) error {
	if _, shown := latestOf(Canceled, builds); shown {
		return skip("another deployment of this commit is being built; its own run will judge it")
	}
	r.State, r.Detail = Building, ""
	return nil
}
