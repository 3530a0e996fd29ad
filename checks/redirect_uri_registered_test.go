package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestRedirectURIRegistered(t *testing.T) {
	uri := preview + "/callback"
	accepted := facts.Ruling{RedirectURI: uri, Accepted: true, Status: 200, End: "https://acme.authkit.app/"}
	refused := facts.Ruling{RedirectURI: uri, Reason: "redirect-uri-invalid", Status: 200, End: "https://acme-staging.authkit.app/redirect-uri-invalid", Environment: "staging"}
	control := facts.Ruling{RedirectURI: "https://previewgate-x.invalid/callback", Reason: "redirect-uri-invalid", Status: 200, End: "https://error.workos.com/redirect-uri-invalid"}
	busy := facts.Ruling{RedirectURI: uri, Status: 429, End: api + "/user_management/authorize"}
	examined := func(all ...facts.Examination) []gate.Given { return given(facts.Examined.Is(all)) }
	failed := gate.Fail("WorkOS refuses the redirect URI %s", uri).
		FixedBy("Add `%s` in the WorkOS dashboard under Redirects (staging), or let Convex register it on every preview build: `redirectUris` under `authKit.preview.configure` in `convex.json`.", uri).
		Because("redirect_uri", uri).
		Because("WorkOS' answer", "redirect-uri-invalid at https://acme-staging.authkit.app/redirect-uri-invalid")
	judge(t, RedirectURIRegistered, []trial{
		{name: "registered", facts: examined(facts.Examination{Real: accepted, Control: control}), want: gate.Pass("WorkOS accepts %s and refuses another", uri)},
		{name: "not registered", facts: examined(facts.Examination{Real: refused, Control: control}), want: failed},
		{name: "one of two is not", facts: examined(facts.Examination{Real: busy, Control: control}, facts.Examination{Real: accepted, Control: control}, facts.Examination{Real: refused, Control: control}), want: failed},
		{
			name: "everything is accepted", facts: examined(facts.Examination{Real: accepted, Control: accepted}),
			want: gate.Unsure("WorkOS did not refuse a redirect URI that cannot be registered (200 at https://acme.authkit.app/), so its acceptance proves nothing"),
		},
		{
			name: "the control was not answered", facts: examined(facts.Examination{Real: accepted, Control: busy}),
			want: gate.Unsure("WorkOS did not refuse a redirect URI that cannot be registered (429 at https://api.workos.com/user_management/authorize), so its acceptance proves nothing"),
		},
		{
			name: "refused, but the control is not", facts: examined(facts.Examination{Real: refused, Control: accepted}),
			want: gate.Unsure("WorkOS refuses the redirect URI, but not one that cannot be registered (200 at https://acme.authkit.app/)"),
		},
		{name: "busy", facts: examined(facts.Examination{Real: busy, Control: control}), want: gate.Unsure("WorkOS' answer tells neither way: 429 at https://api.workos.com/user_management/authorize")},
		{
			name: "a challenge page", facts: examined(facts.Examination{Real: facts.Ruling{RedirectURI: uri, Status: 403, End: "https://acme.authkit.app/"}, Control: control}),
			want: gate.Unsure("WorkOS' answer tells neither way: 403 at https://acme.authkit.app/"),
		},
	})
}
