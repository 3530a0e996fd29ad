package checks

import (
	"slices"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexLogs asks whether the function log of the Convex deployment shows
// errors that have to do with who calls.
//
// A token that Convex refuses leaves no line there, since no function runs.
// What the log shows are the app's own errors: a function that was called
// before the client had a token, or one that looks for a claim that AuthKit's
// tokens do not have. Convex keeps the log in memory, so an empty one may be a
// deployment that was restarted. Calls that the input convex-run expects to
// fail do not count.
//
// # Fix
//
// Ask Convex only once the client is signed in there as well: wrap what queries
// in <Authenticated>, or skip the query while useConvexAuth() is loading.
var ConvexLogs = &gate.Check{
	ID:       "convex-logs",
	Stage:    gate.StageConvex,
	Severity: gate.Advisory,
	Title:    "Convex' function log shows no auth errors",
	Fix:      "Wrap what queries Convex in `<Authenticated>`, and see what the function looks for in `ctx.auth.getUserIdentity()`.",
	Needs:    []gate.Need{facts.FunctionErrors},
	Uses:     []gate.Need{facts.Calls},
	After:    []*gate.Check{ConvexURL, ConvexReachable, ConvexAcceptsToken, ConvexRun},
	Judge:    convexLogs,
}

func convexLogs(known *gate.Facts) gate.Verdict {
	calls, _ := facts.Calls.Lookup(known) // none are named: none are ours
	found := slices.DeleteFunc(slices.Clone(facts.FunctionErrors.From(known)), func(e facts.FunctionError) bool {
		return slices.ContainsFunc(calls, func(c facts.Call) bool { return c.Function == e.Function })
	})
	if len(found) == 0 {
		return gate.Pass("no auth error is in the function log")
	}
	signedIn := slices.ContainsFunc(found, func(e facts.FunctionError) bool { return e.SignedIn })
	v := gate.Fail("functions ended in auth errors, %s in the function log", times(len(found)))
	if signedIn {
		v = v.FixedBy("See what the function looks for in `ctx.auth.getUserIdentity()`: the callers were signed in, and AuthKit's tokens have a subject and no e-mail address.")
	}
	for _, e := range found[max(0, len(found)-3):] {
		v = v.Because(e.Function+", "+e.At.UTC().Format(time.RFC3339), e.Line)
	}
	return v
}
