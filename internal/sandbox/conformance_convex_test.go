package sandbox

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// convex runs the CLI with a deploy key, and returns what it prints.
func (o originals) convex(key string, arguments ...string) (stdout, stderr string, code int) {
	o.t.Helper()
	command := o.command(key, arguments...)
	output, err := command.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(output), string(failed.Stderr), failed.ExitCode()
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return string(output), "", 0
}

func (o originals) command(key string, arguments ...string) *exec.Cmd {
	o.t.Helper()
	main, err := filepath.Abs(filepath.Join(nodeFolder, "node_modules", "convex", "bin", "main.js"))
	if err != nil {
		o.t.Fatal(err)
	}
	project := o.t.TempDir()
	if err := os.WriteFile(filepath.Join(project, "package.json"), []byte(`{"dependencies":{"convex":"1.48.0"}}`), 0o600); err != nil {
		o.t.Fatal(err)
	}
	command := exec.CommandContext(o.t.Context(), o.node, append([]string{main}, arguments...)...)
	command.Dir, command.Env = project, o.environment("CONVEX_DEPLOY_KEY="+key)
	return command
}

func TestTheConvexCLIReadsTheDeployment(t *testing.T) {
	o := withOriginals(t, func(w *World) { w.Convex.Preview.Env["MOTTO"] = "two words" })
	cases := []struct{ key, arguments, want string }{
		{previewAdminKey, "env list --include-values", "MOTTO=two words\nWORKOS_CLIENT_ID=" + previewClient + "\n"},
		{previewAdminKey, "env get MOTTO", "two words\n"},
		{previewAdminKey, "env get CONVEX_CLOUD_URL", o.world.Convex.Preview.URL + "\n"},
		{projectKey, "env get WORKOS_CLIENT_ID --preview-name fix/login", previewClient + "\n"},
	}
	for _, c := range cases {
		if got, problem, code := o.convex(c.key, strings.Fields(c.arguments)...); got != c.want || code != 0 {
			t.Errorf("%s: %d %q %s", c.arguments, code, got, problem)
		}
	}
	if _, problem, code := o.convex(projectKey, "env", "list", "--preview-name", "nobody/home"); code != 1 || !strings.Contains(problem, "DeploymentNotFound") {
		t.Errorf("no such preview: %d %s", code, problem)
	}
}

func TestTheConvexCLIChangesAVariable(t *testing.T) {
	o := withOriginals(t)
	if _, problem, code := o.convex(previewAdminKey, "env", "set", "MOTTO", "new"); code != 0 {
		t.Fatalf("%d %s", code, problem)
	}
	if got, problem, _ := o.convex(previewAdminKey, "env", "get", "MOTTO"); got != "new\n" {
		t.Errorf("%q %s", got, problem)
	}
}

func TestTheConvexCLIRunsFunctions(t *testing.T) {
	o := withOriginals(t)
	identity := []string{"run", "users:viewer", "--identity", `{"subject":"ada","issuer":"https://acme.example"}`}
	cases := []struct {
		name      string
		arguments []string
		want      string
	}{
		{"with arguments", []string{"run", "messages:search", `{"text":"ü","limit":2}`}, `{"text":"ü","limit":2}`},
		{"internal", []string{"run", "jobs:tally", `{"of":["x"]}`}, `{"of":["x"]}`},
		{"as somebody", identity, `{"issuer":"https://acme.example","subject":"ada","tokenIdentifier":"https://acme.example|ada"}`},
	}
	for _, c := range cases {
		got, problem, code := o.convex(previewAdminKey, c.arguments...)
		if code != 0 {
			t.Errorf("%s: %d %s", c.name, code, problem)
			continue
		}
		wantJSON(t, got, c.want)
	}
	_, problem, code := o.convex(previewAdminKey, "run", "nobody:home")
	const listed = "Available functions:\n• users:viewer\n• messages:search\n• messages:broken\n• jobs:tally"
	if code != 1 || !strings.Contains(problem, "Could not find function for 'nobody:home'") || !strings.Contains(problem, listed) {
		t.Errorf("unknown: %d %s", code, problem)
	}
}

func TestTheConvexCLISaysWhatAKeyMayNot(t *testing.T) {
	o := withOriginals(t, func(w *World) { w.Convex.Denied = []string{"deployment:env:view"} })
	_, problem, code := o.convex(previewAdminKey, "env", "list")
	if code != 1 || !strings.Contains(problem, "You do not have permission to perform this operation (deployment:env:view).") {
		t.Errorf("%d %s", code, problem)
	}
}

// The CLI follows the log for ever, so it is read only as far as there is one.
func TestTheConvexCLIReadsTheLog(t *testing.T) {
	o := withOriginals(t, func(w *World) { w.Convex.Preview.Logs = []string{"first", "second"} })
	command := o.command(previewAdminKey, "logs", "--history", "2")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	const at = "11/20/2026, 2:03:07 PM [CONVEX Q(messages:list)] "
	lines := bufio.NewScanner(output)
	for _, want := range []string{at + "[ERROR] first", at + "first", at + "[ERROR] second", at + "second"} {
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("got %q, want %q", lines.Text(), want)
		}
	}
	if err := command.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = command.Wait() // it was killed
}

func TestConvexHTTPClient(t *testing.T) {
	o := withOriginals(t)
	good, bad := o.tokens()
	got := o.drive("convex-http.mjs", map[string]any{"url": o.world.Convex.Preview.URL, "good": good, "bad": bad})
	age := `Could not validate token: Token expired `
	if i := strings.Index(got, age); i >= 0 { // how long ago depends on today
		end := strings.Index(got[i:], " seconds ago")
		got = got[:i+len(age)] + "N" + got[i+end:]
	}
	wantJSON(t, got, strings.ReplaceAll(`{
		"anonymous": {"returned": null},
		"accepted": {"returned": {"issuer": "ISSUER", "subject": "`+testUserID+`", "tokenIdentifier": "ISSUER|`+testUserID+`"}},
		"refused": {"threw": "{\"code\":\"InvalidAuthHeader\",\"message\":\"Could not validate token: Token expired N seconds ago\"}"},
		"arguments": {"returned": {"text": "ü", "limit": 2}},
		"exception": {"threw": "[Request ID: …] Server Error\nUncaught Error: messages:broken is broken"},
		"internal": {"threw": "[Request ID: …] Server Error\nCould not find public function for 'jobs:tally'."},
		"unknown": {"threw": "[Request ID: …] Server Error\nCould not find public function for 'nobody:home'."}
	}`, "ISSUER", o.world.WorkOS.Clients[0].Issuer))
}

func TestConvexClient(t *testing.T) {
	o := withOriginals(t)
	good, bad := o.tokens()
	got := o.drive("convex-sync.mjs", map[string]any{"url": o.world.Convex.Preview.URL, "good": good, "bad": bad})
	wantJSON(t, got, strings.ReplaceAll(`{
		"good": true,
		"bad": false,
		"followed": [null, {"issuer": "ISSUER", "subject": "`+testUserID+`", "tokenIdentifier": "ISSUER|`+testUserID+`"}],
		"mixed": {
			"failed": "[CONVEX Q(messages:broken)] [Request ID: …] Server Error\nUncaught Error: messages:broken is broken\n  Called by client",
			"searched": {"text": "ü"}
		}
	}`, "ISSUER", o.world.WorkOS.Clients[0].Issuer))
}
