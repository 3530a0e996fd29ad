package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/previewgate/previewgate/checks"
	"github.com/previewgate/previewgate/docs"
	"github.com/previewgate/previewgate/gate"
)

// runExplain prints the documentation of one check, or a line for each.
func runExplain(_ context.Context, p process) int {
	switch len(p.args) {
	case 0:
		listChecks(p.stdout)
		return exitOpen
	case 1:
		return explain(p, p.args[0])
	}
	return p.misuse(errors.New("explain takes one check: previewgate explain lists them"))
}

func listChecks(w io.Writer) {
	var stage gate.Stage = -1
	for _, c := range checks.All() {
		if c.Stage != stage {
			stage = c.Stage
			fmt.Fprintf(w, "%s\n", stage)
		}
		fmt.Fprintf(w, "  %-24s %-9s %s\n", c.ID, c.Severity, c.Title)
	}
}

func explain(p process, id string) int {
	if id == "--help" || id == "-h" {
		fmt.Fprintln(p.stdout, "usage: previewgate explain [CHECK]")
		return exitOpen
	}
	section, found := docs.Check(id)
	if !found {
		return p.misuse(fmt.Errorf("there is no check %q: previewgate explain lists them", id))
	}
	fmt.Fprintln(p.stdout, strings.TrimSpace(section))
	return exitOpen
}
