package action

import (
	"os"
	"strings"
	"testing"
)

// variant reads a payload in which one text is replaced.
func variant(t *testing.T, title, old, with string) (Event, error) {
	t.Helper()
	payload, err := os.ReadFile("testdata/" + title + ".json")
	if err != nil || !strings.Contains(string(payload), old) {
		t.Fatalf("%s does not hold %s (%v)", title, old, err)
	}
	name, _, _ := strings.Cut(title, "-")
	return parse(name, []byte(strings.Replace(string(payload), old, with, 1)))
}

func TestVariantsOfPayloads(t *testing.T) {
	for _, c := range []struct {
		title, old, with string
		want             string // the state or the reason
	}{
		{"deployment_status-pending", `"pending"`, `"queued"`, `the deployment is "queued": nothing to judge yet`},
		{"deployment_status-pending", `"pending"`, `"in_progress"`, `the deployment is "in_progress": nothing to judge yet`},
		{"deployment_status-pending", `"pending"`, `"waiting"`, `the deployment is "waiting": nothing to judge yet`},
		{"deployment_status-pending", `"pending"`, `"success\n"`, `the deployment is "success": nothing to judge yet`},
		{"deployment_status-success", "Deployment has completed", "Skipped - Not affected", Skipped},
		{"deployment_status-error", `"error"`, `"failure"`, Ignored},
		{"deployment_status-inactive", "Deployment has completed", "Canceled by Ignored Build Step", Ignored},
		{"deployment_status-inactive", "Deployment has completed", "Canceled from the Vercel Dashboard", `the deployment is "inactive": nothing to judge yet`},
		{"deployment_status-canceled", "Deployment was canceled", "Canceled from the Vercel Dashboard", Canceled},
		{"deployment_status-canceled", "Deployment was canceled", "The Deployment was canceled because it was created with an unverified commit", Blocked},
		{"deployment_status-canceled", "Deployment was canceled", "Account is blocked.", Blocked},
		{"deployment_status-canceled", "Deployment was canceled", "No GitHub account was found matching the commit author email address", Blocked},
		{"repository_dispatch-failed", "authorization_required", "missing_vercel_access", Blocked},
		{"repository_dispatch-failed", "authorization_required", "no_vercel_account", Blocked},
		{"repository_dispatch-failed", "authorization_required", "deployment_failed", Failure},
		{"repository_dispatch-failed", "vercel.deployment.failed", "vercel.project.prj_1.deployment.error", Blocked},
		{"repository_dispatch-ignored", "vercel.deployment.ignored", "vercel.project.prj_1.deployment.ignored", Ignored},
		{"repository_dispatch-skipped", "vercel.deployment.skipped", "vercel.project.prj_1.deployment.skipped", Skipped},
		{"repository_dispatch-success", "vercel.deployment.success", "vercel.project.prj_1.deployment.success", Success},
		{"repository_dispatch-success", "vercel.deployment.success", "vercel.project.prj_1.deployment.promoted", `the deployment is "promoted": nothing to judge`},
		{"repository_dispatch-success", "vercel.deployment.success", "vercel.project.prj 1.deployment.ready", `the repository_dispatch "vercel.project.prj 1.deployment.ready" is not one of Vercel's deployments`},
		{"pull_request-opened", `"opened"`, `"reopened"`, Missing},
		{"pull_request-opened", `"opened"`, `"ready_for_review"`, Missing},
		{"pull_request-opened", `"opened"`, `"edited"`, `the pull request was "edited": nothing new to judge`},
		{"pull_request-opened", `"state": "open"`, `"state": "closed"`, "the pull request is not open: nothing to judge"},
		{"pull_request-opened", testSHA, "refs/pull/7/head", `the commit "refs/pull/7/head" is not a full SHA of 40 hex digits`},
		{"pull_request-opened", `"pull_request": {
    "number": 7`, `"pull_request": {
    "number": -7`, "the pull request has no number (pull_request.number)"},
		{"merge_group-checks-requested", "refs/heads/main", "refs/heads/dev", `the merge group is for the branch "main" by its own name, but for "dev" by its base`},
		{"merge_group-checks-requested", "gh-readonly-queue/main/pr-7-", "main/pr-7-", `the branch "refs/heads/main/pr-7-3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d" is not one of a merge queue (merge_group.head_ref)`},
		{"merge_group-checks-requested", "/pr-7-", "/pr-0-", `the branch "refs/heads/gh-readonly-queue/main/pr-0-3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d" is not one of a merge queue (merge_group.head_ref)`},
		{"merge_group-checks-requested", "/pr-7-", "/pr-9999999999-", `the branch "refs/heads/gh-readonly-queue/main/pr-9999999999-3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d" is not one of a merge queue (merge_group.head_ref)`},
		{"merge_group-checks-requested", `"base_sha": "3c2d`, `"base_sha": "3c2`, `the commit "3c21e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d" is not a full SHA of 40 hex digits`},
		{"issue_comment-rerun", "/previewgate rerun", "  /previewgate rerun\\t", Missing},
		{"issue_comment-rerun", "/previewgate rerun", "/previewgate rerun now", "the comment gives no command of previewgate's: there is one, /previewgate rerun"},
		{"issue_comment-rerun", "/previewgate rerun", "/previewgate", "the comment gives no command of previewgate's: there is one, /previewgate rerun"},
		{"issue_comment-rerun", "/previewgate rerun", "/Previewgate rerun", "the comment is not for previewgate"},
		{"issue_comment-rerun", "/previewgate rerun", "/previewgaterie rerun", "the comment is not for previewgate"},
		{"issue_comment-rerun", "/previewgate rerun", "> /previewgate rerun", "the comment is not for previewgate"},
		{"issue_comment-rerun", "/previewgate rerun", "", "the comment is not for previewgate"},
		{"issue_comment-rerun", `"created"`, `"edited"`, `the comment was "edited": only a new one can ask for a run`},
		{"issue_comment-rerun", `"state": "open"`, `"state": "closed"`, "the comment is on a pull request that is not open"},
		{"issue_comment-rerun", `"pull_request": {`, `"pull_request": null, "was": {`, "the comment is not on a pull request"},
		{"issue_comment-rerun", `"number": 7`, `"number": "x"`, "the comment is on a pull request without a number (issue.number)"},
		{"issue_comment-by-a-bot", `"type": "Bot"`, `"type": "User"`, "the comment was not written by a person"},
		{"issue_comment-by-a-bot", `helper[bot]`, `../../../gists`, "the comment was not written by a person"},
	} {
		event, err := variant(t, c.title, c.old, c.with)
		got := event.State
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s with %s:\n got %s\nwant %s", c.title, c.with, got, c.want)
		}
	}
}

func TestARefusalIsToldByItsName(t *testing.T) {
	event, err := variant(t, "repository_dispatch-failed", `"id": "dpl_8Xq2mJr5ZpT1",`, `"error": "The deployment was not authorized",`)
	if err != nil || event.State != Blocked || event.Detail != "authorization required" {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestACommentersNameCannotLeaveItsPlaceInAPath(t *testing.T) {
	for name, ok := range map[string]bool{
		"ada": true, "Ada-Lovelace1": true, "ada_acme": true, "": false, "../gists": false, "a/b": false, "a?b": false,
		"a%2e%2e": false, "-ada": false, "a\\n": false, strings.Repeat("a", 101): false,
	} {
		// The comment's author comes before the event's sender, who is the same.
		payload := `{"action":"created","issue":{"number":7,"state":"open","pull_request":{}},` +
			`"comment":{"body":"/previewgate rerun","user":{"login":"` + name + `","type":"User"}}}`
		if event, err := parse(issueComment, []byte(payload)); (err == nil) != ok || ok && event.Commenter != name {
			t.Errorf("%q: %+v, %v", name, event, err)
		}
	}
}

func TestWhatAnEventIs(t *testing.T) {
	for _, c := range []struct {
		event                Event
		byHand, waits, group bool
	}{
		{Event{Name: deploymentStatus}, false, false, false},
		{Event{Name: repositoryDispatch}, false, false, false},
		{Event{Name: workflowDispatch, PullRequest: 7}, true, true, false},
		{Event{Name: workflowDispatch, URL: testURL}, true, false, false},
		{Event{Name: issueComment}, true, true, false},
		{Event{Name: pullRequest}, false, true, false},
		{Event{Name: mergeGroup}, false, false, true},
	} {
		if c.event.ByHand() != c.byHand || c.event.Waits() != c.waits || c.event.IsGroup() != c.group {
			t.Errorf("%+v: by hand %v, waits %v, group %v", c.event, c.event.ByHand(), c.event.Waits(), c.event.IsGroup())
		}
	}
}
