package action

import (
	"encoding/json"
	"regexp"
	"strings"
)

// rerun is the command that a comment on a pull request may give.
const rerun = "/previewgate rerun"

// A commentPayload is what is used of the event that a comment makes.
type commentPayload struct {
	Action text `json:"action"`
	Issue  struct {
		Number text            `json:"number"`
		State  text            `json:"state"`
		Pull   json.RawMessage `json:"pull_request"`
	} `json:"issue"`
	Comment struct {
		Body text   `json:"body"`
		User *actor `json:"user"`
	} `json:"comment"`
}

// parseIssueComment reads a comment that asks for a run. Whether its author may ask is for [Resolve] to find out.
func parseIssueComment(payload []byte) (Event, error) {
	var p commentPayload
	if err := decode(payload, &p); err != nil {
		return Event{}, err
	}
	if err := p.isCommand(); err != nil {
		return Event{}, err
	}
	e := Event{State: Missing, Environment: "preview", PullRequest: number(p.Issue.Number), Commenter: string(p.Comment.User.Login)}
	// The name becomes part of a request's path. Names of managed users hold an underscore.
	if !regexp.MustCompile(`^[0-9A-Za-z][\w-]{0,99}$`).MatchString(e.Commenter) {
		return Event{}, misuse("the comment's author %q is not a name of GitHub's", clean(e.Commenter, 50))
	}
	if e.PullRequest == 0 {
		return Event{}, misuse("the comment is on a pull request without a number (issue.number)")
	}
	return e, nil
}

// isCommand returns nil for a person's new comment on an open pull request that gives the command.
func (p commentPayload) isCommand() error {
	first, _, _ := strings.Cut(string(p.Comment.Body), "\n")
	first = strings.TrimSpace(first)
	words := strings.Fields(first)
	switch {
	case p.Action != "created":
		return skip("the comment was %q: only a new one can ask for a run", clean(string(p.Action), 30))
	case len(words) == 0 || words[0] != "/previewgate":
		return skip("the comment is not for previewgate")
	case first != rerun:
		return skip("the comment gives no command of previewgate's: there is one, %s", rerun)
	case len(p.Issue.Pull) == 0 || string(p.Issue.Pull) == "null":
		return skip("the comment is not on a pull request")
	case p.Issue.State != "open":
		return skip("the comment is on a pull request that is not open")
	case p.Comment.User == nil || p.Comment.User.Type == "Bot" || strings.HasSuffix(string(p.Comment.User.Login), "[bot]"):
		return skip("the comment was not written by a person")
	}
	return nil
}
