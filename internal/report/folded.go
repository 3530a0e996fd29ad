package report

import (
	"fmt"
	"slices"
	"strings"
)

// This file renders what stands below the diagnoses.

// folded is what a reader opens who wants to know more.
func (p page) folded() []string {
	summary := fmt.Sprintf("<details><summary>All %s: %s</summary>",
		plural(len(p.Results), "check", "checks"), tally(p.Report, " passed"))
	blocks := []string{summary, p.table()}
	if !provesNothing(p.Report) {
		blocks = append(blocks, p.keys()...)
	}
	if p.detail < withoutTimings {
		blocks = append(blocks, p.timings()...)
	}
	if lines := p.rerun(); lines != nil {
		blocks = append(blocks, "Run this gate again:", fence("sh", lines))
	}
	return append(blocks, "</details>")
}

// table lists the checks in the order of the catalogue.
func (p page) table() string {
	rows := []string{"| | check | stage | |", "|---|---|---|---|"}
	for _, res := range p.Results {
		m := markOf(res)
		if m == passed && p.detail >= withoutPassed {
			continue
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |",
			m.emoji(), cell(res.Check.ID), res.Check.Stage, cell(clause(res))))
	}
	return strings.Join(rows, "\n")
}

// keys says what would unlock the checks that were skipped.
func (p page) keys() []string {
	var items []string
	for _, k := range keys(p.Report) {
		items = append(items, fmt.Sprintf("- %s unlocks %s", span(k.name), ids(k.checks, span)))
	}
	if len(items) == 0 {
		return nil
	}
	return []string{"Skipped, for want of an input:", strings.Join(items, "\n")}
}

// timings tells where the time went.
func (p page) timings() []string {
	var items []string
	for _, l := range slowest(p.Report) {
		items = append(items, fmt.Sprintf("%s %s", inline(l.Fact), short(l.Took)))
	}
	words := "Took " + short(p.Took)
	if len(items) > 0 {
		words += "; slowest facts: " + strings.Join(items, ", ")
	}
	return []string{words}
}

// fence makes a block of code.
func fence(language string, lines []string) string {
	text := fewTicks(strings.ReplaceAll(strings.Join(lines, "\n"), "<!--", "<! --"))
	ticks := strings.Repeat("`", max(3, longestTicks(text)+1))
	if !slices.Contains([]string{"sh", "ts", "tsx", "js", "json", "yaml", "diff", "env"}, language) {
		language = "text" // some languages are drawn as pictures
	}
	return ticks + language + "\n" + text + "\n" + ticks
}

// indented puts the indent before each line.
func indented(s, indent string) string {
	return indent + strings.ReplaceAll(s, "\n", "\n"+indent)
}
