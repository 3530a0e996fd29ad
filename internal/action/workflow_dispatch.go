package action

import "strings"

// An inputPayload is what is used of the event that a person makes who starts the workflow.
type inputPayload struct {
	Inputs struct {
		PullRequest text `json:"pr"`
		SHA         text `json:"sha"`
		URL         text `json:"url"`
	} `json:"inputs"`
}

func parseWorkflowDispatch(payload []byte) (Event, error) {
	var p inputPayload
	if err := decode(payload, &p); err != nil {
		return Event{}, err
	}
	e := Event{State: Missing, Environment: "preview"}
	var err error
	if e.URL, err = address(p.Inputs.URL); err != nil {
		return Event{}, err
	}
	if sha := text(strings.TrimSpace(string(p.Inputs.SHA))); sha != "" {
		if e.SHA, err = commit(sha); err != nil {
			return Event{}, err
		}
	}
	if e.PullRequest, err = pullNumber(p.Inputs.PullRequest); err != nil {
		return Event{}, err
	}
	if e.URL == "" && e.SHA == "" && e.PullRequest == 0 {
		return Event{}, misuse("the workflow was started without any of the inputs pr, sha and url")
	}
	if e.URL != "" {
		e.State = Success
	}
	return e, nil
}

// pullNumber reads a number as people write it: 7 or #7.
func pullNumber(input text) (int, error) {
	s := strings.TrimPrefix(strings.TrimSpace(string(input)), "#")
	if s == "" {
		return 0, nil
	}
	n := number(text(s))
	if n == 0 {
		return 0, misuse("the input pr is %q, not the number of a pull request", clean(string(input), 50))
	}
	return n, nil
}
