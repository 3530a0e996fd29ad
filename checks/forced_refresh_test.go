package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/rules"
)

const hookFile = "apps/web/app/providers.tsx"

// bridged gives the sources a bridge, and ways of refreshing.
func bridged(found ...rules.Refresh) func(*source.Repository) {
	return onFindings(func(f *rules.Findings) {
		f.Bridges = []rules.Bridge{{Position: spot(hookFile, 40, 10, "fetchAccessToken"), Hook: "useBridge", Forced: rules.WhenAsked, Memoised: true}}
		f.Refreshes = found
	})
}

func refreshBy(rule rules.Rule, severity rules.Severity) rules.Refresh {
	return rules.Refresh{Position: spot(hookFile, 30, 14, "refresh"), Rule: rule, Severity: severity, Hook: "useBridge"}
}

func TestForcedRefresh(t *testing.T) {
	judge(t, ForcedRefresh, refreshRules())
	looping := refreshBy(rules.RefreshLoop, rules.Error)
	looping.Cause, looping.CauseAt = rules.LoadingState, spot(hookFile, 41, 5, "isLoading")
	here := looping
	here.Cause, here.CauseAt = rules.NotMemoised, rules.Position{}
	warned, elsewhere := refreshBy(rules.RefreshInterval, rules.Warning), refreshBy(rules.ReauthLoop, rules.Error)
	elsewhere.Position = spot(hookFile, 50, 3, "refresh")
	loops := gate.Fail("useBridge refreshes in a loop: each refresh brings about the next")
	fine := gate.Pass("the bridge in %s refreshes when asked", hookFile)
	judge(t, ForcedRefresh, []trial{
		{name: "Convex' contract", facts: sourced(bridged()), want: fine},
		{name: "a note is no fault", facts: sourced(bridged(refreshBy(rules.RefreshEveryRequest, rules.Info))), want: fine},
		{name: "no bridge", facts: sourced(), want: gate.Skip("no bridge between AuthKit and Convex was found in the source")},
		{
			name: "a loop, with its cause at another place", facts: sourced(bridged(looping)),
			want: loops.At(gate.Evidence{What: "refresh-loop", Saw: "refresh", File: hookFile, Line: 30, Column: 14, EndColumn: 21}).
				At(gate.Evidence{What: "because", Saw: string(rules.LoadingState), File: hookFile, Line: 41, Column: 5, EndColumn: 14}),
		},
		{
			name: "a loop, with its cause at the same place", facts: sourced(bridged(here)),
			want: loops.At(gate.Evidence{What: "refresh-loop", Saw: "refresh: not memoised", File: hookFile, Line: 30, Column: 14, EndColumn: 21}),
		},
		{
			name: "errors go before warnings, and all are shown", facts: sourced(bridged(warned, here, elsewhere)),
			want: loops.At(gate.Evidence{What: "refresh-loop", Saw: "refresh: not memoised", File: hookFile, Line: 30, Column: 14, EndColumn: 21}).
				At(gate.Evidence{What: "reauth-loop", Saw: "refresh", File: hookFile, Line: 50, Column: 3, EndColumn: 10}),
		},
		{name: "taken back", facts: sourced(bridged(here), ignoring(hookFile, 30, "forced-refresh", "the provider is never mounted twice")), want: fine},
		{name: "taken back without a reason", facts: sourced(bridged(here), ignoring(hookFile, 30, "forced-refresh", "")), want: loops},
		{name: "a comment at another line", facts: sourced(bridged(here), ignoring(hookFile, 20, "forced-refresh", "x")), want: loops},
		{
			name: "one of two taken back", facts: sourced(bridged(here, elsewhere), ignoring(hookFile, 30, "forced-refresh", "x")),
			want: gate.Fail("useBridge makes Convex authenticate again on every render"),
		},
		{
			name: "a file that was not read", facts: sourced(bridged(), unread("apps/web/lib/a.ts", "it could not be parsed: x")),
			want: gate.Unsure("nothing was found, but apps/web/lib/a.ts was not read: it could not be parsed: x"),
		},
		{name: "a file that was not read beside a fault", facts: sourced(bridged(here), unread("apps/web/lib/a.ts", "it could not be parsed: x")), want: loops},
	})
}

// refreshRules are a finding of each rule.
func refreshRules() []trial {
	const ask = "Refresh only when Convex asks: `forceRefreshToken ? await refresh() : await getAccessToken()`."
	const drop = "Drop the refresh: `getAccessToken()` refreshes by itself when the token is about to expire. Treat an error of it as signed out."
	rule := func(r rules.Rule, severity rules.Severity, summary, fix string) trial {
		want := gate.Fail("%s", summary)
		want.Fix, want.Advises = fix, severity == rules.Warning
		return trial{name: string(r), facts: sourced(bridged(refreshBy(r, severity))), want: want}
	}
	nameless := refreshBy(rules.RefreshInLoop, rules.Warning)
	nameless.Hook = ""
	return []trial{
		rule(rules.RefreshLoop, rules.Error, "useBridge refreshes in a loop: each refresh brings about the next", ""),
		rule(rules.ReauthLoop, rules.Error, "useBridge makes Convex authenticate again on every render", ""),
		rule(rules.ReauthOnRotation, rules.Warning, "useBridge makes Convex authenticate again on every new token", ""),
		rule(rules.RefreshUnconditional, rules.Warning, "useBridge refreshes whether or not Convex asks for a fresh token", ask),
		rule(rules.ForceRefreshAlways, rules.Warning, "useBridge always asks for a forced refresh", ask),
		rule(rules.RefreshInterval, rules.Warning, "useBridge refreshes on a timer", drop),
		rule(rules.RefreshInLoop, rules.Warning, "useBridge refreshes in a loop of its own", drop),
		rule(rules.RefreshInEffect, rules.Error, "useBridge refreshes in an effect that its own outcome starts again", drop),
		rule(rules.RefreshEveryRequest, rules.Warning, "useBridge refreshes the session on every request", "Drop `refreshSession()` there: AuthKit's proxy refreshes a session when it has to."),
		rule("another", rules.Error, "useBridge: another", ""),
		{
			name: "a refresh in no hook", facts: sourced(bridged(nameless)),
			want: gate.Fail("the code at %s refreshes in a loop of its own", hookFile).FixedBy("%s", drop).AndAdvises(),
		},
	}
}
