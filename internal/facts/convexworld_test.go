package facts

import (
	"bytes"
	"net/url"
	"slices"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/sandbox"
	"github.com/previewgate/previewgate/internal/web"
)

// within starts the sandbox, changed, and gives every credential there is to
// whoever learns from it.
func within(t *testing.T, changes ...func(*sandbox.World)) play {
	t.Helper()
	w := sandbox.Healthy()
	for _, change := range changes {
		change(&w)
	}
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	env := w.Env()
	u, err := url.Parse(s.PreviewURL())
	if err != nil {
		t.Fatal(err)
	}
	c, err := web.New(web.Options{Dial: s.Dial, RootCAs: s.RootCAs(), Hosts: []string{u.Hostname()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); s.Close() })
	return play{target: gate.Target{URL: u.String(), Branch: "fix/login"}, given: []gate.Given{
		Web.Is(c), Preview.Is(u), Routes.Is(Paths{Protected: w.Protected}), Sessions.Is(new(StartedSessions)),
		WorkOS.Is(WorkOSKey{API: "https://api.workos.com", Key: env["WORKOS_API_KEY"]}),
		TestAccount.Is(Account{Email: env["PREVIEWGATE_TEST_EMAIL"], Password: env["PREVIEWGATE_TEST_PASSWORD"]}),
		Convex.Is(ConvexAccount{API: "https://api.convex.dev", Key: env["CONVEX_DEPLOY_KEY"]}),
		Vercel.Is(VercelAccount{API: "https://api.vercel.com", Token: env["VERCEL_TOKEN"], Team: env["VERCEL_TEAM_ID"]}),
		KnownSecrets.Is(nil),
	}}
}

// and gives more.
func (p play) and(more ...gate.Given) play {
	p.given = slices.Concat(p.given, more)
	return p
}

func TestConvexAcceptance(t *testing.T) {
	a := must(t, within(t), ConvexAcceptance)
	if a.HTTP.Status != 200 || !a.Socket.Accepted || a.Socket.Trouble != "" || a.Claims.Issuer == "" {
		t.Errorf("got %+v", a)
	}
	a = must(t, within(t, func(w *sandbox.World) { w.Convex.Preview.Providers = nil }), ConvexAcceptance)
	if !a.HTTP.Unmatched() || a.Socket != (Handshake{}) {
		t.Errorf("got %+v", a)
	}
}

func TestAcceptanceWithoutAWebSocket(t *testing.T) {
	token := Token{text: "header.payload.signature"}
	p := tell(t, `
-- POST https://swift-lemur-482.convex.cloud/api/query_batch --
HTTP/1.1 200 OK

{"results":[]}
-- GET https://swift-lemur-482.convex.cloud/api/1.48.0/sync --
HTTP/1.1 503 Service Unavailable
`, AccessToken.Is(token))
	a := must(t, p, ConvexAcceptance)
	if a.HTTP.Status != 200 || a.Socket.Accepted || a.Socket.Status != 503 || a.Socket.Trouble == "" {
		t.Errorf("got %+v", a)
	}
}

func TestConvexProvidersOfTheDashboard(t *testing.T) {
	redact := func(w *sandbox.World) { w.Convex.Preview.Redacts = true }
	all := must(t, within(t, redact), ConvexProviders)
	if len(all) != 2 || all[1].Algorithm != "RS256" || all[1].JWKS == "" || all[1].Audience != "" || all[0].Audience == "" || all[1].Kind != "CustomJWT" {
		t.Errorf("got %+v", all)
	}
	denied := within(t, func(w *sandbox.World) { w.Convex.Denied = []string{"deployment:data:view"} })
	if got := fails(t, denied, ConvexProviders); got != "the deploy key's permission deployment:data:view is not given (CONVEX_DEPLOY_KEY with deployment:data:view)" {
		t.Errorf("got %s", got)
	}
}

func TestRuns(t *testing.T) {
	var calls []Call
	for _, text := range []string{`users:viewer`, `messages:broken => is broken`, `jobs:tally {"n": 1} as key`, `jobs:tally`} {
		c, err := ReadCall(text)
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	runs := must(t, within(t).and(Calls.Is(calls)), Runs)
	if !runs[0].Succeeded || runs[1].Error == "" || !runs[2].Succeeded || runs[3].Succeeded || runs[3].Error == "" {
		t.Errorf("got %+v", runs)
	}
	without := must(t, within(t).and(Calls.Is(calls), TestAccount.IsMissing(gate.NotGiven{What: "test account", Unlock: "PREVIEWGATE_TEST_EMAIL"})), Runs)
	if without[0].Unlock != "PREVIEWGATE_TEST_EMAIL" || !without[2].Succeeded {
		t.Errorf("got %+v", without)
	}
}

func TestReadCall(t *testing.T) {
	tests := []struct {
		text string
		want Call
		good bool
	}{
		{"plans:list {}", Call{Function: "plans:list", Args: "{}"}, true},
		{"plans:list", Call{Function: "plans:list", Args: "{}"}, true},
		{"admin/stats", Call{Function: "admin/stats:default", Args: "{}"}, true},
		{`plans:list {"a": {"b": "=>"}} => Unauthorized`, Call{}, false}, // an arrow in the arguments is taken for the one
		{"plans:list {} => not signed in", Call{Function: "plans:list", Args: "{}", Expects: "not signed in"}, true},
		{`internal/jobs:run {"n": 1}  as key`, Call{Function: "internal/jobs:run", Args: `{"n": 1}`, AsKey: true}, true},
		{"plans:list {} =>", Call{}, false},
		{"plans:list {", Call{}, false},
		{"plans:list {a: 1}", Call{}, false},
		{"../../x:y", Call{}, false},
		{"a:b:c", Call{}, false},
		{"https://evil.example/", Call{}, false},
		{"", Call{}, false},
	}
	for _, tt := range tests {
		got, err := ReadCall(tt.text)
		if (err == nil) != tt.good || tt.good && got != tt.want {
			t.Errorf("%q: got %+v, %v", tt.text, got, err)
		}
	}
}

func TestFunctionErrors(t *testing.T) {
	if got := must(t, within(t), FunctionErrors); len(got) != 0 {
		t.Errorf("an empty log: got %v", got)
	}
	got := must(t, within(t, func(w *sandbox.World) {
		w.Convex.Preview.Logs = []string{"Uncaught Error: Unauthorized\n    at handler", "Uncaught TypeError: x is undefined"}
	}), FunctionErrors)
	if len(got) != 1 || got[0].Line != "Uncaught Error: Unauthorized" || got[0].Function != "messages:list" || got[0].SignedIn {
		t.Errorf("got %+v", got)
	}
	denied := within(t, func(w *sandbox.World) { w.Convex.Denied = []string{"deployment:logs:view"} })
	if got := fails(t, denied, FunctionErrors); got != "the deploy key's permission for /api/stream_function_logs is not given (CONVEX_DEPLOY_KEY with deployment:logs:view)" {
		t.Errorf("got %s", got)
	}
}

func TestConvexPush(t *testing.T) {
	if got := must(t, within(t), ConvexPush); got.Commit != "4f1d2c3" || got.Message != "Deployed from Vercel • 4f1d2c3" {
		t.Errorf("got %+v", got)
	}
	if got := fails(t, within(t, func(w *sandbox.World) { w.Convex.Preview.Commit = "" }), ConvexPush); got != "the audit log of the Convex deployment holds no push" {
		t.Errorf("got %s", got)
	}
	denied := within(t, func(w *sandbox.World) { w.Convex.Denied = []string{"deployment:auditLog:view"} })
	if got := fails(t, denied, ConvexPush); got != "the deploy key's permission for /api/v1/list_audit_log_events is not given (CONVEX_DEPLOY_KEY with deployment:auditLog:view)" {
		t.Errorf("got %s", got)
	}
}

func FuzzReadFunctionLog(f *testing.F) {
	f.Add([]byte(`{"entries":[{"kind":"Completion","identifier":"a:b","error":"Unauthorized","timestamp":1e300}],"newCursor":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := readFunctionLog(body)
		if err == nil && len(all) > bytes.Count(body, []byte("{")) {
			t.Errorf("%d errors of %d bytes", len(all), len(body))
		}
	})
}
