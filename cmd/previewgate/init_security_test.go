package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheThreatModelNamesWhatExists holds docs/security.md to the tests and
// files that it points to.
func TestTheThreatModelNamesWhatExists(t *testing.T) {
	const root = "../.."
	page, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	declared := make(map[string]bool)
	declaration := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err = filepath.WalkDir(root, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		for _, found := range declaration.FindAllSubmatch(text, -1) {
			declared[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(page, -1)
	files := regexp.MustCompile("`((?:internal|cmd)/[\\w./]+)`").FindAllSubmatch(page, -1)
	if len(tests) < 20 || len(files) < 5 {
		t.Fatalf("the page names %d tests and %d files", len(tests), len(files))
	}
	for _, name := range tests {
		if !declared[string(name[1])] {
			t.Errorf("there is no %s", name[1])
		}
	}
	for _, file := range files {
		if _, err := os.Stat(filepath.Join(root, string(file[1]))); err != nil {
			t.Error(err)
		}
	}
}
