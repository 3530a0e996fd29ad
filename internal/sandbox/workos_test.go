package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// follow walks a chain of redirects to its end.
func follow(v visitorTo, address string) (last string, got answer) {
	v.t.Helper()
	for range 8 {
		got = v.ask("GET " + address + "\nAccept: text/html")
		next := got.header.Get("Location")
		if next == "" {
			return address, got
		}
		base, err := url.Parse(address)
		if err != nil {
			v.t.Fatal(err)
		}
		to, err := base.Parse(next)
		if err != nil {
			v.t.Fatal(err)
		}
		address = to.String()
	}
	v.t.Fatalf("no end at %s", address)
	return "", got
}

func authorizeAddress(changes url.Values) string {
	query := url.Values{
		"client_id": {previewClient}, "provider": {"authkit"}, "response_type": {"code"}, "code_challenge": {"x"},
		"redirect_uri": {"https://web-k3v9x2m1q-acme.vercel.app/callback"},
	}
	maps.Copy(query, changes)
	return "https://api.workos.com/user_management/authorize?" + query.Encode()
}

func TestTheEndOfTheChainTellsWhatIsWrong(t *testing.T) {
	refused := `https://acme-staging\.authkit\.app/redirect-uri-invalid\?invalid_redirect_uri=.*&client_id=client_\w+`
	cases := []struct {
		name   string
		change url.Values
		last   string
		page   string
	}{
		{"accepted", nil, `https://acme-staging\.authkit\.app/\?authorization_session_id=\w+&client_id=client_\w+`, "sign-in"},
		{"not registered", url.Values{"redirect_uri": {"https://previewgate-x.invalid/callback"}}, refused, "redirect-uri-invalid"},
		{"a trailing slash more", url.Values{"redirect_uri": {"https://web-k3v9x2m1q-acme.vercel.app/callback/"}}, refused, "redirect-uri-invalid"},
		{"no redirect URI", url.Values{"redirect_uri": {""}}, refused, "redirect-uri-invalid"},
		{"another client's", url.Values{"client_id": {otherClient}}, refused, "redirect-uri-invalid"},
		{"an unknown client", url.Values{"client_id": {unknownClient}}, `https://error\.workos\.com/sso/client-id-invalid`, "client-id-invalid"},
		{"no provider", url.Values{"provider": nil}, `https://error\.workos\.com/sso/invalid-connection-selector`, "invalid-connection-selector"},
		{"no challenge", url.Values{"code_challenge": nil}, `https://error\.workos\.com/sso/code_challenge_missing`, "code_challenge_missing"},
	}
	v := visit(t, func(w *World) { w.WorkOS.RequirePKCE = true })
	for _, c := range cases {
		if first := v.ask("GET " + authorizeAddress(c.change)); first.status != http.StatusFound {
			t.Errorf("%s: the first hop is %d", c.name, first.status)
		}
		last, got := follow(v, authorizeAddress(c.change))
		if !whole(c.last, last) || got.status != http.StatusOK || !strings.Contains(got.body, `data-hak-page="`+c.page+`"`) {
			t.Errorf("%s: ends at %s: %d %s", c.name, last, got.status, got.body)
		}
	}
}

func TestTheRefusalNamesTheEnvironment(t *testing.T) {
	v := visit(t)
	_, got := follow(v, authorizeAddress(url.Values{"redirect_uri": {"https://x.invalid/"}}))
	for _, want := range []string{"<title>Invalid Redirect URI</title>", "Acme (Staging)", "https://dashboard.workos.com/environment_01SANDB0X0001/redirects"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%s lacks %s", got.body, want)
		}
	}
}

func TestRedirectURIsMatchExactly(t *testing.T) {
	cases := []struct {
		pattern, uri string
		want         bool
	}{
		{"https://a.example/callback", "https://a.example/callback", true},
		{"https://a.example/callback", "https://a.example/callback/", false},
		{"https://a.example/callback", "https://A.example/callback", false},
		{"https://a.example/callback", "http://a.example/callback", false},
		{"https://a.example/callback", "https://a.example/callback?x=1", false},
		{"https://*.a.example/callback", "https://pr-7.a.example/callback", true},
		{"https://web-*-acme.vercel.app/callback", "https://web-k3v9x2m1q-acme.vercel.app/callback", true},
		{"https://*.a.example/callback", "https://x.y.a.example/callback", false},
		{"https://*.a.example/callback", "https://.a.example/callback", false},
		{"https://a.*.example/callback", "https://a.b.example/callback", false},
		{"https://a.example/*", "https://a.example/callback", false},
		{"https://a.example/callback", "", false},
	}
	for _, c := range cases {
		if got := allows(c.pattern, c.uri); got != c.want {
			t.Errorf("%s, asked for %s: %t", c.pattern, c.uri, got)
		}
	}
}

func TestEachClientPublishesItsKeys(t *testing.T) {
	v := visit(t)
	got := v.ask("GET https://api.workos.com/sso/jwks/" + previewClient)
	var set keySet
	if err := json.Unmarshal([]byte(got.body), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%v %s", err, got.body)
	}
	if set.Keys[0].Kid != kid || set.Keys[0].Alg != "RS256" || got.header.Get("Content-Type") != jwksType {
		t.Errorf("%s %+v", got.header.Get("Content-Type"), set.Keys[0])
	}
	if !verifies(token(nil), publicKey(set.Keys[0].N, set.Keys[0].E)) {
		t.Error("the key does not verify the client's tokens")
	}
	if got := v.ask("GET https://api.workos.com/sso/jwks/" + unknownClient); got.status != http.StatusNotFound {
		t.Errorf("unknown client: %d", got.status)
	}
}

func TestDiscoveryNamesTheEnvironmentsIssuer(t *testing.T) {
	v := visit(t, customAuthDomain)
	for _, host := range []string{"api.workos.com", "auth.acme.example"} {
		got := v.ask("GET https://" + host + "/user_management/" + previewClient + "/.well-known/openid-configuration")
		if !strings.Contains(got.body, `"issuer":"https://auth.acme.example/user_management/`+previewClient+`"`) {
			t.Errorf("%s: %d %s", host, got.status, got.body)
		}
	}
}

func TestTheAPIKeyOpensItsClientsSettings(t *testing.T) {
	v := visit(t)
	const uris = " https://api.workos.com/user_management/redirect_uris"
	key := "\nAuthorization: Bearer " + previewKey
	if got := v.ask("GET" + uris); got.status != http.StatusUnauthorized {
		t.Errorf("no key: %d", got.status)
	}
	first := v.ask("GET" + uris + "?limit=2" + key)
	if !strings.Contains(first.body, `"after":"redir_`) || !strings.Contains(first.body, `"default":true`) {
		t.Errorf("first page: %s", first.body)
	}
	added := v.ask("POST" + uris + key + "\n\n" + `{"uri":"https://new.example/callback"}`)
	if added.status != http.StatusCreated {
		t.Errorf("added: %d %s", added.status, added.body)
	}
	if again := v.ask("POST" + uris + key + "\n\n" + `{"uri":"https://new.example/callback"}`); again.status != http.StatusUnprocessableEntity {
		t.Errorf("again: %d %s", again.status, again.body)
	}
	if _, got := follow(v, authorizeAddress(url.Values{"redirect_uri": {"https://new.example/callback"}})); !strings.Contains(got.body, `"sign-in"`) {
		t.Errorf("registered, but %s", got.body)
	}
	if got := v.ask("DELETE" + uris + "/" + redirectURIID("https://new.example/callback") + key); got.status != http.StatusNoContent {
		t.Errorf("deleted: %d", got.status)
	}
	if got := v.ask("GET https://api.workos.com/user_management/app_homepage_url" + key); got.body != `{"url":"https://web.acme.example/"}` {
		t.Errorf("homepage: %s", got.body)
	}
}

// grantAsk sends a token request of the preview's client.
func grantAsk(v visitorTo, fields string) answer {
	return v.ask("POST https://api.workos.com/user_management/authenticate\nContent-Type: application/json\n\n" +
		`{"client_id":"` + previewClient + `",` + fields + `}`)
}

func TestTheTestAccountsSessionIsGoodEverywhere(t *testing.T) {
	v := visit(t)
	const secret = `"client_secret":"` + previewKey + `",`
	got := grantAsk(v, secret+`"grant_type":"password","email":"`+testEmail+`","password":"`+testPassword+`"`)
	var grant struct {
		Access  string         `json:"access_token"`
		Refresh string         `json:"refresh_token"`
		User    map[string]any `json:"user"`
	}
	if err := json.Unmarshal([]byte(got.body), &grant); err != nil || got.status != http.StatusOK {
		t.Fatalf("%v: %d %s", err, got.status, got.body)
	}
	wantRefusal(t, "Convex", present(v, grant.Access), "", "")
	cookie := "\nCookie: wos-session=" + app{App: v.world.App}.seal(session{grant.Access, grant.Refresh, grant.User}, 0)
	page := v.ask("GET /dashboard\nAccept: text/html" + cookie)
	if page.status != http.StatusOK || page.header.Get("Set-Cookie") != "workos-access-token="+grant.Access+"; SameSite=Lax; Max-Age=30; Secure" {
		t.Errorf("page: %d %s", page.status, page.header.Get("Set-Cookie"))
	}
	if got := v.ask("POST /sign-out" + cookie); !strings.HasPrefix(got.header.Get("Location"), "https://api.workos.com/user_management/sessions/logout?session_id=session_") {
		t.Errorf("sign-out leads to %s", got.header.Get("Location"))
	}
	refresh := secret + `"grant_type":"refresh_token","refresh_token":"` + grant.Refresh + `"`
	if got := grantAsk(v, refresh); got.status != http.StatusOK {
		t.Errorf("refreshed: %d %s", got.status, got.body)
	}
	if got := grantAsk(v, refresh); got.body != `{"error":"invalid_grant","error_description":"Refresh token already exchanged."}` {
		t.Errorf("refreshed twice: %s", got.body)
	}
}

func TestGrantsAreRefusedByName(t *testing.T) {
	v := visit(t)
	cases := []struct {
		fields string
		status int
		want   string
	}{
		{`"client_secret":"` + previewKey + `","grant_type":"password","email":"x","password":"y"`, 400, `"invalid_credentials"`},
		{`"client_secret":"` + previewKey + `","grant_type":"authorization_code","code":"bogus"`, 400, `"invalid_grant"`},
		{`"client_secret":"` + otherKey + `","grant_type":"password"`, 400, `"invalid_client"`},
		{`"client_secret":"nobody's","grant_type":"password"`, 401, `"message"`},
	}
	for _, c := range cases {
		if got := grantAsk(v, c.fields); got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: %d %s", c.fields, got.status, got.body)
		}
	}
}

func TestABogusCodeShowsTheKeyInTheLog(t *testing.T) {
	cases := map[string]string{previewKey: "OauthException: Error: invalid_grant", otherKey: "OauthException: Error: invalid_client", "": "UnauthorizedException"}
	for key, want := range cases {
		v := visit(t, func(w *World) { w.App.APIKey = key })
		started := v.ask("GET /sign-in")
		cookie, _, _ := strings.Cut(started.header.Get("Set-Cookie"), ";")
		location, _ := url.Parse(started.header.Get("Location"))
		got := v.ask("GET /callback?code=bogus&state=" + url.QueryEscape(location.Query().Get("state")) + "\nCookie: " + cookie)
		id := got.header.Get("X-Vercel-Id")
		logs := v.ask("GET https://vercel.com/api/logs/request-logs?ownerId=team_SandboxTeam0000000000000&requestId=" + id[strings.LastIndex(id, ":")+1:] +
			"\nAuthorization: Bearer " + vercelToken)
		if got.status != http.StatusInternalServerError || !strings.Contains(logs.body, want) {
			t.Errorf("%d, log %s, want %s", got.status, logs.body, want)
		}
	}
}
