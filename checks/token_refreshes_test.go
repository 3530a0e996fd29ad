package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestTokenRefreshes(t *testing.T) {
	renewed := func(r facts.Renewal) []gate.Given { return given(facts.Refreshed.Is(r)) }
	refused := func(status int, code, message string) []gate.Given {
		return renewed(facts.Renewal{Refused: facts.Refusal{Status: status, Code: code, Message: message}})
	}
	judge(t, TokenRefreshes, []trial{
		{name: "works", facts: renewed(facts.Renewal{Proof: facts.Proof{Claims: goodClaims()}, Checked: true}), want: gate.Pass("WorkOS refreshes the session, and the new token verifies")},
		{name: "no keys to verify by", facts: renewed(facts.Renewal{}), want: gate.Unsure("WorkOS refreshes the session, but there is no JWKS to verify the new token by")},
		{
			name: "the session has ended", facts: refused(400, "invalid_grant", "Session has already ended."),
			want: gate.Fail("WorkOS refuses to refresh the test account's session").Because("WorkOS' answer", "400 invalid_grant: Session has already ended"),
		},
		{name: "SSO", facts: refused(403, "sso_required", ""), want: gate.Fail("WorkOS refuses to refresh the test account's session").Because("WorkOS' answer", "403 sso_required")},
		{name: "the app was quicker", facts: refused(400, "invalid_grant", "Refresh token already exchanged."), want: gate.Unsure("the app used the refresh token up before the gate did")},
		{name: "the key was refused", facts: refused(401, facts.Unauthorized, ""), want: gate.Unsure("WorkOS did not judge the refresh: 401 unauthorized")},
		{
			name: "the new token is no good", facts: renewed(facts.Renewal{Proof: facts.Proof{Claims: goodClaims(), Flaw: facts.BadSignature}, Checked: true}),
			want: gate.Fail("the refreshed token does not verify: its signature is not by that key").Because("claims", claimsShown),
		},
	})
}
