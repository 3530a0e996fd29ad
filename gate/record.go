package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// recordingVersion is the version of the form that a [Recording] has as JSON.
const recordingVersion = 1

// A Recording is what the checks of a run read, so that it can be judged
// again without asking anybody. It holds the values of facts as they were
// learned: whoever stores it takes secrets out first.
type Recording struct {
	Version  int                 `json:"version"`
	Target   Target              `json:"target"`
	Checks   []string            `json:"checks"` // the IDs of those that ran
	Advisory []string            `json:"advisory"`
	Facts    map[string]Recorded `json:"facts"` // by name
	Learned  []RecordedTime      `json:"learned"`
	Started  time.Time           `json:"started"`
	Took     time.Duration       `json:"took_ns"`
}

// A Recorded fact is its value, or why it has none.
type Recorded struct {
	Value   json.RawMessage  `json:"value,omitempty"`
	Missing *RecordedMissing `json:"missing,omitempty"`
}

// A RecordedMissing is why a fact has no value.
type RecordedMissing struct {
	Kind   string `json:"kind"` // not-given, moot or failed
	Text   string `json:"text"`
	Unlock string `json:"unlock,omitempty"` // of not-given
	Named  bool   `json:"named,omitempty"`  // of failed: the text says what it is about
}

// A RecordedTime is a [Learned] as text.
type RecordedTime struct {
	Fact  string        `json:"fact"`
	After []string      `json:"after"`
	Took  time.Duration `json:"took_ns"`
	Error string        `json:"error,omitempty"`
}

// record notes what the checks read.
func (known *Facts) record(r *Report, checks []*Check, advisory []string) (Recording, error) {
	rec := Recording{
		Version: recordingVersion, Target: r.Target, Advisory: slices.Clone(advisory),
		Facts: make(map[string]Recorded), Started: r.Started, Took: r.Took,
	}
	for _, l := range r.Learned {
		t := RecordedTime{Fact: l.Fact, After: l.After, Took: l.Took}
		if l.Err != nil {
			t.Error = l.Err.Error()
		}
		rec.Learned = append(rec.Learned, t)
	}
	byName := make(map[string]Need)
	for _, c := range checks {
		rec.Checks = append(rec.Checks, c.ID)
		for _, n := range slices.Concat(c.Needs, c.Uses) {
			cell := known.cells[n]
			if other, known := byName[n.name()]; known && other != n {
				return Recording{}, fmt.Errorf("two facts are called %q", n.name())
			}
			byName[n.name()] = n
			recorded, err := recordedOf(cell)
			if err != nil {
				return Recording{}, fmt.Errorf("recording the %s: %w", n.name(), err)
			}
			rec.Facts[n.name()] = recorded
		}
	}
	return rec, nil
}

func recordedOf(c *cell) (Recorded, error) {
	if c.err == nil {
		value, err := json.Marshal(c.value)
		return Recorded{Value: value}, err
	}
	missing := &RecordedMissing{Kind: "failed", Text: c.err.Error()}
	var named interface{ NamesSubject() }
	if given, ok := errors.AsType[NotGiven](c.err); ok {
		missing = &RecordedMissing{Kind: "not-given", Text: given.What, Unlock: given.Unlock}
	} else if moot, ok := errors.AsType[Moot](c.err); ok {
		missing = &RecordedMissing{Kind: "moot", Text: string(moot)}
	} else if errors.As(c.err, &named) {
		missing.Named = true
	}
	return Recorded{Missing: missing}, nil
}

// asError is the reason as it was.
func (m RecordedMissing) asError() error {
	switch {
	case m.Kind == "not-given":
		return NotGiven{m.Text, m.Unlock}
	case m.Kind == "moot":
		return Moot(m.Text)
	case m.Named:
		return told(m.Text)
	}
	return errors.New(m.Text)
}

// told is the text of an error that says by itself what it is about.
type told string

func (t told) Error() string { return string(t) }

// NamesSubject marks the error as one whose text says what it is about.
func (t told) NamesSubject() {}

// Replay judges a recording by the checks of the catalogue that ran. It fails
// when the recording is of another version, or does not fit the checks.
func Replay(rec Recording, catalogue []*Check) (Report, error) {
	if rec.Version != recordingVersion {
		return Report{}, fmt.Errorf("the recording is of version %d, and this previewgate reads version %d", rec.Version, recordingVersion)
	}
	checks := slices.DeleteFunc(slices.Clone(catalogue), func(c *Check) bool { return !slices.Contains(rec.Checks, c.ID) })
	if len(checks) != len(rec.Checks) || len(checks) == 0 {
		return Report{}, errors.New("the recording names checks that this previewgate does not have")
	}
	known := &Facts{rec.Target, make(map[Need]*cell)}
	for _, c := range checks {
		for _, n := range slices.Concat(c.Needs, c.Uses) {
			cell, err := rec.cell(n)
			if err != nil {
				return Report{}, err
			}
			known.cells[n] = cell
		}
	}
	report := known.judge(checks, rec.Advisory)
	for _, t := range rec.Learned {
		l := Learned{Fact: t.Fact, After: t.After, Took: t.Took}
		if t.Error != "" {
			l.Err = errors.New(t.Error)
		}
		report.Learned = append(report.Learned, l)
	}
	report.Started, report.Took = rec.Started, rec.Took
	return report, nil
}

// cell is the fact as it was recorded.
func (rec Recording) cell(n Need) (*cell, error) {
	recorded, found := rec.Facts[n.name()]
	switch {
	case !found:
		return nil, fmt.Errorf("the recording lacks the %s", n.name())
	case recorded.Missing != nil:
		return &cell{given: true, err: recorded.Missing.asError()}, nil
	}
	value, err := n.decode(recorded.Value)
	if err != nil {
		return nil, fmt.Errorf("the recording's %s cannot be read: %w", n.name(), err)
	}
	return &cell{given: true, value: value}, nil
}
