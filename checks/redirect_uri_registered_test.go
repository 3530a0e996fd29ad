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

// TestARefusalIsTheClientsWhereAnotherIsMeant holds that a redirect URI is not
// to be registered with a client that the app should not have.
func TestARefusalIsTheClientsWhereAnotherIsMeant(t *testing.T) {
	refused := gate.Fail("WorkOS refuses the redirect URI %s", preview+"/callback").
		FixedBy("Add `%s` in the WorkOS dashboard under Redirects, or let Convex register it on every preview build: `redirectUris` under `authKit.preview.configure` in `convex.json`.", preview+"/callback")
	skipped := gate.Skip("WorkOS refuses the redirect URI for a client other than client_01OTHER, which comes first")
	judge(t, RedirectURIRegistered, []trial{
		{name: "Convex trusts another", facts: signedIn(refusedURI(), facts.ConvexTrust.Is(trusting(other))), want: skipped},
		{name: "another is expected", facts: signedIn(refusedURI(), facts.ExpectedClient.Is(other)), want: skipped},
		{name: "Convex trusts another, and the app's is expected", facts: signedIn(refusedURI(), facts.ConvexTrust.Is(trusting(other)), facts.ExpectedClient.Is(client)), want: refused},
		{name: "Convex trusts the app's", facts: signedIn(refusedURI(), facts.ConvexTrust.Is(trusting(client))), want: refused},
		{name: "Convex trusts two others", facts: signedIn(refusedURI(), facts.ConvexTrust.Is(trusting(other, "client_01THIRD"))), want: refused},
		{name: "Convex does not say", facts: signedIn(refusedURI(), facts.ConvexTrust.Is(redacted(trusting(other)))), want: refused},
	})
}

// TestTheListDecidesWhereSignInDoesNot gives the list of the app's own client,
// and of another.
func TestTheListDecidesWhereSignInDoesNot(t *testing.T) {
	uri := preview + "/callback"
	refused := facts.Ruling{RedirectURI: uri, ClientID: client, Reason: "redirect-uri-invalid", Status: 200, End: "https://error.workos.com/redirect-uri-invalid"}
	busy := facts.Ruling{RedirectURI: uri, ClientID: client, Status: 403, End: "https://acme.authkit.app/"}
	listed := func(ruling facts.Ruling, code string, registered facts.Registered) []gate.Given {
		return given(
			facts.Examined.Is([]facts.Examination{{Real: ruling, Control: refused}}),
			facts.KeyProbe.Is(facts.Probe{ClientID: client, Refusal: facts.Refusal{Status: 400, Code: code}}),
			facts.RegisteredURIs.Is(registered),
		)
	}
	wild := "https://web-*-acme.vercel.app/callback"
	missing := gate.Fail("%s is not among the redirect URIs that WorkOS lists", uri).
		FixedBy("Add `%s` in the WorkOS dashboard under Redirects.", uri).Because("redirect_uri", uri)
	unsure := gate.Unsure("WorkOS' answer tells neither way: 403 at https://acme.authkit.app/")
	judge(t, RedirectURIRegistered, []trial{
		{name: "to the letter", facts: listed(busy, "invalid_grant", facts.Registered{URIs: []string{"http://localhost:3000/callback", uri}}), want: gate.Pass("WorkOS lists %s among its redirect URIs", uri)},
		{name: "by a wildcard", facts: listed(busy, "invalid_grant", facts.Registered{URIs: []string{wild}}), want: gate.Pass("WorkOS lists %s among its redirect URIs", wild)},
		{name: "not", facts: listed(busy, "invalid_grant", facts.Registered{URIs: []string{uri + "/"}}), want: missing.Because("registered in WorkOS", uri+"/")},
		{name: "nothing is", facts: listed(busy, "invalid_grant", facts.Registered{}), want: missing.Because("registered in WorkOS", "nothing")},
		{name: "not on the pages that were read", facts: listed(busy, "invalid_grant", facts.Registered{More: true}), want: unsure},
		{name: "the list of another client", facts: listed(busy, "invalid_client", facts.Registered{}), want: unsure},
		{
			name: "evidence for a refusal", facts: listed(refused, "invalid_grant", facts.Registered{URIs: []string{"http://localhost:3000/callback"}}),
			want: gate.Fail("WorkOS refuses the redirect URI %s", uri).
				FixedBy("Add `%s` in the WorkOS dashboard under Redirects, or let Convex register it on every preview build: `redirectUris` under `authKit.preview.configure` in `convex.json`.", uri).
				Because("redirect_uri", uri).
				Because("WorkOS' answer", "redirect-uri-invalid at https://error.workos.com/redirect-uri-invalid").
				Because("registered in WorkOS", "http://localhost:3000/callback"),
		},
	})
}

func TestAllows(t *testing.T) {
	for _, tt := range []struct {
		pattern, uri string
		want         bool
	}{
		{"https://a.dev/callback", "https://a.dev/callback", true},
		{"https://a.dev/callback", "https://a.dev/callback/", false},
		{"https://*.a.dev/callback", "https://pr-1.a.dev/callback", true},
		{"https://*.a.dev/callback", "https://x.pr-1.a.dev/callback", false},
		{"https://*.a.dev/callback", "https://.a.dev/callback", false},
		{"https://a.*.dev/callback", "https://a.b.dev/callback", false},
		{"https://a.dev/*", "https://a.dev/callback", false},
	} {
		if got := allows(tt.pattern, tt.uri); got != tt.want {
			t.Errorf("%s for %s: %t", tt.pattern, tt.uri, got)
		}
	}
}
