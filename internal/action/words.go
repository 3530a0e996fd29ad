package action

import (
	"cmp"
	"net/url"
	"strings"
)

// inactive is the state of a deployment whose place another one has taken.
const inactive = "inactive"

// stateOf reads how a preview stands from one of Vercel's statuses, of a deployment or of a commit. The description
// decides where it tells more than the state: Vercel reports a build that it left out as a success.
func stateOf(state, description, target string) string {
	told := stateBy(description)
	switch state {
	case "success":
		return cmp.Or(told, Success)
	case "failure", "error":
		if told == "" && isRefusal(target) {
			return Blocked
		}
		return cmp.Or(told, Failure)
	case "pending", "queued", "in_progress", "waiting":
		return Building
	}
	return cmp.Or(told, inactive)
}

// stateBy reads why there is no preview from Vercel's description, or returns "". The words are those that public
// repositories have kept of Vercel's statuses; the first that fit count.
func stateBy(description string) string {
	said := strings.ToLower(description)
	if strings.HasPrefix(said, "skipped") {
		return Skipped
	}
	for _, w := range []struct{ words, state string }{
		{"ignored build step", Ignored},
		{"not affected", Skipped},
		{"authorization required", Blocked},
		{"rate limited", Blocked},
		{"account is blocked", Blocked},
		{"no github account was found", Blocked},
		{"verified commit", Blocked},
		{"canceled", Canceled},
		{"cancelled", Canceled},
	} {
		if strings.Contains(said, w.words) {
			return w.state
		}
	}
	return ""
}

// isRefusal reports whether a status links to how to get Vercel to build at all, and not to a build: to the page on
// which a member of the team authorizes it, or to the documentation of a team's members.
func isRefusal(target string) bool {
	u, err := url.Parse(target)
	return err == nil && u.Host == "vercel.com" &&
		(strings.HasPrefix(u.Path, "/git/authorize") || strings.HasPrefix(u.Path, "/docs/"))
}
