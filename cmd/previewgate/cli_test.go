package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A call is what a command got and gave.
type call struct {
	code           int
	stdout, stderr string
}

// runCommand runs a command line in the environment env.
func runCommand(t *testing.T, n network, env map[string]string, args ...string) call {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), process{
		args: args, getenv: func(name string) string { return env[name] },
		stdout: &stdout, stderr: &stderr, network: n,
	})
	return call{code, stdout.String(), stderr.String()}
}

func TestMisuseIsOneLineThatSaysWhatToDo(t *testing.T) {
	const key = "preview:acme|eyJ2MiI6ImFiY2RlZiJ9"
	tests := []struct {
		name string
		args string
		env  map[string]string
		want string
	}{
		{"no URL", "check", nil, "check takes the URL of one preview"},
		{"two URLs", "check https://a.vercel.app https://b.vercel.app", nil, "check takes the URL of one preview"},
		{"plain http", "check http://a.vercel.app", nil, "--allow-host a.vercel.app"},
		{"user info", "check https://u:p@a.vercel.app", nil, "leave user and password out"},
		{"a port", "check https://a.vercel.app:8443", nil, "--allow-host a.vercel.app:8443"},
		{"an IP address", "check https://127.0.0.1", nil, "--allow-host 127.0.0.1"},
		{"an IP address in disguise", "check https://0x7f000001", nil, "IP address"},
		{"a host beyond the rules", "check https://preview.acme.dev", nil, "--allow-host preview.acme.dev"},
		{"Vercel's own domain", "check https://vercel.app", nil, "vercel.app"},
		{"no scheme", "check web-k3v9x2m1q-acme.vercel.app", nil, "write https:// before it"},
		{"an unknown flag", "check https://a.vercel.app --colour", nil, "unknown flag: --colour"},
		{"an unknown format", "check https://a.vercel.app --format yaml", nil, `there is no format "yaml"`},
		{"an unknown check", "check https://a.vercel.app --only redirects", nil, `there is no check "redirects"`},
		{"an unknown check made advisory", "check https://a.vercel.app --advisory redirects", nil, "--advisory redirects"},
		{"nothing left to run", "check https://a.vercel.app --only preview-built --skip preview-built", nil, "leave no check to run"},
		{"a word for undecided", "check https://a.vercel.app --undecided maybe", nil, "it is close or open"},
		{"no time at all", "check https://a.vercel.app --timeout 0s", nil, "--timeout"},
		{"a path without a slash", "check https://a.vercel.app --protected dashboard", nil, "--protected dashboard: a path starts with one /"},
		{"a path to another host", "check https://a.vercel.app --sign-in //evil.example", nil, "a path starts with one /"},
		{"a path with a query", "check https://a.vercel.app --callback /callback?x=1", nil, "no space, query or fragment"},
		{"an alias beyond the rules", "check https://a.vercel.app --alias web.acme.dev", nil, "--allow-host web.acme.dev"},
		{"a Convex URL that is none", "check https://a.vercel.app --convex-url swift-lemur", nil, "--convex-url swift-lemur"},
		{"a file for nothing", "check https://a.vercel.app --write json", nil, "FORMAT=FILE"},
		{"a wildcard for everything", "check https://a.vercel.app --allow-host *", nil, "--allow-host"},
		{"a deploy key cut off", "check https://a.vercel.app", map[string]string{"CONVEX_DEPLOY_KEY": "preview:acme:web"}, "CONVEX_DEPLOY_KEY: the Convex deploy key has no |"},
		{"an API address that is none", "check https://a.vercel.app", map[string]string{"PREVIEWGATE_VERCEL_API": "nowhere", "CONVEX_DEPLOY_KEY": key}, "PREVIEWGATE_VERCEL_API"},
		{"an unknown fault", "demo gremlins", nil, `there is no fault "gremlins"`},
		{"two faults", "demo a b", nil, "demo takes one fault"},
		{"an unknown check to explain", "explain gremlins", nil, `there is no check "gremlins"`},
		{"an unknown command", "chekc", nil, `there is no command "chekc"`},
		{"an operand for version", "version 2", nil, "version takes nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runCommand(t, network{}, tt.env, strings.Fields(tt.args)...)
			if got.code != exitMisuse || got.stdout != "" {
				t.Errorf("got exit code %d, stdout %q", got.code, got.stdout)
			}
			if !strings.HasPrefix(got.stderr, "previewgate: ") || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("got %q, want one line with %q", got.stderr, tt.want)
			}
			if strings.Contains(got.stderr, "eyJ2MiI6") {
				t.Errorf("the line holds a credential: %q", got.stderr)
			}
		})
	}
}

func TestHelpGoesToStandardOutput(t *testing.T) {
	for _, args := range []string{"help", "--help", "check --help", "demo -h", "explain --help"} {
		got := runCommand(t, network{}, nil, strings.Fields(args)...)
		if got.code != exitOpen || got.stderr != "" || !strings.Contains(got.stdout, "previewgate") {
			t.Errorf("%s: got %+v", args, got)
		}
	}
	if got := runCommand(t, network{}, nil); got.code != exitMisuse {
		t.Errorf("without a command: got exit code %d", got.code)
	}
}

func TestExplainShowsTheDocumentation(t *testing.T) {
	got := runCommand(t, network{}, nil, "explain", "redirect-uri-host")
	if got.code != exitOpen || !strings.Contains(got.stdout, "VERCEL_URL") || !strings.Contains(got.stdout, "Fix") {
		t.Errorf("got %+v", got)
	}
	all := runCommand(t, network{}, nil, "explain")
	if all.code != exitOpen || !strings.Contains(all.stdout, "redirect-uri-host") {
		t.Errorf("got %+v", all)
	}
}

// plain serves the world on loopback for a command line.
func plain(t *testing.T, change func(*sandbox.World)) (*sandbox.Sandbox, map[string]string, []string) {
	t.Helper()
	w := sandbox.Healthy()
	change(&w)
	s, err := sandbox.StartPlain(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	env := make(map[string]string)
	for _, pair := range s.PlainEnv() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	args := []string{"check", s.PreviewURL(), "--protected", strings.Join(w.Protected, ",")}
	for _, host := range s.AllowHosts() {
		args = append(args, "--allow-host", host)
	}
	return s, env, args
}

// TestCheckOnLoopback runs the command as a user would who has the preview on
// his own machine.
func TestCheckOnLoopback(t *testing.T) {
	tests := []struct {
		name   string
		change func(*sandbox.World)
		more   []string
		code   int
		gate   string
		first  string
	}{
		{"healthy", func(*sandbox.World) {}, nil, exitOpen, "open", ""},
		{"callback missing", func(w *sandbox.World) { delete(w.App.Routes, "/callback") }, nil, exitClosed, "closed", "callback-answers"},
		{"callback missing, as advice", func(w *sandbox.World) { delete(w.App.Routes, "/callback") }, []string{"--advisory", "callback-answers"}, exitOpen, "open", "callback-answers"},
		{"nothing but what was not given", func(*sandbox.World) {}, []string{"--only", "preview-built"}, exitUndecided, "undecided", ""},
		{"undecided, opened", func(*sandbox.World) {}, []string{"--only", "preview-built", "--undecided", "open"}, exitOpen, "undecided", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, env, args := plain(t, tt.change)
			file := filepath.Join(t.TempDir(), "report.md")
			got := runCommand(t, network{}, env, slices.Concat(args, tt.more, []string{"--format", "json", "--write", "markdown=" + file})...)
			if got.code != tt.code {
				t.Errorf("got exit code %d, want %d\n%s%s", got.code, tt.code, got.stdout, got.stderr)
			}
			var report struct {
				Version   int
				Gate      string
				Diagnoses []struct{ Check string }
			}
			if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
				t.Fatalf("%v in %q", err, got.stdout)
			}
			first := ""
			if len(report.Diagnoses) > 0 {
				first = report.Diagnoses[0].Check
			}
			if report.Version != 1 || report.Gate != tt.gate || first != tt.first {
				t.Errorf("got version %d, gate %s, first diagnosis %q", report.Version, report.Gate, first)
			}
			if text, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), "### ") {
				t.Errorf("got %q, %v for the Markdown", text, err)
			}
		})
	}
}

func TestNoURLIsFetchedTwice(t *testing.T) {
	s, env, args := plain(t, func(*sandbox.World) {})
	if got := runCommand(t, network{}, env, args...); got.code != exitOpen {
		t.Fatalf("got %+v", got)
	}
	seen := make(map[string]bool)
	for _, r := range s.Requests() {
		if r.Header.Get("User-Agent") != "previewgate" {
			continue // the stand-ins ask each other too
		}
		request := strings.Join([]string{r.Method, r.URL, r.Header.Get("Cookie"), r.Header.Get("Authorization"), r.Body}, " ")
		if seen[request] {
			t.Errorf("asked twice: %s", request)
		}
		seen[request] = true
	}
}

func TestAReportThatCannotBeWrittenIsSaid(t *testing.T) {
	_, env, args := plain(t, func(*sandbox.World) {})
	got := runCommand(t, network{}, env, append(args, "--output", filepath.Join(t.TempDir(), "no", "such", "place"))...)
	if got.code != exitBroken || !strings.Contains(got.stderr, "writing the report") {
		t.Errorf("got %+v", got)
	}
}

func TestDemoNamesTheFault(t *testing.T) {
	for _, d := range []string{"", "healthy", "redirect-uri-production", "convex-env-padded"} {
		t.Run("fault "+d, func(t *testing.T) {
			got := runCommand(t, network{}, nil, strings.Fields("demo "+d)...)
			if got.code != exitOpen {
				t.Fatalf("got %+v", got)
			}
			want := d
			switch d {
			case "":
				want = "redirect-uri-registered"
			case "healthy":
				want = "auth works on this preview"
			case "redirect-uri-production":
				want = "redirect-uri-host"
			case "convex-env-padded":
				want = "convex-env"
			}
			if !strings.Contains(got.stdout, want) {
				t.Errorf("the comment does not say %q:\n%s", want, got.stdout)
			}
		})
	}
	if got := runCommand(t, network{}, nil, "demo", "--list"); strings.Count(got.stdout, "\n") < 12 {
		t.Errorf("got %+v", got)
	}
}
