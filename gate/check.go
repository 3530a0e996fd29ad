package gate

import "fmt"

// A Check is one question about a target, with a pure function to answer it.
//
// The doc comment on the variable that holds a Check is its documentation:
// docs/checks.md is generated from it.
type Check struct {
	// ID names the check in reports, inputs and links. It is the name of the
	// check's file, with dashes for underscores.
	ID string

	// Stage is the link of the chain that the check looks at.
	Stage Stage

	// Title states what holds when the check passes, in the present tense.
	Title string

	Severity Severity

	// Fix tells in one imperative sentence what to do about a failure, when
	// the verdict itself does not say it better.
	Fix string

	// Needs lists the facts that Judge reads with From. The check is skipped
	// or unknown when one of them has no value.
	Needs []Need

	// Uses lists the facts that Judge reads with Lookup.
	Uses []Need

	// After lists the checks that make this one moot when they fail.
	After []*Check

	Judge func(known *Facts) Verdict
}

// A Stage is a link of the chain from a deployment to a signed-out visitor.
type Stage int

// The stages, in the order of the chain.
const (
	StageDeployment Stage = iota
	StageSignIn
	StageRedirectURI
	StageSession
	StageToken
	StageConvex
	StageSignOut
)

// Stages lists every stage in the order of the chain.
func Stages() []Stage {
	return []Stage{
		StageDeployment, StageSignIn, StageRedirectURI, StageSession,
		StageToken, StageConvex, StageSignOut,
	}
}

// String returns the stage as it is written in reports: "redirect-uri".
func (s Stage) String() string {
	return [...]string{
		StageDeployment: "deployment", StageSignIn: "sign-in",
		StageRedirectURI: "redirect-uri", StageSession: "session",
		StageToken: "token", StageConvex: "convex", StageSignOut: "sign-out",
	}[s]
}

// Severity says what a failure does to the gate.
type Severity int

// The severities.
const (
	Blocking Severity = iota // a failure closes the gate
	Advisory                 // a failure is reported only
)

// String returns the severity as a word.
func (s Severity) String() string {
	return [...]string{Blocking: "blocking", Advisory: "advisory"}[s]
}

// judge answers the check's question. A fact that is missing leaves it
// skipped or unknown, and a judge that panics leaves it unknown: a broken
// check must not be taken for a broken target.
func (c *Check) judge(known *Facts) (v Verdict) {
	if err := known.missing(c.Needs); err != nil {
		return Without(err)
	}
	reads := append(append([]Need(nil), c.Needs...), c.Uses...)
	defer func() {
		if r := recover(); r != nil {
			v = Unsure("previewgate has a fault here: %s", fmt.Sprint(r))
		}
	}()
	return c.Judge(known.only(reads))
}

// JudgeAlone judges the check from facts that are all given, without those
// that come before it: what a test of the check calls. Facts that the check
// declares and that are not given count as not given.
func (c *Check) JudgeAlone(target Target, given ...Given) Verdict {
	known := Know(target, given...)
	for _, n := range append(append([]Need(nil), c.Needs...), c.Uses...) {
		if known.cells[n] == nil {
			known.cells[n] = &cell{given: true, err: NotGiven{What: n.name()}}
		}
	}
	return c.judge(known)
}
