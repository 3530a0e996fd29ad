package sandbox

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// frontWorkOS is WorkOS with its own emulator behind it. The stand-in judges
// what the emulator takes from anybody: client IDs, API keys, redirect URIs,
// the account's password. Codes, tokens, keys and their rotation are the
// emulator's.
type frontWorkOS struct {
	Front
	*workOS

	mu      sync.Mutex
	started map[string]url.Values // authorize requests, by the ID of their sign-in
	known   map[string]bool       // browsers that are signed in at the hosted page, by its cookie

	refreshing sync.Mutex
	refreshed  map[string]refreshed // by the token that was used
}

// refreshed is what came of a refresh.
type refreshed struct {
	answer *reply
	at     time.Time
}

// grace is how long WorkOS gives the same answer to whoever uses a refresh
// token again: a page that was left before it had the answer is no thief.
const grace = 30 * time.Second

func newFrontWorkOS(standIn *workOS, f Front) *frontWorkOS {
	return &frontWorkOS{Front: f, workOS: standIn, started: map[string]url.Values{}, known: map[string]bool{}, refreshed: map[string]refreshed{}}
}

func (f *frontWorkOS) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /user_management/authorize", f.authorize)
	mux.HandleFunc("POST /user_management/authenticate", f.authenticate)
	mux.HandleFunc("GET /user_management/sessions/logout", f.logout)
	mux.HandleFunc("POST /user_management/sessions/revoke", f.revoke)
	mux.HandleFunc("GET /sso/jwks/{client}", f.jwks)
	mux.Handle("/", f.workOS.api())
	return mux
}

// authorize lets the stand-in judge, and remembers what it accepts.
func (f *frontWorkOS) authorize(w http.ResponseWriter, r *http.Request) {
	a := replyOf(f.workOS.authorize, r, nil)
	if location := a.header.Get("Location"); strings.Contains(location, "/bootstrap?") {
		id := "01SANDB0X" + strings.ToUpper(randomHex(9))[:17]
		f.mu.Lock()
		f.started[id] = r.URL.Query()
		f.mu.Unlock()
		a.header.Set("Location", location+"&authorization_session_id="+id)
	}
	a.pass(w)
}

// hosted is the hosted sign-in page, which works: it asks for the address and
// then for the password, and does not ask again whom it knows.
func (f *frontWorkOS) hosted(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("authorization_session_id")
	f.mu.Lock()
	asked, isStarted := f.started[id]
	cookie, err := r.Cookie(hostedCookie)
	isKnown := err == nil && f.known[cookie.Value]
	f.mu.Unlock()
	switch {
	case !isStarted:
		f.hostedPage(w, r)
	case r.URL.Path == "/bootstrap" && isKnown:
		f.issue(w, r, asked)
	case r.URL.Path == "/bootstrap":
		redirect(w, "/?"+url.Values{"client_id": asked["client_id"], "authorization_session_id": {id}}.Encode())
	case r.URL.Path == "/" && r.Method == http.MethodPost:
		f.signIn(w, r, asked)
	case r.URL.Path == "/":
		signInForm(w, `<input name="email" type="email" autocomplete="username"/>`)
	default:
		f.hostedPage(w, r)
	}
}

// hostedCookie is what the hosted page knows a browser by.
const hostedCookie = "__Host-state"

func signInForm(w http.ResponseWriter, fields string) {
	write(w, http.StatusOK, "text/html; charset=utf-8", hakPage("sign-in", "Sign in",
		`Sign in to Acme</h1><form method="post">`+fields+`<button>Continue</button></form><h1 hidden>`))
}

// signIn is a step of signing in. Whoever gives the password is known from
// then on.
func (f *frontWorkOS) signIn(w http.ResponseWriter, r *http.Request, asked url.Values) {
	if r.FormValue("password") == "" {
		signInForm(w, `<input name="email" type="hidden" value="`+html.EscapeString(r.FormValue("email"))+`"/>`+
			`<input name="password" type="password" autocomplete="current-password"/>`)
		return
	}
	if r.FormValue("email") != f.world.WorkOS.Email || r.FormValue("password") != f.world.WorkOS.Password {
		write(w, http.StatusOK, "text/html; charset=utf-8", hakPage("sign-in", "Sign in", "The email or password was incorrect."))
		return
	}
	known := randomHex(16)
	f.mu.Lock()
	f.known[known] = true
	f.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: hostedCookie, Value: known, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	f.issue(w, r, asked)
}

// issue has the emulator issue a code, and sends the visitor back with it. The
// emulator takes loopback redirect URIs only; the stand-in has judged the one
// that was asked for.
func (f *frontWorkOS) issue(w http.ResponseWriter, r *http.Request, asked url.Values) {
	query := maps.Clone(asked)
	query.Set("redirect_uri", "http://localhost/callback")
	query.Set("login_hint", f.world.WorkOS.Email)
	a, err := f.askEmulator(r.Context(), http.MethodGet, "/user_management/authorize?"+query.Encode(), nil)
	if err != nil {
		workOSError(w, http.StatusBadGateway, err.Error())
		return
	}
	_, issued, found := strings.Cut(a.header.Get("Location"), "?")
	if !found {
		a.pass(w)
		return
	}
	redirect(w, asked.Get("redirect_uri")+"?"+issued)
}

// authenticate is the token endpoint.
func (f *frontWorkOS) authenticate(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	var asked grantRequest
	if err != nil || json.Unmarshal(body, &asked) != nil {
		oauthError(w, "invalid_request", "The body is no JSON.")
		return
	}
	switch refusal := f.judge(r, asked, body); {
	case refusal != nil:
		refusal.pass(w)
	case asked.Type == "refresh_token" && f.Refusal != 0:
		said := http.StatusText(f.Refusal)
		workOSError(w, f.Refusal, said[:1]+strings.ToLower(said[1:]))
	case asked.Type == "refresh_token" && f.world.WorkOS.RefreshRefused != "":
		oauthError(w, "invalid_grant", f.world.WorkOS.RefreshRefused)
	case asked.Type == "refresh_token" && !f.NoGrace:
		f.refresh(w, r, asked, body)
	default:
		f.grant(r, asked, body).pass(w)
	}
}

// refresh has the emulator refresh a session, and answers the same again
// within the grace.
func (f *frontWorkOS) refresh(w http.ResponseWriter, r *http.Request, asked grantRequest, body []byte) {
	f.refreshing.Lock()
	defer f.refreshing.Unlock()
	known, used := f.refreshed[asked.RefreshToken]
	if !used || time.Since(known.at) > grace {
		known = refreshed{f.grant(r, asked, body), time.Now()}
	}
	if known.answer.status == http.StatusOK {
		f.refreshed[asked.RefreshToken] = known
	}
	known.answer.pass(w)
}

// judge asks the stand-in whether it would turn the caller away; nil: it would
// not. It knows the password itself; other grants it is asked about with a
// code that nobody has, which it refuses last.
func (f *frontWorkOS) judge(r *http.Request, asked grantRequest, body []byte) *reply {
	if asked.Type == "password" {
		if a := replyOf(f.workOS.authenticate, r, body); a.status != http.StatusOK {
			return a
		}
		return nil
	}
	probe, _ := json.Marshal(map[string]string{
		"grant_type": "authorization_code", "client_id": asked.ClientID, "client_secret": asked.Secret, "code": "none",
	})
	a := replyOf(f.workOS.authenticate, r, probe)
	var refused struct{ Error string }
	_ = json.Unmarshal(a.body.Bytes(), &refused)
	if refused.Error == "invalid_grant" {
		return nil
	}
	return a
}

// grant has the emulator answer. Its refusals become OAuth errors, which
// WorkOS' are.
func (f *frontWorkOS) grant(r *http.Request, asked grantRequest, body []byte) *reply {
	a, err := f.askEmulator(context.WithoutCancel(r.Context()), http.MethodPost, "/user_management/authenticate", body)
	if err != nil {
		return worded(func(w http.ResponseWriter) { workOSError(w, http.StatusBadGateway, err.Error()) })
	}
	var refused struct{ Code, Message string }
	_ = json.Unmarshal(a.body.Bytes(), &refused)
	switch refused.Code {
	case "invalid_code", "expired_code", "invalid_code_verifier":
		return worded(func(w http.ResponseWriter) {
			oauthError(w, "invalid_grant", "The code '"+asked.Code+"' has expired or is invalid.")
		})
	case "invalid_grant":
		return worded(func(w http.ResponseWriter) { oauthError(w, "invalid_grant", "Refresh token already exchanged.") })
	}
	return a
}

// jwks publishes the emulator's keys, where the World publishes any.
func (f *frontWorkOS) jwks(w http.ResponseWriter, r *http.Request) {
	client, known := f.client(r.PathValue("client"))
	if !known || client.JWKS.Status != http.StatusOK || len(client.JWKS.Keys) == 0 {
		f.workOS.jwks(w, r)
		return
	}
	a, err := f.askEmulator(r.Context(), http.MethodGet, "/sso/jwks/"+client.ID, nil)
	if err != nil {
		workOSError(w, http.StatusBadGateway, err.Error())
		return
	}
	write(w, a.status, client.JWKS.ContentType, a.body.String())
}

// logout ends the session at the emulator, and that of the hosted page; where
// the browser lands is the World's.
func (f *frontWorkOS) logout(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	clear(f.known) // there is one account
	f.mu.Unlock()
	if _, err := f.askEmulator(r.Context(), http.MethodGet, "/user_management/sessions/logout?"+r.URL.RawQuery, nil); err != nil {
		workOSError(w, http.StatusBadGateway, err.Error())
		return
	}
	f.workOS.logout(w, r)
}

// revoke ends a session for the holder of a key.
func (f *frontWorkOS) revoke(w http.ResponseWriter, r *http.Request) {
	if _, ok := f.caller(w, r); !ok {
		return
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	a, err := f.askEmulator(r.Context(), http.MethodPost, "/user_management/sessions/revoke", body)
	if err != nil {
		workOSError(w, http.StatusBadGateway, err.Error())
		return
	}
	a.pass(w)
}
