package checks

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexRun asks whether the functions that the user names answer the test
// account as they should.
//
// This is the end of the chain: the app's own code, called with a token that
// WorkOS issued and Convex took. Each is named by the flag --convex-run, or a
// line of the input of that name:
//
//	plans:list {"limit": 3}
//	admin:stats {} => Unauthorized
//	internal/jobs:tally {} as key
//
// The second has to end in an error with that text. The third is called with
// CONVEX_DEPLOY_KEY instead of the test account's token, and may be internal.
//
// Nothing is run that is not named. A mutation or an action that is named is
// really run, once, on the data of the preview's deployment; what a function
// returns is not looked at, and appears nowhere.
//
// # Fix
//
// When a signed-in user is told Unauthorized, ctx.auth.getUserIdentity() is
// null or lacks what the function looks for. AuthKit's tokens have a subject
// and no e-mail address, unless a JWT template adds it.
var ConvexRun = &gate.Check{
	ID:    "convex-run",
	Stage: gate.StageConvex,
	Title: "The named Convex functions answer as expected",
	Fix:   "See what the function looks for in `ctx.auth.getUserIdentity()`: AuthKit's tokens have a subject and no e-mail address.",
	Needs: []gate.Need{facts.Calls, facts.Runs, facts.ConvexSite},
	After: []*gate.Check{PreviewReachable, ClientIDAgrees, TestAccount, TokenVerifies, ConvexURL, ConvexReachable, ConvexEnv, ConvexProvider, ConvexAcceptsToken},
	Judge: convexRun,
}

func convexRun(known *gate.Facts) gate.Verdict {
	var verdicts []gate.Verdict
	var passed []string
	for _, r := range facts.Runs.From(known) {
		v := ran(r, hostOf(facts.ConvexSite.From(known)))
		if v.Status == gate.Passed {
			passed = append(passed, r.Function)
		}
		verdicts = append(verdicts, v)
	}
	if len(verdicts) == 0 {
		return gate.Skip("no function is named")
	}
	if v := worst(verdicts); v.Status != gate.Passed && v.Status != gate.Skipped {
		return v
	}
	for _, v := range verdicts {
		if v.Status == gate.Skipped {
			return v
		}
	}
	return gate.Pass("%s answered as expected", list(passed))
}

// ran judges one call.
func ran(r facts.Run, site string) gate.Verdict {
	by := "the test account"
	if r.AsKey {
		by = "the deploy key"
	}
	switch {
	case r.Unlock != "":
		v := gate.Skip("%s was not called: %s", r.Function, r.Trouble)
		v.Unlock = r.Unlock
		return v
	case r.Trouble != "":
		return gate.Unsure("%s: %s", r.Function, r.Trouble)
	case r.Refused.Code == "NoAuthProvider", r.Refused.Code == "InvalidAuthHeader":
		return gate.Fail("Convex refused the test account before %s ran", r.Function).Because(site, reply(r.Refused))
	case r.Refused.Code != "":
		return gate.Unsure("%s was not run: %s", r.Function, reply(r.Refused))
	case r.Expects == "" && r.Succeeded:
		return gate.Pass("%s answered %s", r.Function, by)
	case r.Expects == "":
		return unexpectedError(r, by)
	case r.Succeeded:
		return gate.Fail("%s let %s in, and was to answer %s", r.Function, by, r.Expects).
			FixedBy("Let the function look at `ctx.auth.getUserIdentity()` before it answers, or take the expectation off the input `convex-run`.")
	case strings.Contains(r.Error, r.Expects):
		return gate.Pass("%s answered %s with %s", r.Function, by, r.Expects)
	case isRedacted(r.Error):
		return gate.Unsure("%s ended in an error, of which this deployment keeps the text to itself", r.Function)
	}
	return gate.Fail("%s ended in another error than %s", r.Function, r.Expects).
		FixedBy("Mend what the error says, or the expectation in the input `convex-run`.").Because(r.Function, oneLine(r.Error))
}

// unexpectedError judges an error where there was to be none.
func unexpectedError(r facts.Run, by string) gate.Verdict {
	if strings.Contains(r.Error, "Could not find") {
		return gate.Fail("Convex has no function %s", r.Function).
			FixedBy("Deploy the backend from this commit, or correct the name in the input `convex-run`; an internal function needs `as key`.").
			Because(r.Function, oneLine(r.Error))
	}
	return gate.Fail("%s answered %s with an error", r.Function, by).Because(r.Function, oneLine(r.Error))
}

// isRedacted reports whether an error says only that there was one.
func isRedacted(text string) bool {
	return strings.HasSuffix(strings.TrimSpace(text), "Server Error")
}
