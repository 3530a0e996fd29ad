package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"

	"github.com/previewgate/previewgate/gate"
)

// jsonVersion is the version of the contract that docs/report.schema.json
// states. Within a version fields are added, never changed or taken away.
const jsonVersion = 1

type jsonReport struct {
	Version   int             `json:"version"`
	Gate      string          `json:"gate"`
	Headline  string          `json:"headline"`
	Target    jsonTarget      `json:"target"`
	Diagnoses []jsonDiagnosis `json:"diagnoses"`
	Results   []jsonResult    `json:"results"`
	Facts     []jsonFact      `json:"facts"`
	Notes     []string        `json:"notes"`
	Run       string          `json:"run"`
	Rerun     string          `json:"rerun"`
	Started   string          `json:"started"`
	TookMS    int64           `json:"took_ms"`
}

type jsonTarget struct {
	URL         string `json:"url"`
	Deployment  string `json:"deployment"`
	Project     string `json:"project"`
	Environment string `json:"environment"`
	Repository  string `json:"repository"`
	PullRequest int    `json:"pull_request"`
	Branch      string `json:"branch"`
	SHA         string `json:"sha"`
	Recording   string `json:"recording"`
}

type jsonDiagnosis struct {
	Check    string         `json:"check"`
	Stage    string         `json:"stage"`
	Severity string         `json:"severity"`
	Summary  string         `json:"summary"`
	Fix      string         `json:"fix"`
	Docs     string         `json:"docs"`
	Evidence []jsonEvidence `json:"evidence"`
	Waits    []string       `json:"waits"`
}

type jsonResult struct {
	Check    string         `json:"check"`
	Stage    string         `json:"stage"`
	Title    string         `json:"title"`
	Severity string         `json:"severity"`
	Status   string         `json:"status"`
	Summary  string         `json:"summary"`
	Cause    string         `json:"cause"`
	Unlock   string         `json:"unlock"`
	Evidence []jsonEvidence `json:"evidence"`
}

type jsonEvidence struct {
	What   string `json:"what"`
	Saw    string `json:"saw"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonFact struct {
	Name   string   `json:"name"`
	After  []string `json:"after"`
	TookMS int64    `json:"took_ms"`
	Error  string   `json:"error"`
}

// JSON writes the report as docs/report.schema.json describes it. Every field
// is always there, and a list is never null.
func JSON(w io.Writer, r gate.Report, s Style) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(jsonOf(r, s)); err != nil {
		return fmt.Errorf("writing the report as JSON: %w", err)
	}
	_, err := w.Write(escapeHidden(b.Bytes()))
	return err
}

// escapeHidden escapes what a terminal would obey, which the encoder leaves
// as it is beyond ASCII. The value stays the same.
func escapeHidden(encoded []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(encoded) {
		switch {
		case r == '\n' || !hidden(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}

func jsonOf(r gate.Report, s Style) jsonReport {
	j := jsonReport{
		Version: jsonVersion, Gate: r.Outcome().String(), Headline: Headline(r), Target: jsonTargetOf(r.Target),
		Diagnoses: []jsonDiagnosis{}, Results: []jsonResult{}, Facts: []jsonFact{},
		Notes: append([]string{}, s.notes()...), Run: s.RunURL, Rerun: s.Rerun,
		Started: r.Started.UTC().Format(time.RFC3339), TookMS: r.Took.Milliseconds(),
	}
	for _, d := range r.Diagnoses() {
		j.Diagnoses = append(j.Diagnoses, jsonDiagnosisOf(d, s))
	}
	for _, res := range r.Results {
		j.Results = append(j.Results, jsonResultOf(res))
	}
	for _, l := range r.Learned {
		fact := jsonFact{Name: l.Fact, After: append([]string{}, l.After...), TookMS: l.Took.Milliseconds()}
		if l.Err != nil {
			fact.Error = l.Err.Error()
		}
		j.Facts = append(j.Facts, fact)
	}
	return j
}

// jsonTargetOf names the fields one by one: a new field of a target must not
// change the contract unseen.
func jsonTargetOf(t gate.Target) jsonTarget {
	return jsonTarget{
		URL: t.URL, Deployment: t.Deployment, Project: t.Project, Environment: t.Environment,
		Repository: t.Repository, PullRequest: t.PullRequest, Branch: t.Branch, SHA: t.SHA, Recording: t.Recording,
	}
}

func jsonDiagnosisOf(d gate.Diagnosis, s Style) jsonDiagnosis {
	j := jsonDiagnosis{
		Check: d.Check.ID, Stage: d.Check.Stage.String(), Severity: d.Severity.String(),
		Summary: clause(d.Result), Fix: fixOf(d), Docs: s.docs(d.Check),
		Evidence: jsonEvidenceOf(d.Evidence), Waits: []string{},
	}
	for _, c := range d.Waits {
		j.Waits = append(j.Waits, c.ID)
	}
	return j
}

func jsonResultOf(res gate.Result) jsonResult {
	j := jsonResult{
		Check: res.Check.ID, Stage: res.Check.Stage.String(), Title: res.Check.Title,
		Severity: res.Severity.String(), Status: res.Status.String(),
		Summary: clause(res), Unlock: res.Unlock, Evidence: jsonEvidenceOf(res.Evidence),
	}
	if res.Cause != nil {
		j.Cause = res.Cause.ID
	}
	return j
}

func jsonEvidenceOf(all []gate.Evidence) []jsonEvidence {
	list := []jsonEvidence{}
	for _, e := range all {
		list = append(list, jsonEvidence{What: e.What, Saw: e.Saw, File: e.File, Line: e.Line, Column: e.Column})
	}
	return list
}
