// Package docs holds the documentation of the checks, so that the command can
// show it. The page is generated from the doc comments of package checks.
package docs

import (
	_ "embed"
	"strings"
)

//go:embed checks.md
var checksPage string

// Check returns the section of a check's documentation, as Markdown, and
// whether there is one.
func Check(id string) (string, bool) {
	for _, section := range strings.Split(checksPage, "\n## ")[1:] {
		if title, _, _ := strings.Cut(section, "\n"); title == id {
			return "# " + section, true
		}
	}
	return "", false
}
