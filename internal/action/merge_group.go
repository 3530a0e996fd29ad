package action

import (
	"regexp"
	"strings"
)

// A groupPayload is what is used of the event by which a merge queue asks for a verdict.
type groupPayload struct {
	Action text `json:"action"`
	Group  struct {
		HeadSHA text `json:"head_sha"`
		HeadRef text `json:"head_ref"`
		BaseSHA text `json:"base_sha"`
		BaseRef text `json:"base_ref"`
	} `json:"merge_group"`
}

func parseMergeGroup(payload []byte) (Event, error) {
	var p groupPayload
	if err := decode(payload, &p); err != nil {
		return Event{}, err
	}
	if p.Action != "checks_requested" {
		return Event{}, skip("the merge group was %q: nothing to judge", clean(string(p.Action), 30))
	}
	g, err := groupOf(p.Group.HeadRef)
	if err != nil {
		return Event{}, err
	}
	if base := strings.TrimPrefix(string(p.Group.BaseRef), "refs/heads/"); base != g.Base {
		return Event{}, misuse("the merge group is for the branch %q by its own name, but for %q by its base", g.Base, clean(base, 100))
	}
	if g.HeadSHA, err = commit(p.Group.HeadSHA); err != nil {
		return Event{}, err
	}
	if g.BaseSHA, err = commit(p.Group.BaseSHA); err != nil {
		return Event{}, err
	}
	return Event{SHA: g.HeadSHA, Group: g}, nil
}

// isQueues reports whether a branch is one that a merge queue made. Vercel deploys these like any other.
func isQueues(branch string) bool { return strings.HasPrefix(branch, "gh-readonly-queue/") }

// ofQueue is why a deployment of such a branch is left alone.
func ofQueue() error {
	return skip("the deployment is of a merge queue's branch: the merge_group event is what speaks on it")
}

// groupOf reads the name of a queue's branch: refs/heads/gh-readonly-queue/<base>/pr-<number>-<sha>. The base may hold
// slashes.
func groupOf(ref text) (Group, error) {
	name := regexp.MustCompile(`^refs/heads/gh-readonly-queue/(\S{1,255})/pr-(\d{1,10})-[0-9a-f]{7,64}$`).FindStringSubmatch(string(ref))
	if name == nil || clean(name[1], 255) != name[1] || number(text(name[2])) == 0 {
		return Group{}, misuse("the branch %q is not one of a merge queue (merge_group.head_ref)", clean(string(ref), 100))
	}
	return Group{Base: name[1], PullRequest: number(text(name[2]))}, nil
}
