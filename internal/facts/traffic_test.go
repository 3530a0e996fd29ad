package facts

import (
	"slices"
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
)

const (
	appOrigin = "https://web.example"
	apiOrigin = "https://api.workos.com"
)

func TestAppsOfARecording(t *testing.T) {
	get := func(origin, path string) Entry {
		return Entry{Method: "GET", Origin: origin, Path: path, Status: 200}
	}
	next := func(origin string) Entry { e := get(origin, "/"); e.Next = true; return e }
	to := func(e Entry, address string) Entry { e.Status, e.To = 302, address; return e }
	tests := []struct {
		name    string
		entries []Entry
		want    []string
	}{
		{"nothing", nil, nil},
		{"other sites", []Entry{get("https://cdn.example", "/a.js")}, nil},
		{"an app of Next.js", []Entry{get("https://cdn.example", "/"), next(appOrigin)}, []string{appOrigin}},
		{"the session cookie", []Entry{{Origin: appOrigin, Session: true}}, []string{appOrigin}},
		{"a cookie of somebody who signs in", []Entry{{Origin: appOrigin, Sets: []string{"wos-auth-verifier-1a2b3c4d"}}}, []string{appOrigin}},
		{"a cookie of another library", []Entry{{Origin: appOrigin, Sets: []string{"session"}}}, nil},
		{"a redirect to sign-in", []Entry{to(get(appOrigin, "/x"), apiOrigin+authorizePath)}, []string{appOrigin}},
		{"WorkOS' pages, which Next.js renders", []Entry{next("https://acme.authkit.app"), next("https://dashboard.workos.com"), next(appOrigin)}, []string{appOrigin}},
		{
			"a sign-in page and an API on domains of their own",
			[]Entry{to(get("https://api.acme.example", authorizePath), "https://login.acme.example/"), next("https://login.acme.example"), next("https://api.acme.example"), next(appOrigin)},
			[]string{appOrigin},
		},
		{
			"an app to which WorkOS sends back at once",
			[]Entry{to(get(apiOrigin, authorizePath), appOrigin+"/callback"), {Origin: appOrigin, Sets: []string{SessionCookie}}},
			[]string{appOrigin},
		},
		{"two apps, the busier first", []Entry{next("https://a.example"), next(appOrigin), next(appOrigin)}, []string{appOrigin, "https://a.example"}},
		{"two apps alike", []Entry{next("https://b.example"), next("https://a.example")}, []string{"https://a.example", "https://b.example"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Traffic{Entries: tt.entries}).Apps(); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestTheVisitIsUnattended holds that what our own browser saw is told from
// what somebody recorded, and where somebody is signed in in it.
func TestTheVisitIsUnattended(t *testing.T) {
	callback := Entry{Number: 2, Sets: []string{SessionCookie}}
	visit := Browsed{Traffic: Traffic{Entries: []Entry{{Number: 1}, callback, {Number: 3, Session: true}}}}
	got := must(t, play{given: []gate.Given{BrowserVisit.Is(visit)}}, RecordedTraffic)
	if signedIn := got.SignedIn().Entries; !got.Unattended || len(signedIn) != 2 || signedIn[0].Number != 2 {
		t.Errorf("got %+v", got)
	}
	if none := (Traffic{Entries: []Entry{{Number: 1}}}).SignedIn(); len(none.Entries) != 0 {
		t.Errorf("nobody signed in, and it has %+v", none)
	}
}

func TestWhatAnAnswerIs(t *testing.T) {
	logout, signIn := apiOrigin+logoutPath, apiOrigin+authorizePath
	tests := []struct {
		name  string
		entry Entry
		out   bool
		short string
	}{
		{"WorkOS' logout", Entry{Path: "/bye", Status: 307, To: logout}, true, "307 Temporary Redirect to " + logout},
		{"a deletion at such a path", Entry{Path: "/api/auth/logout", Status: 303, To: appOrigin + "/", Empties: []string{SessionCookie}}, true, "303 See Other to " + appOrigin + "/, deletes wos-session"},
		{"a deletion elsewhere, as the proxy does it", Entry{Path: "/dashboard", Status: 200, Empties: []string{SessionCookie}}, false, "200 OK, deletes wos-session"},
		{"a protected path of such a name", Entry{Path: "/sign-out", Status: 307, To: signIn, Empties: []string{SessionCookie}}, false, "307 Temporary Redirect to " + signIn + ", deletes wos-session"},
		{"a page that asks first", Entry{Path: "/sign-out", Status: 200}, false, "200 OK"},
		{"another cookie", Entry{Path: "/sign-out", Status: 204, Empties: []string{"theme"}}, false, "204 No Content"},
		{"no answer", Entry{Path: "/sign-out"}, false, "no answer"},
		{"a status without a name", Entry{Path: "/", Status: 599}, false, "599"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.entry.SignsOut(); got != tt.out {
				t.Errorf("it signs out: %v", got)
			}
			if got := tt.entry.Short(); got != tt.short {
				t.Errorf("got %q, want %q", got, tt.short)
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	header := func(pairs ...string) map[string]string {
		h := make(map[string]string)
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = pairs[i+1]
		}
		return h
	}
	tests := []struct {
		name        string
		entry       Entry
		asks, loads bool
	}{
		{"of Chrome", Entry{Kind: "document", Header: header("sec-fetch-dest", "document"), Status: 200}, true, true},
		{"of Firefox, which notes no kind", Entry{Header: header("sec-fetch-dest", "document"), Status: 200}, true, true},
		{"in a frame", Entry{Kind: "document", Header: header("sec-fetch-dest", "iframe"), Status: 200}, false, false},
		{"of a recorder without headers", Entry{Kind: "document", Status: 304}, true, true},
		{"of a proxy", Entry{Method: "GET", Header: header("accept", "text/html"), Status: 200}, true, true},
		{"an error page", Entry{Kind: "document", Status: 500}, true, true},
		{"a redirect", Entry{Kind: "document", Status: 307}, true, false},
		{"no answer", Entry{Kind: "document"}, true, false},
		{"a fetch", Entry{Method: "GET", Kind: "fetch", Header: header("accept", "text/html"), Status: 200}, false, false},
		{"a fetch of Next.js", Entry{Method: "GET", Header: header("accept", "text/html", "rsc", "1"), Status: 200}, false, false},
		{"nothing known", Entry{Method: "GET", Status: 200}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if asks, loads := tt.entry.Document(), tt.entry.Loads(); asks != tt.asks || loads != tt.loads {
				t.Errorf("got %v, %v", asks, loads)
			}
		})
	}
}

func TestNamesOfEntries(t *testing.T) {
	at := time.Date(2026, 1, 2, 15, 4, 5, 678_900_000, time.UTC)
	for want, e := range map[string]Entry{
		"entry 12, 15:04:05.678Z":     {Number: 12, Started: at},
		"entry 3, 17:04:05.678+02:00": {Number: 3, Started: at.In(time.FixedZone("", 2*60*60))},
		"entry 7":                     {Number: 7},
	} {
		if got := e.Name(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
