package checks

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// TokenRefreshes asks whether the session can be refreshed.
//
// An access token lives for five minutes unless WorkOS is told otherwise, and
// the Convex client asks for a fresh one on every page load. Where WorkOS
// refuses the refresh, people are signed out within minutes. The check makes
// one refresh of the test account's session, after everything else that uses
// it, and verifies the new token.
//
// # Fix
//
// Read what WorkOS says. A session that has ended was revoked, or is over
// after the time that the WorkOS dashboard states under Sessions. Where the
// account has to sign in again for SSO or a second factor, use a test account
// that has not.
var TokenRefreshes = &gate.Check{
	ID:    "token-refreshes",
	Stage: gate.StageToken,
	Title: "The session can be refreshed",
	Fix:   "Look at the lengths of sessions and access tokens in the WorkOS dashboard, and at what ends the test account's sessions.",
	Needs: []gate.Need{facts.Refreshed},
	After: []*gate.Check{TestAccount, JWKSReachable, TokenVerifies},
	Judge: tokenRefreshes,
}

func tokenRefreshes(known *gate.Facts) gate.Verdict {
	r := facts.Refreshed.From(known)
	switch {
	case strings.Contains(r.Refused.Message, "already exchanged"):
		return gate.Unsure("the app used the refresh token up before the gate did")
	case r.Refused.Code == facts.Unauthorized:
		return gate.Unsure("WorkOS did not judge the refresh: %s", refusal(r.Refused))
	case r.Refused.Code != "":
		return gate.Fail("WorkOS refuses to refresh the test account's session").
			Because("WorkOS' answer", refusal(r.Refused))
	case !r.Checked:
		return gate.Unsure("WorkOS refreshes the session, but there is no JWKS to verify the new token by")
	}
	if v := flawed("the refreshed token", r.Proof); v.Status != gate.Passed {
		return v.Because("claims", claims(r.Proof.Claims))
	}
	return gate.Pass("WorkOS refreshes the session, and the new token verifies")
}
