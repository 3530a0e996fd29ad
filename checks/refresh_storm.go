package checks

import (
	"fmt"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// RefreshStorm asks whether pages refresh tokens, or are refused by Convex,
// over and over.
//
// It counts in recorded traffic, for each page load, the calls of AuthKit's
// refreshAccessTokenAction and refreshAuthAction, POSTs to a refresh route
// below /auth or /api and to WorkOS' authenticate endpoint, and the messages
// AuthError and Authenticate of Convex' WebSocket. The bounds are:
//
//   - 4 refreshes for one page load, and two more for every minute that the
//     page stays open: tokens that live for a minute want more than one;
//   - 2 refreshes within 2 seconds, with no AuthError between them;
//   - 2 AuthErrors within 10 seconds: Convex' client tries a refused token
//     twice again;
//   - 10 Authenticate messages within 10 seconds, beyond those after a
//     reconnect.
//
// They rest on measurements with authkit-nextjs 4.3 and convex 1.48: a healthy
// page refreshes once and authenticates twice after each load. One whose
// bridge refreshes in a loop did it 57 times in 16 seconds, and one whose
// tokens Convex refuses 3 times, with 4 AuthErrors in 0.4 seconds.
//
// That every refresh fails is said as well, without a storm: of two and more in
// a recording, of any in the visit of previewgate's own browser.
//
// The causes are told apart. AuthErrors: Convex does not take the tokens.
// Refreshes that fail: WorkOS turns them down, and the page tries again.
// Neither: the bridge brings its own refreshes about. Recorders other than
// Chrome and Playwright leave the messages of WebSockets out; what is then not
// seen is said to be unknown.
//
// # Fix
//
// Memoise fetchAccessToken on nothing that a refresh changes, and treat an
// error as signed out:
//
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
var RefreshStorm = &gate.Check{
	ID:    "refresh-storm",
	Stage: gate.StageSignOut,
	Title: "Pages neither refresh tokens nor authenticate in a storm",
	Fix:   memoise,
	Needs: []gate.Need{facts.RecordedTraffic},
	After: []*gate.Check{JWKSReachable, TokenIssued, TokenVerifies, TokenRefreshes, RefreshErrors, ForcedRefresh, ConvexURL, ConvexReachable, ConvexEnv, AuthConfigValid, ConvexProvider, ConvexAcceptsToken},
	Judge: refreshStorm,
}

func refreshStorm(known *gate.Facts) gate.Verdict {
	traffic := facts.RecordedTraffic.From(known)
	if len(traffic.Apps()) == 0 {
		return noApp(traffic)
	}
	loads := pageLoads(traffic)
	for _, judge := range []func(pageLoad) (gate.Verdict, bool){refusedOften, refreshedOften, authenticatedOften} {
		for _, l := range loads {
			if v, yes := judge(l); yes {
				return v
			}
		}
	}
	var sum pageLoad
	pages := 0
	for _, l := range loads {
		sum.add(l)
		if l.document.Number > 0 {
			pages++
		}
	}
	if of := sinceSignIn(traffic); of.failed > 0 && of.failed == len(of.refreshes) && of.failed >= leastFailures(traffic) {
		v := gate.Fail("every refresh in the recording fails, %d of %d", of.failed, of.failed).AndAdvises().
			FixedBy("Look into the app's log for `Failed to refresh access token`: a 429 wants fewer refreshes, `invalid_grant` a new sign-in.")
		return citing(v, of.refreshes, refreshEvidence)
	}
	if v, yes := unseen(loads, sum); yes {
		if traffic.Unattended {
			v = v.FixedBy("Run the gate again: the browser has not told all that it asked for.")
		}
		return v
	}
	if len(sum.refreshes)+len(sum.auths)+len(sum.refusals) == 0 {
		return gate.Skip("no refresh of a token is in the recording, which says nothing of them")
	}
	return gate.Pass("no storm in the recording: page loads %d, refreshes %d, AuthErrors %d", pages, len(sum.refreshes), len(sum.refusals))
}

// sinceSignIn adds up the page loads of a recording, and of a visit of
// previewgate's own those since it signed in: before that refreshes have to be
// refused.
func sinceSignIn(t facts.Traffic) pageLoad {
	if t.Unattended {
		t = t.SignedIn()
	}
	var sum pageLoad
	for _, l := range pageLoads(t) {
		sum.add(l)
	}
	return sum
}

// leastFailures is how many refreshes have to fail for the app to be blamed. In
// a recording one may be of a session that had ended; in a visit of previewgate's
// own the session has just begun.
func leastFailures(t facts.Traffic) int {
	if t.Unattended {
		return 1
	}
	return 2
}

// refusedOften judges whether Convex refuses the page's tokens in a loop.
func refusedOften(l pageLoad) (gate.Verdict, bool) {
	most := densest(timesOf(l.refusals), flurry)
	if most <= maxRefusals {
		return gate.Verdict{}, false
	}
	v := gate.Fail("Convex refuses the page's tokens in a loop: %d AuthErrors within 10 s (bound: 2), with %s", most, refreshCount(len(l.refreshes))).
		FixedBy("Align issuer, audience and JWKS of `auth.config.ts` with the app's WorkOS client; `convex-provider` says which of them differs.")
	for _, m := range l.refusals[:min(3, len(l.refusals))] {
		v = v.Because(m.name(), m.Says)
	}
	return citing(v, l.refreshes, refreshEvidence), true
}

// refreshedOften judges whether the page refreshes in a storm.
func refreshedOften(l pageLoad) (gate.Verdict, bool) {
	n, inBurst := len(l.refreshes), l.densestBurst()
	if inBurst <= maxBurst && !l.tooMany() {
		return gate.Verdict{}, false
	}
	count := fmt.Sprintf("%d refreshes for one page load", n)
	if inBurst > maxBurst {
		count += fmt.Sprintf(", %d of them within 2 s", inBurst)
	}
	cause := "and neither a failure nor Convex brings them about"
	fix := memoise
	switch {
	case 2*l.failed > n:
		cause = fmt.Sprintf("and %d of them fail and are tried again", l.failed)
		fix = "Treat a failed refresh as signed out: return null from `fetchAccessToken`, and do not call `refresh()` again; the app's log says why WorkOS turns them down."
	case len(l.refusals) > 0:
		cause = fmt.Sprintf("and Convex refuses tokens between them (AuthErrors: %d)", len(l.refusals))
	case len(l.unframed) > 0:
		cause = "and whether Convex refuses the tokens is not in the recording"
	case 2*l.unseen > n:
		cause = "and whether they fail is not in the recording"
	}
	v := gate.Fail("the page refreshes tokens in a storm: %s, %s (%s)", count, cause, refreshBounds).FixedBy("%s", fix)
	return citing(v, l.refreshes, refreshEvidence), true
}

// authenticatedOften judges whether the page makes Convex authenticate it in
// a loop, with the token that it has.
func authenticatedOften(l pageLoad) (gate.Verdict, bool) {
	most := densest(timesOf(l.auths), flurry) - l.connects
	if most <= maxAuths {
		return gate.Verdict{}, false
	}
	v := gate.Fail("the page makes Convex authenticate it in a loop: %d times within 10 s (bound: 10; healthy: 2 for one page load)", most)
	for _, m := range l.auths[:min(3, len(l.auths))] {
		v = v.Because(m.name(), "Authenticate, token "+m.Token)
	}
	return v, true
}

func refreshEvidence(e facts.Entry) string {
	switch {
	case refreshFailed(e) && e.Result == facts.ResultFailed:
		return "a refresh that fails"
	case refreshFailed(e):
		return "a refresh that fails: " + e.Short()
	}
	return "a refresh"
}
