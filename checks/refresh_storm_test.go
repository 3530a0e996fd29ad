package checks

import (
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

const (
	refreshID = "00ab4d77ade8ac3995360f8a017ea5b238b01c4079"
	tokenID   = "00fcef3ccae16cf75ce3a2637adbfaafeb266713bf"
)

// actionCall is a call of a server action, with what it returned.
func actionCall(ms int, id string, result facts.ActionResult) facts.Entry {
	e := entry(ms, "POST", "/", 200)
	e.Kind, e.Action, e.Result = "fetch", id, result
	return e
}

// each repeats a request, so many milliseconds apart.
func each(n, from, apart int, request func(ms int) facts.Entry) []facts.Entry {
	var all []facts.Entry
	for i := range n {
		all = append(all, request(from+i*apart))
	}
	return all
}

// socket is Convex' WebSocket with messages, whose times and types come in turn.
func socket(ms int, messages ...any) facts.Entry {
	e := entry(ms, "GET", "/api/1.48.0/sync", 101)
	e.Origin, e.Kind, e.Next, e.Framed = "wss://swift-lemur-482.convex.cloud", "websocket", false, true
	for i := 0; i < len(messages); i += 2 {
		f := facts.Frame{At: recordingBegan.Add(time.Duration(messages[i].(int)) * time.Millisecond), Type: messages[i+1].(string)}
		switch f.Type {
		case "Authenticate":
			f.Token = "User"
		case "AuthError":
			f.Says = "No auth provider found matching the given token"
		}
		e.Frames = append(e.Frames, f)
	}
	return e
}

func TestRefreshStorm(t *testing.T) {
	recorded := func(groups ...[]facts.Entry) []gate.Given {
		t := traffic(flat(groups)...)
		t.Actions = map[string]string{refreshID: "refreshAccessTokenAction", tokenID: "getAccessTokenAction"}
		return given(facts.RecordedTraffic.Is(t))
	}
	unattended := func(groups ...[]facts.Entry) []gate.Given {
		t := traffic(flat(groups)...)
		t.Actions, t.Unattended = map[string]string{refreshID: "refreshAccessTokenAction"}, true
		return given(facts.RecordedTraffic.Is(t))
	}
	one := func(e facts.Entry) []facts.Entry { return []facts.Entry{e} }
	page := one(document(0, "/", 200))
	good := func(ms int) facts.Entry { return actionCall(ms, refreshID, facts.ResultRefreshed) }
	back := leading(document(0, "/callback", 307), preview+"/")
	back.Sets = []string{facts.SessionCookie}
	bad := func(ms int) facts.Entry { return actionCall(ms, refreshID, facts.ResultFailed) }
	blind := func(ms int) facts.Entry { return actionCall(ms, refreshID, facts.ResultUnseen) }
	storm := func(count, cause string) gate.Verdict {
		return gate.Fail("the page refreshes tokens in a storm: %s, %s (bound: 4 for one page load and two more a minute, and 2 within 2 s; healthy: 1 for one page load)", count, cause)
	}
	const neither = "and neither a failure nor Convex brings them about"
	fails := func(count, cause string) gate.Verdict { return storm(count, cause).FixedBy("%s", memoise) }
	passes := func(loads, refreshes, refusals int) gate.Verdict {
		return gate.Pass("no storm in the recording: page loads %d, refreshes %d, AuthErrors %d", loads, refreshes, refusals)
	}
	allFail := func(n int) gate.Verdict {
		return gate.Fail("every refresh in the recording fails, %d of %d", n, n).AndAdvises().
			FixedBy("Look into the app's log for `Failed to refresh access token`: a 429 wants fewer refreshes, `invalid_grant` a new sign-in.")
	}
	healthy := socket(300, 310, "Connect", 320, "Authenticate", 700, "Authenticate")
	refused := socket(300, 310, "Connect", 320, "Authenticate", 400, "AuthError", 500, "AuthError", 600, "AuthError", 700, "AuthError")
	align := "Align issuer, audience and JWKS of `auth.config.ts` with the app's WorkOS client; `convex-provider` says which of them differs."
	api := func(path, origin string, status int) func(int) facts.Entry {
		return func(ms int) facts.Entry {
			e := entry(ms, "POST", path, status)
			e.Origin, e.Next = origin, origin == preview
			return e
		}
	}
	timeless := func(ms int) facts.Entry { e := good(ms); e.Started = time.Time{}; return e }
	ofPage := func(n int, entries []facts.Entry) []facts.Entry {
		for i := range entries {
			entries[i].Page = n
		}
		return entries
	}
	unframed := socket(300)
	unframed.Framed = false
	bare := entry(500, "POST", "/", 200)
	bare.Bare = true
	judge(t, RefreshStorm, []trial{
		{name: "a healthy page", facts: recorded(page, one(good(600)), one(healthy)), want: passes(1, 1, 0)},
		{name: "three healthy pages", facts: recorded(page, one(good(600)), one(document(1000, "/a", 200)), one(good(1600)), one(document(2000, "/b", 500)), one(good(2600))), want: passes(3, 3, 0)},
		{name: "a page that stays open for an hour", facts: recorded(page, each(13, 600, 290_000, good)), want: passes(1, 13, 0)},
		{name: "tokens that live for a minute, and a page that wakes", facts: recorded(page, each(41, 600, 30_000, good)), want: passes(1, 41, 0)},
		{name: "more often than any token wants", facts: recorded(page, each(41, 600, 20_000, good)), want: fails("41 refreshes for one page load", neither)},
		{name: "as many as may be", facts: recorded(page, each(4, 600, 1100, good)), want: passes(1, 4, 0)},
		{
			name: "one more", facts: recorded(page, each(5, 600, 1100, good)),
			want: fails("5 refreshes for one page load", neither).
				Because("entry 2, 15:04:05.600Z, POST /", "a refresh").Because("entry 3, 15:04:06.700Z, POST /", "a refresh").Because("entry 4, 15:04:07.800Z, POST /", "a refresh").
				Because("entry 5, 15:04:08.900Z, POST /", "a refresh").Because("entry 6, 15:04:10.000Z, POST /", "a refresh"),
		},
		{name: "a loop, as measured", facts: recorded(page, each(57, 300, 280, good), one(healthy)), want: fails("57 refreshes for one page load, 8 of them within 2 s", neither)},
		{name: "a burst", facts: recorded(page, each(3, 600, 900, good)), want: fails("3 refreshes for one page load, 3 of them within 2 s", neither)},
		{name: "two within 2 s", facts: recorded(page, each(2, 600, 10, good)), want: passes(1, 2, 0)},
		{name: "three over two pages", facts: recorded(page, each(2, 600, 10, good), one(document(700, "/a", 200)), one(good(800))), want: passes(2, 3, 0)},
		{name: "three over two tabs at a time", facts: recorded(page, ofPage(2, []facts.Entry{document(50, "/a", 200)}), ofPage(1, each(2, 600, 10, good)), ofPage(2, each(1, 620, 1, good))), want: passes(2, 3, 0)},
		{name: "before the recording began", facts: recorded(each(5, 600, 1100, good)), want: fails("5 refreshes for one page load", neither)},
		{name: "refreshes of the whole session", facts: func() []gate.Given {
			t := traffic(flat([][]facts.Entry{page, each(5, 600, 1100, good)})...)
			t.Actions = map[string]string{refreshID: "refreshAuthAction"}
			return given(facts.RecordedTraffic.Is(t))
		}(), want: fails("5 refreshes for one page load", neither)},
		{name: "a route of the app's own", facts: recorded(page, each(5, 600, 1100, api("/api/auth/refresh", preview, 200))), want: fails("5 refreshes for one page load", neither)},
		{name: "WorkOS' own endpoint", facts: recorded(page, each(5, 600, 1100, api("/user_management/authenticate", "https://api.workos.com", 200))), want: fails("5 refreshes for one page load", neither)},
		{name: "tokens that are only handed out", facts: recorded(page, each(9, 600, 10, func(ms int) facts.Entry { return actionCall(ms, tokenID, facts.ResultToken) }), one(healthy)), want: passes(1, 0, 0)},
		{name: "another action, which returns no token", facts: recorded(page, each(9, 600, 10, func(ms int) facts.Entry { return actionCall(ms, "01"+tokenID[2:], facts.ResultOther) }), one(good(700))), want: passes(1, 1, 0)},
		{name: "an action that its answer tells", facts: recorded(page, each(5, 600, 1100, func(ms int) facts.Entry { return actionCall(ms, "01"+tokenID[2:], facts.ResultRefreshed) })), want: fails("5 refreshes for one page load", neither)},
		{name: "a route of another site", facts: recorded(page, each(9, 600, 10, api("/api/auth/refresh", "https://other.example", 200)), one(good(700))), want: passes(1, 1, 0)},

		{
			name: "refreshes that fail", facts: recorded(page, each(4, 600, 400, bad), each(1, 2300, 1, good)),
			want: storm("5 refreshes for one page load, 5 of them within 2 s", "and 4 of them fail and are tried again").
				FixedBy("Treat a failed refresh as signed out: return null from `fetchAccessToken`, and do not call `refresh()` again; the app's log says why WorkOS turns them down."),
		},
		{
			name: "refreshes that are too many for WorkOS", facts: recorded(page, each(5, 600, 1100, api("/user_management/authenticate", "https://api.workos.com", 429))),
			want: storm("5 refreshes for one page load", "and 5 of them fail and are tried again").
				FixedBy("Treat a failed refresh as signed out: return null from `fetchAccessToken`, and do not call `refresh()` again; the app's log says why WorkOS turns them down."),
		},
		{name: "a few of many fail, as when tokens rotate", facts: recorded(page, each(10, 600, 100, good), each(4, 1600, 100, bad)), want: fails("14 refreshes for one page load, 14 of them within 2 s", neither)},
		{name: "whether they fail is not known", facts: recorded(page, each(5, 600, 1100, blind)), want: fails("5 refreshes for one page load", "and whether they fail is not in the recording")},
		{name: "every one fails, and they are few", facts: recorded(page, one(bad(600)), one(document(1000, "/a", 200)), one(bad(1600))), want: allFail(2)},
		{name: "one of two fails, as when a session ends", facts: recorded(page, one(good(600)), one(document(1000, "/a", 200)), one(bad(1600))), want: passes(2, 2, 0)},
		{name: "the only one fails, and nobody else used the session", facts: unattended(one(back), page, one(bad(600))), want: allFail(1)},
		{name: "one is refused before the sign-in, as it has to be", facts: unattended(page, one(bad(100)), one(back), page), want: passes(2, 1, 0)},
		{
			name: "the browser kept no messages", facts: unattended(page, one(good(600)), one(unframed)),
			want: gate.Unsure("the refreshes are few (1), but the messages of Convex' WebSocket are not in the recording, and with them its AuthErrors").
				FixedBy("Run the gate again: the browser has not told all that it asked for."),
		},
		{name: "all go well, and nobody else used the session", facts: unattended(page, one(good(600)), one(document(1000, "/a", 200)), one(good(1600))), want: passes(2, 2, 0)},
		{name: "one fails, as at the end of a session", facts: recorded(page, one(bad(600))), want: passes(1, 1, 0)},

		{
			name: "Convex refuses the tokens, as measured", facts: recorded(page, one(refused), each(3, 450, 100, good)),
			want: gate.Fail("Convex refuses the page's tokens in a loop: 4 AuthErrors within 10 s (bound: 2), with 3 refreshes").FixedBy("%s", align).
				Because("entry 2 (WebSocket), 15:04:05.400Z, AuthError", "No auth provider found matching the given token").
				Because("entry 2 (WebSocket), 15:04:05.500Z, AuthError", "No auth provider found matching the given token").
				Because("entry 2 (WebSocket), 15:04:05.600Z, AuthError", "No auth provider found matching the given token").
				Because("entry 3, 15:04:05.450Z, POST /", "a refresh").Because("entry 4, 15:04:05.550Z, POST /", "a refresh").Because("entry 5, 15:04:05.650Z, POST /", "a refresh"),
		},
		{name: "and no refresh follows", facts: recorded(page, one(refused)), want: gate.Fail("Convex refuses the page's tokens in a loop: 4 AuthErrors within 10 s (bound: 2), with 0 refreshes").FixedBy("%s", align)},
		{name: "one more than Convex' client tries", facts: recorded(page, one(socket(300, 400, "AuthError", 500, "AuthError", 10_400, "AuthError"))), want: gate.Fail("Convex refuses the page's tokens in a loop: 3 AuthErrors within 10 s (bound: 2), with 0 refreshes").FixedBy("%s", align)},
		{name: "two AuthErrors, and a refresh after each", facts: recorded(page, one(socket(300, 400, "AuthError", 600, "AuthError")), each(3, 350, 200, good)), want: passes(1, 3, 2)},
		{name: "three AuthErrors over a day", facts: recorded(page, one(socket(300, 400, "AuthError", 20_000, "AuthError", 40_000, "AuthError"))), want: passes(1, 0, 3)},
		{name: "AuthErrors that do not explain the refreshes", facts: recorded(page, one(socket(300, 350, "AuthError")), each(5, 400, 100, good)), want: fails("5 refreshes for one page load, 5 of them within 2 s", "and Convex refuses tokens between them (AuthErrors: 1)")},
		{name: "the messages are not there", facts: recorded(page, one(unframed), each(3, 450, 100, good)), want: fails("3 refreshes for one page load, 3 of them within 2 s", "and whether Convex refuses the tokens is not in the recording")},
		{
			name: "authenticating in a loop", facts: recorded(page, one(socket(300, append([]any{310, "Connect"}, flurryOf(12, "Authenticate")...)...))),
			want: gate.Fail("the page makes Convex authenticate it in a loop: 11 times within 10 s (bound: 10; healthy: 2 for one page load)").
				Because("entry 2 (WebSocket), 15:04:06.000Z, Authenticate", "Authenticate, token User").Because("entry 2 (WebSocket), 15:04:06.010Z, Authenticate", "Authenticate, token User").Because("entry 2 (WebSocket), 15:04:06.020Z, Authenticate", "Authenticate, token User"),
		},
		{name: "after reconnects", facts: recorded(page, one(socket(300, append([]any{310, "Connect", 311, "Connect"}, flurryOf(12, "Authenticate")...)...)), one(good(400))), want: passes(1, 1, 0)},

		{
			name: "few refreshes, and no messages", facts: recorded(page, one(good(600)), one(unframed)),
			want: gate.Unsure("the refreshes are few (1), but the messages of Convex' WebSocket are not in the recording, and with them its AuthErrors").
				FixedBy("Record with Chrome, or with a current Playwright.").Because("entry 3, 15:04:05.300Z, GET /api/1.48.0/sync", "no messages; 101 Switching Protocols"),
		},
		{
			name: "an action of which nothing tells what it does", facts: recorded(page, each(5, 600, 1100, func(ms int) facts.Entry { return actionCall(ms, "01"+tokenID[2:], facts.ResultToken) })),
			want: gate.Unsure("the server action 01fcef3c… is called 5 times for one page load, and whether it refreshes tokens is not in the recording").
				FixedBy("Record with the network tab open from before the page is loaded, and export with content."),
		},
		{name: "no headers", facts: recorded(page, one(bare)), want: gate.Unsure("the headers of requests are not in the recording, so calls of server actions cannot be told (POSTs: 1)")},
		{name: "no times", facts: recorded(page, each(5, 0, 0, timeless)), want: gate.Unsure("when the refreshes happened is not in the recording (refreshes: 5)")},
		{name: "no refresh", facts: recorded(page), want: gate.Skip("no refresh of a token is in the recording, which says nothing of them")},
		{name: "another site", facts: given(facts.RecordedTraffic.Is(traffic(facts.Entry{Origin: "https://other.example"}))), want: gate.Unsure("none of the requests in the recording goes to a Next.js app (requests: 1)")},
	})
}

// flat joins the groups.
func flat(groups [][]facts.Entry) []facts.Entry {
	var all []facts.Entry
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// flurryOf lists so many messages, 10 milliseconds apart.
func flurryOf(n int, kind string) []any {
	var all []any
	for i := range n {
		all = append(all, 1000+10*i, kind)
	}
	return all
}

// TestLargeRecordingsAreJudgedAtOnce holds that the time it takes grows with
// the recording and not with its square.
func TestLargeRecordingsAreJudgedAtOnce(t *testing.T) {
	entries := []facts.Entry{document(0, "/", 200), socket(1, flurryOf(50_000, "AuthError")...)}
	entries = append(entries, each(50_000, 600, 1, func(ms int) facts.Entry { return actionCall(ms, refreshID, facts.ResultRefreshed) })...)
	began := time.Now()
	got := RefreshStorm.JudgeAlone(gate.Target{}, facts.RecordedTraffic.Is(traffic(entries...)))
	if took := time.Since(began); got.Status != gate.Failed || took > 20*time.Second {
		t.Errorf("after %s: %s", took, got.Summary)
	}
}
