package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A grant is a request for tokens. WorkOS takes credentials only in its body.
type grant struct {
	Type         string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	Secret       string `json:"client_secret"`
	Code         string `json:"code,omitempty"`
	Email        string `json:"email,omitempty"`
	Password     string `json:"password,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Pending      string `json:"pending_authentication_token,omitempty"`
	Organization string `json:"organization_id,omitempty"`
}

// organizationGrant finishes a sign-in that waits for the organization.
const organizationGrant = "urn:workos:oauth:grant-type:organization-selection"

// An issue is WorkOS' answer to a grant: tokens, or a refusal.
type issue struct {
	AccessToken   string                     `json:"access_token"`
	RefreshToken  string                     `json:"refresh_token"`
	Method        string                     `json:"authentication_method"`
	Organization  string                     `json:"organization_id"`
	User          map[string]json.RawMessage `json:"user"`
	Pending       string                     `json:"pending_authentication_token"`
	Organizations []struct{ ID, Name string }

	refused Refusal
	at      time.Time // by WorkOS' clock
}

// grant asks for tokens. No answer and one that tells nothing are errors.
func (k WorkOSKey) grant(ctx context.Context, client *web.Client, g grant) (issue, error) {
	g.Secret = k.Key
	body, err := json.Marshal(g)
	if err != nil {
		return issue{}, err
	}
	resp, err := client.Do(ctx, web.Request{
		Method: http.MethodPost, URL: k.API + "/user_management/authenticate", Body: body,
		Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}},
		Safe:   g.Type == "authorization_code", // the code is nobody's, so nothing is used up
	})
	if err != nil {
		return issue{}, err
	}
	if err := busy(resp); err != nil {
		return issue{}, err
	}
	i := issue{at: clockOf(resp)}
	broken := json.Unmarshal(resp.Body, &i) != nil
	client.Hide(i.AccessToken, i.RefreshToken, i.Pending)
	if resp.Status == http.StatusOK && !broken && i.AccessToken != "" && i.RefreshToken != "" {
		return i, nil
	}
	i.refused = readRefusal(resp)
	if resp.Status == http.StatusOK || i.refused.Code == "" {
		return issue{}, fmt.Errorf("WorkOS answers %d %s with neither tokens nor a reason", resp.Status, http.StatusText(resp.Status))
	}
	return i, nil
}

// clockOf is when the server answered, by its own clock: what it says of
// times holds by that one, whatever ours shows.
func clockOf(resp *web.Response) time.Time {
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

// A SignedIn is the test account with a session of the app's client, or why
// WorkOS does not give it one.
type SignedIn struct {
	ClientID      string
	Refused       Refusal
	Organizations int    // that the account could choose from; 0 when it did not have to
	Organization  string // the ID of the one that the session is in; "" for none
	Token         Token

	refreshToken string
	content      []byte // what AuthKit seals into its session cookie
}

// Session is the session that WorkOS gives to the test account.
var Session = &gate.Fact[SignedIn]{
	Name:   "session of the test account",
	Needs:  []gate.Need{Web, WorkOS, TestAccount, AppClient},
	Uses:   []gate.Need{Sessions},
	Within: 15 * time.Second,
	Learn:  learnSession,
}

// learnSession signs the account in, into its first organization where it has
// to choose one. Once a grant is asked for its answer is waited for, even
// when the run is stopped: the session has to be ended.
func learnSession(ctx context.Context, known *gate.Facts) (SignedIn, error) {
	started, err := Sessions.Lookup(known)
	if err != nil {
		started = new(StartedSessions)
	}
	if err := started.begin(); err != nil {
		return SignedIn{}, err
	}
	defer started.done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	key, client, account := WorkOS.From(known), Web.From(known), TestAccount.From(known)
	s := SignedIn{ClientID: AppClient.From(known)}
	i, err := key.grant(ctx, client, grant{
		Type: "password", ClientID: s.ClientID, Email: account.Email, Password: account.Password,
	})
	if err != nil {
		return SignedIn{}, err
	}
	if i.refused.Code == "organization_selection_required" && len(i.Organizations) > 0 && i.Pending != "" {
		s.Organizations = len(i.Organizations)
		i, err = key.grant(ctx, client, grant{
			Type: organizationGrant, ClientID: s.ClientID, Pending: i.Pending, Organization: i.Organizations[0].ID,
		})
		if err != nil {
			return SignedIn{}, err
		}
	}
	if s.Refused = i.refused; s.Refused.Code != "" {
		return s, nil
	}
	err = s.take(i)
	started.add(s.Token.Claims.SessionID)
	client.Hide(s.Token.Claims.SessionID, s.Token.Claims.Subject)
	return s, err
}

// take reads what was issued.
func (s *SignedIn) take(i issue) (err error) {
	s.Organization, s.refreshToken = i.Organization, i.RefreshToken
	if s.Token, err = readIssued(i.AccessToken, i.at); err != nil {
		return err
	}
	content := map[string]any{
		"accessToken": i.AccessToken, "refreshToken": i.RefreshToken, "user": camelCased(i.User),
	}
	if i.User == nil {
		return errors.New("WorkOS issues tokens and does not say to whom")
	}
	if i.Method != "" {
		content["authenticationMethod"] = i.Method
	}
	s.content, err = json.Marshal(content)
	return err
}

// camelCased renames the members of a user as WorkOS' JavaScript library
// does. The values keep theirs.
func camelCased(user map[string]json.RawMessage) map[string]json.RawMessage {
	renamed := make(map[string]json.RawMessage, len(user))
	for _, name := range slices.Sorted(maps.Keys(user)) {
		words := strings.Split(name, "_")
		for i, word := range words[1:] {
			if word != "" {
				words[i+1] = strings.ToUpper(word[:1]) + word[1:]
			}
		}
		renamed[strings.Join(words, "")] = user[name]
	}
	return renamed
}
