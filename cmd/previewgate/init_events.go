package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The events that a workflow can be written for.
const (
	onDispatch = "repository_dispatch"
	onStatus   = "deployment_status"
	onPull     = "pull_request"
)

// Types lists the events of Vercel's that there is something to say about.
func (s setup) Types() []string {
	var types []string
	for _, state := range []string{"success", "ready", "error", "failed", "canceled", "ignored", "skipped"} {
		types = append(types, "vercel.deployment."+state)
	}
	return types
}

// Conditions are the lines of the expression that says which events are worth
// a job. It is empty when all are.
func (s setup) Conditions() []string {
	if s.Trigger == onPull && !s.RerunComment {
		return nil
	}
	alternatives := [][]string{{"github.event_name == 'workflow_dispatch'"}, s.ofTrigger()}
	if s.MergeQueue {
		alternatives = append(alternatives, []string{"github.event_name == 'merge_group'"})
	}
	if s.RerunComment {
		alternatives = append(alternatives, []string{
			"github.event_name == 'issue_comment'", "github.event.issue.pull_request",
			"startsWith(github.event.comment.body, '/previewgate')",
		})
	}
	var lines []string
	for i, terms := range alternatives {
		text := strings.Join(terms, " && ")
		if len(terms) > 1 {
			text = "(" + text + ")"
		}
		if i < len(alternatives)-1 {
			text += " ||"
		}
		lines = append(lines, wrap(text, 110)...)
	}
	return lines
}

// ofTrigger tells Vercel's previews from whatever else comes by the trigger.
func (s setup) ofTrigger() []string {
	terms := []string{fmt.Sprintf("github.event_name == '%s'", s.Trigger)}
	switch s.Trigger {
	case onDispatch:
		terms = append(terms, "github.actor == 'vercel[bot]'", "github.event.client_payload.environment == 'preview'")
		if len(s.Projects) > 0 {
			terms = append(terms, oneOf("github.event.client_payload.project.name", s.Projects...))
		}
	case onStatus:
		terms = append(terms, "github.event.deployment.creator.login == 'vercel[bot]'",
			oneOf("github.event.deployment_status.state", "success", "failure", "error"))
		if len(s.Projects) == 0 {
			return append(terms, "!startsWith(github.event.deployment.environment, 'Production')")
		}
		environments := []string{"Preview"} // as it is called while the repository has one project
		for _, p := range s.Projects {
			environments = append(environments, "Preview – "+p)
		}
		terms = append(terms, oneOf("github.event.deployment.environment", environments...))
	}
	return terms
}

// oneOf is an expression that holds when another's value is one of the words.
// GitHub finds a text in a list only as a whole.
func oneOf(expression string, words ...string) string {
	list, _ := json.Marshal(words) // strings always encode
	return fmt.Sprintf("contains(fromJSON('%s'), %s)", list, expression)
}

// Group is the expression, in lines, that is the same for runs of which one
// waits for the other. A run that other events started is alone in its group,
// since GitHub drops what waits there when something else comes to wait.
func (s setup) Group() []string {
	switch s.Trigger {
	case onDispatch:
		return []string{
			"${{ format('previewgate-{0}-{1}-{2}', github.event.client_payload.environment,",
			"github.event.client_payload.project.id, github.event.client_payload.git.sha || github.run_id) }}",
		}
	case onStatus:
		return []string{
			"${{ format('previewgate-{0}-{1}', github.event.deployment.environment,",
			"github.event.deployment.sha || github.run_id) }}",
		}
	}
	return []string{"previewgate-${{ github.event.pull_request.number || github.run_id }}"}
}

// CancelRunning says whether a run ends the one before it in its group.
func (s setup) CancelRunning() bool { return s.Trigger == onPull }

// GroupReason says why, for a comment.
func (s setup) GroupReason() string {
	if s.CancelRunning() {
		return "A push makes the run for the commit before it pointless: that one ends, and says so on its commit."
	}
	return "Vercel tells of one deployment more than once: the later run waits, and finds the verdict there."
}

// Commit is the expression for the commit to check out, by every event that
// leads to one.
func (s setup) Commit() string {
	sha := "inputs.sha || format('refs/pull/{0}/head', " + s.number() + ")"
	switch s.Trigger {
	case onDispatch:
		return "github.event.client_payload.git.sha || " + sha
	case onStatus:
		return "github.event.deployment.sha || " + sha
	}
	return "github.event.pull_request.head.sha || " + sha
}

// HasCommit is the condition under which Commit names one.
func (s setup) HasCommit() string {
	return strings.NewReplacer("format('refs/pull/{0}/head', ", "", ")", "").Replace(s.Commit())
}

// number is the expression for the number of the pull request.
func (s setup) number() string {
	if s.RerunComment {
		return "inputs.pr || github.event.issue.number"
	}
	return "inputs.pr"
}
