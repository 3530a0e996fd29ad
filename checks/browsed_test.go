package checks

import (
	"net/http"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// TestWhatABrowserSaw holds what the checks make of a visit with a browser
// where the credentials for more are not given.
func TestWhatABrowserSaw(t *testing.T) {
	socket := func(frames ...facts.Frame) facts.Traffic {
		return facts.Traffic{Entries: []facts.Entry{{Number: 4, Kind: "websocket", Origin: "wss://swift-lemur-482.convex.cloud", Frames: frames}}}
	}
	presented := facts.Frame{Type: "Authenticate", Token: "User"}
	refused := facts.Frame{Type: "AuthError", Says: "No auth provider found matching the given token"}
	callback := facts.Traffic{Entries: []facts.Entry{{
		Number: 7, Method: http.MethodGet, Path: "/callback", Query: []string{"code", "state"}, Kind: "document", Status: 500,
	}}}
	app := func(entries ...facts.Entry) facts.Traffic {
		began := facts.Entry{Number: 1, Method: http.MethodGet, Origin: preview, Path: "/callback", Kind: "document", Status: 307, Sets: []string{facts.SessionCookie}}
		return facts.Traffic{Cookies: true, Entries: append([]facts.Entry{began}, entries...)}
	}
	deletes := func(method, path, to string) facts.Entry {
		return facts.Entry{Number: 9, Method: method, Origin: preview, Path: path, Kind: "fetch", Status: 307, To: to, Empties: []string{facts.SessionCookie}}
	}
	lost := facts.Browsed{SignIn: facts.BrowserSignedIn, Had: true}
	lose := func(t facts.Traffic) facts.Browsed {
		b := lost
		b.Traffic = t
		return b
	}
	claims := &facts.DebugPage{
		Token:  &facts.DebugToken{Issuer: "https://api.workos.com/user_management/client_1", Audience: []string{"x"}},
		Convex: &facts.DebugConvex{State: "unauthenticated", Error: "no provider"},
	}
	tests := map[string]struct {
		check    *gate.Check
		saw      facts.Browsed
		want     gate.Status
		evidence string // of the last piece
	}{
		"a session that went by itself": {
			check: SessionAccepted, saw: lose(app(deletes(http.MethodGet, "/dashboard", preview+"/dashboard"))),
			want: gate.Failed, evidence: "307 Temporary Redirect to " + preview + "/dashboard, deletes wos-session",
		},
		"a session that went, and nothing tells why": {
			check: SessionAccepted, saw: lose(app()), want: gate.Failed, evidence: "no wos-session, and no answer in the recording deletes it",
		},
		"a session that a background request ended": {
			check: SessionAccepted, saw: lose(app(deletes(http.MethodGet, "/sign-out", preview+"/"))), want: gate.Skipped,
		},
		"a session that a server action ended": {
			check: SessionAccepted, saw: lose(app(deletes(http.MethodPost, "/", api+"/user_management/sessions/logout"))), want: gate.Skipped,
		},
		"a cookie that the browser does not keep": {
			check: SessionAccepted, saw: facts.Browsed{SignIn: facts.BrowserLoops, Traffic: app(facts.Entry{Number: 2, Origin: preview, Path: "/dashboard", Status: 307})},
			want: gate.Failed, evidence: "no wos-session",
		},
		"a loop although the browser keeps the cookie": {
			check: SessionAccepted, saw: facts.Browsed{SignIn: facts.BrowserLoops, Traffic: app(facts.Entry{Number: 2, Origin: preview, Path: "/dashboard", Status: 307, Session: true})},
			want: gate.Skipped,
		},
		"a browser that is sent round in circles": {check: SessionAccepted, saw: facts.Browsed{SignIn: facts.BrowserLoops}, want: gate.Skipped},
		"a session under another name, and a debug page that sees a user": {
			check: SessionAccepted, want: gate.Passed,
			saw: facts.Browsed{SignIn: facts.BrowserNoSession, Debug: &facts.DebugPage{Session: &facts.DebugSession{SignedIn: true}}},
		},
		"a debug page that was not read": {
			check: TokenIssued, saw: facts.Browsed{Unread: "holds no JSON"}, want: gate.Skipped, evidence: "holds no JSON",
		},
		"Convex refuses, and the debug page says more": {
			check: ConvexAcceptsToken, saw: facts.Browsed{Traffic: socket(presented, refused), Debug: claims},
			want: gate.Failed, evidence: "unauthenticated: no provider",
		},
		"no token was presented, and the debug page says more": {
			check: ConvexAcceptsToken, saw: facts.Browsed{Debug: claims}, want: gate.Skipped, evidence: "unauthenticated: no provider",
		},
		"a session that was kept": {check: SessionAccepted, saw: facts.Browsed{SignIn: facts.BrowserSignedIn, Session: true}, want: gate.Passed},
		"a callback that fails":   {check: SessionAccepted, saw: facts.Browsed{SignIn: facts.BrowserNoSession, Traffic: callback}, want: gate.Failed},
		"no session, and no sign of an error: the cookie may be called otherwise": {check: SessionAccepted, saw: facts.Browsed{SignIn: facts.BrowserNoSession}, want: gate.Skipped},
		"a debug page that sees no user": {check: SessionAccepted, saw: facts.Browsed{
			SignIn: facts.BrowserSignedIn, Session: true, Debug: &facts.DebugPage{Session: &facts.DebugSession{}},
		}, want: gate.Failed},
		"a token that the client presents":                    {check: TokenIssued, saw: facts.Browsed{Traffic: socket(presented)}, want: gate.Passed},
		"a token on the debug page":                           {check: TokenIssued, saw: facts.Browsed{Debug: &facts.DebugPage{Token: &facts.DebugToken{Present: true}}}, want: gate.Passed},
		"an error on the debug page":                          {check: TokenIssued, saw: facts.Browsed{Debug: &facts.DebugPage{Token: &facts.DebugToken{Error: "429"}}}, want: gate.Failed},
		"nothing of a token":                                  {check: TokenIssued, saw: facts.Browsed{}, want: gate.Skipped},
		"Convex says nothing against it":                      {check: ConvexAcceptsToken, saw: facts.Browsed{Traffic: socket(presented)}, want: gate.Passed},
		"Convex refuses":                                      {check: ConvexAcceptsToken, saw: facts.Browsed{Traffic: socket(presented, refused)}, want: gate.Failed},
		"Convex refuses an old token and takes the fresh one": {check: ConvexAcceptsToken, saw: facts.Browsed{Traffic: socket(presented, refused, presented)}, want: gate.Passed},
		"no token was presented":                              {check: ConvexAcceptsToken, saw: facts.Browsed{Traffic: socket(facts.Frame{Type: "Connect"})}, want: gate.Skipped},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v := tt.check.JudgeAlone(gate.Target{},
				facts.ConvexTrust.Is(facts.Trust{}), facts.ConvexSite.Is("https://swift-lemur-482.convex.cloud"),
				facts.SessionShown.Is(facts.Either[facts.AppVisit]{Browsed: &tt.saw}),
				facts.TokenShown.Is(facts.Either[facts.Handout]{Browsed: &tt.saw}),
				facts.TokenTaken.Is(facts.Either[facts.Acceptance]{Browsed: &tt.saw}),
			)
			if v.Status != tt.want {
				t.Errorf("got %s: %s", v.Status, v.Summary)
			}
			if tt.evidence != "" && (len(v.Evidence) == 0 || v.Evidence[len(v.Evidence)-1].Saw != tt.evidence) {
				t.Errorf("the evidence is %+v", v.Evidence)
			}
		})
	}
}

// own is what was learned with credentials.
func own[T any](f *gate.Fact[facts.Either[T]], v T) gate.Given { return f.Is(facts.Either[T]{Own: &v}) }
