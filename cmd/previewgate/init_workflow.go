package main

import (
	"embed"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"text/template"
)

//go:embed init/*.tmpl
var templates embed.FS

// A setup is what the user wants of a workflow.
type setup struct {
	Trigger      string
	MergeQueue   bool
	RerunComment bool
	Source       bool
	Projects     []string // of Vercel; none for whatever projects there are
	Team         string   // slug of the Vercel team, empty for any
	Path         string   // of the workflow's file, as the user sees it
	Pin          pin
}

// A pin says by which commit or tag of previewgate's repository the workflow
// runs it.
type pin struct {
	Ref     string
	Note    string // why that, for a comment
	Version string // of the release whose binary is used; empty when it is built from source
}

// pinOf pins what a binary was built from: its commit, or its release.
func pinOf(info *debug.BuildInfo, released string) pin {
	version := released
	if info != nil {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(s.Value) {
				return pin{Ref: s.Value, Note: "what this file's previewgate was built from"}
			}
		}
		if version == "" {
			version = info.Main.Version
		}
	}
	version = strings.TrimPrefix(version, "v")
	if regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$`).MatchString(version) {
		return pin{Ref: "v" + version, Note: "better: the full SHA of its commit", Version: version}
	}
	return pin{Ref: "main", Note: "put the full SHA of a commit here: a branch moves"}
}

// The actions of others that the workflow uses, as this repository's own do.
const (
	checkoutAction = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
	uploadAction   = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2"
	setupGoAction  = "actions/setup-go@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v5.5.0"
)

// fill writes one of the templates. What stands between [[ and ]] in them is
// the template's: GitHub's expressions have braces.
func (s setup) fill(name string) (string, error) {
	t, err := template.New(name).Delims("[[", "]]").Funcs(template.FuncMap{"wrap": wrap, "join": join}).ParseFS(templates, "init/"+name)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = t.Execute(&text, s)
	return text.String(), err
}

// fold breaks the lines of a text that are longer than width. What goes on is
// indented like the line, and in an item like the item's words.
func fold(text string, width int) string {
	lead := regexp.MustCompile(`^ *(\d\. )?`)
	var folded strings.Builder
	for line := range strings.Lines(text) {
		start := lead.FindString(line)
		parts := wrap(line[len(start):], width-len(start))
		for i, part := range parts {
			if i > 0 {
				start = strings.Repeat(" ", len(start))
			}
			folded.WriteString(start + part + "\n")
		}
		if len(parts) == 0 {
			folded.WriteString("\n")
		}
	}
	return folded.String()
}

// join lists names as an input of the action takes them.
func join(names []string) string { return strings.Join(names, ", ") }

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		last := len(lines) - 1
		if last >= 0 && len([]rune(lines[last]+" "+word)) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// File is the name under which GitHub knows the workflow.
func (s setup) File() string { return filepath.Base(s.Path) }

// Name is the workflow's. Several may stand beside each other, one a project.
func (s setup) Name() string {
	if len(s.Projects) == 0 {
		return "previewgate"
	}
	return fmt.Sprintf("previewgate (%s)", strings.Join(s.Projects, ", "))
}

// Statuses names the commit statuses that the workflow sets.
func (s setup) Statuses() string {
	if len(s.Projects) == 0 {
		return "`previewgate`"
	}
	var names []string
	for _, p := range s.Projects {
		names = append(names, "`previewgate ("+p+")`")
	}
	return listed(names)
}

// Secrets lists what the workflow hands to the gate.
func (s setup) Secrets() []supply { return supplies() }

// SourceComment is what the workflow says of the checkout.
func (s setup) SourceComment() string {
	return "The source of the deployed commit unlocks " + listed(unlockedBySource()) + ". It is only read: no step may run " +
		"anything in it. Where it cannot be had those checks are unknown, and the status says so."
}

// SetupGo, Checkout and Upload are actions, each by its commit.
func (s setup) SetupGo() string  { return setupGoAction }
func (s setup) Checkout() string { return checkoutAction }
func (s setup) Upload() string   { return uploadAction }
