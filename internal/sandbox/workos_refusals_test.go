package sandbox

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

const passwordGrant = `"client_secret":"` + previewKey + `","grant_type":"password","email":"` + testEmail + `","password":"` + testPassword + `"`

// TestEveryHurdleHasItsAnswer holds the shapes; random tokens are left out.
func TestEveryHurdleHasItsAnswer(t *testing.T) {
	const (
		pending = `"pending_authentication_token":"pat_…"`
		refused = `"message":"Request could not be processed.",`
	)
	user := func(verified bool) string {
		return fmt.Sprintf(`"user":{"created_at":"2026-11-01T09:00:00.000Z","email":"%s","email_verified":%t,"external_id":null,"first_name":"Preview","id":"%s",`+
			`"last_name":"Gate","last_sign_in_at":null,"locale":null,"metadata":{},"object":"user","profile_picture_url":null,"updated_at":"2026-11-01T09:00:00.000Z"}`,
			testEmail, verified, testUserID)
	}
	coded := func(code string) string {
		return `{"code":"` + code + `",` + refused + pending + `,` + user(true) + `}`
	}
	oauth := func(code string) string {
		return `{"error":"` + code + `","error_description":"The request failed due to: ` + code + `."}`
	}
	radar := func(code string) string {
		return `{"code":"` + code + `",` + refused + pending + `,"radar_challenge_id":"radar_challenge_01SANDB0X0000001",` + user(true) + `}`
	}
	cases := map[Hurdle]struct {
		status int
		body   string
	}{
		UnverifiedEmail:      {403, `{"code":"email_verification_required","email":"` + testEmail + `","email_verification_id":"email_verification_01SANDB0X00000001",` + refused + pending + `}`},
		MFAEnrollment:        {403, coded("mfa_enrollment")},
		MFAChallenge:         {403, `{"authentication_factors":[{"id":"auth_factor_01SANDB0X0000000001","type":"totp"}],` + coded("mfa_challenge")[1:]},
		PasswordsDisabled:    {403, `{"code":"email_password_auth_disabled","message":"Request could not be processed."}`},
		MethodNotAllowed:     {403, `{"code":"authentication_method_not_allowed","message":"Request could not be processed."}`},
		PasskeyEnrollment:    {403, coded("passkey_progressive_enrollment")},
		RadarChallenge:       {403, radar("radar_challenge")},
		RadarSignUpChallenge: {403, radar("radar_sign_up_challenge")},
		RadarSMSChallenge:    {403, radar("radar_sms_sign_in_challenge")},
		ConsentRequired:      {403, coded("application_consent_required")},
		SSORequired:          {400, `{"connection_ids":["conn_01SANDB0X0000000000000001"],"email":"` + testEmail + `",` + oauth("sso_required")[1:len(oauth("sso_required"))-1] + `,` + pending + `}`},
		UnauthorizedClient:   {400, oauth("unauthorized_client")},
		TokenTooBig:          {400, oauth("token_too_big")},
		DailyQuota:           {429, `{"code":"daily_quota_exceeded","message":"Request could not be processed."}`},
		TooManyRequests:      {429, `{"error":"too_many_requests","error_description":"Too many requests."}`},
		ServerError:          {500, `{"message":"Internal Server Error"}`},
		BadGateway:           {502, `<html><head><title>502 Bad Gateway</title></head><body></body></html>`},
	}
	random := regexp.MustCompile(`pat_[0-9a-f]{24}`)
	for hurdle, c := range cases {
		got := grantAsk(visit(t, func(w *World) { w.WorkOS.Hurdle = hurdle }), passwordGrant)
		if body := random.ReplaceAllString(got.body, "pat_…"); got.status != c.status || body != c.body {
			t.Errorf("%s: %d %s\nwant %d %s", hurdle, got.status, body, c.status, c.body)
		}
	}
}

func TestAnOrganizationIsSelectedWithThePendingToken(t *testing.T) {
	v := visit(t, func(w *World) { w.WorkOS.Organizations = []Organization{{"org_1", "Acme"}, {"org_2", "Umbrella"}} })
	got := grantAsk(v, passwordGrant)
	var refusal struct {
		Pending string `json:"pending_authentication_token"`
	}
	if err := json.Unmarshal([]byte(got.body), &refusal); err != nil || refusal.Pending == "" ||
		!strings.Contains(got.body, `"organizations":[{"id":"org_1","name":"Acme"},{"id":"org_2","name":"Umbrella"}]`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	selecting := func(organization, pending string) answer {
		return grantAsk(v, `"client_secret":"`+previewKey+`","grant_type":"urn:workos:oauth:grant-type:organization-selection",`+
			`"organization_id":"`+organization+`","pending_authentication_token":"`+pending+`"`)
	}
	if got := selecting("org_3", refusal.Pending); got.status != 400 || !strings.Contains(got.body, `"error":"organization_not_found"`) {
		t.Errorf("another organization: %d %s", got.status, got.body)
	}
	if got := selecting("org_2", refusal.Pending); got.status != 200 || !strings.Contains(got.body, `"organization_id":"org_2"`) {
		t.Errorf("selected: %d %s", got.status, got.body)
	}
	if got := selecting("org_2", refusal.Pending); got.status != 400 || !strings.Contains(got.body, `"code":"invalid_pending_authentication_token"`) {
		t.Errorf("selected twice: %d %s", got.status, got.body)
	}
}

func TestTokensClaimWhatTheClientIsSetTo(t *testing.T) {
	v := visit(t, func(w *World) {
		w.WorkOS.Clients[0].Audience, w.WorkOS.Clients[0].Lifetime = previewClient, 60e9
		w.WorkOS.Organizations = []Organization{{"org_1", "Acme"}}
	})
	var grant struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(grantAsk(v, passwordGrant).body), &grant); err != nil {
		t.Fatal(err)
	}
	var claimed struct {
		Audience     string `json:"aud"`
		Organization string `json:"org_id"`
		Issued       int64  `json:"iat"`
		Expires      int64  `json:"exp"`
	}
	if err := part(grant.Access, 1, &claimed); err != nil {
		t.Fatal(err)
	}
	if claimed.Audience != previewClient || claimed.Organization != "org_1" || claimed.Expires-claimed.Issued != 60 {
		t.Errorf("%+v", claimed)
	}
	wantRefusal(t, "Convex", present(v, grant.Access), "", "")
}

func TestARevokedSessionIsNotRefreshed(t *testing.T) {
	v := visit(t)
	var grant struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal([]byte(grantAsk(v, passwordGrant).body), &grant); err != nil {
		t.Fatal(err)
	}
	var c claims
	if err := part(grant.Access, 1, &c); err != nil {
		t.Fatal(err)
	}
	revoke := "POST https://api.workos.com/user_management/sessions/revoke\nContent-Type: application/json\nAuthorization: Bearer "
	if got := v.ask(revoke + "nobody's\n\n" + `{"session_id":"` + c.SessionID + `"}`); got.status != 401 || len(v.Revoked()) != 0 {
		t.Errorf("no key: %d, %v", got.status, v.Revoked())
	}
	if got := v.ask(revoke + previewKey + "\n\n" + `{"session_id":"session_x"}`); got.status != 400 || len(v.Revoked()) != 0 {
		t.Errorf("unknown: %d, %v", got.status, v.Revoked())
	}
	if got := v.ask(revoke + previewKey + "\n\n" + `{"session_id":"` + c.SessionID + `"}`); got.status != 200 || len(v.Revoked()) != 1 || v.Revoked()[0] != c.SessionID {
		t.Errorf("revoked: %d, %v", got.status, v.Revoked())
	}
	got := grantAsk(v, `"client_secret":"`+previewKey+`","grant_type":"refresh_token","refresh_token":"`+grant.Refresh+`"`)
	if got.body != `{"error":"invalid_grant","error_description":"Session has already ended."}` {
		t.Errorf("refreshed: %d %s", got.status, got.body)
	}
}
