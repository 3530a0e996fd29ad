package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// timings matches what differs between a run and its replay.
var timings = regexp.MustCompile(`Took [^\n]*|"took_ms": \d+`)

// TestReplayPrintsTheSameReport records a run of every fault and judges it
// again.
func TestReplayPrintsTheSameReport(t *testing.T) {
	all := sandbox.Faults()
	all = append(all, sandbox.Fault{ID: "healthy", With: []string{"VERCEL_TOKEN", "VERCEL_TEAM_ID", "CONVEX_DEPLOY_KEY"}, Break: func(*sandbox.World) {}})
	for _, f := range all {
		t.Run(f.ID, func(t *testing.T) {
			w := sandbox.Healthy()
			f.Break(&w)
			s, err := sandbox.Start(w)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			env := make(map[string]string)
			for name, value := range w.Env() {
				if slices.Contains(f.With, name) {
					env[name] = value
				}
			}
			file := filepath.Join(t.TempDir(), "e.json")
			n := network{dial: s.Dial, cas: s.RootCAs()}
			live, again := filepath.Join(t.TempDir(), "live"), filepath.Join(t.TempDir(), "again")
			ran := runCommand(t, n, env, slices.Concat([]string{
				"check", s.PreviewURL(), "--protected", strings.Join(w.Protected, ","), "--branch", w.GitHub.Branch, "--record", file,
			}, everyFormat(live))...)
			replayed := runCommand(t, network{}, nil, slices.Concat([]string{"replay", file}, everyFormat(again))...)
			if ran.code != replayed.code {
				t.Errorf("exit code %d, and %d in the replay: %s", ran.code, replayed.code, replayed.stderr)
			}
			for _, format := range []string{"json", "markdown", "text"} {
				want, got := timeless(t, live+"."+format), timeless(t, again+"."+format)
				if got != want {
					t.Errorf("the replay differs:\n%s\nfrom\n%s", got, want)
				}
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			mustNotHold(t, secretsOf(w), "the recording", string(text))
		})
	}
}

// everyFormat asks for the report in a file of each format.
func everyFormat(stem string) []string {
	return []string{"--write", "json=" + stem + ".json", "--write", "markdown=" + stem + ".markdown", "--write", "text=" + stem + ".text"}
}

// timeless reads a report without its timings.
func timeless(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return timings.ReplaceAllString(string(text), "T")
}

func TestReplayRefusesWhatIsNoRecording(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	tests := []struct{ name, file, want string }{
		{"no such file", filepath.Join(dir, "none"), "no such file"},
		{"no JSON", write("a", "x"), "is no recording"},
		{"another version", write("b", `{"version":7}`), "version 7"},
		{"checks that are not there", write("c", `{"version":1,"checks":["x"]}`), "does not have"},
		{"facts missing", write("d", `{"version":1,"checks":["jwks-reachable"]}`), "lacks the JWKS"},
		{"facts of another shape", write("e", `{"version":1,"checks":["jwks-reachable"],"facts":{"JWKS":{"value":7}}}`), "JWKS cannot be read"},
		{"an empty object", write("f", `{}`), "version 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runCommand(t, network{}, nil, "replay", tt.file)
			if got.code != exitMisuse || !strings.Contains(got.stderr, tt.want) || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
}
