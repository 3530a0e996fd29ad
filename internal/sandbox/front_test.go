package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// emulated is a server in the emulator's place. It knows one code and one
// refresh token, and notes what it is asked.
func emulated(t *testing.T) (address string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	mux := http.NewServeMux()
	var once sync.Once
	note := func(r *http.Request) { *asked = append(*asked, r.Method+" "+r.URL.Path) }
	mux.HandleFunc("GET /user_management/authorize", func(w http.ResponseWriter, r *http.Request) {
		note(r)
		query := url.Values{"code": {"code_good"}, "state": r.URL.Query()["state"]}
		http.Redirect(w, r, r.URL.Query().Get("redirect_uri")+"?"+query.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /user_management/authenticate", func(w http.ResponseWriter, r *http.Request) {
		note(r)
		var ask grantRequest
		_ = json.NewDecoder(r.Body).Decode(&ask)
		if ask.RefreshToken == "rt_once" {
			once.Do(func() { ask.RefreshToken = "rt_good" })
		}
		switch {
		case ask.Type == "password", ask.Code == "code_good", ask.Type == "refresh_token" && ask.RefreshToken == "rt_good":
			writeJSON(w, http.StatusOK, map[string]any{"access_token": "of the emulator"})
		case ask.Type == "refresh_token":
			writeJSON(w, http.StatusBadRequest, map[string]any{"code": "invalid_grant", "message": "Invalid refresh token"})
		default:
			writeJSON(w, http.StatusBadRequest, map[string]any{"code": "invalid_code", "message": "Invalid code"})
		}
	})
	mux.HandleFunc("GET /sso/jwks/{client}", func(w http.ResponseWriter, r *http.Request) {
		note(r)
		writeJSON(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{"kid": "of the emulator"}}})
	})
	mux.HandleFunc("POST /user_management/sessions/revoke", func(w http.ResponseWriter, r *http.Request) {
		note(r)
		writeJSON(w, http.StatusOK, map[string]any{"success": true})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, asked
}

// fronted serves the World with that server behind its WorkOS.
func fronted(t *testing.T, w World, f Front) (*http.Client, *[]string) {
	t.Helper()
	var asked *[]string
	f.Emulator, asked = emulated(t)
	s, err := StartFront(w, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	transport := s.client.Transport
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, asked
}

func TestTheFrontRefusesWhatTheEmulatorWouldTake(t *testing.T) {
	grant := func(fields ...string) string {
		ask := map[string]string{"client_id": previewClient, "client_secret": previewKey, "grant_type": "refresh_token", "refresh_token": "rt_good"}
		for i := 0; i < len(fields); i += 2 {
			ask[fields[i]] = fields[i+1]
		}
		text, _ := json.Marshal(ask)
		return string(text)
	}
	password := []string{"grant_type", "password", "email", testEmail, "password", testPassword}
	tests := []struct {
		name   string
		body   string
		front  Front
		status int
		want   string
		passes bool // to the emulator
	}{
		{"a refresh", grant(), Front{}, 200, "of the emulator", true},
		{"a refresh token that is used up", grant("refresh_token", "rt_old"), Front{}, 400, `"invalid_grant"`, true},
		{"one refresh too many", grant(), Front{Refusal: 429}, 429, "Too many requests", false},
		{"a code", grant("grant_type", "authorization_code", "code", "code_good"), Front{Refusal: 429}, 200, "of the emulator", true},
		{"a code that nobody issued", grant("grant_type", "authorization_code", "code", "x"), Front{}, 400, `"invalid_grant"`, true},
		{"a client that is not known", grant("client_id", unknownClient), Front{}, 400, `"invalid_client"`, false},
		{"the key of another client", grant("client_secret", otherKey), Front{}, 400, "Invalid client secret.", false},
		{"a key of nobody's", grant("client_secret", "sk_none"), Front{}, 401, "Unauthorized", false},
		{"no key", grant("client_secret", ""), Front{}, 401, "Unauthorized", false},
		{"the test account", grant(password...), Front{}, 200, "of the emulator", true},
		{"another password", grant(append(password, "password", "x")...), Front{}, 400, "invalid_credentials", false},
		{"no JSON", "{", Front{}, 400, `"invalid_request"`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, asked := fronted(t, Healthy(), tt.front)
			response, err := client.Post("https://api.workos.com/user_management/authenticate", "application/json", strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			if response.StatusCode != tt.status || !strings.Contains(string(body), tt.want) {
				t.Errorf("got %d %s", response.StatusCode, body)
			}
			if passes := len(*asked) > 0; passes != tt.passes {
				t.Errorf("the emulator was asked: %v", *asked)
			}
		})
	}
}

// TestARefreshTokenIsGoodForTheSameAnswerAgain holds that a token which the
// emulator takes once is answered alike for as long as WorkOS does.
func TestARefreshTokenIsGoodForTheSameAnswerAgain(t *testing.T) {
	body := `{"client_id":"` + previewClient + `","client_secret":"` + previewKey + `","grant_type":"refresh_token","refresh_token":"rt_once"}`
	for _, tt := range []struct {
		front Front
		want  []int
	}{{Front{}, []int{200, 200, 200}}, {Front{NoGrace: true}, []int{200, 400, 400}}} {
		client, asked := fronted(t, Healthy(), tt.front)
		var got []int
		for range tt.want {
			response, err := client.Post("https://api.workos.com/user_management/authenticate", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			got = append(got, response.StatusCode)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("got %v, want %v; the emulator was asked: %v", got, tt.want, *asked)
		}
	}
}

func TestTheFrontSignsInForTheRegisteredRedirectURI(t *testing.T) {
	w := Healthy()
	client, _ := fronted(t, w, Front{})
	authorize := func(uri string) *url.URL {
		query := url.Values{"client_id": {previewClient}, "redirect_uri": {uri}, "provider": {"authkit"}, "response_type": {"code"}, "state": {"s1"}}
		at := "https://api.workos.com/user_management/authorize?" + query.Encode()
		for range 5 {
			response, err := client.Get(at)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			to, err := response.Location()
			if err != nil {
				return response.Request.URL
			}
			at = to.String()
		}
		t.Fatal("the redirects do not end")
		return nil
	}
	if end := authorize("https://elsewhere.example/callback"); end.Path != "/redirect-uri-invalid" {
		t.Errorf("a redirect URI that is not registered ends at %s", end)
	}
	uri := w.URL + "/callback"
	page := authorize(uri)
	for password, want := range map[string]string{testPassword: uri + "?code=code_good&state=s1", "wrong": ""} {
		response, err := client.PostForm(page.String(), url.Values{"email": {testEmail}, "password": {password}})
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got := response.Header.Get("Location"); got != want {
			t.Errorf("signing in leads to %q, want %q", got, want)
		}
	}
}

func TestTheFrontPublishesTheEmulatorsKeysWhereThereAreAny(t *testing.T) {
	without := Healthy()
	without.WorkOS.Clients[0].JWKS.Keys = nil
	for name, tt := range map[string]struct {
		world  World
		client string
		status int
		has    bool
	}{
		"a client":                   {Healthy(), previewClient, 200, true},
		"a client without keys":      {without, previewClient, 200, false},
		"a client that is not known": {Healthy(), unknownClient, 404, false},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := fronted(t, tt.world, Front{})
			response, err := client.Get("https://api.workos.com/sso/jwks/" + tt.client)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			if response.StatusCode != tt.status || strings.Contains(string(body), "of the emulator") != tt.has {
				t.Errorf("got %d %s", response.StatusCode, body)
			}
		})
	}
}

func TestTheFrontEndsSessionsForHoldersOfAKey(t *testing.T) {
	for key, want := range map[string]int{previewKey: http.StatusOK, "sk_none": http.StatusUnauthorized} {
		client, asked := fronted(t, Healthy(), Front{})
		request, err := http.NewRequest(http.MethodPost, "https://api.workos.com/user_management/sessions/revoke", strings.NewReader(`{"session_id":"s"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+key)
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want || (len(*asked) > 0) != (want == http.StatusOK) {
			t.Errorf("%s: got %d, the emulator was asked: %v", key, response.StatusCode, *asked)
		}
	}
}

func TestTheEdgeStandsBeforeARealApp(t *testing.T) {
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Header.Get("X-Vercel-Id")) })
	guarded := Healthy()
	guarded.Edge.Guard = Authentication
	gone := Healthy()
	gone.Edge.Error = "DEPLOYMENT_NOT_FOUND"
	for name, tt := range map[string]struct {
		world  World
		bypass string
		status int
	}{
		"open":              {Healthy(), "", 200},
		"guarded":           {guarded, "", 401},
		"guarded, bypassed": {guarded, bypassSecret, 200},
		"gone":              {gone, "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := fronted(t, tt.world, Front{Preview: app})
			request, err := http.NewRequest(http.MethodGet, tt.world.URL+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set(bypassHeader, tt.bypass)
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			id := response.Header.Get("X-Vercel-Id")
			if response.StatusCode != tt.status || id == "" || (tt.status == 200) != (string(body) == id) {
				t.Errorf("got %d, x-vercel-id %q, body %.60q", response.StatusCode, id, body)
			}
		})
	}
}

func TestLogReachesTheRuntimeLog(t *testing.T) {
	s, err := StartFront(Healthy(), Front{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Log(Line{RequestID: "iad1::iad1::abc-1-2", Method: "GET", Path: "/callback", Host: "web", Text: "it broke"})
	rows := s.logs.since(0)
	if len(rows) != 1 || rows[0].RequestID != "abc-1-2" || rows[0].Message != "it broke" {
		t.Errorf("got %+v", rows)
	}
}
