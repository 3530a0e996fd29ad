package publish

import (
	"crypto/rand"
	"errors"
	"os"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// maxSummary is how large GitHub lets the summary of a step be; it shows none of a larger one. MaxSummary leaves some of it
// to the steps' own.
const (
	maxSummary = 1 << 20
	MaxSummary = maxSummary - 64<<10
)

// writeSummary adds Markdown to the summary of the step.
func (p *Publisher) writeSummary(markdown string) error {
	if p.summary == "" || markdown == "" {
		return nil
	}
	room := int64(maxSummary)
	if info, err := os.Stat(p.summary); err == nil {
		room -= info.Size()
	}
	if room < 1024 {
		return errors.New("the summary of this step is full")
	}
	return appendTo(p.summary, fit(markdown, int(room)-1)+"\n")
}

// writeOutputs sets the outputs of the step. The report itself goes into a file, whose path is the output. Where nothing
// was judged there is no outcome either, unless that is an error: then it is undecided. It leaves those of an outcome that is worse, or as bad: of two assignments the
// runner takes the later.
func (p *Publisher) writeOutputs(o Outcome, commentURL string) error {
	if p.outputs == "" || rank(o) <= p.worst {
		return nil
	}
	var outcome, cause string
	switch {
	case len(o.Report.Results) > 0:
		outcome = o.Report.Outcome().String()
	case o.State == "error":
		outcome = gate.Undecided.String()
	}
	if diagnoses := o.Report.Diagnoses(); len(diagnoses) > 0 {
		cause = diagnoses[0].Check.ID
	}
	report, reportErr := p.writeReport(o.JSON)
	var text strings.Builder
	for _, output := range []struct{ name, value string }{
		{"outcome", outcome},
		{"cause", cause},
		{"comment-url", commentURL},
		{"report", report},
	} {
		text.WriteString(assignment(output.name, output.value))
	}
	if err := appendTo(p.outputs, text.String()); err != nil {
		return err
	}
	p.worst = rank(o)
	return reportErr
}

// rank is how bad an outcome is, from 1 for one of nothing. Without a report an error is as bad as an undecided gate.
func rank(o Outcome) int {
	ranks := map[gate.Outcome]int{gate.Open: 2, gate.Undecided: 3, gate.Closed: 4}
	switch {
	case len(o.Report.Results) > 0:
		return ranks[o.Report.Outcome()]
	case o.State == "error":
		return ranks[gate.Undecided]
	}
	return 1
}

// writeReport puts the report into a file for later steps and returns its path.
func (p *Publisher) writeReport(json []byte) (string, error) {
	if json == nil {
		return "", nil
	}
	file, err := os.CreateTemp(p.temp, "previewgate-*.json")
	if err != nil {
		return "", err
	}
	defer file.Close()
	if _, err := file.Write(json); err != nil {
		return "", err
	}
	return file.Name(), file.Close()
}

// assignment returns the lines that give an output a value. The word that ends the value is random, so that no value
// can hold it and go on to set another output.
func assignment(name, value string) string {
	end := "end_" + rand.Text()
	return name + "<<" + end + "\n" + value + "\n" + end + "\n"
}

func appendTo(path, text string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := file.WriteString(text); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
