package testbed

import (
	"slices"
	"strings"
)

// What the gate made of a case.
const (
	Right  = ""                    // what is broken is named, and nothing else
	Hidden = "one hides the other" // of two faults: the other waits for the one that is named
	Missed = "one is missed"
	False  = "something else is named"
)

// Single judges the report on a preview with one fault, or none.
func Single(c Case, r Report) string {
	switch got := r.Checks(); {
	case c.Check == "" && len(got) == 0 && r.Gate == "open":
		return Right
	case c.Check != "" && slices.Equal(got, []string{c.Check}):
		return Right
	case slices.ContainsFunc(got, func(check string) bool { return check != c.Check }):
		return False
	}
	return Missed
}

// Pair judges the report on a preview with two faults. One may hide the other
// only in so many words: the check of the other waits for something, or there
// is nothing yet for it to look at.
func Pair(a, b Case, r Report) string {
	wanted := []string{a.Check, b.Check}
	named := 0
	for _, check := range r.Checks() {
		if !slices.Contains(wanted, check) {
			return False
		}
		named++
	}
	switch named {
	case 2:
		return Right
	case 0:
		return Missed
	}
	for _, check := range wanted {
		if status := r.Result(check).Status; status == "passed" {
			return Missed
		}
	}
	return Hidden
}

// Listed joins the names of checks.
func Listed(checks []string) string {
	if len(checks) == 0 {
		return "nothing"
	}
	return strings.Join(checks, ", ")
}
