package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// The part of JUnit's XML that CI systems read.
type (
	junitSuite struct {
		XMLName   xml.Name    `xml:"testsuite"`
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`                // in seconds
		Timestamp string      `xml:"timestamp,attr,omitempty"` // in UTC, without a zone
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string     `xml:"name,attr"`
		Class   string     `xml:"classname,attr"`
		Failure *junitText `xml:"failure"`
		Error   *junitText `xml:"error"`
		Skipped *junitText `xml:"skipped"`
	}
	junitText struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"` // what it does to the gate
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the results as one test suite: a failed check is a failure, an
// unknown one an error.
func JUnit(w io.Writer, r gate.Report) error {
	suite := junitSuite{Name: "previewgate", Time: fmt.Sprintf("%.3f", r.Took.Seconds())}
	if !r.Started.IsZero() {
		suite.Timestamp = r.Started.UTC().Format("2006-01-02T15:04:05")
	}
	for _, res := range r.Results {
		c := junitCase{Name: res.Check.ID, Class: "previewgate." + res.Check.Stage.String()}
		text := &junitText{Message: plain(clause(res))}
		suite.Tests++
		switch res.Status {
		case gate.Passed:
		case gate.Failed:
			text.Type, text.Text = res.Severity.String(), particulars(res)
			c.Failure = text
			suite.Failures++
		case gate.Unknown:
			text.Type = res.Severity.String()
			c.Error = text
			suite.Errors++
		case gate.Skipped:
			c.Skipped = text
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// particulars are the fix and the evidence, a line each.
func particulars(res gate.Result) string {
	lines := []string{plain(fixOf(gate.Diagnosis{Result: res}))}
	for _, e := range res.Evidence {
		line := plain(e.What) + ": " + plain(e.Saw)
		if e.File != "" {
			line = plain(place(e)) + ": " + line
		}
		lines = append(lines, line)
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}
