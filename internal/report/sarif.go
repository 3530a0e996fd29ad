package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// The part of SARIF 2.1.0 that the report needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		ColumnKind  string            `json:"columnKind"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifText    `json:"shortDescription"`
		Help    sarifText    `json:"help"`
		HelpURI string       `json:"helpUri,omitempty"`
		Default sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Rule    *sarifReference `json:"associatedRule,omitempty"`
		Level   string          `json:"level"`
		Message sarifText       `json:"message"`
	}
	sarifReference struct {
		ID    string `json:"id"`
		Index int    `json:"index"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI    string `json:"uri"`
		BaseID string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// SARIF writes the diagnoses as a SARIF 2.1.0 log: one result for each place
// in the repository that a diagnosis names, or one without a place. What could
// not be found out is a notification of the run and no result.
func SARIF(w io.Writer, r gate.Report, s Style) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "previewgate", InformationURI: "https://github.com/previewgate/previewgate", Rules: []sarifRule{}}},
		ColumnKind:  "utf16CodeUnits",
		Invocations: []sarifInvocation{{Successful: true, Notifications: []sarifNotification{}}},
		Results:     []sarifResult{},
	}
	index := make(map[*gate.Check]int)
	for i, res := range r.Results {
		index[res.Check] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(res.Check, s))
		if res.Status == gate.Unknown {
			run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{
				Rule: &sarifReference{res.Check.ID, i}, Level: "warning", Message: sarifText{"could not be found out: " + clause(res)},
			})
		}
	}
	for _, d := range r.Diagnoses() {
		run.Results = append(run.Results, sarifResults(d, index[d.Check])...)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func ruleOf(c *gate.Check, s Style) sarifRule {
	return sarifRule{
		ID: c.ID, Short: sarifText{c.Title}, Help: sarifText{c.Fix},
		HelpURI: s.docs(c), Default: sarifDefault{sarifLevel(c.Severity)},
	}
}

func sarifLevel(s gate.Severity) string {
	if s == gate.Advisory {
		return "warning"
	}
	return "error"
}

func sarifResults(d gate.Diagnosis, index int) []sarifResult {
	base := sarifResult{
		RuleID: d.Check.ID, RuleIndex: index, Level: sarifLevel(d.Severity),
		Message: sarifText{clause(d.Result) + "\n" + fixOf(d)},
	}
	var all []sarifResult
	for _, e := range d.Evidence {
		if e.File == "" {
			continue
		}
		res := base
		res.Locations = []sarifLocation{{sarifPhysical{sarifArtifact{fileURI(e.File), "%SRCROOT%"}, regionOf(e)}}}
		res.Fingerprints = fingerprint(d.Check.ID, e.File, e.Saw)
		all = append(all, res)
	}
	if all == nil {
		base.Fingerprints = fingerprint(d.Check.ID, "", d.Summary)
		all = append(all, base)
	}
	return all
}

func regionOf(e gate.Evidence) *sarifRegion {
	if e.Line == 0 {
		return nil
	}
	return &sarifRegion{StartLine: e.Line, StartColumn: e.Column, EndColumn: e.EndColumn}
}

// fingerprint names a result so that it stays the same when lines move.
func fingerprint(parts ...string) map[string]string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return map[string]string{"previewgate/v1": hex.EncodeToString(sum[:16])}
}

// fileURI returns a path in the repository as a relative URI reference.
func fileURI(file string) string {
	clean := strings.TrimPrefix(path.Clean(strings.ReplaceAll(file, "\\", "/")), "/")
	var b strings.Builder
	for _, c := range []byte(clean) {
		switch {
		case c == '/', c == '-', c == '_', c == '.', c == '~', '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			b.WriteByte(c)
		default:
			const hexDigits = "0123456789ABCDEF"
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}
