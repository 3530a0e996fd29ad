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
