package report

import (
	"cmp"
	"encoding/json"
	"io"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// maxResults is how many results GitHub's code scanning shows of a run.
const maxResults = 5000

// SARIF writes the diagnoses as a SARIF 2.1.0 log: one result for each place
// in the repository that a diagnosis names, or one that says that there is no
// such place. What could not be found out is a notification of the run and no
// result. The log also has what GitHub's code scanning asks for beyond the
// standard:
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
func SARIF(w io.Writer, r gate.Report, s Style) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "previewgate", InformationURI: "https://github.com/previewgate/previewgate", Rules: []sarifRule{}}},
		ColumnKind:  "utf16CodeUnits",
		Invocations: []sarifInvocation{{Successful: true, Notifications: []sarifNotification{}}},
		Results:     []sarifResult{},
	}
	index := make(map[*gate.Check]int)
	for _, res := range r.Results {
		if _, known := index[res.Check]; !known {
			index[res.Check] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(res.Check, s))
		}
		if res.Status == gate.Unknown {
			run.notify(&sarifReference{res.Check.ID, index[res.Check]}, "could not be found out: "+plain(clause(res)))
		}
	}
	for _, d := range r.Diagnoses() {
		run.Results = append(run.Results, sarifResults(d, index[d.Check], r)...)
	}
	if more := len(run.Results) - maxResults; more > 0 {
		run.Results = run.Results[:maxResults]
		run.notify(nil, plural(more, "more result is", "more results are")+" left out")
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// notify says something of the run itself, or of a rule that found nothing.
func (r *sarifRun) notify(rule *sarifReference, text string) {
	to := &r.Invocations[0]
	to.Notifications = append(to.Notifications, sarifNotification{Rule: rule, Level: "warning", Message: sarifText{text}})
}

func ruleOf(c *gate.Check, s Style) sarifRule {
	help := sarifHelp{Text: c.Fix, Markdown: c.Fix}
	if s.DocsURL != "" {
		help.Markdown += "\n\n[What this check asks, and why](" + s.docs(c) + ")"
	}
	return sarifRule{
		ID: c.ID, Short: sarifText{c.Title}, Full: sarifText{c.Title}, Help: help,
		HelpURI: s.docs(c), Default: sarifDefault{sarifLevel(c.Severity)},
		// A check fails on evidence only that a healthy app cannot produce.
		Properties: sarifProperties{
			Tags: []string{"authentication", c.Stage.String()}, Precision: "very-high", Severity: sarifLevel(c.Severity),
		},
	}
}

func sarifLevel(s gate.Severity) string {
	if s == gate.Advisory {
		return "warning"
	}
	return "error"
}

func sarifResults(d gate.Diagnosis, index int, r gate.Report) []sarifResult {
	base := sarifResult{
		RuleID: d.Check.ID, RuleIndex: index, Level: sarifLevel(d.Severity), Message: sarifText{messageOf(d)},
	}
	var all []sarifResult
	prints := fingerprints(d)
	for i, e := range d.Evidence {
		if !inRepository(e.File) {
			continue
		}
		res := base
		res.Locations, res.Fingerprints = []sarifLocation{locationOf(e)}, prints[i]
		all = append(all, res)
	}
	if all == nil {
		base.Locations = []sarifLocation{noLocation(r)}
		base.Fingerprints = fingerprint(1, d.Check.ID, r.Target.Project)
		all = append(all, base)
	}
	return all
}

// messageOf words a diagnosis. Code scanning shows the first sentence alone
// where there is little room, which is the summary; of foreign text it makes no
// link.
func messageOf(d gate.Diagnosis) string {
	first := plain(clause(d.Result))
	if !strings.HasSuffix(first, ".") {
		first += "."
	}
	fix, rest := cut(cmp.Or(fixOf(d), "See the check's documentation."), fixCap)
	lines := append([]string{first}, whole(fix)...)
	if rest != "" {
		lines = append(lines, rest)
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "](", "] (")
}
