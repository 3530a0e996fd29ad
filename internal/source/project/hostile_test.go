package project

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestHostileTrees discovers trees on disk that somebody has made to hurt.
// Each gives a result, with a note that says what was passed over.
func TestHostileTrees(t *testing.T) {
	const app = `{"dependencies":{"next":"16.0.0"}}`
	tests := []struct {
		name string
		make func(t *testing.T, dir string)
		note string // part of a note
		apps int
	}{
		{"a link out of the tree", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			write(t, dir, "app/page.tsx", "")
			link(t, "/etc/passwd", filepath.Join(dir, "proxy.ts"))
		}, "symbolic link", 1},
		{"a link to a directory outside", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			link(t, "/", filepath.Join(dir, "app"))
		}, "symbolic link", 0},
		{"a cycle of links", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			write(t, dir, "app/page.tsx", "")
			link(t, "..", filepath.Join(dir, "app", "src"))
			link(t, "self", filepath.Join(dir, "self"))
		}, "symbolic link", 1},
		{"a package.json that links out", func(t *testing.T, dir string) {
			link(t, "/proc/self/environ", filepath.Join(dir, "package.json"))
		}, "symbolic link", 0},
		{"a file of 1 GB", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			sparse(t, filepath.Join(dir, "next.config.js"), 1<<30)
			write(t, dir, "app/page.tsx", "")
		}, "more than the 1048576 that are read", 1},
		{"a package.json of 50 MB", func(t *testing.T, dir string) {
			sparse(t, filepath.Join(dir, "package.json"), 50<<20)
		}, "more than the 1048576 that are read", 0},
		{"a lockfile of 1 GB", func(t *testing.T, dir string) {
			write(t, dir, "package.json", `{"dependencies":{"next":"latest"}}`)
			write(t, dir, "app/page.tsx", "")
			sparse(t, filepath.Join(dir, "yarn.lock"), 1<<30)
		}, "the version of next is not known", 1},
		{"a package.json that is an array", func(t *testing.T, dir string) {
			write(t, dir, "package.json", `["next"]`)
		}, "it is JSON, but not an object", 0},
		{"a broken package.json", func(t *testing.T, dir string) {
			write(t, dir, "package.json", `{"dependencies": {`)
		}, "it is not JSON", 0},
		{"a nested package.json", func(t *testing.T, dir string) {
			write(t, dir, "package.json", `{"exports":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)+"}")
		}, "it is not JSON", 0},
		{"a nested tsconfig", func(t *testing.T, dir string) {
			write(t, dir, "tsconfig.json", strings.Repeat("[", 500_000))
		}, "its paths are not known", 0},
		{"a tsconfig that extends itself", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			write(t, dir, "app/page.tsx", "")
			write(t, dir, "tsconfig.json", `{"extends":["./tsconfig.json","./tsconfig.json"]}`)
		}, "", 1},
		{"workspaces that climb", func(t *testing.T, dir string) {
			write(t, dir, "package.json", `{"workspaces":["../*","/etc/*","packages/../../x","`+strings.Repeat("**/", 2000)+`*"],"dependencies":{"next":"16"}}`)
			write(t, dir, "app/page.tsx", "")
		}, "leads out of the repository", 1},
		{"names with line ends", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			write(t, dir, "app/a\n-- x --\nb/page.tsx", "")
			write(t, dir, "app/\x1b[31m/page.tsx", "")
		}, "", 1},
		{"a name that is not UTF-8", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			write(t, dir, "app/page.tsx", "")
			write(t, dir, "app/\xff\xfe/page.tsx", "")
		}, "a file name here is not valid", 1},
		{"500 levels", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			write(t, dir, "app/page.tsx", "")
			deep(t, dir, 500)
		}, "lies too deep", 1},
		{"a pipe and a directory for files", func(t *testing.T, dir string) {
			write(t, dir, "package.json/x", "")
			write(t, dir, "proxy.ts/x", "")
			pipe(t, filepath.Join(dir, "tsconfig.json"))
		}, "no package.json", 0},
		{"a binary config", func(t *testing.T, dir string) {
			write(t, dir, "package.json", app)
			write(t, dir, "app/page.tsx", "")
			write(t, dir, "next.config.ts", "G\x00\x00\x00")
		}, "it is binary", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.make(t, dir)
			p := discoverDir(t, dir, Limits{})
			if got := summary(p); !strings.Contains(got, tt.note) {
				t.Errorf("no note %q in\n%s", tt.note, got)
			}
			if len(p.Apps) != tt.apps {
				t.Errorf("%d apps\n%s", len(p.Apps), summary(p))
			}
		})
	}
}

func discoverDir(t *testing.T, dir string, limits Limits) Project {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	p, err := Discover(root.FS(), limits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestManyFiles is a tree of more than 100,000 files: the walk stops and says
// so, and no directory takes more than a tenth of it.
func TestManyFiles(t *testing.T) {
	files := fstest.MapFS{
		"package.json": {Data: []byte(`{"dependencies":{"next":"16"}}`)},
	}
	for i := range 11 * 10_000 {
		files[fmt.Sprintf("z%d/%d.ts", i%11, i)] = &fstest.MapFile{}
	}
	p, err := Discover(files, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got := summary(p)
	for _, want := range []string{"the walk stopped after 100000 files", "note z1: only 10000 entries"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if len(p.Sources) > 100_000 {
		t.Error(len(p.Sources))
	}
}

func TestUnreadable(t *testing.T) {
	files := fstest.MapFS{
		"package.json": {Data: []byte(`{"dependencies":{"next":"16"}}`)},
		"app/page.tsx": {},
		"a/b.ts":       {},
	}
	p, err := Discover(refusing{files, "package.json"}, Limits{})
	if err != nil || !strings.Contains(summary(p), "note package.json: it cannot be opened: permission denied") {
		t.Error(summary(p), err)
	}
	p, err = Discover(refusing{files, "a"}, Limits{})
	if err != nil || !strings.Contains(summary(p), "note a: this directory cannot be read: permission denied") {
		t.Error(summary(p), err)
	}
	if _, err = Discover(refusing{files, "."}, Limits{}); err == nil {
		t.Error("a root that cannot be read gives no error")
	}
}

// refusing denies one name, as a file's mode does to all but root.
type refusing struct {
	fs.FS
	name string
}

func (r refusing) Open(name string) (fs.File, error) {
	if name == r.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return r.FS.Open(name)
}

func TestNotesAreBounded(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 500 {
		files[fmt.Sprintf("p%d/package.json", i)] = &fstest.MapFile{Data: []byte("[]")}
	}
	p, err := Discover(files, Limits{})
	if err != nil || len(p.Notes) > 110 || !strings.Contains(summary(p), "400 more notes left out") {
		t.Error(len(p.Notes), err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func sparse(t *testing.T, name string, size int64) {
	t.Helper()
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
}

// deep makes a directory below a directory, without ever naming a path that
// is too long.
func deep(t *testing.T, dir string, levels int) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range levels {
		if err := root.Mkdir("d", 0o755); err != nil {
			t.Fatal(err)
		}
		below, err := root.OpenRoot("d")
		_ = root.Close()
		if err != nil {
			t.Fatal(err)
		}
		root = below
	}
	_ = root.Close()
}
