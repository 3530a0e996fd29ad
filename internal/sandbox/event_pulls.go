package sandbox

import (
	"fmt"
	"time"
)

// groupSHA is the head of the merge queue's group.
const groupSHA = "9e6c1b0d2f3a48576c5d4e3f2a1b0c9d8e7f6a5b"

// pullRequestPayload is what GitHub sends when commits were pushed to the pull
// request.
func (g gitHub) pullRequestPayload() map[string]any {
	p := g.allPulls()[0]
	return map[string]any{
		"sender": account("ada"), "action": "synchronize", "number": p.Number, "before": baseSHA, "after": p.HeadSHA, "pull_request": g.pullObject(p),
	}
}

// mergeGroupPayload is what GitHub sends when the merge queue wants to know
// whether its group may be merged. The group is named after the last of its
// pull requests.
func (g gitHub) mergeGroupPayload() map[string]any {
	queued := g.queued()
	last := queued[len(queued)-1]
	by := map[string]any{"name": "GitHub", "email": "noreply@github.com"}
	return map[string]any{
		"sender": account("ada"), "action": "checks_requested",
		"merge_group": map[string]any{
			"head_sha": groupSHA, "head_ref": fmt.Sprintf("refs/heads/gh-readonly-queue/main/pr-%d-%s", last.Number, baseSHA),
			"base_sha": baseSHA, "base_ref": "refs/heads/main",
			"head_commit": map[string]any{
				"id": groupSHA, "tree_id": fmt.Sprintf("%040x", 0x7ee), "message": mergeMessage(g.world.GitHub.Owner, last),
				"timestamp": deployed().Format(time.RFC3339), "author": by, "committer": by,
			},
		},
	}
}

// issueCommentPayload is what GitHub sends when somebody asked for the gate by
// a comment on the pull request.
func (g gitHub) issueCommentPayload() map[string]any {
	p := g.allPulls()[0]
	self := g.api(fmt.Sprintf("/issues/%d", p.Number))
	at := deployed().Format(time.RFC3339)
	comment := g.commentObject(Comment{ID: 8801, Author: "ada", Body: "/previewgate rerun"})
	comment["issue_url"], comment["author_association"] = self, "MEMBER"
	return map[string]any{
		"sender": account("ada"), "action": "created",
		"issue": map[string]any{
			"id": 5500 + p.Number, "number": p.Number, "state": "open", "locked": false, "draft": false, "title": "Fix login",
			"user": account("ada"), "labels": []any{}, "assignee": nil, "assignees": []any{}, "milestone": nil, "comments": 1,
			"author_association": "MEMBER", "body": "", "created_at": at, "updated_at": at, "closed_at": nil,
			"url": self, "html_url": g.page(fmt.Sprintf("/pull/%d", p.Number)), "comments_url": self + "/comments",
			"pull_request": map[string]any{
				"url": g.api(fmt.Sprintf("/pulls/%d", p.Number)), "html_url": g.page(fmt.Sprintf("/pull/%d", p.Number)), "merged_at": nil,
			},
		},
		"comment": comment,
	}
}
