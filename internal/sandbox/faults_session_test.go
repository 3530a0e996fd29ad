package sandbox

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/previewgate/previewgate/internal/seal"
)

// credentialFaults lists the faults of this file's kind: nobody sees them who
// was given nothing.
func credentialFaults() []string {
	ids := []string{"cookie-password-differs", "homepage-missing"}
	for _, f := range slices.Concat(sessionFaults(), sessionTokenFaults()) {
		if f.With != nil {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// lookSignedIn asks what a gate with these credentials could ask in the name
// of the test account.
func lookSignedIn(v visitorTo, with []string) []string {
	given := func(name string) string {
		if slices.Contains(with, name) {
			return v.world.Given[name]
		}
		return ""
	}
	var seen []string
	password, key := given("WORKOS_COOKIE_PASSWORD"), given("WORKOS_API_KEY")
	if password != "" {
		to, _ := url.Parse(v.ask("GET /sign-in").header.Get("Location"))
		_, err := seal.Open(password, to.Query().Get("state"), time.Now())
		seen = append(seen, fmt.Sprint("the state: ", err))
	}
	if key == "" {
		return seen
	}
	secret := `"client_secret":"` + key + `",`
	seen = append(
		seen,
		v.ask("GET https://api.workos.com/user_management/app_homepage_url\nAuthorization: Bearer "+key).body,
		grantAsk(v, secret+`"grant_type":"authorization_code","code":"none"`).body,
	)
	if given("PREVIEWGATE_TEST_EMAIL") == "" {
		return seen
	}
	got := grantAsk(v, secret+`"grant_type":"password","email":"`+given("PREVIEWGATE_TEST_EMAIL")+`","password":"`+given("PREVIEWGATE_TEST_PASSWORD")+`"`)
	var grant struct {
		Access  string         `json:"access_token"`
		Refresh string         `json:"refresh_token"`
		User    map[string]any `json:"user"`
	}
	_ = json.Unmarshal([]byte(got.body), &grant)
	seen = append(seen, fmt.Sprint(got.status, grant.Access == ""))
	if grant.Access == "" {
		return seen
	}
	var head struct{ Kid string }
	_ = part(grant.Access, 0, &head)
	var claimed claims
	_ = part(grant.Access, 1, &claimed)
	seen = append(seen, head.Kid, fmt.Sprint(claimed.fresh(time.Now())))
	if password != "" {
		cookie := "\nCookie: wos-session=" + app{App: App{CookiePassword: password}}.seal(session{grant.Access, grant.Refresh, grant.User}, 0)
		action := v.ask("POST /\nNext-Action: " + actionID("getAccessTokenAction") + cookie + "\n\n[]")
		seen = append(seen, fmt.Sprint(v.ask("GET /dashboard"+cookie).status, action.status, len(action.body) > 200))
	}
	return append(seen, fmt.Sprint(grantAsk(v, secret+`"grant_type":"refresh_token","refresh_token":"`+grant.Refresh+`"`).status))
}
