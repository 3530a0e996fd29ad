package facts

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Refusal is how WorkOS says no. The zero value is no refusal.
type Refusal struct {
	Status  int
	Code    string // WorkOS' own; [Unauthorized] for a 401 without one
	Message string
}

// Unauthorized stands for the code that WorkOS does not give to a key that it
// does not know.
const Unauthorized = "unauthorized"

// bearer is what the API key is presented with.
func (k WorkOSKey) bearer() http.Header {
	return http.Header{"Authorization": {"Bearer " + k.Key}, "Accept": {"application/json"}}
}

// get asks WorkOS' API for what the key may see.
func (k WorkOSKey) get(ctx context.Context, client *web.Client, path string) (*web.Response, error) {
	resp, err := client.Do(ctx, web.Request{URL: k.API + path, Header: k.bearer()})
	if err != nil {
		return nil, err
	}
	return resp, busy(resp)
}

// revoke ends a session.
func (k WorkOSKey) revoke(ctx context.Context, client *web.Client, session string) error {
	body, err := json.Marshal(map[string]string{"session_id": session})
	if err != nil {
		return err
	}
	header := k.bearer()
	header.Set("Content-Type", "application/json")
	resp, err := client.Do(ctx, web.Request{
		Method: http.MethodPost, URL: k.API + "/user_management/sessions/revoke", Header: header, Body: body, Safe: true,
	})
	if err == nil && resp.Status >= 300 {
		err = fmt.Errorf("WorkOS answers %d %s", resp.Status, http.StatusText(resp.Status))
	}
	return err
}

// busy is the error of an answer that says nothing about the question: WorkOS
// has no time, or is broken.
func busy(resp *web.Response) error {
	if resp.Status != http.StatusTooManyRequests && resp.Status < 500 {
		return nil
	}
	err := fmt.Errorf("WorkOS answers %d %s", resp.Status, http.StatusText(resp.Status))
	if code := readRefusal(resp).Code; code != "" && code != "too_many_requests" {
		err = fmt.Errorf("%w (%s)", err, clip(code))
	}
	return err
}

// readRefusal reads both forms in which WorkOS words a refusal.
func readRefusal(resp *web.Response) Refusal {
	var said struct {
		Code, Message, Error string
		Description          string `json:"error_description"`
	}
	_ = json.Unmarshal(resp.Body, &said) // what is no JSON has no code
	r := Refusal{resp.Status, cmp.Or(said.Code, said.Error), clip(cmp.Or(said.Message, said.Description))}
	if r.Code == "" && resp.Status == http.StatusUnauthorized {
		r.Code = Unauthorized
	}
	return r
}

// AppClient is the WorkOS client that the app signs in with, or else the one
// that the user expects.
var AppClient = &gate.Fact[string]{
	Name: "WorkOS client of the app",
	Uses: []gate.Need{SignIn, ExpectedClient},
	Learn: func(_ context.Context, known *gate.Facts) (string, error) {
		in, err := SignIn.Lookup(known)
		if err == nil && in.ClientID != "" {
			return in.ClientID, nil
		}
		if expected, notGiven := ExpectedClient.Lookup(known); notGiven == nil {
			return expected, nil
		}
		if err == nil {
			err = gate.Moot("the request for sign-in names no client")
		}
		return "", err
	},
}

// A Probe is what WorkOS says to a code that nobody was given: whether the
// key is good shows in what it complains of.
type Probe struct {
	ClientID string
	Refusal
}

// KeyProbe is how WorkOS takes the API key together with the app's client.
var KeyProbe = &gate.Fact[Probe]{
	Name:  "WorkOS' answer to the API key",
	Needs: []gate.Need{Web, WorkOS, AppClient},
	Learn: func(ctx context.Context, known *gate.Facts) (Probe, error) {
		id := AppClient.From(known)
		a, err := WorkOS.From(known).grant(ctx, Web.From(known), grant{
			ClientID: id, Type: "authorization_code", Code: "previewgate-is-no-code",
		})
		return Probe{id, a.refused}, err
	},
}

// Registered are the redirect URIs of the API key's environment.
type Registered struct {
	URIs []string
	More bool // there are more than were read
}

// maxURIPages is how many pages of a hundred redirect URIs are read.
const maxURIPages = 10

// RegisteredURIs are the redirect URIs that WorkOS lists. Not every
// environment offers the list.
var RegisteredURIs = &gate.Fact[Registered]{
	Name:  "registered redirect URIs",
	Needs: []gate.Need{Web, WorkOS},
	Learn: learnRegisteredURIs,
}

func learnRegisteredURIs(ctx context.Context, known *gate.Facts) (Registered, error) {
	r := Registered{URIs: []string{}}
	query := url.Values{"limit": {"100"}}
	for range maxURIPages {
		resp, err := WorkOS.From(known).get(ctx, Web.From(known), "/user_management/redirect_uris?"+query.Encode())
		if err != nil {
			return Registered{}, err
		}
		var page struct {
			Data     []struct{ URI string }
			Metadata struct{ After string } `json:"list_metadata"`
		}
		switch {
		case resp.Status == http.StatusNotFound:
			return Registered{}, gate.Moot("WorkOS does not list the redirect URIs of this environment")
		case resp.Status != http.StatusOK:
			return Registered{}, fmt.Errorf("WorkOS answers %d %s", resp.Status, http.StatusText(resp.Status))
		}
		if err := json.Unmarshal(resp.Body, &page); err != nil {
			return Registered{}, fmt.Errorf("WorkOS answers with something other than a list")
		}
		for _, item := range page.Data {
			r.URIs = append(r.URIs, item.URI)
		}
		if page.Metadata.After == "" || len(page.Data) == 0 {
			return r, nil
		}
		query.Set("after", page.Metadata.After)
	}
	r.More = true
	return r, nil
}

// Homepage is the address to which WorkOS sends people who signed out; ""
// when the environment has none. The call is not documented, so any answer
// but a good one leaves it open.
var Homepage = &gate.Fact[string]{
	Name:  "app homepage URL",
	Needs: []gate.Need{Web, WorkOS},
	Learn: func(ctx context.Context, known *gate.Facts) (string, error) {
		resp, err := WorkOS.From(known).get(ctx, Web.From(known), "/user_management/app_homepage_url")
		if err != nil {
			return "", err
		}
		var found struct{ URL *string }
		if resp.Status != http.StatusOK || json.Unmarshal(resp.Body, &found) != nil {
			return "", gate.Moot(fmt.Sprintf("WorkOS does not tell the app homepage URL of this environment (%d)", resp.Status))
		}
		if found.URL == nil {
			return "", nil
		}
		return *found.URL, nil
	},
}
