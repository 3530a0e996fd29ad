package facts

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

func TestWhereABrowserGoes(t *testing.T) {
	const hash, alias = "https://web-k3v9x2m1q-acme.vercel.app", "https://web-git-fix-acme.vercel.app"
	mustURL := func(address string) *url.URL {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	back := func(host, path string) gate.Given {
		return SignIn.Is(Entrance{Origin: hash, Path: path, Authorize: Authorize{RedirectURI: host + "/callback"}})
	}
	none := gate.Moot("no path that was tried leads to WorkOS")
	tests := map[string]struct {
		given []gate.Given // of hosts, ways to sign in, ways from elsewhere and protected pages, in this order
		paths Paths
		want  Trip
	}{
		"nothing is known": {
			given: []gate.Given{Hosts.IsMissing(none), SignIn.IsMissing(none), Elsewhere.IsMissing(none), ProtectedPages.IsMissing(none)},
			want:  Trip{Start: mustURL(hash), Page: "/"},
		},
		"the app signs in at the address under test": {
			given: []gate.Given{Hosts.Is([]Host{{Origin: hash}}), back(hash, "/sign-in"), Elsewhere.Is(nil), ProtectedPages.Is(nil)},
			want:  Trip{Start: mustURL(hash), Own: []string{hash}, Page: "/", Entrance: "/sign-in"},
		},
		"the redirect URI is a known alias": {
			given: []gate.Given{Hosts.Is([]Host{{Origin: hash}, {Origin: alias}}), back(alias, "/login"), Elsewhere.Is(nil), ProtectedPages.Is(nil)},
			paths: Paths{Protected: []string{"/dashboard"}, SignIn: "/login"},
			want:  Trip{Start: mustURL(alias), Own: []string{hash, alias}, Page: "/dashboard", Entrance: "/login"},
		},
		"the redirect URI is at a host that serves the same build": {
			given: []gate.Given{
				Hosts.Is([]Host{{Origin: hash}}), back(alias, "/sign-in"), Elsewhere.Is([]Start{{Host: Host{Origin: alias}}}),
				ProtectedPages.Is([]Visit{{Path: "/about"}, {Path: "/plans", Next: "https://api.workos.com/user_management/authorize"}}),
			},
			want: Trip{Start: mustURL(alias), Own: []string{hash, alias}, Page: "/plans", Entrance: "/sign-in"},
		},
		"nobody vouches for the redirect URI's host": {
			given: []gate.Given{Hosts.Is([]Host{{Origin: hash}}), back("https://web-evil.vercel.app", "/sign-in"), Elsewhere.Is(nil), ProtectedPages.Is(nil)},
			paths: Paths{Protected: []string{"/dashboard"}, Debug: "/admin/auth-debug"},
			want:  Trip{Start: mustURL(hash), Own: []string{hash}, Page: "/admin/auth-debug", Entrance: "/sign-in"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			known := gate.Know(gate.Target{}, append(tt.given, Preview.Is(mustURL(hash)), Routes.Is(tt.paths), TestAccount.Is(Account{}))...)
			if diff := cmp.Diff(tt.want, tripOf(known)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheSessionOfABrowserIsToBeEnded holds that it is handed on, and not kept
// with what is known.
func TestTheSessionOfABrowserIsToBeEnded(t *testing.T) {
	started := new(StartedSessions)
	none := gate.Moot("nothing")
	known := func(browse Browse) *gate.Facts {
		return gate.Know(gate.Target{},
			Browser.Is(browse), Preview.Is(new(url.URL)), Routes.Is(Paths{}), TestAccount.Is(Account{}), Sessions.Is(started),
			Hosts.IsMissing(none), SignIn.IsMissing(none), Elsewhere.IsMissing(none), ProtectedPages.IsMissing(none), Web.IsMissing(none))
	}
	stopped := errors.New("stopped")
	b, err := learnBrowserVisit(t.Context(), known(func(context.Context, Trip) (Browsed, error) {
		if !started.busy() {
			t.Error("the visit is not announced")
		}
		return Browsed{Sessions: []string{"session_01A", "session_01B"}}, stopped
	}))
	if !errors.Is(err, stopped) || len(b.Sessions) > 0 || started.busy() || len(started.ids) != 2 {
		t.Errorf("%v: kept %v, to end %v", err, b.Sessions, started.ids)
	}
	if err := started.Revoke(t.Context(), new(web.Client), WorkOSKey{API: "not an address"}); err == nil {
		t.Error("nothing was to be ended")
	}
	if _, err := learnBrowserVisit(t.Context(), known(nil)); err == nil {
		t.Error("a browser was started although the run is over")
	}
}

// TestWhatABrowserCannotShow holds which reason is told where neither a
// credential nor a browser shows something.
func TestWhatABrowserCannotShow(t *testing.T) {
	key := gate.NotGiven{What: "cookie password", Unlock: "WORKOS_COOKIE_PASSWORD"}
	broken, code := errors.New("it needs a test account"), gate.NotGiven{What: "visit", Unlock: "an account"}
	for name, tt := range map[string]struct {
		own, browsed gate.Given
		want         string
	}{
		"a visit is shown":                {AppVisits.IsMissing(key), BrowserVisit.Is(Browsed{}), ""},
		"neither is given":                {AppVisits.IsMissing(key), BrowserVisit.IsMissing(code), key.Error()},
		"the user insists on a browser":   {AppVisits.IsMissing(key), BrowserVisit.IsMissing(broken), "visit with a browser: it needs a test account"},
		"credentials show it in any case": {AppVisits.Is(AppVisit{}), BrowserVisit.IsMissing(broken), ""},
		"what is asked with them fails":   {AppVisits.IsMissing(errors.New("no answer")), BrowserVisit.Is(Browsed{}), "no answer"},
	} {
		_, err := SessionShown.Learn(t.Context(), gate.Know(gate.Target{}, tt.own, tt.browsed))
		if said := errorText(err); said != tt.want {
			t.Errorf("%s: got %q, want %q", name, said, tt.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestReadDebugPage(t *testing.T) {
	for _, tt := range []struct {
		text string
		want *DebugPage
		says string
	}{
		{`{"version":1,"session":{"signedIn":true}}`, &DebugPage{Session: &DebugSession{SignedIn: true}}, ""},
		{`{"version":1,"token":{"audience":"client_1"}}`, &DebugPage{Token: &DebugToken{Audience: []string{"client_1"}}}, ""},
		{`{"version":1,"token":{"audience":["a","b"]}}`, &DebugPage{Token: &DebugToken{Audience: []string{"a", "b"}}}, ""},
		{`{"version":1,"token":{"audience":""}}`, &DebugPage{Token: &DebugToken{}}, ""},
		{``, nil, "holds no element with the id previewgate"},
		{`{"version":2}`, nil, `version "2", and 1 is read`},
		{`{}`, nil, "version"},
		{`{"version":1,"token":{"audience":7}}`, nil, "docs/debug-page.md"},
		{`null, or so`, nil, "docs/debug-page.md"},
	} {
		got, err := ReadDebugPage(tt.text)
		if diff := cmp.Diff(tt.want, got); diff != "" || !strings.Contains(errorText(err), tt.says) || (err == nil) != (tt.says == "") {
			t.Errorf("%s: %v (-want +got):\n%s", tt.text, err, diff)
		}
	}
}
