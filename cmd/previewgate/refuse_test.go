package main

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// about changes the event that a workplace has.
func about(t *testing.T, w sandbox.World, event string, change func(payload map[string]any)) []byte {
	t.Helper()
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var payload map[string]any
	if err := json.Unmarshal(s.Event(event), &payload); err != nil {
		t.Fatal(err)
	}
	change(payload)
	text, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestWhatVercelDoesNotKnowIsRefused holds that nothing is sent to a preview
// that is not of the token's team.
func TestWhatVercelDoesNotKnowIsRefused(t *testing.T) {
	w := sandbox.Healthy()
	elsewhere := about(t, w, "deployment_status", func(payload map[string]any) {
		payload["deployment_status"].(map[string]any)["environment_url"] = "https://web-zzzzzzzzz-others.vercel.app"
	})
	p := employ(t, w, "deployment_status", elsewhere)
	p.env["VERCEL_TOKEN"], p.env["VERCEL_TEAM_ID"] = w.Env()["VERCEL_TOKEN"], w.Env()["VERCEL_TEAM_ID"]
	code, log := p.run(t)
	const want = "refused: the VERCEL_TOKEN's team has no deployment at web-zzzzzzzzz-others.vercel.app (is VERCEL_TEAM_ID set?)"
	statuses := p.Statuses()
	if code != exitMisuse || len(statuses) != 1 || statuses[0].State != "error" || statuses[0].Description != want {
		t.Errorf("got exit code %d, statuses %+v:\n%s", code, statuses, log)
	}
	for _, request := range p.Requests() {
		if strings.HasPrefix(request.URL, "https://web-zzzzzzzzz") {
			t.Errorf("%s was asked", request.URL)
		}
	}
}

// TestARefusalQuotesNoSecret holds that an input that is refused is redacted
// in what everybody can read.
func TestARefusalQuotesNoSecret(t *testing.T) {
	p := employ(t, sandbox.Healthy(), "deployment_status", nil)
	p.env["INPUT_CONVEX_URL"] = "https://user:hunter2hunter2@swift-lemur-482.example"
	code, log := p.run(t)
	if code != exitMisuse || len(p.Statuses()) != 1 {
		t.Errorf("got exit code %d, statuses %+v", code, p.Statuses())
	}
	if said := log + p.Statuses()[0].Description; strings.Contains(said, "hunter2") || !strings.Contains(said, "convex-url") {
		t.Errorf("got %s", said)
	}
}

// TestAForkIsToldWhyNothingWasUsed holds that a report does not ask a team for
// secrets that it has.
func TestAForkIsToldWhyNothingWasUsed(t *testing.T) {
	w := broken(func(w *sandbox.World) { w.GitHub.Fork = true })
	p := employ(t, w, "repository_dispatch", nil)
	p.env["CONVEX_DEPLOY_KEY"] = w.Env()["CONVEX_DEPLOY_KEY"]
	p.run(t)
	if comments := p.ours(); len(comments) != 1 || !strings.Contains(comments[0].Body, "No credential was used, since the commit comes from a fork") {
		t.Errorf("got %+v", comments)
	}
}

// TestAFailedBuildNeverPasses holds that a build without a preview is no
// success because of what passes without one.
func TestAFailedBuildNeverPasses(t *testing.T) {
	w := broken(func(w *sandbox.World) { w.Vercel.ReadyState = "ERROR" })
	for input, want := range map[string]string{"": "failure", "INPUT_SKIP": "error", "INPUT_ADVISORY": "error"} {
		p := employ(t, w, "repository_dispatch", nil)
		p.env["VERCEL_TOKEN"], p.env["VERCEL_TEAM_ID"] = w.Env()["VERCEL_TOKEN"], w.Env()["VERCEL_TEAM_ID"]
		p.env[input] = "preview-built"
		_, log := p.run(t)
		if statuses := p.Statuses(); len(statuses) != 1 || statuses[0].State != want {
			t.Errorf("with the input %q: got %+v\n%s", input, statuses, log)
		}
	}
}

// TestAPreviewOfAnotherCommitIsRefused holds that who starts a run by hand
// cannot put one preview's verdict on another's commit.
func TestAPreviewOfAnotherCommitIsRefused(t *testing.T) {
	w := sandbox.Healthy()
	for _, tt := range []struct {
		name, url string
		token     bool
		code      int
		want      string // part of the status
	}{
		{"its own", w.URL, false, exitOpen, "auth works"},
		{"another's", "https://web-zzzzzzzzz-acme.vercel.app", false, exitMisuse, "is no preview of commit 4f1d2c3 that GitHub knows of: leave out the url, or the commit"},
		{"another's, by Vercel too", "https://web-zzzzzzzzz-acme.vercel.app", true, exitMisuse, "the VERCEL_TOKEN's team has no deployment at web-zzzzzzzzz-acme.vercel.app"},
	} {
		payload := about(t, w, "workflow_dispatch", func(payload map[string]any) {
			payload["inputs"] = map[string]any{"url": tt.url, "sha": w.GitHub.HeadSHA}
		})
		p := employ(t, w, "workflow_dispatch", payload)
		if tt.token {
			p.env["VERCEL_TOKEN"], p.env["VERCEL_TEAM_ID"] = w.Env()["VERCEL_TOKEN"], w.Env()["VERCEL_TEAM_ID"]
		}
		code, log := p.run(t)
		if statuses := p.Statuses(); code != tt.code || len(statuses) != 1 || !strings.Contains(statuses[0].Description, tt.want) {
			t.Errorf("%s: got exit code %d, %+v\n%s", tt.name, code, statuses, log)
		}
	}
}

func TestFilesOfFurtherProjectsHaveTheirNames(t *testing.T) {
	for _, tt := range []struct{ file, project, want string }{
		{"out/gate.sarif", "", "out/gate.sarif"},
		{"out/gate.sarif", "docs", "out/gate-docs.sarif"},
		{"gate", "docs", "gate-docs"},
		{"gate.json", "../x y", "gate-.._x_y.json"},
	} {
		if got := beside(tt.file, tt.project); got != tt.want {
			t.Errorf("%s of %q: got %s, want %s", tt.file, tt.project, got, tt.want)
		}
	}
}

// TestADoubtAboutAForkIsNoPass holds that what was seen without credentials is
// no pass while it is not known whether they might have been used.
func TestADoubtAboutAForkIsNoPass(t *testing.T) {
	w := sandbox.Healthy()
	for _, tt := range []struct {
		name  string
		env   map[string]string
		state string
	}{
		{"credentials withheld", map[string]string{"CONVEX_DEPLOY_KEY": w.Env()["CONVEX_DEPLOY_KEY"]}, "error"},
		{"credentials withheld, and the undecided passes", map[string]string{"CONVEX_DEPLOY_KEY": w.Env()["CONVEX_DEPLOY_KEY"], "INPUT_UNDECIDED": "open"}, "success"},
		{"forks may use them", map[string]string{"CONVEX_DEPLOY_KEY": w.Env()["CONVEX_DEPLOY_KEY"], "INPUT_FORK_CREDENTIALS": "allow"}, "success"},
		{"there are none", nil, "success"},
	} {
		p := employ(t, broken(func(w *sandbox.World) {
			w.GitHub.Permissions = maps.Clone(w.GitHub.Permissions)
			delete(w.GitHub.Permissions, "pull-requests")
			delete(w.GitHub.Permissions, "contents")
		}), "repository_dispatch", nil)
		maps.Copy(p.env, tt.env)
		_, log := p.run(t)
		statuses := p.Statuses()
		if len(statuses) == 0 || statuses[len(statuses)-1].State != tt.state {
			t.Errorf("%s: got %+v\n%s", tt.name, statuses, log)
		}
	}
}
