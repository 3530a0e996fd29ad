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
	tests := map[string]struct {
		check *gate.Check
		saw   facts.Browsed
		want  gate.Status
	}{
		"a session that was kept": {SessionAccepted, facts.Browsed{SignIn: facts.BrowserSignedIn, Session: true}, gate.Passed},
		"a callback that fails":   {SessionAccepted, facts.Browsed{SignIn: facts.BrowserNoSession, Traffic: callback}, gate.Failed},
		"no session, and no sign of an error: the cookie may be called otherwise": {SessionAccepted, facts.Browsed{SignIn: facts.BrowserNoSession}, gate.Skipped},
		"a debug page that sees no user": {SessionAccepted, facts.Browsed{
			SignIn: facts.BrowserSignedIn, Session: true, Debug: &facts.DebugPage{Session: &facts.DebugSession{}},
		}, gate.Failed},
		"a token that the client presents":                    {TokenIssued, facts.Browsed{Traffic: socket(presented)}, gate.Passed},
		"a token on the debug page":                           {TokenIssued, facts.Browsed{Debug: &facts.DebugPage{Token: &facts.DebugToken{Present: true}}}, gate.Passed},
		"an error on the debug page":                          {TokenIssued, facts.Browsed{Debug: &facts.DebugPage{Token: &facts.DebugToken{Error: "429"}}}, gate.Failed},
		"nothing of a token":                                  {TokenIssued, facts.Browsed{}, gate.Skipped},
		"Convex says nothing against it":                      {ConvexAcceptsToken, facts.Browsed{Traffic: socket(presented)}, gate.Passed},
		"Convex refuses":                                      {ConvexAcceptsToken, facts.Browsed{Traffic: socket(presented, refused)}, gate.Failed},
		"Convex refuses an old token and takes the fresh one": {ConvexAcceptsToken, facts.Browsed{Traffic: socket(presented, refused, presented)}, gate.Passed},
		"no token was presented":                              {ConvexAcceptsToken, facts.Browsed{Traffic: socket(facts.Frame{Type: "Connect"})}, gate.Skipped},
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
		})
	}
}

// own is what was learned with credentials.
func own[T any](f *gate.Fact[facts.Either[T]], v T) gate.Given { return f.Is(facts.Either[T]{Own: &v}) }
