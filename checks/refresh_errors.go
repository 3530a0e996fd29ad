package checks

import (
	"fmt"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// RefreshErrors asks whether the deployment's runtime log tells of sessions
// that could not be refreshed.
//
// An access token lives five minutes, so whoever stays longer depends on
// refreshes. WorkOS answers too many of them with 429, and a refresh token that
// was used before with invalid_grant: the marks of a bridge to Convex that
// refreshes by force, in a loop or in several tabs at once.
//
// The gate opens the log before it does anything that may write to it, and
// reads what the deployment writes during the run, for whomever: Vercel keeps
// nothing. AuthKit's proxy says nothing of a refresh, good or bad, unless it is
// given debug: true; only its server actions do. So a silent log proves
// nothing, and the check is then skipped.
//
// # Fix
//
// Let Convex ask for tokens, and refresh only when it says so:
//
//	return (forceRefreshToken ? await refresh() : await getAccessToken()) ?? null;
var RefreshErrors = &gate.Check{
	ID:    "refresh-errors",
	Stage: gate.StageToken,
	Title: "The runtime log tells of no refresh that failed",
	Fix:   "Refresh only when Convex asks for it: `forceRefreshToken ? await refresh() : await getAccessToken()`.",
	Needs: []gate.Need{facts.RefreshLines},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, AppAPIKey},
	Judge: refreshErrors,
}

func refreshErrors(known *gate.Facts) gate.Verdict {
	byOutcome := make(map[facts.RefreshOutcome][]facts.RefreshLine)
	for _, l := range facts.RefreshLines.From(known) {
		byOutcome[l.Outcome] = append(byOutcome[l.Outcome], l)
	}
	n := func(o facts.RefreshOutcome) int { return len(byOutcome[o]) }
	const force = "Refresh only when Convex asks for it: `forceRefreshToken ? await refresh() : await getAccessToken()`."
	for _, c := range []struct {
		outcome facts.RefreshOutcome
		summary string
		fix     string
		mild    bool
	}{
		{facts.RefreshRefused, "WorkOS does not accept the app's key when sessions are refreshed", "Set `WORKOS_API_KEY` for previews in Vercel to a key of the WorkOS environment that `WORKOS_CLIENT_ID` is of, and redeploy.", false},
		{facts.RefreshLimited, "WorkOS turns the app's refreshes down as too many (429)", force, false},
		{facts.RefreshReplayed, "the app uses refresh tokens a second time (invalid_grant)", force, false},
		{facts.RefreshSubject, "sessions of the app name one user, and their tokens another", "Delete the session cookie and sign in again; when it comes back, look for code that seals sessions by itself.", false},
		{facts.RefreshFailed, "the app could not refresh sessions", "", false},
		{facts.RefreshEnded, "the app refreshes sessions that have ended (invalid_grant)", "Nothing, when people signed out or were signed out of WorkOS; otherwise look for a link that prefetches the sign-out route.", true},
	} {
		if n(c.outcome) == 0 {
			continue
		}
		v := gate.Fail("%s, %s while the gate was looking", c.summary, times(n(c.outcome)))
		v.Fix, v.Advises = c.fix, c.mild
		for _, l := range byOutcome[c.outcome][:min(3, n(c.outcome))] {
			v = v.Because("runtime log, "+l.Path, l.Line)
		}
		return v
	}
	if n(facts.RefreshDone) > 0 {
		return gate.Pass("%s in the runtime log went well, and none failed", refreshCount(n(facts.RefreshDone)))
	}
	return gate.Skip("no refresh was seen in the runtime log, which says nothing of their health")
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func refreshCount(n int) string {
	if n == 1 {
		return "one refresh"
	}
	return fmt.Sprintf("%d refreshes", n)
}
