package checks

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// TestAccount asks whether the test account can sign in.
//
// It signs in through WorkOS' API with its password, as the app's client; the
// password goes nowhere else. Where the account has to choose one of its
// organizations, the first is taken. The session is ended after the run.
//
// # Fix
//
// In the WorkOS environment that previews use, create a user with a password
// and a verified e-mail address, a member of at most one organization, whose
// domain signs in without SSO and whose sign-in asks for no second factor.
// Give it to previewgate as PREVIEWGATE_TEST_EMAIL and
// PREVIEWGATE_TEST_PASSWORD.
var TestAccount = &gate.Check{
	ID:    "test-account",
	Stage: gate.StageSession,
	Title: "The test account can sign in",
	Fix:   "Give previewgate a user of the WorkOS environment that signs in with nothing but its password.",
	Needs: []gate.Need{facts.Session},
	After: []*gate.Check{APIKeyValid},
	Judge: testAccount,
}

func testAccount(known *gate.Facts) gate.Verdict {
	s := facts.Session.From(known)
	switch s.Refused.Code {
	case "":
		if s.Organizations > 0 {
			return gate.Pass("the test account signs in to the first of its %d organizations", s.Organizations)
		}
		return gate.Pass("the test account signs in")
	case facts.Unauthorized, "invalid_pending_authentication_token":
		return gate.Unsure("WorkOS did not judge the test account: %s", refusal(s.Refused))
	}
	meant, found := accountRefusals()[s.Refused.Code]
	if !found {
		return gate.Fail("WorkOS does not let the test account sign in").Because("WorkOS' answer", refusal(s.Refused))
	}
	fix := strings.ReplaceAll(meant.fix, "CLIENT", s.ClientID)
	return gate.Fail("%s", meant.says).FixedBy("%s", fix).Because("WorkOS' answer", refusal(s.Refused))
}

// An accountRefusal is what one of WorkOS' codes means for the test account.
type accountRefusal struct{ says, fix string }

// accountRefusals lists them by code.
func accountRefusals() map[string]accountRefusal {
	return map[string]accountRefusal{
		"invalid_credentials":               {"WorkOS knows no user with the test account's e-mail and password", "Set `PREVIEWGATE_TEST_EMAIL` and `PREVIEWGATE_TEST_PASSWORD` to those of a user in the WorkOS environment of `CLIENT`; users of other environments are unknown there."},
		"email_verification_required":       {"the test account's e-mail address is not verified", "Verify the address of the test account in the WorkOS dashboard under Users: users that are created there start without."},
		"mfa_enrollment":                    {"WorkOS wants the test account to enrol a second factor", "Do not require multi-factor authentication of the test account, in the WorkOS dashboard under Authentication or by the policy of its organization."},
		"mfa_challenge":                     {"WorkOS asks the test account for its second factor", "Remove the second factor from the test account, in the WorkOS dashboard under Users."},
		"organization_selection_required":   {"WorkOS wants the test account to choose an organization, and offers none", "Make the test account a member of one organization, in the WorkOS dashboard under Users."},
		"organization_not_found":            {"the organization that the test account should sign in to does not exist", "Make the test account a member of an organization that exists, in the WorkOS dashboard under Users, or of none."},
		"organization_membership_not_found": {"the test account is no member of the organization that it should sign in to", "Add the test account to its organization again, in the WorkOS dashboard under Users, and see that the membership is active."},
		"email_password_auth_disabled":      {"sign-in by password is switched off in the WorkOS environment", "Switch on e-mail and password in the WorkOS dashboard under Authentication; the gate has no other way in."},
		"authentication_method_not_allowed": {"the test account is not allowed to sign in by password", "Allow passwords in the policy of the test account's organization, or take it out of that organization."},
		"passkey_progressive_enrollment":    {"WorkOS wants the test account to add a passkey", "Switch off progressive enrolment of passkeys in the WorkOS dashboard under Authentication."},
		"radar_challenge":                   {"WorkOS Radar challenges the sign-in of the test account", "Let Radar allow the test account, in the WorkOS dashboard under Radar: its challenge waits for a person."},
		"radar_sign_up_challenge":           {"WorkOS Radar challenges the test account as if it signed up", "Let Radar allow the e-mail address of the test account, in the WorkOS dashboard under Radar, sign-up included."},
		"radar_sms_sign_in_challenge":       {"WorkOS Radar sends the test account a text message to answer", "Let Radar allow the test account without a code by SMS, in the WorkOS dashboard under Radar."},
		"application_consent_required":      {"WorkOS wants the test account to consent to the application", "Sign in as the test account in a browser once and give the consent, or make the application a first-party one."},
		"sso_required":                      {"the domain of the test account's e-mail address signs in by SSO only", "Use a test account whose e-mail domain has no SSO connection."},
		"token_too_big":                     {"the access token of the test account gets too large", "Shorten the JWT template, or give the test account fewer roles and permissions."},
		"invalid_client":                    {"WorkOS does not take the API key and the app's client together for a sign-in", "Use the API key of the very environment that `CLIENT` belongs to."},
		"unauthorized_client":               {"the app's client may not sign anybody in with a password", "Use the client id and a key of an AuthKit environment: `CLIENT` is not allowed this grant."},
		"invalid_grant":                     {"WorkOS does not take the password of the test account as a grant", "Reset the password of the test account, in the WorkOS dashboard under Users, and sign in with it once in a browser."},
		"invalid_request":                   {"WorkOS cannot make sense of the sign-in of the test account", "Look for blanks and missing letters in `PREVIEWGATE_TEST_EMAIL` and `PREVIEWGATE_TEST_PASSWORD`."},
		"invalid_request_parameters":        {"the e-mail address or the password of the test account is malformed", "Correct `PREVIEWGATE_TEST_EMAIL`, which must be an address, and `PREVIEWGATE_TEST_PASSWORD`."},
	}
}
