package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// A Trip is what a browser is to do at a deployment.
type Trip struct {
	Start    *url.URL // address of the deployment at which to begin
	Own      []string // origins of all its addresses that are known
	Page     string   // path that needs a session, as far as one is known
	Entrance string   // path that leads to sign-in; empty: none is known
	Account  Account
}

// A Browse uses the preview in a real browser, as the test account: it signs
// in and looks at the trip's page. What it learned of a visit that came to
// nothing is returned with the error.
type Browse func(ctx context.Context, trip Trip) (Browsed, error)

// Browser is what runs a browser, where there is one.
var Browser = &gate.Fact[Browse]{Name: "browser"}

// Browsed is what came of using the preview in a browser.
type Browsed struct {
	SignIn  string // how far signing in came; SignedIn is where it should
	Landed  string // address of the last page, without query
	Had     bool   // the browser held the session cookie when it came back from signing in
	Session bool   // the browser held it at the end
	Debug   *DebugPage
	Unread  string // why the debug page that the user names was not read; empty: it was, or none is named
	Traffic Traffic

	// Sessions are the IDs of the WorkOS sessions that were begun. They are
	// handed on to be ended, and stay out of what is known.
	Sessions []string `json:"-"`
}

// How far signing in came, where the checks tell it apart. A visit that ended
// anywhere else has no value.
const (
	BrowserSignedIn  = "signed in"
	BrowserNoSession = "no session"
	BrowserLoops     = "redirect loop"
)

// BrowserVisit is what a browser saw on the preview. It takes as long as a
// person who signs in and looks at a page twice.
var BrowserVisit = &gate.Fact[Browsed]{
	Name:   "visit with a browser",
	Needs:  []gate.Need{Browser, Preview, Routes, TestAccount},
	Uses:   []gate.Need{Hosts, SignIn, Elsewhere, ProtectedPages, Sessions, Web},
	Within: 90 * time.Second,
	Learn:  learnBrowserVisit,
}

// learnBrowserVisit announces the visit, so that the session that it begins is
// ended also when the run is stopped.
func learnBrowserVisit(ctx context.Context, known *gate.Facts) (Browsed, error) {
	started, err := Sessions.Lookup(known)
	if err != nil {
		started = new(StartedSessions)
	}
	if err := started.begin(); err != nil {
		return Browsed{}, err
	}
	defer started.done()
	b, err := Browser.From(known)(ctx, tripOf(known))
	for _, id := range b.Sessions {
		started.add(id)
		if client, err := Web.Lookup(known); err == nil {
			client.Hide(id)
		}
	}
	b.Sessions = nil
	return b, err
}

// tripOf plans the visit. It begins where signing in comes back to, if that is
// an address of the deployment: AuthKit finds the cookie of a sign-in only at
// the host where it began.
func tripOf(known *gate.Facts) Trip {
	t := Trip{Start: Preview.From(known), Page: closedPage(known), Entrance: Routes.From(known).SignIn, Account: TestAccount.From(known)}
	hosts, _ := Hosts.Lookup(known)
	for _, h := range hosts {
		t.Own = append(t.Own, h.Origin)
	}
	elsewhere, _ := Elsewhere.Lookup(known)
	for _, s := range elsewhere {
		if !slices.Contains(t.Own, s.Origin) {
			t.Own = append(t.Own, s.Origin)
		}
	}
	entrance, err := SignIn.Lookup(known)
	if err != nil {
		return t
	}
	t.Entrance = entrance.Path
	if back, err := url.Parse(entrance.RedirectURI); err == nil && slices.Contains(t.Own, origin(back)) {
		t.Start = &url.URL{Scheme: back.Scheme, Host: back.Host}
	}
	return t
}

// closedPage returns a page that needs a session: the debug page, which tells
// most, one that the user or the source names, or the front page.
func closedPage(known *gate.Facts) string {
	paths := Routes.From(known)
	for _, path := range append([]string{paths.Debug}, paths.Protected...) {
		if path != "" {
			return path
		}
	}
	visits, _ := ProtectedPages.Lookup(known) // none is known: the front page
	for _, v := range visits {
		if v.Next != "" {
			return v.Path
		}
	}
	return "/"
}

// A DebugPage is what the app's own debug page says of the three facts that
// split every case, in the form that docs/debug-page.md asks for. Nil fields
// were not said.
type DebugPage struct {
	Session *DebugSession `json:"session"`
	Token   *DebugToken   `json:"token"`
	Convex  *DebugConvex  `json:"convex"`
}

// A DebugSession is whether the app sees a signed-in user.
type DebugSession struct {
	SignedIn bool `json:"signedIn"`
}

// A DebugToken is whether the client got an access token, with its claims, or
// the error that it got.
type DebugToken struct {
	Present  bool   `json:"present"`
	Issuer   string `json:"issuer"`
	Audience texts  `json:"audience"`
	Error    string `json:"error"`
}

// texts are a list of texts, or in JSON a single one, as a token's audience
// may be.
type texts []string

// UnmarshalJSON reads either.
func (t *texts) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		if *t = nil; one != "" {
			*t = texts{one}
		}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(t))
}

// A DebugConvex is whether Convex' client is authenticated. State is
// authenticated, unauthenticated or loading.
type DebugConvex struct {
	State string `json:"state"`
	Error string `json:"error"`
}

// ReadDebugPage reads what a debug page holds. The error says what is not of
// the form, in words that complete "the debug page".
func ReadDebugPage(text string) (*DebugPage, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("holds no element with the id previewgate, or an empty one")
	}
	var page struct {
		Version json.Number `json:"version"`
		DebugPage
	}
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		return nil, errors.New("holds no JSON of the form that docs/debug-page.md asks for")
	}
	if page.Version != "1" {
		return nil, fmt.Errorf("says that it is of version %q, and 1 is read", clip(page.Version.String()))
	}
	if page.Token != nil {
		page.Token.Error, page.Token.Issuer = clip(page.Token.Error), clip(page.Token.Issuer)
		page.Token.Audience = page.Token.Audience[:min(len(page.Token.Audience), maxAudience)]
		for i, a := range page.Token.Audience {
			page.Token.Audience[i] = clip(a)
		}
	}
	if page.Convex != nil {
		page.Convex.State, page.Convex.Error = clip(page.Convex.State), clip(page.Convex.Error)
	}
	return &page.DebugPage, nil
}

// maxAudience is how many members of an audience are kept.
const maxAudience = 8

// Either is what was learned with credentials, and what a browser saw of the
// same. One of the two may be nil.
type Either[T any] struct {
	Own     *T
	Browsed *Browsed
}

// What a browser can show in place of a credential.
var (
	SessionShown = orBrowsed("session in the app", AppVisits)
	TokenShown   = orBrowsed("token of the app's client", AppToken)
	TokenTaken   = orBrowsed("Convex' word on the token", ConvexAcceptance)
)

func orBrowsed[T any](name string, own *gate.Fact[T]) *gate.Fact[Either[T]] {
	return &gate.Fact[Either[T]]{
		Name: name,
		Uses: []gate.Need{own, BrowserVisit},
		Learn: func(_ context.Context, known *gate.Facts) (Either[T], error) {
			var e Either[T]
			b, browsedErr := BrowserVisit.Lookup(known)
			if browsedErr == nil {
				e.Browsed = &b
			}
			v, err := own.Lookup(known)
			if err == nil {
				e.Own = &v
			}
			_, notGiven := errors.AsType[gate.NotGiven](err)
			switch {
			case err == nil, notGiven && browsedErr == nil:
				return e, nil
			case notGiven && !lacks(browsedErr):
				return Either[T]{}, ofVisit(browsedErr)
			}
			return Either[T]{}, err
		},
	}
}

// lacks reports whether a fact has no value for want of something, and not
// because learning it failed.
func lacks(err error) bool {
	_, notGiven := errors.AsType[gate.NotGiven](err)
	_, moot := errors.AsType[gate.Moot](err)
	return notGiven || moot
}

// ofVisit makes one reason of a visit that failed for all the facts that it
// stands in for.
func ofVisit(err error) error {
	var named interface{ NamesSubject() }
	if errors.As(err, &named) {
		return err
	}
	return visitError{err}
}

// visitError is why a visit with a browser failed.
type visitError struct{ err error }

func (e visitError) Error() string { return BrowserVisit.Name + ": " + e.err.Error() }
func (e visitError) Unwrap() error { return e.err }

// NamesSubject marks the error as one whose text says what it is about.
func (e visitError) NamesSubject() {}
