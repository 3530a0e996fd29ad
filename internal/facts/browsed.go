package facts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// A Browse uses the preview in a real browser, as the test account: it looks
// at a page that needs a session.
type Browse func(ctx context.Context, preview *url.URL, page string, account Account) (Browsed, error)

// Browser is what runs a browser, where there is one.
var Browser = &gate.Fact[Browse]{Name: "browser"}

// Browsed is what came of using the preview in a browser.
type Browsed struct {
	SignIn  string // how far signing in came; SignedIn is where it should
	Landed  string // address of the last page, without query
	Session bool   // the browser held the session cookie at the end
	Debug   *DebugPage
	Traffic Traffic
	Files   []string // what was kept of it: the recording, a picture
}

// How far signing in came, where the checks tell it apart.
const (
	BrowserSignedIn  = "signed in"
	BrowserNoSession = "no session"
)

// BrowserVisit is what a browser saw on the preview. It takes as long as a
// person who signs in and looks at a page twice.
var BrowserVisit = &gate.Fact[Browsed]{
	Name:   "visit with a browser",
	Needs:  []gate.Need{Browser, Preview, Routes, TestAccount},
	Within: 90 * time.Second,
	Learn: func(ctx context.Context, known *gate.Facts) (Browsed, error) {
		return Browser.From(known)(ctx, Preview.From(known), Routes.From(known).closed(), TestAccount.From(known))
	},
}

// closed returns a page that needs a session, as far as the user names one:
// the debug page, which tells most.
func (p Paths) closed() string {
	if p.Debug != "" || len(p.Protected) == 0 {
		return cmp.Or(p.Debug, "/")
	}
	return p.Protected[0]
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
	Present  bool     `json:"present"`
	Issuer   string   `json:"issuer"`
	Audience []string `json:"audience"`
	Error    string   `json:"error"`
}

// A DebugConvex is whether Convex' client is authenticated. State is
// authenticated, unauthenticated or loading.
type DebugConvex struct {
	State string `json:"state"`
	Error string `json:"error"`
}

// ReadDebugPage reads what a debug page holds. It is nil when that is not of
// the form.
func ReadDebugPage(text string) *DebugPage {
	var page struct {
		Version int `json:"version"`
		DebugPage
	}
	if json.Unmarshal([]byte(text), &page) != nil || page.Version != 1 {
		return nil
	}
	if page.Token != nil {
		page.Token.Error, page.Token.Issuer = clip(page.Token.Error), clip(page.Token.Issuer)
	}
	if page.Convex != nil {
		page.Convex.Error = clip(page.Convex.Error)
	}
	return &page.DebugPage
}

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
			if b, err := BrowserVisit.Lookup(known); err == nil {
				e.Browsed = &b
			}
			v, err := own.Lookup(known)
			if err == nil {
				e.Own = &v
			}
			if _, notGiven := errors.AsType[gate.NotGiven](err); err == nil || notGiven && e.Browsed != nil {
				return e, nil
			}
			return Either[T]{}, err
		},
	}
}
