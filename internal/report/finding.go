package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// This file renders what was found: diagnoses and doubts.

// findings returns what to fix and what could not be found out, what decides
// the gate first.
func (p page) findings() []string {
	diagnoses, doubts := p.Diagnoses(), doubts(p.Report)
	if p.Outcome() == gate.Undecided {
		return append(p.doubts(doubts, 0), p.diagnoses(diagnoses, len(doubts))...)
	}
	return append(p.diagnoses(diagnoses, 0), p.doubts(doubts, len(diagnoses))...)
}

// A telling names what a finding was rendered to, since pages that are tried
// one after another have most of it in common.
type telling struct {
	finding int
	detail  detail
}

// tell renders a finding in the detail that the page has for it, or returns
// what it was rendered to before.
func (p page) tell(finding int, render func(page) []string) []string {
	if finding < p.fuller {
		p.detail--
	}
	switch {
	case p.detail < fewEvidence:
		p.detail = everything
	case p.detail == withoutTable:
		p.detail = fewEvidence
	}
	key := telling{finding, p.detail}
	if _, known := p.told[key]; !known {
		p.told[key] = render(p)
	}
	return p.told[key]
}

// diagnoses returns what to fix, of which the first is that finding.
func (p page) diagnoses(all []gate.Diagnosis, first int) []string {
	var blocks []string
	for i, d := range all {
		blocks = append(blocks, p.tell(first+i, func(p page) []string { return p.diagnosis(d) })...)
	}
	return blocks
}

// diagnosis says what is wrong, what to do, what was seen and what waits.
func (p page) diagnosis(d gate.Diagnosis) []string {
	about, m := p.check(d.Check), markOf(d.Result).emoji()
	if d.Severity == gate.Advisory {
		about += ", does not block"
	}
	switch {
	case p.detail >= onlyNames:
		return []string{m + " " + span(d.Check.ID)}
	case p.detail >= shortCauses:
		return []string{fmt.Sprintf("%s **%s** (%s) **Fix:** %s",
			m, brief(clause(d.Result), briefCap), span(d.Check.ID), brief(fixOf(d), briefCap))}
	}
	blocks := []string{fmt.Sprintf("%s **%s** (%s)", m, inline(clause(d.Result)), about)}
	if p.detail < shortFixes {
		blocks = append(blocks, fix(fixOf(d))...)
	} else {
		blocks = append(blocks, "**Fix:** "+brief(fixOf(d), shortFixCap))
	}
	if list := p.evidence(d.Evidence, ""); list != "" {
		blocks = append(blocks, list)
	}
	if len(d.Waits) > 0 {
		blocks = append(blocks, "Waiting for this: "+ids(d.Waits, span))
	}
	return blocks
}

// check names a check, with a link to what is written about it.
func (p page) check(c *gate.Check) string { return link(span(c.ID), p.docs(c)) }

// ids lists the names of checks.
func ids(checks []*gate.Check, show func(string) string) string {
	var names []string
	for _, c := range checks {
		names = append(names, show(c.ID))
	}
	return strings.Join(names, ", ")
}

// fix returns the paragraphs and the blocks of code that tell what to do.
func fix(s string) []string {
	var blocks []string
	for _, part := range parts(together(cut(s, fixCap))) {
		switch {
		case part.code:
			blocks = append(blocks, fence(part.language, whole(part.text)))
		case len(blocks) == 0:
			blocks = append(blocks, "**Fix:** "+paragraph(part.text))
		default:
			blocks = append(blocks, paragraph(part.text))
		}
	}
	if len(blocks) > 0 && !strings.HasPrefix(blocks[0], "**Fix:**") {
		blocks = slices.Insert(blocks, 0, "**Fix:**")
	}
	return blocks
}

// doubts returns what could not be found out, of which the first is that
// finding.
func (p page) doubts(all []doubt, first int) []string {
	var items []string
	for i, d := range all {
		items = append(items, p.tell(first+i, func(p page) []string { return []string{p.doubt(d)} })...)
	}
	if len(items) == 0 {
		return nil
	}
	return []string{"Could not be found out, which says nothing about the app:", strings.Join(items, "\n")}
}

// doubt says why checks are unknown, which, what to do and what was seen.
func (p page) doubt(d doubt) string {
	switch {
	case p.detail >= onlyNames:
		return "- ❔ " + ids(d.checks, span)
	case p.detail >= shortCauses:
		return fmt.Sprintf("- ❔ %s: %s %s", brief(d.reason, briefCap), ids(d.checks, span), brief(d.fix, briefCap))
	}
	item := fmt.Sprintf("- ❔ %s: %s", inline(d.reason), p.checks(d.checks))
	if words := paragraph(d.fix); words != "" && p.detail < shortFixes {
		item += "\\\n  " + words
	} else if words != "" {
		item += "\\\n  " + brief(d.fix, shortFixCap)
	}
	if list := p.evidence(d.evidence, "  "); list != "" {
		item += "\n" + list
	}
	return item
}

// checks names checks, each with its link.
func (p page) checks(checks []*gate.Check) string {
	var names []string
	for _, c := range checks {
		names = append(names, p.check(c))
	}
	return strings.Join(names, ", ")
}
