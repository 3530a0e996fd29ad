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
		e.Name, e.Repository, e.State, e.Environment = workflowDispatch, "acme/shop", Success, "preview"
		return outcome{Event: e}
	}
	return map[string]outcome{
		"deployment_status-success":             {Event: status},
		"deployment_status-project":             {Event: project},
		"deployment_status-project-hyphen":      {Event: project},
		"deployment_status-custom":              {Event: custom},
		"deployment_status-failure":             without(status, Failure, "Deployment has failed", ""),
		"deployment_status-error":               without(status, Failure, "Canceled by Ignored Build Step", ""),
		"deployment_status-pending":             {Skip: `the deployment is "pending": nothing to judge yet`},
		"deployment_status-inactive":            {Skip: `the deployment is "inactive": nothing to judge yet`},
		"deployment_status-production":          {Skip: "the deployment is one to production, not a preview"},
		"deployment_status-production-project":  {Skip: "the deployment is one to production, not a preview"},
		"deployment_status-without-url":         {Misuse: "the deployment succeeded but has no address (environment_url)"},
		"deployment_status-by-a-user":           {Skip: `the deployment was made by "mallory" and not by Vercel`},
		"deployment_status-with-a-users-status": {Skip: `the deployment's status was set by "mallory" and not by Vercel`},
		"deployment_status-of-a-job":            {Skip: `the deployment to "cloud-integration-tests" is a workflow's and not Vercel's`},
		"deployment_status-short-sha":           {Misuse: `the commit "8f4b7c1" is not a full SHA of 40 hex digits`},
		"repository_dispatch-success":           {Event: dispatch},
		"repository_dispatch-ready-project":     {Event: dispatch},
		"repository_dispatch-full-ref":          {Event: dispatch},
		"repository_dispatch-error":             without(dispatch, Failure, `Command "npm run build" exited with 1`, ""),
		"repository_dispatch-failed":            without(dispatch, Failure, "authorization required", dispatch.Deployment),
		"repository_dispatch-canceled":          without(dispatch, Failure, "canceled", dispatch.Deployment),
		"repository_dispatch-ignored":           without(dispatch, Ignored, "", dispatch.Deployment),
		"repository_dispatch-skipped":           without(dispatch, Skipped, "", dispatch.Deployment),
		"repository_dispatch-pending":           {Skip: `the deployment is "pending": nothing to judge`},
		"repository_dispatch-promoted":          {Skip: `the deployment is "promoted": nothing to judge`},
		"repository_dispatch-production":        {Skip: "the deployment is one to production, not a preview"},
		"repository_dispatch-without-url":       {Misuse: "the deployment is ready but has no address (client_payload.url)"},
		"repository_dispatch-other":             {Misuse: `the repository_dispatch "rebuild-docs" is not one of Vercel's deployments`},
		"workflow_dispatch-pr":                  manual(Event{PullRequest: 7}),
		"workflow_dispatch-sha":                 manual(Event{SHA: testSHA}),
		"workflow_dispatch-url":                 manual(Event{URL: testURL}),
		"workflow_dispatch-nothing":             {Misuse: "the workflow was started without any of the inputs pr, sha and url"},
		"workflow_dispatch-bad-pr":              {Misuse: `the input pr is "7; rm -rf /", not the number of a pull request`},
		"workflow_dispatch-bad-sha":             {Misuse: `the commit "main" is not a full SHA of 40 hex digits`},
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
		{deploymentStatus, filepath.Join(dir, "none"), "reading the event: open "},
		{deploymentStatus, large, "reading the event: it is larger than 1048576 bytes"},
		{deploymentStatus, file("text", "hello"), "the event is not JSON"},
		{deploymentStatus, file("array", "[]"), ""},
		{repositoryDispatch, file("null", "null"), `the repository_dispatch "" is not one of Vercel's`},
		{workflowDispatch, file("number", "1"), "without any of the inputs"},
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
