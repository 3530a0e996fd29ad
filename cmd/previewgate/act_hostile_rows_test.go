package main

import (
	"strings"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A hostileRow is a run in which some text is hostile.
type hostileRow struct {
	name   string
	event  string
	change func(w *sandbox.World, text string)
	edit   func(payload map[string]any, text string)
	vars   func(text string) map[string]string
	story  string // the repository's source, in a folder of a hostile name
	code   string
}

func hostileRows() []hostileRow {
	return append(hostileEvents(), hostileInputs()...)
}

// field returns an object within a payload.
func field(payload map[string]any, path ...string) map[string]any {
	for _, name := range path {
		payload = payload[name].(map[string]any)
	}
	return payload
}

// hostileEvents are hostile in what the event says.
func hostileEvents() []hostileRow {
	failed := func(w *sandbox.World, _ string) { w.Vercel.ReadyState = "ERROR" }
	branch := func(w *sandbox.World, text string) { w.GitHub.Branch = text }
	return []hostileRow{
		{name: "a failed build", event: "deployment_status", code: "1", change: failed, edit: func(p map[string]any, text string) {
			field(p, "deployment")["environment"], field(p, "deployment_status")["environment"] = "Preview – "+text, "Preview – "+text
			field(p, "deployment_status")["description"] = text
		}},
		{name: "an environment", event: "deployment_status", code: "0", edit: func(p map[string]any, text string) {
			field(p, "deployment")["environment"], field(p, "deployment")["ref"] = text, text
		}},
		{name: "an address", event: "deployment_status", code: "2", edit: func(p map[string]any, text string) {
			field(p, "deployment_status")["environment_url"] = text
		}},
		{name: "an address that is one", event: "deployment_status", code: "2", edit: func(p map[string]any, _ string) {
			field(p, "deployment_status")["environment_url"] = "https://$(touch${IFS}pwned).example/`touch${IFS}pwned`"
		}},
		{name: "a dispatched failure", event: "repository_dispatch", code: "1", change: failed, edit: func(p map[string]any, text string) {
			c := field(p, "client_payload")
			c["error"], c["project"] = map[string]any{"message": text, "code": text}, map[string]any{"name": text, "id": text}
			c["id"], field(c, "git")["ref"] = text, text
		}},
		{name: "a dispatch of another kind", event: "repository_dispatch", code: "2", edit: func(p map[string]any, text string) {
			p["action"] = text
		}},
		{name: "a pull request's branch", event: "pull_request", code: "0", change: branch},
		{name: "a comment", event: "issue_comment", code: "0", edit: func(p map[string]any, text string) {
			field(p, "comment")["body"], field(p, "issue")["title"] = "/previewgate rerun\n"+text, text
		}},
		{name: "somebody's name", event: "issue_comment", code: "2", edit: func(p map[string]any, text string) {
			user := map[string]any{"login": text, "type": "User"}
			field(p, "comment")["user"], p["sender"] = user, user
		}},
	}
}

// hostileInputs are hostile in what a workflow, or a person, hands on to the
// action.
func hostileInputs() []hostileRow {
	given := func(name string) func(map[string]any, string) {
		return func(p map[string]any, text string) { p["inputs"] = map[string]any{name: text} }
	}
	return []hostileRow{
		{name: "the input pr", event: "workflow_dispatch", code: "2", edit: given("pr")},
		{name: "the input sha", event: "workflow_dispatch", code: "2", edit: given("sha")},
		{name: "the input url", event: "workflow_dispatch", code: "2", edit: given("url")},
		{
			name: "a branch", event: "deployment_status", code: "0",
			change: func(w *sandbox.World, text string) { w.GitHub.Branch = text },
			vars:   func(text string) map[string]string { return map[string]string{"FOREIGN_BRANCH": text} },
		},
		{
			name: "the inputs env and write", event: "deployment_status", code: "0",
			vars: func(text string) map[string]string {
				line, _, _ := strings.Cut(text, "\n")
				return map[string]string{
					"FOREIGN_ENV":   "NAME=" + line + "${{ secrets.GITHUB_TOKEN }}",
					"FOREIGN_WRITE": "markdown=$(touch pwned)`touch pwned`${{ secrets.GITHUB_TOKEN }}.md",
				}
			},
		},
		{
			name: "the input source", event: "deployment_status", code: "4",
			vars: func(text string) map[string]string { return map[string]string{"FOREIGN_SOURCE": text} },
		},
		{
			name: "names of files", event: "deployment_status", code: "1", story: "sign-out-prefetch",
			vars: func(string) map[string]string { return map[string]string{"FOREIGN_SOURCE": "."} },
		},
	}
}
