package sandbox

import (
	"encoding/json"
	"testing"
)

func TestEventsNameThePreview(t *testing.T) {
	v := visit(t)
	var status struct {
		Deployment struct {
			Ref, SHA, Environment string
			Creator               struct{ Login string }
		}
		DeploymentStatus struct {
			State          string
			EnvironmentURL string `json:"environment_url"`
		} `json:"deployment_status"`
	}
	read(t, v.Event("deployment_status"), &status)
	if d := status.Deployment; d.Ref != headSHA || d.SHA != headSHA || d.Environment != "Preview" || d.Creator.Login != "vercel[bot]" {
		t.Errorf("deployment %+v", d)
	}
	if s := status.DeploymentStatus; s.State != "success" || s.EnvironmentURL != v.PreviewURL() {
		t.Errorf("status %+v", s)
	}
	var dispatch struct {
		Action  string
		Payload struct {
			ID, URL, Environment string
			Git                  struct{ Ref, SHA, ShortSHA string }
			Project              struct{ ID, Name string }
		} `json:"client_payload"`
	}
	read(t, v.Event("repository_dispatch"), &dispatch)
	if p := dispatch.Payload; dispatch.Action != "vercel.deployment.success" || p.URL != v.PreviewURL() || p.Git.Ref != "fix/login" || p.Git.ShortSHA != headSHA[:7] {
		t.Errorf("dispatch %+v", dispatch)
	}
	var manual struct{ Inputs map[string]string }
	read(t, v.Event("workflow_dispatch"), &manual)
	if manual.Inputs["url"] != v.PreviewURL() || manual.Inputs["pr"] != "7" {
		t.Errorf("inputs %v", manual.Inputs)
	}
	if v.Event("push") != nil {
		t.Error("a push starts nothing")
	}
}

func read(t *testing.T, text []byte, value any) {
	t.Helper()
	if err := json.Unmarshal(text, value); err != nil {
		t.Fatal(err)
	}
}

func TestAFailedBuildHasNoAddressInItsDispatch(t *testing.T) {
	v := visit(t, func(w *World) { w.Vercel.ReadyState, w.Vercel.ErrorCode = "ERROR", "BUILD_FAILED" })
	var dispatch struct {
		Payload map[string]any `json:"client_payload"`
	}
	read(t, v.Event("repository_dispatch"), &dispatch)
	if dispatch.Payload["url"] != nil || dispatch.Payload["id"] != nil || dispatch.Payload["error"] == nil {
		t.Errorf("%v", dispatch.Payload)
	}
	var status struct {
		DeploymentStatus map[string]any `json:"deployment_status"`
	}
	read(t, v.Event("deployment_status"), &status)
	if status.DeploymentStatus["state"] != "failure" || status.DeploymentStatus["environment_url"] != "" {
		t.Errorf("%v", status.DeploymentStatus)
	}
}

func TestEventsOfThePullRequest(t *testing.T) {
	v := visit(t)
	var pushed struct {
		Action, After string
		Number        int
		PullRequest   struct {
			Head struct{ SHA, Ref string }
		} `json:"pull_request"`
	}
	read(t, v.Event("pull_request"), &pushed)
	if h := pushed.PullRequest.Head; pushed.Action != "synchronize" || pushed.Number != 7 || h.SHA != headSHA || h.Ref != branch || pushed.After != h.SHA {
		t.Errorf("pull request %+v", pushed)
	}
	var asked struct {
		Action string
		Issue  struct {
			Number      int
			State       string
			PullRequest *struct{ URL string } `json:"pull_request"`
		}
		Comment struct {
			Body string
			User struct{ Login, Type string }
		}
		Sender struct{ Login string }
	}
	read(t, v.Event("issue_comment"), &asked)
	if i := asked.Issue; asked.Action != "created" || i.Number != 7 || i.State != "open" || i.PullRequest == nil {
		t.Errorf("issue %+v", asked.Issue)
	}
	if c := asked.Comment; c.Body != "/previewgate rerun" || c.User.Login != "ada" || c.User.Type != "User" || asked.Sender.Login != "ada" {
		t.Errorf("comment %+v", c)
	}
}
