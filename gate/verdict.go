package gate

import (
	"errors"
	"fmt"
	"slices"
)

// Status is the answer to a check's question.
type Status int

// The statuses.
const (
	Passed  Status = iota
	Failed         // the target is broken
	Skipped        // the question does not arise, or what it needs was not given
	Unknown        // the answer could not be found out
)

// String returns the status as a word.
func (s Status) String() string {
	return [...]string{Passed: "passed", Failed: "failed", Skipped: "skipped", Unknown: "unknown"}[s]
}

// A Verdict is a check's answer and what it rests on.
type Verdict struct {
	Status   Status
	Summary  string // one clause, no full stop
	Fix      string // what to do, when it is more exact than the check's own Fix
	Evidence []Evidence

	// Blocks says that this failure closes the gate although the check is
	// advisory: the case at hand is worse than the check's usual one.
	Blocks bool

	// Advises says that this failure does not close the gate although the
	// check is blocking: the case at hand is less than the check's usual one.
	Advises bool

	// Unlock names the input whose absence skipped the check.
	Unlock string
}

// Evidence is one thing that was seen, in the terms of whoever has to fix it.
type Evidence struct {
	What string // a header, a setting, a request
	Saw  string // its value or answer

	// Where it stands in the repository, when it does. Lines and columns count
	// from 1, columns in UTF-16 code units as editors and SARIF do; 0 is not
	// known. EndColumn is the one after the last, on the same line.
	File                    string
	Line, Column, EndColumn int
}

// Pass says that the check's title holds.
func Pass(format string, args ...any) Verdict {
	return Verdict{Status: Passed, Summary: fmt.Sprintf(format, args...)}
}

// Fail says that the target is broken, and how.
func Fail(format string, args ...any) Verdict {
	return Verdict{Status: Failed, Summary: fmt.Sprintf(format, args...)}
}

// Skip says that the question does not arise, and why.
func Skip(format string, args ...any) Verdict {
	return Verdict{Status: Skipped, Summary: fmt.Sprintf(format, args...)}
}

// Unsure says that the answer could not be found out, and why.
func Unsure(format string, args ...any) Verdict {
	return Verdict{Status: Unknown, Summary: fmt.Sprintf(format, args...)}
}

// Because adds a piece of evidence.
func (v Verdict) Because(what, saw string) Verdict {
	return v.At(Evidence{What: what, Saw: saw})
}

// At adds a piece of evidence that stands in the repository.
func (v Verdict) At(e Evidence) Verdict {
	v.Evidence = append(slices.Clip(v.Evidence), e)
	return v
}

// FixedBy says what to do about it, in one imperative sentence.
func (v Verdict) FixedBy(format string, args ...any) Verdict {
	v.Fix = fmt.Sprintf(format, args...)
	return v
}

// AndAdvises keeps the failure from closing the gate.
func (v Verdict) AndAdvises() Verdict {
	v.Advises = true
	return v
}

// AndBlocks makes the failure close the gate, whatever the check's severity.
func (v Verdict) AndBlocks() Verdict {
	v.Blocks = true
	return v
}

// Without is the verdict of a check that lacks a fact for err: skipped when the
// fact was not given or does not arise, and unknown otherwise.
func Without(err error) Verdict {
	if !skips(err) {
		return Unsure("%v", err)
	}
	v := Skip("%v", err)
	if missing, ok := errors.AsType[NotGiven](err); ok {
		v.Unlock = missing.Unlock
	}
	return v
}
