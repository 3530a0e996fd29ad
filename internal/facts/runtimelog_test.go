package facts

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/sandbox"
	"github.com/previewgate/previewgate/internal/web"
)

func TestAppKeyProbe(t *testing.T) {
	tests := []struct {
		name   string
		change func(*sandbox.World)
		want   Exchange
	}{
		{"the app's own key", func(*sandbox.World) {}, KeyAccepted},
		{"AuthKit 2", func(w *sandbox.World) { w.App.AuthKit = 2 }, KeyAccepted},
		{"another client's key", func(w *sandbox.World) { w.App.APIKey = w.WorkOS.Clients[1].APIKey }, KeyOfOther},
		{"a key that nobody has", func(w *sandbox.World) { w.App.APIKey = "sk_test_nobody" }, KeyRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := must(t, within(t, tt.change), AppKeyProbe)
			if Exchanged(got.Lines) != tt.want || got.Callback != "/callback" || got.Status != 500 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestAboutProbe holds that what the log says of other visits to the callback,
// of which the gate itself makes one without a code, is not taken for what it
// says of the bogus code.
func TestAboutProbe(t *testing.T) {
	tests := []struct {
		name string
		row  LogRow
		want bool
	}{
		{"ours", LogRow{ID: "k7x2p-1", Message: "OAuth state mismatch", Path: "/callback"}, true},
		{"ours, by its code", LogRow{ID: "row-9", Message: "ValiError: previewgate_bogus_1", Path: "/callback"}, true},
		{"a visit without a code", LogRow{ID: "k7x2p-2", Message: "missing_auth_params", Path: "/callback"}, false},
		{"a visitor without the cookie", LogRow{Message: "OAuth state mismatch", Path: "/callback"}, false},
		{"a visitor's code that is spent", LogRow{Message: "OauthException: Error: invalid_grant", Path: "/callback"}, true},
		{"a visitor whom the key fails", LogRow{Message: "OauthException: Error: invalid_client", Path: "/callback"}, true},
		{"nothing about a key", LogRow{Message: "hello", Path: "/callback"}, false},
		{"a refresh elsewhere", LogRow{Message: "OauthException: Error: invalid_grant", Path: "/dashboard"}, false},
	}
	for _, tt := range tests {
		if got := aboutProbe("k7x2p-1", "previewgate_bogus_1", "/callback")(tt.row); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}

// TestAppKeyProbeStaysOnTheDeployment holds that no code is brought to a host
// that is not known to be the deployment's.
func TestAppKeyProbeStaysOnTheDeployment(t *testing.T) {
	p := within(t, func(w *sandbox.World) { w.App.Proxy.RedirectURI = "https://web.acme.example/callback" })
	if got := fails(t, p, AppKeyProbe); got != "the redirect URI is not known to be on this deployment" {
		t.Errorf("got %s", got)
	}
}

func TestRefreshLines(t *testing.T) {
	got := must(t, within(t, func(w *sandbox.World) {
		w.Vercel.RuntimeLog = []string{"Failed to refresh access token: x"} // before anybody looked
		w.Vercel.LiveLog = []string{"hello", "Failed to refresh access token: Failed to refresh session: The request could not be completed."}
	}), RefreshLines)
	want := []RefreshLine{{RefreshLimited, "Failed to refresh access token: Failed to refresh session: The request could not be completed.", "/"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestATokenThatMayNotReadTheLogSkips(t *testing.T) {
	const log = "-- GET https://api.vercel.com/v1/projects/prj_1/deployments/dpl_1/runtime-logs?format=lines --\n"
	d := Deployment.Is(VercelDeployment{ID: "dpl_1", ProjectID: "prj_1"})
	account := Vercel.Is(VercelAccount{API: "https://api.vercel.com", Token: "story-token"})
	for answer, want := range map[string]string{
		"HTTP/1.1 403 Forbidden\n\n{\"error\":{\"code\":\"forbidden\"}}\n": "the VERCEL_TOKEN's permission to read runtime logs is not given (VERCEL_TOKEN that may read runtime logs)",
		"HTTP/1.1 404 Not Found\n":             "vercel knows no such deployment for the VERCEL_TOKEN (is VERCEL_TEAM_ID set?)",
		"HTTP/1.1 500 Internal Server Error\n": "vercel answers 500 Internal Server Error",
	} {
		if got := fails(t, tell(t, log+answer, d, account), RuntimeLog); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestReadRefresh holds the lines that authkit-nextjs 4.3.2 and the WorkOS SDK
// were seen to write.
func TestReadRefresh(t *testing.T) {
	tests := []struct {
		line string
		want RefreshOutcome
	}{
		{"Session invalid. Refreshing access token that ends in abcdefghij", RefreshBeginning},
		{"Session expiring soon. Proactively refreshing access token that ends in abcdefghij", RefreshBeginning},
		{"Session successfully refreshed", RefreshDone},
		{"Failed to refresh due to a transient error. Preserving the session cookie so it can be retried. RateLimitExceededException: Too many requests\n    at x {\n  status: 429,\n  rawData: {},\n  retryAfter: null\n}", RefreshLimited},
		{"Failed to refresh access token: Failed to refresh session: Too many requests", RefreshLimited},
		{"RateLimitExceededException [Error]: x { status: 429, rawData: {}, retryAfter: 3 }", RefreshLimited},
		{"Failed to refresh access token: Failed to refresh session: Internal Server Error", RefreshFailed},
		{"Failed to refresh due to a transient error. Preserving the session cookie so it can be retried. GenericServerException: Internal Server Error", RefreshFailed},
		{"Failed to refresh. Deleting cookie. OauthException: Error: invalid_grant\nError Description: Session has already ended.", RefreshEnded},
		{"Failed to refresh access token: Failed to refresh session: Error: invalid_grant\nError Description: Refresh token already exchanged.", RefreshReplayed},
		{"Failed to refresh access token: Failed to refresh session: Error: invalid_grant", RefreshEnded},
		{"Failed to refresh access token: Failed to refresh session: Could not authorize the request. Maybe your API key is invalid?", RefreshRefused},
		{"Failed to refresh access token: Failed to refresh session: Unexpected error: ParseError: Unexpected token '<', \"<html>\"", RefreshFailed},
		{"Proactive refresh failed. Serving request with the still-valid access token. x", RefreshFailed},
		{"Failed to get access token: Error: Failed to refresh access token", RefreshFailed},
		{"withAuth: sealed session user (user_1) does not match the access token subject (user_2); rejecting session.", RefreshSubject},
		{"[AuthKit callback error] OauthException: Error: invalid_grant", ""},
		{"No session found from cookie", ""},
		{"GET /dashboard 200", ""},
	}
	for _, tt := range tests {
		got, found := readRefresh(LogRow{Message: tt.line})
		if found != (tt.want != "") || got.Outcome != tt.want && found {
			t.Errorf("%q: got %q, want %q", tt.line, got.Outcome, tt.want)
		}
	}
}

func TestLogStreamReadsLines(t *testing.T) {
	l := &LogStream{more: make(chan struct{})}
	l.read(io.NopCloser(strings.NewReader("{\"message\":\"a\",\"rowId\":\"1\",\"requestPath\":\"/x\",\"domain\":\"d\"}\nno json\n\n{\"rowId\":\"\",\"source\":\"delimiter\",\"level\":\"error\"}\n{\"message\":\"b\",\"rowId\":\"2\"}")))
	l.end("over")
	rows := l.await(t.Context(), 0, time.Hour, func([]LogRow) bool { return false })
	if diff := cmp.Diff([]LogRow{{"1", "a", "/x", "d"}, {ID: "2", Message: "b"}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestBuildLog(t *testing.T) {
	if got := fails(t, within(t), BuildLog); got != "the build did not fail" {
		t.Errorf("got %s", got)
	}
	i := slices.IndexFunc(sandbox.Faults(), func(f sandbox.Fault) bool { return f.ID == "build-failed-template" })
	p := within(t, sandbox.Faults()[i].Break)
	got := must(t, p, BuildLog)
	if len(got) != 1 || got[0].Trouble != TemplateUnset || got[0].Name != "VERCEL_BRANCH_URL" {
		t.Errorf("got %+v", got)
	}
	p.target.SHA = "4f1d2c3b5a69788796a5b4c3d2e1f00112233445"
	d := must(t, p.and(Preview.IsMissing(gate.Moot("there is no preview of this commit"))), Deployment)
	if d.State != "ERROR" || d.ErrorCode != "BUILD_FAILED" {
		t.Errorf("by its commit: got %+v", d)
	}
}

func TestBuildItemsHaveTwoForms(t *testing.T) {
	const flat = `{"type":"stderr","text":"\u001b[31m✖ Environment variable WORKOS_CLIENT_ID is used in auth config file but its value was not set.\u001b[0m","level":"error","serial":"1"}`
	const nested = `{"type":"stdout","payload":{"text":"Detected a non-production build environment and \"CONVEX_DEPLOY_KEY\" for a production Convex deployment."}}`
	for _, body := range []string{"[" + flat + "," + nested + "]", flat + "\n" + nested + "\n", flat + "\n" + nested + "\n{\"type\":"} {
		got := tellingLines(buildItems(&web.Response{Body: []byte(body)}))
		want := []BuildLine{
			{AuthConfigUnset, "WORKOS_CLIENT_ID", "✖ Environment variable WORKOS_CLIENT_ID is used in auth config file but its value was not set."},
			{ProductionKey, "", "Detected a non-production build environment and \"CONVEX_DEPLOY_KEY\" for a production Convex deployment."},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
