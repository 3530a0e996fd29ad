package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	convexAddress = "https://swift-lemur-482.convex.cloud"
	issuer        = "https://api.workos.com/user_management/" + previewClient
	kid           = "sso_oidc_key_pair_01SANDB0XPREV1EW"
)

// forged is a token nobody signed.
func forged(issuer string) string {
	return segment(map[string]any{"alg": "RS256", "kid": "x"}) + "." +
		segment(map[string]any{"iss": issuer, "sub": "x", "exp": time.Now().Add(time.Hour).Unix()}) + ".AA"
}

// token is a token of the claims, good unless they say otherwise.
func token(changes map[string]any) string {
	all := map[string]any{"iss": issuer, "sub": testUserID, "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix()}
	for name, value := range changes {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	return newToyKey().sign(kid, all)
}

// present shows a token to Convex.
func present(v visitorTo, token string) answer {
	return v.ask("POST " + convexAddress + "/api/query_batch\nContent-Type: application/json\nAuthorization: Bearer " + token + "\n\n" + `{"queries":[]}`)
}

func TestConvexJudgesTokensInItsOwnOrder(t *testing.T) {
	v := visit(t)
	now := time.Now().Unix()
	other := newToyKey().sign("unknown-key", map[string]any{"iss": issuer, "sub": "x", "exp": now + 60})
	noKid := segment(map[string]any{"alg": "RS256"}) + "." + segment(map[string]any{"iss": issuer, "sub": "x", "exp": now + 60}) + ".AA"
	good := token(nil)
	badSignature := good[:strings.LastIndex(good, ".")+1] + "AAAA"
	configured := "[CustomJWT(issuer=https://api.workos.com/, app_id=" + previewClient + "), CustomJWT(issuer=" + issuer + ", app_id=none)]"
	noProvider := "No auth provider found matching the given token. Check that your JWT's issuer and audience match one of your configured providers: " + configured
	blamesKey := func(kid string) string {
		return "Could not decode token. The JWT's 'kid' (key ID) header is '" + kid + "', does this key match any key in the provider's JWKS?"
	}
	cases := []struct{ name, token, code, message string }{
		{"good", good, "", ""},
		{"a trailing slash on the issuer", token(map[string]any{"iss": issuer + "/"}), "", ""},
		{"no scheme on the issuer", token(map[string]any{"iss": strings.TrimPrefix(issuer, "https://")}), "", ""},
		{"the shared issuer with the audience", token(map[string]any{"iss": "https://api.workos.com/", "aud": previewClient}), "", ""},
		{"many audiences", token(map[string]any{"iss": "https://api.workos.com", "aud": []string{"a", previewClient}}), "", ""},
		{"expired within the leeway", token(map[string]any{"exp": now - 3}), "", ""},
		{"the shared issuer without audience", token(map[string]any{"iss": "https://api.workos.com/"}), "NoAuthProvider", noProvider},
		{"another issuer", forged("https://previewgate.invalid/"), "NoAuthProvider", noProvider},
		{"not a token", "nope.nope", "InvalidAuthHeader", "Could not parse JWT payload. Check that the token is a valid JWT format with three base64-encoded parts separated by dots."},
		{"no issuer", token(map[string]any{"iss": nil}), "InvalidAuthHeader", "Missing issuer claim ('iss') in JWT payload. The JWT must include an 'iss' claim that matches one of your configured auth providers."},
		{"an unknown key", other, "InvalidAuthHeader", blamesKey("unknown-key")},
		{"forged", forged(issuer), "InvalidAuthHeader", blamesKey("x")},
		{"a bad signature", badSignature, "InvalidAuthHeader", blamesKey(kid)},
		{"no key ID", noKid, "InvalidAuthHeader", "Could not decode token. JWT may be missing a 'kid' (key ID) header."},
		{"no subject", token(map[string]any{"sub": nil}), "InvalidAuthHeader", "Could not verify token claim. Check that the JWT contains valid claims and matches your auth provider configuration."},
		{"no expiry", token(map[string]any{"exp": nil}), "InvalidAuthHeader", "Could not verify token claim. Check that the JWT contains valid claims and matches your auth provider configuration."},
	}
	for _, c := range cases {
		wantRefusal(t, c.name, present(v, c.token), c.code, c.message)
	}
}

// wantRefusal compares an answer with a refusal, or with the acceptance of an
// empty batch if there is no code.
func wantRefusal(t *testing.T, name string, got answer, code, message string) {
	t.Helper()
	if code == "" {
		if got.status != http.StatusOK || got.body != `{"results":[]}` {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		return
	}
	var refusal struct{ Code, Message string }
	if err := json.Unmarshal([]byte(got.body), &refusal); err != nil || got.status != http.StatusUnauthorized {
		t.Errorf("%s: %d %s", name, got.status, got.body)
	}
	if refusal.Code != code || refusal.Message != message {
		t.Errorf("%s:\ngot  %s %s\nwant %s %s", name, refusal.Code, refusal.Message, code, message)
	}
}

func TestConvexTellsTheTimeOfAToken(t *testing.T) {
	v := visit(t)
	if got := present(v, token(map[string]any{"exp": time.Now().Unix() - 100})); !strings.Contains(got.body, `"Could not validate token: Token expired 10`) {
		t.Errorf("expired: %s", got.body)
	}
	for _, claim := range []string{"iat", "nbf"} {
		got := present(v, token(map[string]any{claim: time.Now().Unix() + 65}))
		if got.status != http.StatusUnauthorized || !strings.Contains(got.body, `"Could not validate token: Token will be valid in 6`) {
			t.Errorf("%s: %s", claim, got.body)
		}
	}
}

func TestConvexRedactsWhatItKnows(t *testing.T) {
	v := visit(t, func(w *World) { w.Convex.Preview.Redacts = true })
	wantRefusal(t, "no provider", present(v, forged("https://previewgate.invalid/")), "NoAuthProvider", "No auth provider found matching the given token")
	wantRefusal(t, "forged", present(v, forged(issuer)), "InvalidAuthHeader",
		"Could not decode token. The JWT's 'kid' (key ID) header doesn't match any key in the provider's JWKS, or the JWT signature is invalid.")
	got := v.ask("POST " + convexAddress + "/api/query\nContent-Type: application/json\n\n" + `{"path":"previewgate:none","args":{}}`)
	if got.status != http.StatusOK || strings.Contains(got.body, "Could not find") {
		t.Errorf("unknown function: %d %s", got.status, got.body)
	}
}

func TestConvexBlamesTheKeySet(t *testing.T) {
	address := "https://api.workos.com/sso/jwks/" + previewClient
	cases := []struct {
		name    string
		jwks    JWKS
		message string
	}{
		{"missing", JWKS{404, "application/json", nil}, "Could not fetch JWKS from URL '" + address + "': HTTP 404 Not Found. Check that the URL is correct and accessible."},
		{"failing", JWKS{503, "application/json", nil}, "Could not fetch JWKS from URL '" + address + "': HTTP 503 Service Unavailable. Check that the URL is correct and accessible."},
		{"text", JWKS{200, "text/plain", []string{kid}}, "Invalid Content-Type 'text/plain' when fetching JWKS from '" + address + "'. Expected 'application/json' or 'application/jwk-set+json'."},
		{"latin", JWKS{200, "application/json; charset=latin1", []string{kid}}, "Invalid Content-Type 'application/json; charset=latin1' when fetching JWKS from '" + address + "'. Expected 'application/json' or 'application/jwk-set+json'."},
	}
	for _, c := range cases {
		v := visit(t, func(w *World) { w.WorkOS.Clients[0].JWKS = c.jwks })
		wantRefusal(t, c.name, present(v, token(nil)), "InvalidAuthHeader", c.message)
	}
}

func TestConvexWithoutProvidersSaysSo(t *testing.T) {
	v := visit(t, func(w *World) { w.Convex.Preview.Providers = nil })
	wantRefusal(t, "none", present(v, token(nil)), "NoAuthProvider",
		"No auth provider found matching the given token (no providers configured). Check convex/auth.config.ts.")
}

func TestConvexAnswersAnyone(t *testing.T) {
	v := visit(t)
	cases := []struct{ request, want string }{
		{"GET /instance_name", "swift-lemur-482"},
		{"GET /version", "unknown"},
		{"GET /", "This Convex deployment is running. See https://docs.convex.dev/."},
		{"POST /api/query_batch\nContent-Type: application/json\n\n{\"queries\":[]}", `{"results":[]}`},
		{"POST /api/query_batch\n\n{\"queries\":[]}", "{\"code\":\"BadJsonBody\",\"message\":\"Expected request with `Content-Type: application/json`\"}"},
		{"POST /api/query_batch\nContent-Type: application/json\nAuthorization: Basic x\n\n{}", `{"code":"InvalidHeaderFailure","message":"Invalid authentication header"}`},
	}
	for _, c := range cases {
		method, rest, _ := strings.Cut(c.request, " ")
		if got := v.ask(method + " " + convexAddress + rest); got.body != c.want {
			t.Errorf("%s: %d %s", c.request, got.status, got.body)
		}
	}
	got := v.ask("POST " + convexAddress + "/api/query\nContent-Type: application/json\n\n" + `{"path":"previewgate:none","args":{}}`)
	if got.status != http.StatusOK || !strings.Contains(got.body, `Server Error\nCould not find public function for 'previewgate:none'`) {
		t.Errorf("unknown function: %d %s", got.status, got.body)
	}
}

func TestAGoneDeploymentIsNotFound(t *testing.T) {
	v := visit(t, func(w *World) { w.Convex.Preview.Gone = true })
	if got := v.ask("GET " + convexAddress + "/instance_name"); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
}

func TestADeployKeyReadsTheDeployment(t *testing.T) {
	v := visit(t)
	key := "\nAuthorization: Convex " + previewAdminKey
	if got := v.ask("GET " + convexAddress + "/api/v1/list_environment_variables" + key); got.body != `{"environmentVariables":{"WORKOS_CLIENT_ID":"`+previewClient+`"}}` {
		t.Errorf("environment: %s", got.body)
	}
	query := func(path, args string) string {
		return v.ask(fmt.Sprintf("POST %s/api/query%s\nContent-Type: application/json\n\n{\"path\":%q,\"args\":%s,\"format\":\"json\"}", convexAddress, key, path, args)).body
	}
	if got := query("_system/cli/queryEnvironmentVariables:get", `{"name":"CONVEX_CLOUD_URL"}`); got != `{"status":"success","value":{"name":"CONVEX_CLOUD_URL","value":"`+convexAddress+`"}}` {
		t.Errorf("one variable: %s", got)
	}
	if got := query("_system/frontend/listAuthProviders", `{}`); !strings.Contains(got, `"algorithm":"\"RS256\""`) || !strings.Contains(got, `"applicationID":null`) {
		t.Errorf("providers: %s", got)
	}
	if got := v.ask("GET " + convexAddress + "/api/v1/get_canonical_urls" + key); !strings.Contains(got.body, `"convexSiteUrl":"https://swift-lemur-482.convex.site"`) {
		t.Errorf("addresses: %s", got.body)
	}
}

func TestConvexRefusesKeys(t *testing.T) {
	v := visit(t, func(w *World) { w.Convex.Denied = []string{"deployment:env:view"} })
	cases := []struct {
		key    string
		status int
		want   string
	}{
		{previewAdminKey, 403, `{"code":"OperationNotPermitted","message":"You do not have permission to perform this operation (deployment:env:view)."}`},
		{prodAdminKey, 403, `"code":"BadDeployKey"`},
		{"preview:swift-lemur-482|wrong", 401, `{"code":"BadAdminKey","message":"The provided admin key was invalid for this instance"}`},
		{"no-key", 400, `{"code":"InvalidAdminKey","message":"Invalid admin key"}`},
	}
	for _, c := range cases {
		got := v.ask("GET " + convexAddress + "/api/v1/list_environment_variables\nAuthorization: Convex " + c.key)
		if got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: %d %s", c.key, got.status, got.body)
		}
	}
}

func TestAPreviewIsFoundWithoutMakingOne(t *testing.T) {
	v := visit(t)
	find := func(branch string) answer {
		return v.ask("POST https://api.convex.dev/api/deployment/authorize_preview\nAuthorization: Bearer " + projectKey + "\n\n" +
			`{"previewName":"` + branch + `","projectSelection":{"kind":"teamAndProjectSlugs","teamSlug":"acme","projectSlug":"web"}}`)
	}
	if got := find("fix/login"); got.status != http.StatusOK || !strings.Contains(got.body, `"adminKey":"`+previewAdminKey+`"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := find("main"); got.status != http.StatusNotFound || !strings.Contains(got.body, "DeploymentNotFound") {
		t.Errorf("%d %s", got.status, got.body)
	}
	got := v.ask("POST https://api.convex.dev/api/deployment/url_for_key\n\n" + `{"deployKey":"` + previewAdminKey + `"}`)
	if got.body != `"`+convexAddress+`"` {
		t.Errorf("address: %s", got.body)
	}
}
