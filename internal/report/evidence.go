package report

import (
	"fmt"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// How many pieces of evidence a page tells of one finding.
const (
	manyItems = 50
	fewItems  = 3
)

// evidence lists what was seen, each line after the indent.
func (p page) evidence(all []gate.Evidence, indent string) string {
	most := manyItems
	switch {
	case p.detail >= withoutEvidence:
		most = 0
	case p.detail >= fewEvidence:
		most = fewItems
	}
	kept := all[:min(len(all), most)]
	var items []string
	for _, e := range kept {
		if words := item(e, indent+"  "); words != "" {
			items = append(items, indent+"- "+words)
		}
	}
	if more := len(all) - len(kept); more > 0 && len(kept) > 0 {
		items = append(items, fmt.Sprintf("%s- … and %s more", indent, grouped(more)))
	}
	return strings.Join(items, "\n")
}

// item words one piece of evidence. A value of several lines gets a block of
// its own, after the indent.
func item(e gate.Evidence, indent string) string {
	words := inline(e.What)
	block := ""
	switch {
	case severalLines(e.Saw):
		block = "\n" + indented(fence("text", excerpt(e.Saw)), indent)
	case e.Saw != "":
		words = strings.TrimPrefix(words+": "+span(e.Saw), ": ")
	}
	if e.File != "" {
		words = strings.TrimSpace(words + " at " + span(place(e)))
	}
	if words == "" && block != "" {
		words = "seen" // a list's item cannot start with a block
	}
	return words + block
}
