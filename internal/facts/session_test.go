package facts

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/sandbox"
	"github.com/previewgate/previewgate/internal/web"
)

// asTester is a run within the sandbox that has the cookie password too.
func asTester(t *testing.T, changes ...func(*sandbox.World)) play {
	t.Helper()
	return within(t, changes...).and(CookiePassword.Is(sandbox.Healthy().App.CookiePassword))
}

// keyed gives a story an API key and a test account.
func keyed() []gate.Given {
	return []gate.Given{
		WorkOS.Is(WorkOSKey{API: "https://api.workos.com", Key: "sk_test_previewgatePreviewgate"}),
		TestAccount.Is(Account{Email: "gate@acme.dev", Password: "correct horse battery"}),
		ExpectedClient.Is(client), SignIn.IsMissing(gate.Moot("not asked")),
	}
}

func TestKeyProbe(t *testing.T) {
	id := sandbox.Healthy().App.ClientID
	for _, tt := range []struct {
		name, want string
		change     func(*sandbox.World)
	}{
		{"of the client", "invalid_grant", func(*sandbox.World) {}},
		{"of another", "invalid_client", func(w *sandbox.World) { w.Given["WORKOS_API_KEY"] = w.WorkOS.Clients[1].APIKey }},
		{"revoked", Unauthorized, func(w *sandbox.World) { w.WorkOS.Clients[0].APIKey = "sk_test_new" }},
	} {
		if got := must(t, within(t, tt.change), KeyProbe); got.Code != tt.want || got.ClientID != id {
			t.Errorf("%s: got %+v", tt.name, got)
		}
	}
	for answer, want := range map[string]string{
		"HTTP/1.1 429 Too Many Requests\nRetry-After: 0\n\n{\"code\":\"daily_quota_exceeded\"}": "WorkOS answers 429 Too Many Requests (daily_quota_exceeded)",
		"HTTP/1.1 503 Service Unavailable\n\nbusy":                                              "WorkOS answers 503 Service Unavailable",
		"HTTP/1.1 403 Forbidden\nContent-Type: text/html\n\n<h1>Checking your browser</h1>":     "WorkOS answers 403 Forbidden with neither tokens nor a reason",
		"HTTP/1.1 200 OK\n\n{}": "WorkOS answers 200 OK with neither tokens nor a reason",
	} {
		p := tell(t, "-- POST https://api.workos.com/user_management/authenticate --\n"+answer, keyed()...)
		if got := fails(t, p, KeyProbe); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRegisteredURIs(t *testing.T) {
	many := func(w *sandbox.World) {
		for i := range 150 {
			w.WorkOS.Clients[0].RedirectURIs = append(w.WorkOS.Clients[0].RedirectURIs, fmt.Sprintf("https://pr-%d.acme.dev/callback", i))
		}
	}
	got := must(t, within(t, many), RegisteredURIs)
	if len(got.URIs) != 153 || got.More || got.URIs[152] != "https://pr-149.acme.dev/callback" {
		t.Errorf("got %d URIs, more %t", len(got.URIs), got.More)
	}
	if _, err := learn(t, tell(t, "-- GET https://api.workos.com/user_management/redirect_uris?limit=100 --\nHTTP/1.1 404 Not Found\n", keyed()...), RegisteredURIs); err != gate.Moot("WorkOS does not list the redirect URIs of this environment") { //nolint:errorlint // it is not wrapped
		t.Errorf("not offered: %v", err)
	}
}

func TestHomepage(t *testing.T) {
	if got := must(t, within(t), Homepage); got != "https://web.acme.example/" {
		t.Errorf("got %q", got)
	}
	if got := must(t, within(t, func(w *sandbox.World) { w.WorkOS.Clients[0].Homepage = "" }), Homepage); got != "" {
		t.Errorf("got %q", got)
	}
	for answer, want := range map[string]string{
		"HTTP/1.1 404 Not Found\n":             "WorkOS does not tell the app homepage URL of this environment (404)",
		"HTTP/1.1 500 Internal Server Error\n": "WorkOS answers 500 Internal Server Error",
	} {
		p := tell(t, "-- GET https://api.workos.com/user_management/app_homepage_url --\n"+answer, keyed()...)
		if got := fails(t, p, Homepage); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSession(t *testing.T) {
	s := must(t, within(t), Session)
	c := s.Token.Claims
	if s.Refused.Code != "" || c.Subject == "" || c.SessionID == "" || c.ClientID != s.ClientID || c.Expires.Sub(c.Issued) != 5*time.Minute {
		t.Errorf("got %+v", s)
	}
	var sealed struct {
		AccessToken, RefreshToken, AuthenticationMethod string
		User                                            map[string]any
	}
	if err := json.Unmarshal(s.content, &sealed); err != nil || sealed.AccessToken == "" || sealed.RefreshToken == "" ||
		sealed.AuthenticationMethod != "Password" || sealed.User["id"] != c.Subject || sealed.User["emailVerified"] != true || sealed.User["profilePictureUrl"] != nil {
		t.Errorf("got %+v (%v)", sealed.User, err)
	}
	if text, err := json.Marshal(s); err != nil || strings.Contains(string(text), "eyJ") || strings.Contains(string(text), sealed.RefreshToken) {
		t.Errorf("a recording would hold a token: %s", text)
	}
}

func TestSessionInAnOrganization(t *testing.T) {
	two := func(w *sandbox.World) {
		w.WorkOS.Organizations = []sandbox.Organization{{ID: "org_01A", Name: "Acme"}, {ID: "org_01B", Name: "Bolt"}}
	}
	if s := must(t, within(t, two), Session); s.Organizations != 2 || s.Organization != "org_01A" || s.Token.Claims.Subject == "" {
		t.Errorf("got %+v", s)
	}
}

func TestEveryHurdleIsKeptAsWorkOSWordsIt(t *testing.T) {
	for _, h := range []sandbox.Hurdle{
		sandbox.UnverifiedEmail, sandbox.MFAEnrollment, sandbox.MFAChallenge, sandbox.PasswordsDisabled, sandbox.MethodNotAllowed,
		sandbox.PasskeyEnrollment, sandbox.RadarChallenge, sandbox.RadarSignUpChallenge, sandbox.RadarSMSChallenge,
		sandbox.ConsentRequired, sandbox.SSORequired, sandbox.UnauthorizedClient, sandbox.TokenTooBig,
	} {
		p := asTester(t, func(w *sandbox.World) { w.WorkOS.Hurdle = h })
		if s := must(t, p, Session); s.Refused.Code != string(h) || s.Refused.Message == "" || s.Token.text != "" {
			t.Errorf("%s: got %+v", h, s)
		}
		for _, because := range []string{fails(t, p, AppVisits), fails(t, p, Refreshed), fails(t, p, AccessToken)} {
			if because != string(notSignedIn) {
				t.Errorf("%s: %s", h, because)
			}
		}
	}
	for h, want := range map[sandbox.Hurdle]string{
		sandbox.DailyQuota:      "WorkOS answers 429 Too Many Requests (daily_quota_exceeded)",
		sandbox.TooManyRequests: "WorkOS answers 429 Too Many Requests",
		sandbox.ServerError:     "WorkOS answers 500 Internal Server Error",
		sandbox.BadGateway:      "WorkOS answers 502 Bad Gateway",
	} {
		if got := fails(t, within(t, func(w *sandbox.World) { w.WorkOS.Hurdle = h }), Session); got != want {
			t.Errorf("%s: got %q", h, got)
		}
	}
}

func TestCookieSeal(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*sandbox.World)
		want   Seal
	}{
		{"the same", func(*sandbox.World) {}, Seal{Length: 40, State: OpensState, Sealed: true}},
		{"another", func(w *sandbox.World) { w.App.CookiePassword = strings.Repeat("x", 32) }, Seal{Length: 40, State: OtherSecret, Sealed: true}},
		{"AuthKit 2", func(w *sandbox.World) { w.App.AuthKit = 2 }, Seal{Length: 40, State: NoSeal}},
		{"no sign-in", func(w *sandbox.World) { w.App.Proxy.Missing, w.App.Routes["/sign-in"] = true, sandbox.Page }, Seal{Length: 40, State: NoSeal}},
	} {
		if got := must(t, asTester(t, tt.change), CookieSeal); got != tt.want {
			t.Errorf("%s: got %+v", tt.name, got)
		}
	}
}

func TestAppVisits(t *testing.T) {
	a := must(t, asTester(t), AppVisits)
	if len(a.Visits) != 1 || a.Visits[0].Path != "/dashboard" || a.Visits[0].Last().Status != 200 || a.eager.Claims.Subject == "" {
		t.Errorf("got %+v", a.Visits)
	}
	text, err := json.Marshal(a)
	if err != nil || strings.Contains(string(text), "eyJ") || strings.Contains(string(text), "Fe26") || !strings.Contains(string(text), "workos-access-token=hidden") {
		t.Errorf("a recording would be %s (%v)", text, err)
	}
	none := asTester(t).and(Routes.Is(Paths{}))
	if a := must(t, none, AppVisits); a.Visits[0].Path != unknownPath || a.Visits[0].Last().Status != 404 {
		t.Errorf("without a protected path: got %+v", a.Visits)
	}
	open := asTester(t, func(w *sandbox.World) { w.App.Proxy.Open = append(w.App.Proxy.Open, unknownPath) }).and(Routes.Is(Paths{}))
	if a := must(t, open, AppVisits); a.Visits[0].Path != "/" || a.Visits[0].Last().Status != 200 {
		t.Errorf("with nothing protected: got %+v", a.Visits)
	}
	other := asTester(t, func(w *sandbox.World) { w.App.CookiePassword = strings.Repeat("x", 32) })
	if a := must(t, other, AppVisits); !a.Visits[0].ToSignIn() || !a.Visits[0].Last().Deletes(SessionCookie) || a.eager.text != "" {
		t.Errorf("with another password: got %+v", a.Visits)
	}
}

func TestAppToken(t *testing.T) {
	lazy := func(w *sandbox.World) { w.App.EagerAuth = false }
	p := asTester(t)
	if h := must(t, p, AppToken); !h.Issued || h.By != ByCookie || h.Token.Claims.SessionID == "" {
		t.Errorf("eager: got %+v", h)
	}
	if h := must(t, asTester(t, lazy), AppToken); !h.Issued || h.By != ByAction || h.Path != "/dashboard" || h.Token.Claims.SessionID == "" {
		t.Errorf("by the action: got %+v", h)
	}
	if h := must(t, asTester(t, lazy, func(w *sandbox.World) { w.App.WithholdsTokens = true }), AppToken); h.Issued || h.Status != 200 || h.Said != "nothing" {
		t.Errorf("withheld: got %+v", h)
	}
	other := func(w *sandbox.World) { w.App.CookiePassword = strings.Repeat("x", 32) }
	if got := fails(t, asTester(t, other), AppToken); got != "the app sends the test account to sign in again" {
		t.Errorf("rejected: got %s", got)
	}
	if got := fails(t, asTester(t, lazy).and(ClientBundle.Is(Bundle{})), AppToken); got != "neither a cookie nor a server action of AuthKit's hands out access tokens" {
		t.Errorf("no action: got %s", got)
	}
	if got := fails(t, asTester(t, lazy).and(ClientBundle.Is(Bundle{Missed: 2})), AppToken); got != "2 client chunks could not be read" {
		t.Errorf("missed: got %s", got)
	}
}

func TestRefreshed(t *testing.T) {
	r := must(t, asTester(t), Refreshed)
	if r.Refused.Code != "" || r.Same || !r.Checked || r.Proof.Flaw != NoFlaw {
		t.Errorf("got %+v", r)
	}
	r = must(t, within(t, func(w *sandbox.World) { w.WorkOS.RefreshRefused = "Session has already ended." }), Refreshed)
	if r.Refused != (Refusal{400, "invalid_grant", "Session has already ended."}) {
		t.Errorf("got %+v", r)
	}
}

func TestSessionsAreEnded(t *testing.T) {
	p := tell(t, "-- POST https://api.workos.com/user_management/sessions/revoke --\nHTTP/1.1 200 OK\n")
	c, err := web.New(web.Options{Transport: p.transport})
	if err != nil {
		t.Fatal(err)
	}
	started := new(StartedSessions)
	if err := started.begin(); err != nil {
		t.Fatal(err)
	}
	started.add("session_1")
	ended := make(chan error)
	go func() { ended <- started.Revoke(t.Context(), c, WorkOSKey{API: "https://api.workos.com", Key: "sk"}) }()
	for started.begin() == nil { // until Revoke has begun
		started.done()
	}
	started.add("session_2") // the answer of the grant that was under way
	started.add("session_2")
	started.done()
	if err := <-ended; err != nil || asked(p, "/sessions/revoke") != 2 {
		t.Errorf("asked %d times: %v", asked(p, "/sessions/revoke"), err)
	}
}

func TestAGrantIsWaitedForWhenTheRunStops(t *testing.T) {
	p := within(t, func(w *sandbox.World) { w.Delay = 100 * time.Millisecond })
	started := new(StartedSessions)
	p = p.and(Sessions.Is(started), SignIn.IsMissing(gate.Moot("not asked")), ExpectedClient.Is(sandbox.Healthy().App.ClientID))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for !started.busy() && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	check := &gate.Check{ID: "test", Uses: []gate.Need{Session}, Judge: func(*gate.Facts) gate.Verdict { return gate.Pass("") }}
	gate.Run(ctx, p.target, []*gate.Check{check}, gate.Options{}, p.given...)
	for started.busy() {
		time.Sleep(5 * time.Millisecond)
	}
	if len(started.ids) != 1 {
		t.Errorf("got %v", started.ids)
	}
}

// busy reports whether a grant is under way.
func (s *StartedSessions) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asking > 0
}

func TestCamelCased(t *testing.T) {
	got := camelCased(map[string]json.RawMessage{"first_name": nil, "profile_picture_url": nil, "id": nil, "_odd__name_": nil})
	var names []string
	for name := range got {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"OddName", "firstName", "id", "profilePictureUrl"}; !slices.Equal(names, want) {
		t.Errorf("got %v", names)
	}
}
