package action

import "strings"

// A pullPayload is what is used of the event that a change of a pull request makes.
type pullPayload struct {
	Action text `json:"action"`
	Pull   struct {
		Number text `json:"number"`
		State  text `json:"state"`
		Head   struct {
			SHA text `json:"sha"`
			Ref text `json:"ref"`
		} `json:"head"`
	} `json:"pull_request"`
}

// parsePullRequest reads which commit the pull request now ends in. GITHUB_SHA is of no use here: it is the commit of a
// merge that GitHub tries out, which nobody deploys.
func parsePullRequest(payload []byte) (Event, error) {
	var p pullPayload
	if err := decode(payload, &p); err != nil {
		return Event{}, err
	}
	switch p.Action {
	case "opened", "reopened", "synchronize", "ready_for_review":
	default:
		return Event{}, skip("the pull request was %q: nothing new to judge", clean(string(p.Action), 30))
	}
	if p.Pull.State != "open" {
		return Event{}, skip("the pull request is not open: nothing to judge")
	}
	sha, err := commit(p.Pull.Head.SHA)
	if err != nil {
		return Event{}, err
	}
	e := Event{State: Missing, Environment: "preview", SHA: sha, PullRequest: number(p.Pull.Number)}
	if e.PullRequest == 0 {
		return e, misuse("the pull request has no number (pull_request.number)")
	}
	e.Branch = clean(strings.TrimPrefix(string(p.Pull.Head.Ref), "refs/heads/"), 255)
	return e, nil
}
