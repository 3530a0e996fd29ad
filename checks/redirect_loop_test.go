package checks

import (
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestRedirectLoop(t *testing.T) {
	recorded := func(groups ...[]facts.Entry) []gate.Given {
		return given(facts.RecordedTraffic.Is(traffic(flat(groups)...)))
	}
	authorize, home := api+"/user_management/authorize", preview+"/"
	redirect := func(ms int, path, to string) facts.Entry { return leading(document(ms, path, 307), to) }
	atWorkOS := func(ms int, to string) facts.Entry {
		e := redirect(ms, "/user_management/authorize", to)
		e.Origin, e.Next = api, false
		return e
	}
	callback := func(ms int, sets ...string) facts.Entry {
		e := redirect(ms, "/callback", home)
		e.Query, e.Sets = []string{"code", "state"}, sets
		return e
	}
	login := "https://acme.authkit.app/"
	// bounce is one round: somebody signs in, comes back, and is sent away.
	bounce := func(ms int) []facts.Entry {
		return []facts.Entry{
			redirect(ms, "/", authorize), atWorkOS(ms+100, login), callback(ms+5000, facts.SessionCookie), redirect(ms+5100, "/", authorize), atWorkOS(ms+5200, login),
		}
	}
	again := func(from, to string) []facts.Entry {
		var all []facts.Entry
		for i := range 3 {
			all = append(all, redirect(200*i, from, preview+to), redirect(200*i+100, to, preview+from))
		}
		return all
	}
	timeless := func(entries []facts.Entry) []facts.Entry {
		for i := range entries {
			entries[i].Started = time.Time{}
		}
		return entries
	}
	circles := func(path string) gate.Verdict {
		return gate.Fail("redirects go round in circles: %s is answered by a redirect for the third time in one chain", path)
	}
	sentAway := gate.Fail("who comes back from WorkOS to /callback is sent to sign in again, 2 times in a row")
	safari := traffic(document(0, "/", 200))
	safari.Recorder = "WebKit Web Inspector 1.0"
	fine := func(n int) gate.Verdict { return gate.Pass("no redirect goes round in circles (documents: %d)", n) }
	judge(t, RedirectLoop, []trial{
		{
			name: "a sign-in path that is protected", facts: recorded(again("/dashboard", "/sign-in")),
			want: circles("/dashboard").
				Because("entry 1, 15:04:05.000Z, GET /dashboard", "307 Temporary Redirect to "+preview+"/sign-in").
				Because("entry 2, 15:04:05.100Z, GET /sign-in", "307 Temporary Redirect to "+preview+"/dashboard").
				Because("entry 3, 15:04:05.200Z, GET /dashboard", "307 Temporary Redirect to "+preview+"/sign-in").
				Because("entry 4, 15:04:05.300Z, GET /sign-in", "307 Temporary Redirect to "+preview+"/dashboard").
				Because("entry 5, 15:04:05.400Z, GET /dashboard", "307 Temporary Redirect to "+preview+"/sign-in"),
		},
		{name: "a path to itself", facts: recorded([]facts.Entry{redirect(0, "/a", preview+"/a"), redirect(1, "/a", preview+"/a"), redirect(2, "/a", preview+"/a")}), want: circles("/a")},
		{
			name: "by way of WorkOS, where the session lasts",
			facts: recorded([]facts.Entry{
				redirect(0, "/a", authorize), atWorkOS(1, preview+"/callback"), redirect(2, "/callback", preview+"/a"),
				redirect(3, "/a", authorize), atWorkOS(4, preview+"/callback"), redirect(5, "/callback", preview+"/a"), redirect(6, "/a", authorize),
			}), want: circles("/a"),
		},
		{
			name: "in a visit without anybody, by a script", facts: func() []gate.Given {
				var all []facts.Entry
				for i := range 2 {
					at := 3000 * i
					came := document(at+100, "/callback", 200)
					came.Query, came.Next = []string{"code"}, true
					all = append(all, atWorkOS(at, login), came, document(at+200, "/", 200))
				}
				t := traffic(append(all, atWorkOS(6000, login))...)
				t.Unattended = true
				return given(facts.RecordedTraffic.Is(t))
			}(),
			want: gate.Fail("who comes back from WorkOS to /callback is sent to sign in again, 2 times in a row"),
		},
		{name: "in a visit without anybody, at each look, as when the app signs out", facts: func() []gate.Given {
			t := traffic(flat([][]facts.Entry{{callback(0)}, {redirect(8000, "/", authorize), atWorkOS(8100, home), callback(8200)}, {redirect(16000, "/", authorize), atWorkOS(16100, home), callback(16200)}})...)
			t.Unattended = true
			return given(facts.RecordedTraffic.Is(t))
		}(), want: fine(7)},
		{name: "without times", facts: recorded(timeless(again("/dashboard", "/sign-in"))), want: circles("/dashboard")},
		{name: "other requests come between", facts: recorded(again("/dashboard", "/sign-in")[:2], []facts.Entry{entry(150, "GET", "/favicon.ico", 404)}, again("/dashboard", "/sign-in")[2:]), want: circles("/dashboard")},
		{name: "twice, as when a cookie is tried out", facts: recorded([]facts.Entry{redirect(0, "/", home), redirect(1, "/", home), document(2, "/", 200)}), want: fine(3)},
		{name: "three visits with pages between", facts: recorded(again("/a", "/b")[:1], []facts.Entry{document(10, "/b", 200)}, again("/a", "/b")[:1], []facts.Entry{document(20, "/b", 200)}, again("/a", "/b")[:1], []facts.Entry{document(30, "/b", 200)}), want: fine(6)},
		{name: "another site's circle", facts: func() []gate.Given {
			round := again("/a", "/b")
			for i := range round {
				round[i].Origin, round[i].To, round[i].Next = "https://other.example", "https://other.example"+[]string{"/b", "/a"}[i%2], false
			}
			return recorded([]facts.Entry{document(0, "/", 200)}, round)
		}(), want: fine(7)},

		{
			name: "sent away twice", facts: recorded(bounce(0), bounce(20_000)[2:]),
			want: sentAway.Because("entry 3, 15:04:10.000Z, GET /callback", "307 Temporary Redirect to "+home+", sets wos-session").
				Because("entry 6, 15:04:30.000Z, GET /callback", "307 Temporary Redirect to "+home+", sets wos-session"),
		},
		{
			name: "and no cookie is set", facts: recorded([]facts.Entry{callback(0), atWorkOS(100, login), callback(5000), atWorkOS(5100, login)}),
			want: sentAway.Because("entry 1, 15:04:05.000Z, GET /callback", "307 Temporary Redirect to "+home+", sets no wos-session").
				Because("entry 3, 15:04:10.000Z, GET /callback", "307 Temporary Redirect to "+home+", sets no wos-session"),
		},
		{
			name: "with cookies taken out", facts: given(facts.RecordedTraffic.Is(withoutCookies(traffic(flat([][]facts.Entry{bounce(0), bounce(20_000)[2:]})...)))),
			want: sentAway.Because("entry 3, 15:04:10.000Z, GET /callback", "307 Temporary Redirect to "+home).Because("entry 6, 15:04:30.000Z, GET /callback", "307 Temporary Redirect to "+home),
		},
		{name: "once", facts: recorded(bounce(0)), want: fine(5)},
		{name: "twice, with a sign-out between", facts: recorded(bounce(0), []facts.Entry{endingIt(document(10_000, "/sign-out", 307))}, bounce(20_000)), want: fine(11)},
		{name: "twice, with WorkOS' logout between", facts: recorded(bounce(0), []facts.Entry{func() facts.Entry {
			e := document(10_000, "/user_management/sessions/logout", 302)
			e.Origin = api
			return e
		}()}, bounce(20_000)), want: fine(11)},
		{name: "twice, with a sign-in between that worked", facts: recorded(bounce(0), []facts.Entry{callback(10_000), document(10_100, "/", 200), callback(60_000), atWorkOS(60_100, login)}), want: fine(9)},
		{name: "sent away later, by somebody's own doing", facts: recorded([]facts.Entry{callback(0), atWorkOS(6000, login), callback(12_000), atWorkOS(18_000, login)}), want: fine(4)},
		{name: "a callback that refuses", facts: recorded([]facts.Entry{document(0, "/callback", 500), atWorkOS(100, login), document(5000, "/callback", 500), atWorkOS(5100, login)}), want: fine(4)},

		{name: "a sign-in that works", facts: recorded(bounce(0)[:3], []facts.Entry{document(5100, "/", 200)}), want: fine(4)},
		{name: "a recording that starts later", facts: recorded([]facts.Entry{entry(0, "POST", "/", 200)}), want: gate.Skip("no document is in the recording, so nothing was sent anywhere")},
		{name: "Safari", facts: given(facts.RecordedTraffic.Is(safari)), want: gate.Unsure("Safari leaves redirects out of its recordings").FixedBy("Record with Chrome, Firefox or Playwright.")},
		{name: "another site", facts: recorded([]facts.Entry{{Origin: "https://other.example"}}), want: gate.Unsure("none of the requests in the recording goes to a Next.js app (requests: 1)")},
	})
}
