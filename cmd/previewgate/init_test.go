package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// repository makes a directory that git would take for a repository.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestInitMisuseIsOneLineThatSaysWhatToDo(t *testing.T) {
	bare := t.TempDir()
	tests := []struct {
		name, args, want string
	}{
		{"an operand", "init web", "init takes no operand"},
		{"an unknown flag", "init --triggers push", "unknown flag"},
		{"an unknown trigger", "init --output - --trigger push", "--trigger push: it is repository_dispatch"},
		{"a project that ends an expression", "init --output - --project web')||true", "Vercel's names of projects"},
		{"a project in capitals", "init --output - --project Web", "Vercel's names of projects"},
		{"a team that is an address", "init --output - --team vercel.com/acme", "--team \"vercel.com/acme\": it is the slug"},
		{"a directory without a repository", "init --dir " + bare, "is in no git repository"},
		{"a directory that is not there", "init --dir " + filepath.Join(bare, "none"), "there is no such directory"},
		{"a file below a file", "init --output " + filepath.Join("init.go", "previewgate.yml"), "init.go"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runCommand(t, network{}, nil, strings.Fields(tt.args)...)
			if got.code != exitMisuse || got.stdout != "" {
				t.Errorf("got exit code %d, stdout %q", got.code, got.stdout)
			}
			if !strings.HasPrefix(got.stderr, "previewgate: ") || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("got %q, want one line with %q", got.stderr, tt.want)
			}
		})
	}
}

func TestInitWritesIntoTheRepository(t *testing.T) {
	root := repository(t)
	below := filepath.Join(root, "apps", "web")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, ".github", "workflows", "previewgate.yml")
	got := runCommand(t, network{}, nil, "init", "--dir", below)
	if got.code != exitOpen || got.stderr != "" || !strings.HasPrefix(got.stdout, file+" is written. What is left to do:\n") {
		t.Fatalf("got %+v", got)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "repository_dispatch:") {
		t.Fatalf("got %s, %v", text, err)
	}
}

func TestInitTakesAWorktreeForARepository(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: /elsewhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runCommand(t, network{}, nil, "init", "--dir", dir); got.code != exitOpen {
		t.Errorf("got %+v", got)
	}
}

func TestInitReplacesAFileByForceOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "gate.yml")
	if got := runCommand(t, network{}, nil, "init", "--output", file); got.code != exitOpen || !strings.Contains(got.stdout, "gh workflow run gate.yml ") {
		t.Fatalf("got %+v", got)
	}
	if err := os.WriteFile(file, []byte("mine, and longer than what is written\n"+strings.Repeat("#\n", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runCommand(t, network{}, nil, "init", "--output", file)
	if want := "previewgate: " + file + " is there already: --force replaces it\n"; got.code != exitMisuse || got.stderr != want || got.stdout != "" {
		t.Errorf("got %+v, want the line %q", got, want)
	}
	if text, _ := os.ReadFile(file); !strings.HasPrefix(string(text), "mine") {
		t.Error("the file was replaced")
	}
	if got := runCommand(t, network{}, nil, "init", "--output", file, "--force"); got.code != exitOpen {
		t.Fatalf("got %+v", got)
	}
	if text, _ := os.ReadFile(file); strings.Contains(string(text), "mine") || strings.HasSuffix(string(text), "#\n") {
		t.Error("the file was not replaced whole")
	}
}

func TestInitOnStandardOutputIsTheWorkflowAlone(t *testing.T) {
	got := runCommand(t, network{}, nil, "init", "--output", "-", "--dir", filepath.Join(t.TempDir(), "none"))
	if got.code != exitOpen || !strings.HasPrefix(got.stdout, "# Gates each preview") || strings.Contains(got.stdout, "left to do") {
		t.Errorf("got %+v", got)
	}
	if !strings.HasPrefix(got.stderr, "What is left to do:\n") {
		t.Errorf("got %q", got.stderr)
	}
}

func TestPins(t *testing.T) {
	const sha = "2f7ebb9c9d120f7d560b050a05cba33d68d2667a"
	built := func(revision, version string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		if revision != "" {
			info.Settings = []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: revision}}
		}
		return info
	}
	tests := []struct {
		name     string
		info     *debug.BuildInfo
		released string
		want     pin
	}{
		{"a clone", built(sha, "v0.0.0-20261124090556-2f7ebb9c9d12"), "", pin{Ref: sha}},
		{"a release that was built from a clone", built(sha, "v1.2.3"), "1.2.3", pin{Ref: sha}},
		{"a release", built("", "(devel)"), "1.2.3", pin{Ref: "v1.2.3", Version: "1.2.3"}},
		{"a module of a release", built("", "v1.2.3"), "", pin{Ref: "v1.2.3", Version: "1.2.3"}},
		{"a module of a candidate", built("", "v1.2.3-rc.1"), "", pin{Ref: "v1.2.3-rc.1", Version: "1.2.3-rc.1"}},
		{"a module of a commit", built("", "v0.0.0-20261124090556-2f7ebb9c9d12"), "", pin{Ref: "main"}},
		{"another system's revision", built("r1234", ""), "", pin{Ref: "main"}},
		{"nothing is known", nil, "", pin{Ref: "main"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := pinOf(tt.info, tt.released)
			if got.Note == "" || strings.ContainsAny(got.Note, "\n#") {
				t.Errorf("the note is %q", got.Note)
			}
			if got.Note = ""; got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestFolding(t *testing.T) {
	got := fold("1. one two three\n\n     four five six\nseven\n", 11)
	want := "1. one two\n   three\n\n     four\n     five\n     six\nseven\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if long := wrap(strings.Repeat("x", 30)+" y", 10); !slices.Equal(long, []string{strings.Repeat("x", 30), "y"}) {
		t.Errorf("a word that is too long: got %q", long)
	}
}
