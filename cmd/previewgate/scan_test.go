package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/scenario"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/cage"
)

// TestMain lets the test binary be the caged child, as the command is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == cage.Argument {
		os.Exit(cage.Main(os.Stdin, os.Stdout, source.Handlers()))
	}
	os.Exit(m.Run())
}

const scans = "../../testdata/scans"

// unpack lays out the repository that a story tells of: the template's files
// and its own. It returns the directory and the story's other texts.
func unpack(t *testing.T, file string) (dir string, texts map[string]string) {
	t.Helper()
	dir, texts = t.TempDir(), make(map[string]string)
	for _, name := range []string{filepath.Join(scans, "template.txtar"), file} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, sections := scenario.Split(string(text))
		for _, s := range sections {
			switch s.Name {
			case "want.txt", "flags", "removed", "env":
				texts[s.Name] = s.Text
				continue
			}
			path := filepath.Join(dir, filepath.FromSlash(s.Name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(s.Text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name := range strings.FieldsSeq(texts["removed"]) {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	return dir, texts
}

// TestScans scans every repository of testdata/scans. With -update it rewrites
// what the stories expect.
func TestScans(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(scans, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			dir, texts := unpack(t, file)
			args := append([]string{"scan", dir}, strings.Fields(texts["flags"])...)
			if env := texts["env"]; env != "" {
				stated := filepath.Join(t.TempDir(), "env")
				if err := os.WriteFile(stated, []byte(env), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--env", stated)
			}
			got := runCommand(t, network{}, nil, args...)
			if got.stderr != "" {
				t.Errorf("standard error: %s", got.stderr)
			}
			text, _, _ := strings.Cut(got.stdout, "\nAll ")
			compareStory(t, file, strings.ReplaceAll(text, dir, "DIR")+"\n")
		})
	}
}

// TestScanFormats holds that places in the source reach the formats that have
// room for them.
func TestScanFormats(t *testing.T) {
	dir, _ := unpack(t, filepath.Join(scans, "sign-out-prefetch.txtar"))
	out := t.TempDir()
	got := runCommand(t, network{}, nil, "scan", dir, "--format", "json",
		"--write", "sarif="+filepath.Join(out, "r.sarif"), "--write", "junit="+filepath.Join(out, "r.xml"))
	if got.code != exitClosed {
		t.Fatalf("got %+v", got)
	}
	var sarif struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "r.sarif"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &sarif); err != nil {
		t.Fatal(err)
	}
	place := sarif.Runs[0].Results[0].Locations[0].PhysicalLocation
	page, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(place.ArtifactLocation.URI)))
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(page), "\n")[place.Region.StartLine-1]
	if !strings.HasPrefix(line[place.Region.StartColumn-1:], `<Link href="/sign-out"`) {
		t.Errorf("%+v points at %q", place, line)
	}
	if text, err := os.ReadFile(filepath.Join(out, "r.xml")); err != nil || !strings.Contains(string(text), "apps/web/src/app/page.tsx:") {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestScanRefusesWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("A=1\nnonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no such directory", []string{filepath.Join(dir, "none")}, "no such file or directory"},
		{"a file", []string{file}, "is no directory"},
		{"two directories", []string{dir, dir}, "scan takes one directory"},
		{"a file of variables that is none", []string{dir, "--env", file}, "file:2: it is no NAME=VALUE"},
		{"a missing file of variables", []string{dir, "--env", "nowhere"}, "or state a variable as NAME=VALUE"},
		{"an unknown check", []string{dir, "--only", "x"}, `there is no check "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runCommand(t, network{}, nil, append([]string{"scan"}, tt.args...)...)
			if got.code != exitMisuse || !strings.Contains(got.stderr, tt.want) || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
}

func TestEnvFiles(t *testing.T) {
	got := make(map[string]string)
	const text = "\ufeff# comment\nA=1\nexport B = two # behind\nC=\"x # y\"\nD='z'\nE=\n\nF=a=b\n"
	if err := parseEnv("f", text, got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"A": "1", "B": "two", "C": "x # y", "D": "z", "E": "", "F": "a=b"}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: got %q, want %q", name, got[name], value)
		}
	}
}
