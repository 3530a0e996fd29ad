package sandbox

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/seal"
)

func TestTheWorkOSSDKLivesThroughASession(t *testing.T) {
	o := withOriginals(t)
	text := o.drive("workos-session.mjs", o.workOS())
	var got struct {
		Sealed    string `json:"sealed"`
		SessionID string `json:"sessionId"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	uris, err := json.Marshal(o.world.WorkOS.Clients[0].RedirectURIs[:2])
	if err != nil {
		t.Fatal(err)
	}
	wantJSON(t, text, `{
		"user": {"id": "`+testUserID+`", "email": "`+testEmail+`", "verified": true},
		"method": "Password", "sealed": "`+got.Sealed+`", "authenticated": true, "sameSession": true, "rotated": true,
		"sessionId": "`+got.SessionID+`",
		"replayed": "Error: invalid_grant\nError Description: Refresh token already exchanged.",
		"revoked": "Error: invalid_grant\nError Description: Session has already ended.",
		"keys": 1, "redirectURIs": `+string(uris)+`
	}`)
	if revoked := o.Revoked(); !slices.Equal(revoked, []string{got.SessionID}) {
		t.Errorf("revoked %v, want %s", revoked, got.SessionID)
	}
	if opened, err := seal.Open(cookiePassword, got.Sealed, time.Now()); err != nil || !json.Valid(opened) {
		t.Errorf("the SDK's own seal: %v", err)
	}
}

// refusals are the Worlds in which the test account gets no tokens, with what
// the SDK makes of WorkOS' answer.
func refusals() map[string]struct {
	change func(*World)
	want   string
} {
	type refusal = struct {
		change func(*World)
		want   string
	}
	hurdle := func(h Hurdle, want string) refusal {
		return refusal{func(w *World) { w.WorkOS.Hurdle = h }, want}
	}
	all := map[string]refusal{
		"another password":     {func(w *World) { w.WorkOS.Password = "changed" }, `{"threw":"GenericServerException","status":400,"code":"invalid_credentials"}`},
		"another client's key": {func(w *World) { w.WorkOS.Clients[0].APIKey, w.WorkOS.Clients[1].APIKey = otherKey, previewKey }, `{"threw":"OauthException","status":400,"code":"invalid_client"}`},
		"nobody's key":         {func(w *World) { w.WorkOS.Clients[0].APIKey = "changed" }, `{"threw":"UnauthorizedException","status":401}`},
		"an unknown client":    {func(w *World) { w.WorkOS.Clients[0].ID = unknownClient }, `{"threw":"OauthException","status":400,"code":"invalid_client"}`},
		"two organizations": {func(w *World) {
			w.WorkOS.Organizations = []Organization{{"org_1", "Acme"}, {"org_2", "Umbrella"}}
		}, `{"threw":"AuthenticationException","status":403,"code":"organization_selection_required","pending":true,"selected":{"answered":"org_2","claimed":"org_2"}}`},
		"one organization":  {func(w *World) { w.WorkOS.Organizations = []Organization{{"org_1", "Acme"}} }, `{"threw":"nothing"}`},
		"unverified":        hurdle(UnverifiedEmail, `{"threw":"AuthenticationException","status":403,"code":"email_verification_required","pending":true}`),
		"MFA enrollment":    hurdle(MFAEnrollment, `{"threw":"AuthenticationException","status":403,"code":"mfa_enrollment","pending":true}`),
		"MFA challenge":     hurdle(MFAChallenge, `{"threw":"AuthenticationException","status":403,"code":"mfa_challenge","pending":true}`),
		"SSO":               hurdle(SSORequired, `{"threw":"AuthenticationException","status":400,"code":"sso_required","pending":true}`),
		"no passwords":      hurdle(PasswordsDisabled, `{"threw":"GenericServerException","status":403,"code":"email_password_auth_disabled"}`),
		"unauthorized":      hurdle(UnauthorizedClient, `{"threw":"OauthException","status":400,"code":"unauthorized_client"}`),
		"token too big":     hurdle(TokenTooBig, `{"threw":"OauthException","status":400,"code":"token_too_big"}`),
		"quota":             hurdle(DailyQuota, `{"threw":"RateLimitExceededException","status":429}`),
		"too many requests": hurdle(TooManyRequests, `{"threw":"RateLimitExceededException","status":429}`),
		"server error":      hurdle(ServerError, `{"threw":"GenericServerException","status":500}`),
		"gateway":           hurdle(BadGateway, `{"threw":"Error"}`),
	}
	for _, h := range []Hurdle{MethodNotAllowed, PasskeyEnrollment, RadarChallenge, RadarSignUpChallenge, RadarSMSChallenge, ConsentRequired} {
		all[string(h)] = hurdle(h, `{"threw":"GenericServerException","status":403,"code":"`+string(h)+`"}`)
	}
	return all
}

func TestTheWorkOSSDKTellsRefusalsApart(t *testing.T) {
	o := withOriginals(t)
	var asked []map[string]any
	for name, r := range refusals() {
		one := workOSOf(t, plain(t, r.change))
		one["name"] = name
		asked = append(asked, one)
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal([]byte(o.drive("workos-refusals.mjs", asked)), &got); err != nil {
		t.Fatal(err)
	}
	for name, r := range refusals() {
		t.Run(name, func(t *testing.T) { wantJSON(t, string(got[name]), r.want) })
	}
}
