package checks

import (
	"cmp"
	"fmt"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// ForcedRefresh asks whether the bridge between AuthKit and Convex refreshes
// tokens no more than it should.
//
// Convex asks its bridge for a token, confirms it, and asks once more with
// forceRefreshToken; then again shortly before the token expires. To answer
// the second with a refresh is right. It becomes a storm when a refresh makes
// Convex ask again: when fetchAccessToken is a new function on every render,
// depends on the token, or when isLoading follows the token's own loading.
// WorkOS then answers 429, the bridge has no token, and people are signed out.
//
// # Fix
//
// Memoise fetchAccessToken on nothing that a refresh changes:
//
//	const { user, loading } = useAuth();
//	const { getAccessToken, refresh } = useAccessToken();
//	const fetchAccessToken = useCallback(
//	  async ({ forceRefreshToken }: { forceRefreshToken: boolean }) => {
//	    try {
//	      return (forceRefreshToken ? await refresh() : await getAccessToken()) ?? null;
//	    } catch {
//	      return null;
//	    }
//	  },
//	  [getAccessToken, refresh],
//	);
//	return { isLoading: loading, isAuthenticated: !!user, fetchAccessToken };
var ForcedRefresh = &gate.Check{
	ID:    "forced-refresh",
	Stage: gate.StageToken,
	Title: "The bridge to Convex does not refresh in a loop",
	Fix:   memoise,
	Needs: []gate.Need{facts.Repository},
	Judge: forcedRefresh,
}

// memoise is the fix of most of what the check finds.
const memoise = "Memoise `fetchAccessToken` with `useCallback` on `getAccessToken` and `refresh` alone, and take `isLoading` from `useAuth()`."

func forcedRefresh(known *gate.Facts) gate.Verdict {
	v, _ := fromSource(known, refreshesInSource)
	return v
}

func refreshesInSource(r source.Repository) gate.Verdict {
	var worst []rules.Refresh
	for _, severity := range []rules.Severity{rules.Error, rules.Warning} {
		patch := ""
		for i, f := range r.Findings.Refreshes {
			if f.Severity == severity && !taken(r, "forced-refresh", f.Position) {
				worst = append(worst, f)
				if len(worst) == 1 && i < len(r.RefreshPatches) {
					patch = r.RefreshPatches[i]
				}
			}
		}
		if worst != nil {
			return refreshed(worst, patch)
		}
	}
	if len(r.Findings.Bridges) == 0 {
		return gate.Skip("no bridge between AuthKit and Convex was found in the source")
	}
	b := r.Findings.Bridges[0]
	return ifRead(r, gate.Pass("the bridge in %s refreshes %s", b.File, b.Forced))
}

// refreshed is the verdict on what was found, worst first; patch is the diff
// that takes the force off the first, empty where there is none.
func refreshed(found []rules.Refresh, patch string) gate.Verdict {
	first := found[0]
	v := gate.Fail("%s", refreshClause(first))
	fix := refreshFix(first)
	if patch != "" {
		fix = fmt.Sprintf("%s To stop the refreshes at once, in `%s` (`getAccessToken()` refreshes by itself when the token is about to expire):\n\n```diff\n%s```",
			cmp.Or(fix, memoise), first.File, patch)
	}
	if fix != "" {
		v = v.FixedBy("%s", fix)
	}
	if first.Severity != rules.Error {
		v = v.AndAdvises()
	}
	for _, f := range found {
		v = v.At(at(string(f.Rule), refreshSaw(f), f.Position))
		if f.CauseAt.Line != 0 {
			v = v.At(at("because", string(f.Cause), f.CauseAt))
		}
	}
	return v
}

func refreshClause(f rules.Refresh) string {
	hook := f.Hook
	if hook == "" {
		hook = "the code at " + f.File
	}
	switch f.Rule {
	case rules.RefreshLoop:
		return hook + " refreshes in a loop: each refresh brings about the next"
	case rules.ReauthLoop:
		return hook + " makes Convex authenticate again on every render"
	case rules.ReauthOnRotation:
		return hook + " makes Convex authenticate again on every new token"
	case rules.RefreshUnconditional:
		return hook + " refreshes whether or not Convex asks for a fresh token"
	case rules.ForceRefreshAlways:
		return hook + " always asks for a forced refresh"
	case rules.RefreshInterval:
		return hook + " refreshes on a timer"
	case rules.RefreshInLoop:
		return hook + " refreshes in a loop of its own"
	case rules.RefreshInEffect:
		return hook + " refreshes in an effect that its own outcome starts again"
	case rules.RefreshEveryRequest:
		return hook + " refreshes the session on every request"
	}
	return fmt.Sprintf("%s: %s", hook, f.Rule)
}

// refreshFix says what to do where the check's own fix does not fit.
func refreshFix(f rules.Refresh) string {
	switch f.Rule {
	case rules.RefreshUnconditional, rules.ForceRefreshAlways:
		return "Refresh only when Convex asks: `forceRefreshToken ? await refresh() : await getAccessToken()`."
	case rules.RefreshInterval, rules.RefreshInLoop, rules.RefreshInEffect:
		return "Drop the refresh: `getAccessToken()` refreshes by itself when the token is about to expire. Treat an error of it as signed out."
	case rules.RefreshEveryRequest:
		return "Drop `refreshSession()` there: AuthKit's proxy refreshes a session when it has to."
	case rules.RefreshLoop, rules.ReauthLoop, rules.ReauthOnRotation:
	}
	return ""
}

func refreshSaw(f rules.Refresh) string {
	if f.Cause != "" && f.CauseAt.Line == 0 {
		return f.Token + ": " + string(f.Cause)
	}
	return f.Token
}
