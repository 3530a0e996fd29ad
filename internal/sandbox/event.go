package sandbox

import (
	"encoding/json"
	"maps"
	"strconv"
)

// Event returns the payload of the event that would start the gate for this
// World: deployment_status, repository_dispatch, workflow_dispatch,
// pull_request, merge_group or issue_comment. For any other name it returns
// nil.
func (s *Sandbox) Event(name string) []byte {
	g := gitHub{&s.world, s.hub}
	payload := map[string]any{"repository": g.repository(), "sender": account("vercel[bot]")}
	switch name {
	case "deployment_status":
		payload["action"] = "created"
		d := g.rollouts()[0]
		payload["deployment"] = g.deploymentObject(0, d)
		payload["deployment_status"] = g.deploymentStatusObject(0, 0, d.Environment, d.Reports[0])
	case "repository_dispatch":
		payload["action"] = "vercel.deployment." + dispatchState(s.world.Vercel)
		payload["branch"] = "main"
		payload["client_payload"] = dispatchPayload(s.world)
	case "workflow_dispatch":
		payload["sender"] = account("ada")
		payload["ref"] = "refs/heads/main"
		payload["workflow"] = ".github/workflows/previewgate.yml"
		payload["inputs"] = map[string]any{
			"url": s.world.URL, "sha": s.world.GitHub.HeadSHA, "pr": strconv.Itoa(s.world.GitHub.PullRequest),
		}
	case "pull_request":
		maps.Copy(payload, g.pullRequestPayload())
	case "merge_group":
		maps.Copy(payload, g.mergeGroupPayload())
	case "issue_comment":
		maps.Copy(payload, g.issueCommentPayload())
	default:
		return nil
	}
	text, err := json.MarshalIndent(payload, "", "  ")
	if err != nil {
		panic("sandbox: encoding an event: " + err.Error())
	}
	return text
}

// dispatchState is Vercel's word for how the build ended.
func dispatchState(v Vercel) string {
	switch v.ReadyState {
	case "READY":
		return "success"
	case "ERROR":
		return "error"
	case "CANCELED":
		return "canceled"
	}
	return "pending"
}

// dispatchPayload is Vercel's own part of a repository_dispatch. A failed
// deployment has neither an ID nor an address there.
func dispatchPayload(w World) map[string]any {
	sha, state := w.GitHub.DeployedSHA, dispatchState(w.Vercel)
	payload := map[string]any{
		"environment": "preview",
		"git":         map[string]any{"ref": w.GitHub.Branch, "sha": sha, "shortSha": sha[:7]},
		"project":     map[string]any{"id": w.Vercel.ProjectID, "name": w.Vercel.Project},
		"state":       map[string]any{"type": state},
	}
	if state == "error" {
		payload["error"] = map[string]any{"code": w.Vercel.ErrorCode, "message": w.Vercel.ErrorMessage}
		return payload
	}
	payload["id"], payload["url"] = w.Vercel.DeploymentID, w.url(w.Hosts.Deployment, "")
	return payload
}
