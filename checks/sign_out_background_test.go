package checks

import (
	"fmt"
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// recordingBegan is when the recordings that the trials tell of begin.
var recordingBegan = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// entry is a request of a recording for a path of the preview, so many
// milliseconds after it began, with headers as name and value in turn.
func entry(ms int, method, path string, status int, header ...string) facts.Entry {
	e := facts.Entry{
		Started: recordingBegan.Add(time.Duration(ms) * time.Millisecond), Page: 1, Method: method,
		Origin: preview, Path: path, Status: status, Header: make(map[string]string), Next: true,
	}
	for i := 0; i < len(header); i += 2 {
		e.Header[header[i]] = header[i+1]
	}
	return e
}

// document is a page that a browser shows.
func document(ms int, path string, status int) facts.Entry {
	e := entry(ms, "GET", path, status, "sec-fetch-dest", "document", "sec-fetch-mode", "navigate")
	e.Kind = "document"
	return e
}

// leading is the entry with a redirect for an answer.
func leading(e facts.Entry, to string) facts.Entry {
	e.Status, e.To = 307, to
	return e
}

// endingIt is the entry with an answer that ends the session, as AuthKit does it
// while there is one.
func endingIt(e facts.Entry) facts.Entry {
	e.Empties = []string{facts.SessionCookie}
	return leading(e, api+"/user_management/sessions/logout")
}

// traffic is a recording of Chrome's with its cookies.
func traffic(entries ...facts.Entry) facts.Traffic {
	for i := range entries {
		entries[i].Number = i + 1
	}
	return facts.Traffic{Recorder: "WebInspector 537.36", Entries: entries, Cookies: true}
}

// withoutCookies is the recording with cookies taken out.
func withoutCookies(t facts.Traffic) facts.Traffic {
	t.Cookies = false
	for i := range t.Entries {
		t.Entries[i].Sets, t.Entries[i].Empties, t.Entries[i].Session = nil, nil, false
	}
	return t
}

func TestSignOutBackground(t *testing.T) {
	recorded := func(t facts.Traffic, named ...string) []gate.Given {
		var paths facts.Paths
		if named != nil {
			paths.SignOut = named[0]
		}
		return given(facts.RecordedTraffic.Is(t), facts.Routes.Is(paths))
	}
	get := func(header ...string) facts.Entry { return entry(1500, "GET", "/sign-out", 200, header...) }
	prefetch := endingIt(get("rsc", "1", "next-router-prefetch", "1", "next-router-segment-prefetch", "/_tree"))
	click := endingIt(get("rsc", "1", "next-router-state-tree", "…"))
	low := click
	low.Priority = "low"
	image := endingIt(get("sec-fetch-dest", "image"))
	image.Kind = "image"
	fetched := endingIt(get("sec-fetch-dest", "empty"))
	fetched.Kind, fetched.Initiator = "fetch", "script"
	anonymous := get("next-router-prefetch", "1")
	anonymous.Empties = []string{facts.SessionCookie}
	guarded := get("next-router-prefetch", "1")
	guarded.Status = 204
	byProxy := entry(1500, "GET", "/dashboard", 200, "next-router-prefetch", "1")
	byProxy.Empties = []string{facts.SessionCookie}
	safari := func(e facts.Entry) facts.Traffic {
		e.Origin, e.Path, e.To, e.Next = api, "/user_management/sessions/logout", "", false
		t := traffic(document(0, "/", 200), e)
		t.Recorder = "WebKit Web Inspector 1.0"
		return t
	}
	fails := func(path, what, answer string) gate.Verdict {
		return gate.Fail("the browser asks for %s in the background, %s, and the answer %s", path, what, answer).
			FixedBy("Set `prefetch={false}` on the link to `/sign-out`; better, sign out in a server action.")
	}
	unattended := func(entries ...facts.Entry) []gate.Given {
		t := traffic(entries...)
		t.Unattended = true
		return recorded(t)
	}
	back := leading(document(100, "/callback", 307), preview+"/")
	back.Sets = []string{facts.SessionCookie}
	byEffect := endingIt(document(1500, "/sign-out", 307))
	byEffect.Initiator, byEffect.Source = "script", "/_next/static/chunks/a.js:1:2053"
	byClick := func(what string) gate.Verdict {
		return gate.Fail("the browser asks for /sign-out in the background, %s, and the answer deletes wos-session", what).
			FixedBy("Let nothing but a click ask for `/sign-out`: nobody clicked, and the evidence says what did. If the app means to turn this test account away, give the gate one that may stay.")
	}
	ended := document(1600, "/user_management/sessions/logout", 302)
	ended.Origin, ended.Next = api, false
	const deletes, leads = "deletes wos-session", "leads to WorkOS' logout (whether wos-session is deleted is not in the recording)"
	page := document(0, "/", 200)
	unclear := gate.Unsure("a request for /sign-out ended the session, and whether somebody clicked for it cannot be told").
		FixedBy("Where nobody clicked, set `prefetch={false}` on the link to `/sign-out`, or sign out in a server action.")
	unseen := gate.Unsure("the browser asks for /sign-out in the background, and what came of it is not in the recording").
		FixedBy("Export the recording with sensitive data; or set `prefetch={false}` on the link to `/sign-out` at once.")
	clicked := gate.Pass("no background request is for /sign-out (requests for it: 1)")
	none := func(n int) gate.Verdict { return gate.Pass("no request of %d in the recording signs anybody out", n) }
	judge(t, SignOutBackground, []trial{
		{
			name: "a prefetch of Next.js 16", facts: recorded(traffic(page, prefetch)),
			want: fails("/sign-out", "once", deletes).Because("entry 2, 15:04:06.500Z, GET /sign-out",
				"next-router-prefetch: 1; 307 Temporary Redirect to "+api+"/user_management/sessions/logout, deletes wos-session"),
		},
		{
			name: "with its cookies taken out", facts: recorded(withoutCookies(traffic(page, prefetch))),
			want: fails("/sign-out", "once", leads).Because("entry 2, 15:04:06.500Z, GET /sign-out",
				"next-router-prefetch: 1; 307 Temporary Redirect to "+api+"/user_management/sessions/logout"),
		},
		{name: "a prefetch of Next.js 15, with the state tree", facts: recorded(traffic(page, endingIt(get("rsc", "1", "next-router-prefetch", "1", "next-router-state-tree", "…")))), want: fails("/sign-out", "once", deletes)},
		{name: "a prefetch of a segment", facts: recorded(traffic(page, endingIt(get("next-router-segment-prefetch", "/_tree")))), want: fails("/sign-out", "once", deletes)},
		{name: "a fetch for Next.js without the state tree", facts: recorded(traffic(page, endingIt(get("rsc", "1")))), want: fails("/sign-out", "once", deletes)},
		{name: "a prefetch of the browser", facts: recorded(traffic(page, endingIt(get("sec-purpose", "prefetch;prerender", "sec-fetch-dest", "document")))), want: fails("/sign-out", "once", deletes)},
		{name: "a prefetch of an old browser", facts: recorded(traffic(page, endingIt(get("x-moz", "prefetch")))), want: fails("/sign-out", "once", deletes)},
		{name: "an image", facts: recorded(traffic(page, image)), want: byClick("once")},
		{name: "HEAD", facts: recorded(traffic(page, endingIt(entry(1500, "HEAD", "/sign-out", 200, "next-router-prefetch", "1")))), want: fails("/sign-out", "once", deletes)},
		{name: "a prefetch without a session, which deletes the cookie all the same", facts: recorded(traffic(page, leading(anonymous, preview+"/"))), want: fails("/sign-out", "once", deletes)},
		{name: "three times", facts: recorded(traffic(page, prefetch, prefetch, prefetch)), want: fails("/sign-out", "3 times", deletes)},
		{name: "two routes", facts: recorded(traffic(page, prefetch, endingIt(entry(1600, "GET", "/logout", 200, "next-router-prefetch", "1")))), want: fails("/sign-out and /logout", "2 times", deletes)},
		{name: "of a path that does not sound so", facts: recorded(traffic(page, func() facts.Entry { e := prefetch; e.Path = "/bye"; return e }())), want: gate.Fail("the browser asks for /bye in the background, once, and the answer deletes wos-session").
			FixedBy("Set `prefetch={false}` on the link to `/bye`; better, sign out in a server action.")},
		{name: "of a path that is named", facts: recorded(traffic(page, func() facts.Entry { e := leading(anonymous, preview+"/"); e.Path = "/bye/"; return e }()), "/bye"), want: gate.Fail("the browser asks for /bye/ in the background, once, and the answer deletes wos-session").
			FixedBy("Set `prefetch={false}` on the link to `/bye/`; better, sign out in a server action.")},
		{name: "in Safari, which notes the address it was led to", facts: recorded(safari(prefetch)), want: gate.Fail("a background request is led to WorkOS' logout, once")},

		{name: "a click on a link", facts: recorded(traffic(page, click)), want: clicked},
		{name: "a document, with a click or without", facts: recorded(traffic(page, endingIt(document(1500, "/sign-out", 307)))), want: clicked},
		{name: "a document of a recorder that notes nothing else", facts: recorded(traffic(page, endingIt(get("accept", "text/html")))), want: clicked},
		{name: "a form", facts: recorded(traffic(page, endingIt(entry(1500, "POST", "/sign-out", 303)))), want: none(2)},
		{name: "in Safari, a click", facts: recorded(safari(document(1500, "/", 200))), want: gate.Pass("no background request is for /user_management/sessions/logout (requests for it: 1)")},
		{name: "a route that lets a prefetch pass", facts: recorded(traffic(page, guarded, click)), want: gate.Pass("no background request is for /sign-out (requests for it: 2)")},
		{name: "a page that asks first", facts: recorded(traffic(page, get("next-router-prefetch", "1")), "/sign-out"), want: clicked},
		{name: "a protected route, to which AuthKit lets nobody", facts: recorded(traffic(page, leading(anonymous, api+"/user_management/authorize")), "/sign-out"), want: clicked},
		{name: "AuthKit's proxy at another path, when a session is over", facts: recorded(traffic(page, byProxy)), want: none(2)},
		{name: "the same path at another site", facts: recorded(traffic(page, func() facts.Entry {
			e := prefetch
			e.Origin, e.To, e.Empties, e.Next = "https://other.example", "", nil, false
			return e
		}()), "/sign-out"), want: none(2)},
		{name: "nothing of the kind", facts: recorded(traffic(page)), want: none(1)},

		{
			name: "in a visit without anybody, a document that a script goes to", facts: unattended(back, page, byEffect),
			want: byClick("once").Because("entry 3, 15:04:06.500Z, GET /sign-out",
				"asked for by a script, /_next/static/chunks/a.js:1:2053; 307 Temporary Redirect to "+api+"/user_management/sessions/logout, deletes wos-session"),
		},
		{name: "in a visit without anybody, a script's own fetch", facts: unattended(back, page, fetched), want: byClick("once").Because("entry 3, 15:04:06.500Z, GET /sign-out",
			"asked for by a script; 307 Temporary Redirect to "+api+"/user_management/sessions/logout, deletes wos-session")},
		{name: "in a visit without anybody, a prefetch with the state tree", facts: unattended(back, page, click), want: fails("/sign-out", "once", deletes)},
		{name: "in a visit without anybody, before the sign-in", facts: unattended(leading(anonymous, preview+"/"), back, page), want: none(2)},
		{name: "in a visit without anybody, an answer that ends nothing", facts: unattended(back, page, document(1500, "/sign-out", 200)), want: none(3)},
		{name: "in a visit without anybody, one answer of two", facts: unattended(back, page, byEffect, document(1600, "/sign-out", 0)), want: byClick("once")},
		{
			name: "in a visit without anybody, no answer at all", facts: func() []gate.Given {
				t := traffic(back, page, document(1500, "/sign-out", 0))
				t.Unattended = true
				return recorded(t, "/sign-out")
			}(),
			want: gate.Unsure("the browser asks for /sign-out in the background, and what came of it is not in the recording").
				FixedBy("Let nothing but a click ask for `/sign-out`; better, sign out in a server action."),
		},
		{
			name: "in a visit without anybody, a server action leads to the logout", facts: unattended(back, page, entry(1500, "POST", "/", 303, "next-action", "00ab"), ended),
			want: gate.Fail("the app signs people out by itself: nobody clicked, and the browser was led to WorkOS' logout, once").
				FixedBy("Call AuthKit's `signOut` for nothing but a click or a form: a server action that an effect calls runs whenever the page is shown. If the app means to turn this test account away, give the gate one that may stay.").
				Because("entry 4, 15:04:06.600Z, GET /user_management/sessions/logout", "302 Found"),
		},
		{name: "with somebody there, a server action leads to the logout", facts: recorded(traffic(page, entry(1500, "POST", "/", 303, "next-action", "00ab"), ended)), want: none(3)},
		{name: "in a visit without anybody, nobody signed in", facts: unattended(page, leading(anonymous, preview+"/")), want: gate.Skip("nobody was signed in, so nobody could be signed out")},

		{name: "a prefetch that the page asks for", facts: recorded(traffic(page, func() facts.Entry { e := prefetch; e.Initiator = "parser"; return e }())), want: fails("/sign-out", "once", deletes).Because("entry 2, 15:04:06.500Z, GET /sign-out",
			"next-router-prefetch: 1; asked for by the page itself; 307 Temporary Redirect to "+api+"/user_management/sessions/logout, deletes wos-session")},
		{name: "a fetch like a click's, of low priority", facts: recorded(traffic(page, low)), want: unclear.Because("entry 2, 15:04:06.500Z, GET /sign-out",
			"of low priority, as a prefetch is; 307 Temporary Redirect to "+api+"/user_management/sessions/logout, deletes wos-session")},
		{name: "a script's own fetch", facts: recorded(traffic(page, fetched)), want: unclear},
		{name: "a document in a frame", facts: recorded(traffic(page, endingIt(get("sec-fetch-dest", "iframe")))), want: unclear},
		{name: "a prefetch without an answer", facts: recorded(traffic(page, click, func() facts.Entry { e := get("next-router-prefetch", "1"); e.Status = 0; return e }())), want: unseen},
		{name: "a redirect elsewhere, with cookies taken out", facts: recorded(withoutCookies(traffic(page, leading(get("next-router-prefetch", "1"), preview+"/"))), "/sign-out"), want: unseen},
		{
			name: "no cookies, and no route known", facts: recorded(withoutCookies(traffic(page))),
			want: gate.Unsure("no cookie is in the recording, so a route that deletes wos-session cannot be told by its answer").
				FixedBy("Name the sign-out route by `--sign-out`, or export the recording with sensitive data."),
		},
		{name: "no cookies, and a click", facts: recorded(withoutCookies(traffic(page, click))), want: clicked},
		{name: "nothing", facts: recorded(traffic()), want: gate.Unsure("the recording holds no request")},
		{name: "another site", facts: recorded(traffic(facts.Entry{Origin: "https://other.example"})), want: gate.Unsure("none of the requests in the recording goes to a Next.js app (requests: 1)")},
	})
}

func TestEvidenceFromARecordingIsShort(t *testing.T) {
	var entries []facts.Entry
	for i := range 7 {
		entries = append(entries, endingIt(entry(i*1000, "GET", "/sign-out", 307, "next-router-prefetch", "1")))
	}
	got := SignOutBackground.JudgeAlone(gate.Target{}, facts.RecordedTraffic.Is(traffic(entries...)), facts.Routes.Is(facts.Paths{}))
	if n := len(got.Evidence); n != 6 || got.Evidence[5].What != "and 2 more" {
		t.Errorf("got %s", fmt.Sprint(got.Evidence))
	}
}
