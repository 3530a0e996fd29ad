package action

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	testSHA = "8f4b7c1d2e3f405162738495a6b7c8d9e0f10213"
	testURL = "https://web-k3j9x2m1q-acme.vercel.app"
)

// read reads an event from a payload file named after it.
func read(t *testing.T, name, path string) (Event, error) {
	t.Helper()
	env := map[string]string{
		"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": path, "GITHUB_REPOSITORY": "acme/shop",
		"GITHUB_SHA": strings.Repeat("f", 40),
	}
	return Read(func(key string) string { return env[key] })
}

// outcome is an event or the reason why there is none, for comparing.
type outcome struct {
	Event  Event
	Skip   string
	Misuse string
}

func outcomeOf(event Event, err error) outcome {
	var skip *Skip
	var misuse *Misuse
	switch {
	case errors.As(err, &skip):
		return outcome{Skip: skip.Reason}
	case errors.As(err, &misuse):
		return outcome{Misuse: misuse.Reason}
	}
	return outcome{Event: event}
}

// payloads says what becomes of each file in testdata.
func payloads() map[string]outcome {
	status := Event{
		Name: deploymentStatus, Repository: "acme/shop", State: Success, URL: testURL,
		Environment: "preview", SHA: testSHA,
	}
	project := status
	project.Project = "web"
	dispatch := Event{
		Name: repositoryDispatch, Repository: "acme/shop", State: Success, URL: testURL, Deployment: "dpl_8Xq2mJr5ZpT1",
		Project: "web", Environment: "preview", SHA: testSHA, Branch: "feat/sign-in",
	}
	without := func(e Event, state, detail, deployment string) outcome {
		e.State, e.Detail, e.Deployment, e.URL = state, detail, deployment, ""
		return outcome{Event: e}
	}
	custom := status
	custom.Environment = "staging"
	manual := func(e Event) outcome {
		e.Name, e.Repository, e.State, e.Environment = workflowDispatch, "acme/shop", Missing, "preview"
		if e.URL != "" {
			e.State = Success
		}
		return outcome{Event: e}
	}
	comment := Event{Name: issueComment, Repository: "acme/shop", State: Missing, Environment: "preview", PullRequest: 7, Commenter: "ada"}
	group := func(base string) outcome {
		return outcome{Event: Event{
			Name: mergeGroup, Repository: "acme/shop", SHA: testSHA,
			Group: Group{HeadSHA: testSHA, BaseSHA: "3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d", Base: base, PullRequest: 7},
		}}
	}
	return map[string]outcome{
		"deployment_status-success":               {Event: status},
		"deployment_status-project":               {Event: project},
		"deployment_status-project-hyphen":        {Event: project},
		"deployment_status-custom":                {Event: custom},
		"deployment_status-failure":               without(status, Failure, "Deployment has failed", ""),
		"deployment_status-error":                 without(status, Ignored, "Canceled by Ignored Build Step", ""),
		"deployment_status-canceled":              without(status, Canceled, "Deployment was canceled", ""),
		"deployment_status-authorization":         without(status, Blocked, "Authorization required to deploy.", ""),
		"deployment_status-rate-limited":          without(status, Blocked, "Deployment rate limited — retry in 24 hours.", ""),
		"deployment_status-author-without-a-seat": without(status, Blocked, "Deployment failed.", ""),
		"deployment_status-skipped":               without(status, Skipped, "Skipped - Not affected", ""),
		"deployment_status-pending":               {Skip: `the deployment is "pending": nothing to judge yet`},
		"deployment_status-inactive":              {Skip: `the deployment is "inactive": nothing to judge yet`},
		"deployment_status-production":            {Skip: "the deployment is one to production, not a preview"},
		"deployment_status-production-project":    {Skip: "the deployment is one to production, not a preview"},
		"deployment_status-without-url":           {Misuse: "the deployment succeeded but has no address (environment_url)"},
		"deployment_status-by-a-user":             {Skip: `the deployment was made by "mallory" and not by Vercel`},
		"deployment_status-with-a-users-status":   {Skip: `the deployment's status was set by "mallory" and not by Vercel`},
		"deployment_status-of-a-job":              {Skip: `the deployment to "cloud-integration-tests" is a workflow's and not Vercel's`},
		"deployment_status-short-sha":             {Misuse: `the commit "8f4b7c1" is not a full SHA of 40 hex digits`},
		"repository_dispatch-success":             {Event: dispatch},
		"repository_dispatch-ready-project":       {Event: dispatch},
		"repository_dispatch-full-ref":            {Event: dispatch},
		"repository_dispatch-error":               without(dispatch, Failure, `Command "npm run build" exited with 1`, ""),
		"repository_dispatch-failed":              without(dispatch, Blocked, "authorization required", dispatch.Deployment),
		"repository_dispatch-blocked-project":     without(dispatch, Blocked, "account blocked", dispatch.Deployment),
		"repository_dispatch-checks-failed":       without(dispatch, Failure, "checks failed", dispatch.Deployment),
		"repository_dispatch-canceled":            without(dispatch, Canceled, "canceled", dispatch.Deployment),
		"repository_dispatch-canceled-project":    without(dispatch, Canceled, "canceled", dispatch.Deployment),
		"repository_dispatch-ignored":             without(dispatch, Ignored, "", dispatch.Deployment),
		"repository_dispatch-skipped":             without(dispatch, Skipped, "", dispatch.Deployment),
		"repository_dispatch-by-a-user":           {Skip: `the dispatch was sent by "mallory" and not by Vercel`},
		"repository_dispatch-pending":             {Skip: `the deployment is "pending": nothing to judge`},
		"repository_dispatch-promoted":            {Skip: `the deployment is "promoted": nothing to judge`},
		"repository_dispatch-production":          {Skip: "the deployment is one to production, not a preview"},
		"repository_dispatch-without-url":         {Misuse: "the deployment is ready but has no address (client_payload.url)"},
		"repository_dispatch-other":               {Misuse: `the repository_dispatch "rebuild-docs" is not one of Vercel's deployments`},
		"workflow_dispatch-pr":                    manual(Event{PullRequest: 7}),
		"workflow_dispatch-sha":                   manual(Event{SHA: testSHA}),
		"workflow_dispatch-url":                   manual(Event{URL: testURL}),
		"workflow_dispatch-nothing":               {Misuse: "the workflow was started without any of the inputs pr, sha and url"},
		"workflow_dispatch-bad-pr":                {Misuse: `the input pr is "7; rm -rf /", not the number of a pull request`},
		"workflow_dispatch-bad-sha":               {Misuse: `the commit "main" is not a full SHA of 40 hex digits`},
		"pull_request-opened":                     {Event: pullEvent()},
		"pull_request-synchronize":                {Event: pullEvent()},
		"pull_request-of-a-fork":                  {Event: pullEvent()},
		"pull_request-labeled":                    {Skip: `the pull request was "labeled": nothing new to judge`},
		"pull_request-closed":                     {Skip: `the pull request was "closed": nothing new to judge`},
		"merge_group-checks-requested":            group("main"),
		"merge_group-slashes":                     group("release/pr-1-x/2.0"),
		"merge_group-destroyed":                   {Skip: `the merge group was "destroyed": nothing to judge`},
		"issue_comment-rerun":                     {Event: comment},
		"issue_comment-other":                     {Skip: "the comment is not for previewgate"},
		"issue_comment-other-command":             {Skip: "the comment gives no command of previewgate's: there is one, /previewgate rerun"},
		"issue_comment-on-an-issue":               {Skip: "the comment is not on a pull request"},
		"issue_comment-by-a-bot":                  {Skip: "the comment was not written by a person"},
	}
}

func TestEveryPayload(t *testing.T) {
	want := payloads()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d payloads, %d expectations (%v)", len(files), len(want), err)
	}
	for _, file := range files {
		title := strings.TrimSuffix(filepath.Base(file), ".json")
		name, _, _ := strings.Cut(title, "-")
		got := outcomeOf(read(t, name, file))
		if diff := cmp.Diff(want[title], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", title, diff)
		}
	}
}

func TestWhatIsNoEventOfOurs(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	large := file("large", `{"inputs":{"url":"`+strings.Repeat("x", maxPayload)+`"}}`)
	for _, c := range []struct{ name, path, want string }{
		{"push", "", `the event "push" brings no preview`},
		{"", "", `the event "" brings no preview`},
		{"x\n::error::y", "", `the event "x::error::y" brings no preview`},
		{"schedule", "", "run on repository_dispatch, deployment_status, pull_request, workflow_dispatch, merge_group or issue_comment"},
		{"workflow_run", "", `the event "workflow_run" brings no preview`},
		{"check_run", "", `the event "check_run" brings no preview`},
		{"pull_request_target", "", "pull_request_target would run with this repository's secrets in the context of foreign code"},
		{deploymentStatus, filepath.Join(dir, "none"), "reading the event: open "},
		{deploymentStatus, large, "reading the event: it is larger than 1048576 bytes"},
		{deploymentStatus, file("text", "hello"), "the event is not JSON"},
		{deploymentStatus, file("array", "[]"), ""},
		{repositoryDispatch, file("null", "null"), `the repository_dispatch "" is not one of Vercel's`},
		{workflowDispatch, file("number", "1"), "without any of the inputs"},
		{pullRequest, file("string", `"x"`), `the pull request was "": nothing new`},
		{mergeGroup, file("false", "false"), `the merge group was "": nothing to judge`},
		{issueComment, file("empty", "{}"), `the comment was "": only a new one`},
	} {
		_, err := read(t, c.name, c.path)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %q: %v, want %q", c.name, c.path, err, c.want)
		}
	}
	if _, err := Read(func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "GITHUB_REPOSITORY") {
		t.Errorf("outside of a workflow: %v", err)
	}
}

func TestHostilePayloads(t *testing.T) {
	dispatch := func(with string) string {
		return `{"action":"vercel.deployment.success","client_payload":{"environment":"preview","url":"https://x.test",` +
			`"git":{"sha":"` + testSHA + `","ref":"b"},"id":"dpl_1"` + with + `}}`
	}
	event, err := parse(repositoryDispatch, []byte(dispatch(`,"id":"dpl_1 --><script>","project":{"name":"w\u202eeb\u0000\n`+
		strings.Repeat("é", 300)+`"},"git":{"sha":"`+testSHA+`","ref":"a\r\n::error::b`+strings.Repeat("y", 300)+`"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if event.Deployment != "" || len([]rune(event.Project)) != 100 || len(event.Branch) != 255 {
		t.Errorf("kept %q, %q, %q", event.Deployment, event.Project, event.Branch)
	}
	if strings.ContainsAny(event.Project+event.Branch, "\n\r\x00\u202e") {
		t.Errorf("kept control characters: %q, %q", event.Project, event.Branch)
	}
	for _, with := range []string{
		`,"url":"https://x.test/\nSet-Cookie: a"`, `,"url":"https://x.test/ y"`, `,"url":"https://é.test"`,
		`,"url":"` + strings.Repeat("x", 3000) + `"`, `,"url":null`, `,"url":{}`,
		`,"git":{"sha":"` + strings.Repeat("g", 40) + `"}`, `,"git":{"sha":"` + testSHA + `\n"}`,
	} {
		if event, err := parse(repositoryDispatch, []byte(dispatch(with))); err == nil {
			t.Errorf("%.60s gives %+v, want an error", with, event)
		}
	}
}

func TestFieldsOfAnotherTypeAreLeftOut(t *testing.T) {
	payload := `{"action":"vercel.deployment.error","client_payload":{"environment":"preview","error":{"message":"x"},
		"git":{"sha":"` + testSHA + `","ref":17},"project":"web","state":[1]}}`
	event, err := parse(repositoryDispatch, []byte(payload))
	if err != nil || event.State != Failure || event.Detail != "error" || event.Branch != "17" || event.Project != "" {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestEnvironments(t *testing.T) {
	for given, want := range map[text][2]string{
		"Preview":              {"preview", ""},
		"preview":              {"preview", ""},
		"Preview – web":        {"preview", "web"},
		"Preview — web":        {"preview", "web"},
		"Preview - web-app":    {"preview", "web-app"},
		"Preview – a – b":      {"preview", "a – b"},
		"Production – web":     {"production", "web"},
		"Preview–web":          {"Preview–web", ""},
		"Preview – ":           {"Preview –", ""},
		"staging":              {"staging", ""},
		"qa - eu":              {"qa - eu", ""},
		"staging – web":        {"staging", "web"},
		"Preview\u200b – web":  {"preview", "web"},
		"Preview – w\u202eeb ": {"preview", "web"},
		"":                     {"", ""},
	} {
		name, project := environment(given)
		if got := [2]string{name, project}; got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}
