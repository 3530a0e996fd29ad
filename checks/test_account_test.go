package checks

import (
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// refusedAs is a test account that WorkOS refuses a session.
func refusedAs(status int, code, message string) []gate.Given {
	return given(facts.Session.Is(facts.SignedIn{ClientID: client, Refused: facts.Refusal{Status: status, Code: code, Message: message}}))
}

func TestTestAccount(t *testing.T) {
	judge(t, TestAccount, []trial{
		{name: "signs in", facts: given(facts.Session.Is(facts.SignedIn{ClientID: client})), want: gate.Pass("the test account signs in")},
		{name: "chooses an organization", facts: given(facts.Session.Is(facts.SignedIn{Organizations: 2, Organization: "org_1"})), want: gate.Pass("the test account signs in to the first of its 2 organizations")},
		{name: "the key was refused", facts: refusedAs(401, facts.Unauthorized, ""), want: gate.Unsure("WorkOS did not judge the test account: 401 unauthorized")},
		{
			name: "the choice came too late", facts: refusedAs(400, "invalid_pending_authentication_token", "expired"),
			want: gate.Unsure("WorkOS did not judge the test account: 400 invalid_pending_authentication_token: expired"),
		},
		{name: "a code that nobody documents", facts: refusedAs(403, "moon_phase", "Wait."), want: gate.Fail("WorkOS does not let the test account sign in").Because("WorkOS' answer", "403 moon_phase: Wait")},
		{
			name: "a wrong password", facts: refusedAs(400, "invalid_credentials", "Invalid credentials."),
			want: gate.Fail("WorkOS knows no user with the test account's e-mail and password").
				FixedBy("Set `PREVIEWGATE_TEST_EMAIL` and `PREVIEWGATE_TEST_PASSWORD` to those of a user in the WorkOS environment of `%s`; users of other environments are unknown there.", client).
				Because("WorkOS' answer", "400 invalid_credentials: Invalid credentials"),
		},
		{
			name: "organizations, but none to choose", facts: refusedAs(403, "organization_selection_required", ""),
			want: gate.Fail("WorkOS wants the test account to choose an organization, and offers none").
				FixedBy("Make the test account a member of one organization, in the WorkOS dashboard under Users."),
		},
	})
}

// TestEveryRefusalHasItsOwnWordsAndFix holds the codes by which WorkOS may
// refuse a password.
func TestEveryRefusalHasItsOwnWordsAndFix(t *testing.T) {
	codes := strings.Fields(`invalid_credentials email_verification_required mfa_enrollment mfa_challenge
		organization_selection_required organization_not_found organization_membership_not_found
		email_password_auth_disabled authentication_method_not_allowed passkey_progressive_enrollment
		radar_challenge radar_sign_up_challenge radar_sms_sign_in_challenge application_consent_required
		sso_required token_too_big invalid_client unauthorized_client invalid_grant invalid_request invalid_request_parameters`)
	seen := make(map[string]string)
	for _, code := range codes {
		got := TestAccount.JudgeAlone(gate.Target{}, refusedAs(403, code, "")...)
		if got.Status != gate.Failed || got.Fix == "" || got.Summary == "WorkOS does not let the test account sign in" {
			t.Errorf("%s: %+v", code, got)
		}
		for _, words := range []string{got.Summary, got.Fix} {
			if seen[words] != "" {
				t.Errorf("%s and %s read the same: %s", seen[words], code, words)
			}
			seen[words] = code
		}
	}
}
