package sandbox

import (
	"maps"
	"net/http"
	"slices"
)

// A Hurdle is what keeps the test account from its tokens. It is named by the
// code that WorkOS refuses them with, where there is one.
type Hurdle string

// The hurdles there can be.
const (
	NoHurdle             Hurdle = ""
	UnverifiedEmail      Hurdle = "email_verification_required"
	MFAEnrollment        Hurdle = "mfa_enrollment"
	MFAChallenge         Hurdle = "mfa_challenge"
	PasswordsDisabled    Hurdle = "email_password_auth_disabled"
	MethodNotAllowed     Hurdle = "authentication_method_not_allowed"
	PasskeyEnrollment    Hurdle = "passkey_progressive_enrollment"
	RadarChallenge       Hurdle = "radar_challenge"
	RadarSignUpChallenge Hurdle = "radar_sign_up_challenge"
	RadarSMSChallenge    Hurdle = "radar_sms_sign_in_challenge"
	ConsentRequired      Hurdle = "application_consent_required"
	SSORequired          Hurdle = "sso_required"
	UnauthorizedClient   Hurdle = "unauthorized_client"
	TokenTooBig          Hurdle = "token_too_big"
	DailyQuota           Hurdle = "daily_quota_exceeded"
	TooManyRequests      Hurdle = "too_many_requests"
	ServerError          Hurdle = "internal_server_error"
	BadGateway           Hurdle = "a gateway's error page"
)

// stopsEveryGrant reports whether a hurdle is not about the password.
func (h Hurdle) stopsEveryGrant() bool {
	return slices.Contains([]Hurdle{UnauthorizedClient, DailyQuota, TooManyRequests, ServerError, BadGateway}, h)
}

// stop refuses a grant because of the World's hurdle. Some refusals are
// errors of OAuth, in fields of their own.
func (p *workOS) stop(w http.ResponseWriter) {
	code := string(p.world.WorkOS.Hurdle)
	switch p.world.WorkOS.Hurdle {
	case ServerError:
		workOSError(w, http.StatusInternalServerError, "Internal Server Error")
	case BadGateway:
		write(w, http.StatusBadGateway, "text/html; charset=utf-8", "<html><head><title>502 Bad Gateway</title></head><body></body></html>")
	case DailyQuota:
		refuse(w, http.StatusTooManyRequests, code, nil)
	case TooManyRequests:
		writeJSON(w, http.StatusTooManyRequests, map[string]any{"error": code, "error_description": "Too many requests."})
	case UnauthorizedClient, TokenTooBig:
		oauthError(w, code, "The request failed due to: "+code+".")
	case SSORequired:
		writeJSON(w, http.StatusBadRequest, map[string]any{
			"error": code, "error_description": "The request failed due to: " + code + ".", "email": p.world.WorkOS.Email,
			"connection_ids": []string{"conn_01SANDB0X0000000000000001"}, "pending_authentication_token": "pat_" + randomHex(12),
		})
	default:
		refuse(w, http.StatusForbidden, code, p.nextStep())
	}
}

// nextStep is what a refusal gives to those who can take the step it asks for.
func (p *workOS) nextStep() map[string]any {
	step := map[string]any{"pending_authentication_token": "pat_" + randomHex(12), "user": p.user()}
	switch p.world.WorkOS.Hurdle {
	case UnverifiedEmail:
		delete(step, "user")
		step["email"], step["email_verification_id"] = p.world.WorkOS.Email, "email_verification_01SANDB0X00000001"
	case MFAChallenge:
		step["authentication_factors"] = []any{map[string]any{"id": "auth_factor_01SANDB0X0000000001", "type": "totp"}}
	case RadarChallenge, RadarSMSChallenge, RadarSignUpChallenge:
		step["radar_challenge_id"] = "radar_challenge_01SANDB0X0000001"
	case PasswordsDisabled, MethodNotAllowed:
		return nil
	default:
	}
	return step
}

// refuse answers with a code of WorkOS' own, and more where there is more.
func refuse(w http.ResponseWriter, status int, code string, more map[string]any) {
	body := map[string]any{"code": code, "message": "Request could not be processed."}
	maps.Copy(body, more)
	writeJSON(w, status, body)
}
