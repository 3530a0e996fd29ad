package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/scenario"
)

const hars = "../../testdata/hars"

// recordingOf stores the recording that a story of testdata/hars tells of. It
// returns its file and the story's flags.
func recordingOf(t *testing.T, story string) (file string, flags []string) {
	t.Helper()
	text, err := os.ReadFile(story)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "recording.har")
	_, sections := scenario.Split(string(text))
	for _, s := range sections {
		switch s.Name {
		case "flags":
			flags = strings.Fields(s.Text)
		case "recording.har":
			if err := os.WriteFile(file, []byte(s.Text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return file, flags
}

// TestHARs judges every recording of testdata/hars. With -update it rewrites
// what the stories expect.
func TestHARs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(hars, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, story := range files {
		name := strings.TrimSuffix(filepath.Base(story), ".txtar")
		t.Run(name, func(t *testing.T) {
			file, flags := recordingOf(t, story)
			got := runCommand(t, network{}, nil, append([]string{"har", file}, flags...)...)
			kind, _, _ := strings.Cut(name, "-")
			code := exitClosed
			switch kind {
			case "healthy":
				code = exitOpen
			case "unknown":
				code = exitUndecided
			}
			if got.code != code || got.stderr != "" {
				t.Errorf("exit code %d, want %d: %s", got.code, code, got.stderr)
			}
			mustNotHold(t, map[string]string{"a seal": "Fe26.2", "a token": "eyJ", "a query": "session_01TOY"}, "the report", got.stdout)
			compareStory(t, story, got.stdout)
		})
	}
}

// TestHARForms holds that a recording is told in every form, kept without its
// secrets, and judged alike when it is replayed.
func TestHARForms(t *testing.T) {
	file, _ := recordingOf(t, filepath.Join(hars, "chrome-sign-out-prefetch.txtar"))
	dir := t.TempDir()
	evidence := filepath.Join(dir, "e.json")
	args := []string{"har", file, "--record", evidence, "--format", "json"}
	for _, format := range []string{"markdown", "sarif", "junit"} {
		args = append(args, "--write", format+"="+filepath.Join(dir, format))
	}
	got := runCommand(t, network{}, nil, args...)
	var report struct {
		Target    struct{ URL string }
		Diagnoses []struct {
			Check    string
			Evidence []struct{ What, Saw string }
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("%v in %+v", err, got)
	}
	if report.Target.URL != "https://web-k3v9x2m1q-acme.vercel.app" || len(report.Diagnoses) != 1 || !strings.HasPrefix(report.Diagnoses[0].Evidence[0].What, "entry 7, 15:04:06.150Z") {
		t.Errorf("got %+v", report)
	}
	kept, err := os.ReadFile(evidence)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"markdown", "sarif", "junit"} {
		text, err := os.ReadFile(filepath.Join(dir, format))
		if err != nil || !strings.Contains(string(text), "sign-out-background") {
			t.Errorf("%s: %v", format, err)
		}
		kept = append(kept, text...)
	}
	mustNotHold(t, map[string]string{"a seal": "Fe26.2", "a token": "eyJ", "a query": "session_01TOY"}, "what is written", string(kept))
	replayed := runCommand(t, network{}, nil, "replay", evidence)
	live := runCommand(t, network{}, nil, "har", file)
	if replayed.code != live.code || strings.Count(replayed.stdout, "sign-out") != strings.Count(live.stdout, "sign-out") {
		t.Errorf("replayed:\n%s%s\nlive:\n%s", replayed.stdout, replayed.stderr, live.stdout)
	}
}

func TestHAROnStandardInput(t *testing.T) {
	file, _ := recordingOf(t, filepath.Join(hars, "healthy.txtar"))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(text []byte) call {
		var stdout, stderr bytes.Buffer
		p := process{args: []string{"-"}, getenv: func(string) string { return "" }, stdout: &stdout, stderr: &stderr}
		code := judgeHAR(t.Context(), p, bytes.NewReader(text))
		return call{code, stdout.String(), stderr.String()}
	}
	if got := judge(text); got.code != exitOpen || got.stderr != "" {
		t.Errorf("got %+v", got)
	}
	if got := judge(text[:len(text)/2]); got.code != exitMisuse || got.stderr != "previewgate: standard input: it ends too early: it was cut off while it was saved or sent (5 whole entries before that)\n" {
		t.Errorf("got %+v", got)
	}
}

// TestHARStopsReading holds that a pipe which never ends can be left.
func TestHARStopsReading(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pipe, end := io.Pipe()
	defer end.Close()
	var stderr bytes.Buffer
	p := process{args: []string{"-"}, getenv: func(string) string { return "" }, stdout: io.Discard, stderr: &stderr}
	if code := judgeHAR(ctx, p, pipe); code != exitMisuse || stderr.String() != "previewgate: standard input: reading it was stopped\n" {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

func TestHARNamesItsRoute(t *testing.T) {
	file, _ := recordingOf(t, filepath.Join(hars, "healthy.txtar"))
	got := runCommand(t, network{}, nil, "har", file, "--sign-out", "/leave", "--only", "sign-out-background")
	if got.code != exitOpen || !strings.Contains(got.stdout, "All 1 check") {
		t.Errorf("got %+v", got)
	}
	unknown, _ := recordingOf(t, filepath.Join(hars, "unknown-other-site.txtar"))
	if got := runCommand(t, network{}, nil, "har", unknown, "--undecided", "open"); got.code != exitOpen {
		t.Errorf("got %+v", got)
	}
	failed, _ := recordingOf(t, filepath.Join(hars, "chrome-refresh-loop.txtar"))
	if got := runCommand(t, network{}, nil, "har", failed, "--advisory", "refresh-storm"); got.code != exitOpen {
		t.Errorf("got %+v", got)
	}
}

func TestHARMisuse(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, args, want string }{
		{"no file", "har", "har takes one recording"},
		{"two files", "har a.har b.har", "har takes one recording"},
		{"no such file", "har " + dir + "/none.har", "none.har: no such file or directory"},
		{"a directory", "har " + dir, ": it is a directory"},
		{"a web page", "har " + page, "page.html: it is no JSON: unexpected '<' at byte 1"},
		{"a path without a slash", "har " + page + " --sign-out leave", "--sign-out leave: a path starts with one /"},
		{"a check of something else", "har " + page + " --only forced-refresh", "--only and --skip leave no check of recorded traffic to run"},
		{"an unknown check", "har " + page + " --skip x", `there is no check "x"`},
		{"an unknown format", "har " + page + " --format yaml", `there is no format "yaml"`},
		{"an unknown flag", "har " + page + " --url x", "unknown flag: --url"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runCommand(t, network{}, nil, strings.Fields(tt.args)...)
			if got.code != exitMisuse || got.stdout != "" || !strings.Contains(got.stderr, tt.want) || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
}
