package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/internal/golden"
)

// TestReadmeShowsTheDemo holds the sample in the README to what the demo
// prints. With -update it rewrites the sample.
func TestReadmeShowsTheDemo(t *testing.T) {
	got := runCommand(t, network{}, nil, "demo")
	comment, _, found := strings.Cut(got.stdout, "<details>")
	if !found {
		t.Fatalf("the demo printed no comment: %+v", got)
	}
	comment = strings.ReplaceAll(strings.TrimSpace(comment), "https://github.com/previewgate/previewgate/blob/main/docs/", "docs/")
	const file = "../../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(text), "-update -->\n")
	_, after, closed := strings.Cut(rest, "<!-- end of sample -->")
	if !opened || !closed {
		t.Fatal("the README has no place for the sample")
	}
	quoted := "> " + strings.ReplaceAll(comment, "\n", "\n> ")
	quoted = strings.ReplaceAll(quoted, "> \n", ">\n")
	golden.Equal(t, file, []byte(before+"-update -->\n"+quoted+"\n<!-- end of sample -->"+after))
}

// TestInputsDoc holds docs/inputs.md to the flags, the variables and the exit
// codes. With -update it writes the page.
func TestInputsDoc(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Flags, inputs, variables, exit codes\n\nThis page is generated from the command by `go generate ./cmd/previewgate`.\n\n" +
		"## Flags of `previewgate check`, inputs of the action\n\nThe action's inputs have the same names without the dashes; one that may be given several times holds one a line.\n\n" +
		"| flag | default | meaning |\n|---|---|---|\n")
	new(options).flags("check").VisitAll(func(f *pflag.Flag) { writeFlag(&page, f) })
	page.WriteString("\nOf `check` only:\n\n| flag | default | meaning |\n|---|---|---|\n")
	only := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(options).outputs(only)
	only.VisitAll(func(f *pflag.Flag) { writeFlag(&page, f) })
	page.WriteString("\nOf the action only:\n\n| input | default | meaning |\n|---|---|---|\n")
	shared := new(options).flags("check")
	new(options).actionFlags().VisitAll(func(f *pflag.Flag) {
		if shared.Lookup(f.Name) == nil {
			writeInput(&page, f.Name, f)
		}
	})
	page.WriteString("\n## Variables\n\nCredentials come from the environment only, and none is required.\n\n| variable | what it is |\n|---|---|\n")
	for _, v := range variables() {
		fmt.Fprintf(&page, "| `%s` | %s |\n", v.name, v.what)
	}
	page.WriteString("\n## Exit codes\n\n| code | meaning |\n|---|---|\n")
	for code, what := range []string{
		exitOpen: "open: the preview may pass", exitClosed: "closed: a blocking check failed",
		exitMisuse: "misuse: the inputs, the event or a file are no use", exitBroken: "the report could not be published",
		exitUndecided: "undecided: nothing failed, but not everything could be found out; `--undecided open` makes it 0",
	} {
		fmt.Fprintf(&page, "| %d | %s |\n", code, what)
	}
	golden.Equal(t, "../../docs/inputs.md", []byte(page.String()))
}

func writeFlag(page *strings.Builder, f *pflag.Flag) { writeInput(page, "--"+f.Name, f) }

func writeInput(page *strings.Builder, name string, f *pflag.Flag) {
	value := f.DefValue
	if value == "" || value == "[]" {
		value = "–"
	}
	fmt.Fprintf(page, "| `%s` | %s | %s |\n", name, value, f.Usage)
}
