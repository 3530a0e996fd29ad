package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestRefreshErrors(t *testing.T) {
	lines := func(outcomes ...facts.RefreshOutcome) []gate.Given {
		var all []facts.RefreshLine
		for _, o := range outcomes {
			all = append(all, facts.RefreshLine{Outcome: o, Line: "Failed to refresh", Path: "/"})
		}
		return given(facts.RefreshLines.Is(all))
	}
	const force = "Refresh only when Convex asks for it: `forceRefreshToken ? await refresh() : await getAccessToken()`."
	silent := gate.Skip("no refresh was seen in the runtime log, which says nothing of their health")
	judge(t, RefreshErrors, []trial{
		{name: "silence", facts: lines(), want: silent},
		{name: "a refresh that only began", facts: lines(facts.RefreshBeginning), want: silent},
		{name: "a good one", facts: lines(facts.RefreshBeginning, facts.RefreshDone), want: gate.Pass("one refresh in the runtime log went well, and none failed")},
		{name: "good ones", facts: lines(facts.RefreshDone, facts.RefreshDone), want: gate.Pass("2 refreshes in the runtime log went well, and none failed")},
		{
			name: "too many", facts: lines(facts.RefreshDone, facts.RefreshLimited, facts.RefreshEnded, facts.RefreshLimited),
			want: gate.Fail("WorkOS turns the app's refreshes down as too many (429), 2 times while the gate was looking").FixedBy(force).
				Because("runtime log, /", "Failed to refresh").Because("runtime log, /", "Failed to refresh"),
		},
		{name: "replayed", facts: lines(facts.RefreshReplayed), want: gate.Fail("the app uses refresh tokens a second time (invalid_grant), once while the gate was looking").FixedBy(force)},
		{
			name: "ended", facts: lines(facts.RefreshEnded),
			want: gate.Fail("the app refreshes sessions that have ended (invalid_grant), once while the gate was looking").AndAdvises().
				FixedBy("Nothing, when people signed out or were signed out of WorkOS; otherwise look for a link that prefetches the sign-out route."),
		},
		{name: "some other way", facts: lines(facts.RefreshFailed), want: gate.Fail("the app could not refresh sessions, once while the gate was looking")},
		{
			name: "a bad key", facts: lines(facts.RefreshRefused),
			want: gate.Fail("WorkOS does not accept the app's key when sessions are refreshed, once while the gate was looking").
				FixedBy("Set `WORKOS_API_KEY` for previews in Vercel to a key of the WorkOS environment that `WORKOS_CLIENT_ID` is of, and redeploy."),
		},
		{
			name: "another user's token", facts: lines(facts.RefreshSubject),
			want: gate.Fail("sessions of the app name one user, and their tokens another, once while the gate was looking").
				FixedBy("Delete the session cookie and sign in again; when it comes back, look for code that seals sessions by itself."),
		},
	})
}
