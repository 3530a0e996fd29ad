package main

import "github.com/previewgate/previewgate/internal/sandbox"

const (
	actHead  = "4f1d2c3b5a69788796a5b4c3d2e1f00112233445" // of the pull request
	actGroup = "9e6c1b0d2f3a48576c5d4e3f2a1b0c9d8e7f6a5b" // of the merge group
	works    = "auth works on this preview"
	oneThing = "1 thing to fix"
)

func noCallback(w *sandbox.World) { delete(w.App.Routes, "/callback") }

func buildIs(state string) func(*sandbox.World) {
	return func(w *sandbox.World) { w.Vercel.ReadyState = state }
}

// noPreview leaves the head of the pull request without a deployment.
func noPreview(w *sandbox.World) { w.GitHub.DeployedSHA = "b0a1c2d3e4f5061728394a5b6c7d8e9f00112233" }

// deploymentRows are of what Vercel itself tells GitHub.
func deploymentRows() []actRow {
	return []actRow{
		{name: "deployment status", event: "deployment_status", code: "0", states: "success", about: "auth works", says: works},
		{
			name: "deployment status, broken", event: "deployment_status", change: noCallback,
			code: "1", states: "failure", about: "callback", says: oneThing, cause: "callback-answers",
		},
		{
			name: "deployment status of a failed build", event: "deployment_status", change: buildIs("ERROR"),
			code: "1", states: "failure", about: "build", says: oneThing, cause: "preview-built",
		},
		{name: "repository dispatch", event: "repository_dispatch", code: "0", states: "success", about: "auth works", says: works},
		{
			name: "repository dispatch of a failed build", event: "repository_dispatch", change: buildIs("ERROR"),
			code: "1", states: "failure", about: "build", says: oneThing, cause: "preview-built",
		},
		{
			name: "repository dispatch, ignored", event: "repository_dispatch", change: noPreview, edit: noBuild("ignored"),
			code: "0", states: "success", about: "no preview of this commit",
		},
		{
			name: "repository dispatch, skipped", event: "repository_dispatch", change: noPreview, edit: noBuild("skipped"),
			code: "0", states: "success", about: "no preview of this commit",
		},
	}
}

// noBuild makes a dispatch one of Vercel's that says why there is no preview.
func noBuild(why string) func(map[string]any) {
	return func(p map[string]any) {
		p["action"] = "vercel.deployment." + why
		payload := p["client_payload"].(map[string]any)
		payload["state"] = map[string]any{"type": why}
		payload["git"].(map[string]any)["sha"] = actHead
		delete(payload, "url")
	}
}

// manualRows are of what people start.
func manualRows() []actRow {
	given := func(inputs map[string]any) func(map[string]any) {
		return func(p map[string]any) { p["inputs"] = inputs }
	}
	says := func(body, login string) func(map[string]any) {
		return func(p map[string]any) {
			user := map[string]any{"login": login, "type": "User"}
			p["sender"], p["comment"] = user, map[string]any{"id": 1, "body": body, "user": user}
		}
	}
	onlyURL := func(p map[string]any) {
		inputs := p["inputs"].(map[string]any)
		delete(inputs, "sha")
		delete(inputs, "pr")
	}
	return []actRow{
		{name: "workflow dispatch, all", event: "workflow_dispatch", code: "0", states: "success", about: "auth works", says: works},
		{
			name: "workflow dispatch, sha", event: "workflow_dispatch", edit: given(map[string]any{"sha": actHead}),
			code: "0", states: "success", about: "auth works", says: works,
		},
		{
			name: "workflow dispatch, pr", event: "workflow_dispatch", edit: given(map[string]any{"pr": "7"}),
			code: "0", states: "success", about: "auth works", says: works,
		},
		{
			name: "workflow dispatch, url", event: "workflow_dispatch", edit: onlyURL,
			code: "0", outcome: "open",
		},
		{
			name: "workflow dispatch, nothing", event: "workflow_dispatch", edit: given(map[string]any{}),
			code: "2", log: "without any of the inputs",
		},
		{name: "comment", event: "issue_comment", code: "0", states: "success", about: "auth works", says: works},
		{name: "comment, broken", event: "issue_comment", change: noCallback, code: "1", states: "failure", about: "callback", says: oneThing, cause: "callback-answers"},
		{name: "comment by a reader", event: "issue_comment", edit: says("/previewgate rerun", "grace"), code: "0", log: "grace"},
		{name: "comment of another command", event: "issue_comment", edit: says("/previewgate approve", "ada"), code: "0", log: "/previewgate rerun"},
		{name: "comment about something else", event: "issue_comment", edit: says("looks good", "ada"), code: "0"},
		{name: "push", event: "push", code: "2", log: "push"},
	}
}

// pullRows are of runs that may have to wait for the preview.
func pullRows() []actRow {
	// later brings the preview of a deployment that is being built, report by report.
	later := func(reports ...sandbox.Report) func(*sandbox.Sandbox) {
		return func(s *sandbox.Sandbox) {
			for i := range reports {
				if reports[i].State == "success" {
					reports[i].URL = s.PreviewURL()
				}
			}
			s.Deploy(sandbox.Rollout{SHA: actHead, Environment: "Preview", Reports: reports, Unfolds: true})
		}
	}
	ignored := func(w *sandbox.World) {
		noPreview(w)
		w.GitHub.Statuses = []sandbox.Status{{
			SHA: actHead, Context: "Vercel", State: "success", Description: "Canceled by Ignored Build Step",
		}}
	}
	return []actRow{
		{name: "pull request, preview is up", event: "pull_request", code: "0", states: "success", about: "auth works", says: works},
		{
			name: "pull request, preview comes up", event: "pull_request", change: noPreview,
			then: later(sandbox.Report{State: "pending"}, sandbox.Report{State: "in_progress"}, sandbox.Report{State: "success"}),
			code: "0", states: "pending success", about: "auth works", says: works,
		},
		{
			name: "pull request, build fails", event: "pull_request", change: noPreview,
			then: later(sandbox.Report{State: "pending"}, sandbox.Report{State: "failure", Description: "Deployment has failed"}),
			code: "1", states: "pending failure", about: "build", says: oneThing, cause: "preview-built",
		},
		{
			name: "pull request, no preview comes", event: "pull_request", change: noPreview, wait: "300ms",
			code: "4", states: "error", about: "no preview of this commit", outcome: "undecided",
		},
		{
			name: "pull request, build ignored", event: "pull_request", change: ignored,
			code: "0", states: "success", about: "no preview of this commit",
		},
	}
}

// groupRows are of the merge queue.
func groupRows() []actRow {
	had := func(state string) func(*sandbox.World) {
		return func(w *sandbox.World) {
			w.GitHub.Statuses = []sandbox.Status{{SHA: actHead, Context: "previewgate", State: state, Description: "as it was"}}
		}
	}
	second := func(s *sandbox.Sandbox) {
		s.Open(sandbox.Pull{Number: 8, Branch: "feat/second", HeadSHA: "5555555555555555555555555555555555555555"})
	}
	return []actRow{
		{name: "merge group that passed", event: "merge_group", change: had("success"), code: "0", states: "success", sha: actGroup, about: "#7"},
		{name: "merge group that failed", event: "merge_group", change: had("failure"), code: "1", states: "failure", sha: actGroup, about: "#7"},
		{name: "merge group that is not judged yet", event: "merge_group", change: had("pending"), code: "4", states: "error", sha: actGroup, about: "#7", outcome: "undecided"},
		{name: "merge group that was never judged", event: "merge_group", code: "4", states: "error", sha: actGroup, about: "#7", outcome: "undecided"},
		{name: "merge group of two, one unjudged", event: "merge_group", change: had("success"), then: second, code: "4", states: "error", sha: actGroup, about: "#8", outcome: "undecided"},
	}
}
