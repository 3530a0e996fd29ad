package checks

import (
	"errors"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ruled are the ways in which WorkOS took one request for sign-in and its
// control.
func ruled(ruling facts.Ruling, more ...gate.Given) []gate.Given {
	ruling.ClientID = client
	return append(given(
		facts.SignIn.Is(entrance("/sign-in", preview+"/callback")),
		facts.Examined.Is([]facts.Examination{{Real: ruling}}),
	), more...)
}

func TestClientIDKnown(t *testing.T) {
	accepted := facts.Ruling{Accepted: true, Status: 200, End: "https://acme-staging.authkit.app/", Environment: "staging"}
	busy := facts.Ruling{Status: 429, End: api + "/user_management/authorize"}
	keys := facts.JWKS.Is(facts.KeySet{Answer: answer(api+"/sso/jwks/"+client, 200), Keys: []facts.Key{{ID: "a"}}})
	noKeys := facts.JWKS.Is(facts.KeySet{Answer: answer(api+"/sso/jwks/"+client, 404)})
	refused := facts.Ruling{Reason: "client-id-invalid", End: "https://error.workos.com/sso/client-id-invalid", Status: 200, ClientID: other}
	unsure := gate.Unsure("WorkOS' answer tells neither way: 429 at https://api.workos.com/user_management/authorize")
	judge(t, ClientIDKnown, []trial{
		{name: "a sign-in page in staging", facts: ruled(accepted), want: gate.Pass("WorkOS knows client_01STAGING (staging)")},
		{name: "a sign-in page on a domain of its own", facts: ruled(facts.Ruling{Accepted: true, Status: 200, End: "https://login.acme.com/"}), want: gate.Pass("WorkOS knows client_01STAGING")},
		{name: "only the redirect URI is refused", facts: ruled(facts.Ruling{Reason: "redirect-uri-invalid", Status: 200}), want: gate.Pass("WorkOS knows client_01STAGING")},
		{
			name: "an unknown client", facts: given(facts.SignIn.Is(entrance("/sign-in", preview+"/callback")), facts.Examined.Is([]facts.Examination{{Real: accepted}, {Real: refused}})),
			want: gate.Fail("WorkOS does not know the client id client_01OTHER").
				Because("client_id of the request for sign-in", other).
				Because("WorkOS' answer", "client-id-invalid at https://error.workos.com/sso/client-id-invalid"),
		},
		{name: "busy, but its keys are there", facts: ruled(busy, keys), want: gate.Pass("WorkOS has keys of client_01STAGING")},
		{name: "busy", facts: ruled(busy), want: unsure},
		{name: "busy, and there are no keys", facts: ruled(busy, noKeys), want: unsure},
		{name: "busy, and the keys cannot be asked for", facts: ruled(busy, facts.JWKS.IsMissing(errors.New("no answer"))), want: unsure},
		{
			name: "a broken WorkOS", facts: ruled(facts.Ruling{Status: 502, End: "https://acme.authkit.app/"}),
			want: gate.Unsure("WorkOS' answer tells neither way: 502 at https://acme.authkit.app/"),
		},
		{
			name: "no connection to sign in with", facts: ruled(facts.Ruling{Reason: "invalid-connection-selector", Status: 200, End: "https://error.workos.com/sso/invalid-connection-selector"}),
			want: gate.Unsure("WorkOS' answer tells neither way: invalid-connection-selector at https://error.workos.com/sso/invalid-connection-selector"),
		},
	})
}
