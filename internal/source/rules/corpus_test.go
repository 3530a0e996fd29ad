package rules

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/source/project"
)

// TestCorpus holds the findings of every archive of testdata against the
// comments in it: // want "<finding>" on the line where one begins.
func TestCorpus(t *testing.T) {
	for _, archive := range archives(t) {
		t.Run(archive.name, func(t *testing.T) {
			got := describe(examine(t, archive.files, Selection{}))
			if diff := gocmp.Diff(wanted(archive.files), got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// An archive is a repository in the txtar format.
type archive struct {
	name  string
	files fstest.MapFS
}

func archives(t testing.TB) []archive {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	var all []archive
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, archive{strings.TrimSuffix(filepath.Base(name), ".txtar"), unpack(string(text))})
	}
	return all
}

var header = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

func unpack(text string) fstest.MapFS {
	files := fstest.MapFS{}
	marks := header.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		files[text[m[2]:m[3]]] = &fstest.MapFile{Data: []byte(text[m[1]:end])}
	}
	return files
}

func examine(t testing.TB, files fstest.MapFS, s Selection) Findings {
	t.Helper()
	p, err := project.Discover(files, project.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := Select(t.Context(), files, p, s)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Examine(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var want = regexp.MustCompile(`want ((?:"[^"]*"\s*)+)`)

// wanted lists what the comments want: "file:line: finding".
func wanted(files fstest.MapFS) []string {
	var all []string
	for name, file := range files {
		for i, line := range strings.Split(string(file.Data), "\n") {
			for _, m := range want.FindAllStringSubmatch(line, -1) {
				for _, finding := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(m[1], -1) {
					all = append(all, fmt.Sprintf("%s:%d: %s", name, i+1, finding[1]))
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// describe writes findings as the comments do. Notes count: a file that
// cannot be parsed would prove nothing.
func describe(found Findings) []string {
	var all []string
	add := func(p Position, format string, values ...any) {
		all = append(all, fmt.Sprintf("%s:%d: %s", p.File, p.Line, fmt.Sprintf(format, values...)))
	}
	for _, c := range found.Callbacks {
		add(c.Position, "callback %s %s", c.URL, c.Token)
	}
	for _, s := range found.SignIns {
		add(s.Position, "sign-in %s %s %s", s.Kind, s.URL, s.Token)
	}
	for _, s := range found.SignOuts {
		add(s.Position, "sign-out %s %s %s", cmp.Or(s.Method, "page"), s.URL, s.Token)
	}
	for _, p := range found.Protected {
		by := "server"
		if p.Client {
			by = "client"
		}
		add(p.Position, "protected %s by %s %s", p.URL, by, p.Token)
	}
	for _, l := range found.Links {
		route := "dead"
		if l.Route != "" {
			route = "live"
		}
		add(l.Position, "link %s %s %s %s %s", cmp.Or(l.Severity, "quiet"), l.Prefetch, route, l.Path, l.Token)
	}
	for _, b := range found.Bridges {
		add(b.Position, "bridge refreshes %s, memoised %v", b.Forced, b.Memoised)
	}
	for _, r := range found.Refreshes {
		add(r.Position, "%s %s: %s %s", r.Rule, r.Severity, r.Cause, r.Token)
	}
	for _, s := range found.Secrets {
		add(s.Position, "secret %s %s", s.Kind, s.Name)
	}
	for _, n := range found.Notes {
		all = append(all, n.File+": note: "+n.Text)
	}
	slices.Sort(all)
	return all
}
