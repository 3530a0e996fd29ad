package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// TestTheRealRunnerSeesNoSecret gives the action every credential and has it
// write all that it can: files, a check run, each fact. The runner is told not
// to hide secrets, so that nothing but the action keeps them out of the log.
func TestTheRealRunnerSeesNoSecret(t *testing.T) {
	act, w := realRunner(t), sandbox.Healthy()
	w.App.Routes["/sign-out"] = sandbox.SignOutGET // something to advise against
	s, err := sandbox.StartPlain(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	j := job{
		Sandbox: s, act: act, binary: builtCommand(t), workflow: "everything", event: "deployment_status",
		payload: s.Event("deployment_status"), secrets: w.Env(),
	}
	r := j.run(t)
	written := map[string]string{"the log": r.said()}
	for _, name := range []string{"report.json", "report.md", "report.sarif"} {
		written[name] = fileText(t, filepath.Join(r.place, name))
	}
	for _, request := range s.Requests() {
		if strings.Contains(request.URL, "/repos/acme/web/") && request.Body != "" {
			written[request.Method+" "+request.URL] = request.Body
		}
	}
	checkRun := false
	for name, text := range written {
		checkRun = checkRun || strings.HasSuffix(name, "/check-runs")
		for variable, value := range w.Env() {
			if !isPublic(variable) && strings.Contains(text, value) {
				t.Errorf("%s holds %s", name, variable)
			}
		}
	}
	if r.code != "0" || r.outputs["cause"] != "sign-out-get" || !checkRun {
		t.Errorf("exit code %s, outputs %v, a check run: %t\n%s", r.code, r.outputs, checkRun, r.said())
	}
	if !strings.Contains(written["the log"], "learned: ") {
		t.Errorf("the log does not tell each fact:\n%s", written["the log"])
	}
	for _, form := range []string{w.Env()["PREVIEWGATE_TEST_PASSWORD"], w.Env()["WORKOS_API_KEY"]} {
		if !r.masks(form) {
			t.Error("the runner was not told what to mask")
		}
	}
}

// isPublic reports whether a variable is no secret.
func isPublic(variable string) bool {
	return variable == "WORKOS_CLIENT_ID" || variable == "VERCEL_TEAM_ID"
}

// masks reports whether the runner was told to mask a text.
func (r ran) masks(text string) bool {
	for _, l := range r.log {
		if l.Command == "add-mask" && l.Arg == text {
			return true
		}
	}
	return false
}
