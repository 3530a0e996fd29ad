package facts

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/seal"
	"github.com/previewgate/previewgate/internal/web"
)

// An Opening is what came of opening what the app sealed.
type Opening string

// The openings.
const (
	OpensState  Opening = "opened"
	OtherSecret Opening = "sealed with another password"
	NoSeal      Opening = "no seal"
)

// A Seal is what the cookie password does to the state that the app sends
// along when it asks for sign-in. The state is sealed from AuthKit 3 on.
type Seal struct {
	Length int // of the password, in characters
	State  Opening
	Sealed bool // the state looks like a seal
}

// CookieSeal is whether the password that we were given is the app's.
var CookieSeal = &gate.Fact[Seal]{
	Name:  "cookie password",
	Needs: []gate.Need{CookiePassword},
	Uses:  []gate.Need{SignIn},
	Learn: func(_ context.Context, known *gate.Facts) (Seal, error) {
		password := CookiePassword.From(known)
		s := Seal{Length: utf8.RuneCountInString(password), State: NoSeal}
		in, err := SignIn.Lookup(known)
		if err != nil {
			return s, nil //nolint:nilerr // the length is known all the same
		}
		u, err := url.Parse(in.URL)
		if err != nil {
			return s, err
		}
		state := u.Query().Get("state")
		s.Sealed = strings.HasPrefix(state, "Fe26.2*")
		switch _, err := seal.Open(password, state, time.Now()); {
		case err == nil, errors.Is(err, seal.ErrExpired):
			s.State = OpensState
		case errors.Is(err, seal.ErrPassword):
			s.State = OtherSecret
		}
		return s, nil
	},
}

// An AppVisit is what the deployed app shows to the test account.
type AppVisit struct {
	Visits []Visit // without bodies and the values of cookies

	cookie string // that the session is presented by
	eager  Token  // that the app handed out with a document
}

// ToSignIn reports whether the visit ends with WorkOS being asked for sign-in.
func (v Visit) ToSignIn() bool {
	_, authorizes := readAuthorize(v.Next)
	return authorizes
}

// AppVisits is the visit that the test account pays to the app, with a session
// cookie sealed as the app itself would.
var AppVisits = &gate.Fact[AppVisit]{
	Name:  "app as the test account sees it",
	Needs: []gate.Need{Web, Main, Routes, Session, CookiePassword},
	Uses:  []gate.Need{Repository, UnknownPage, RuntimeLog},
	Learn: learnAppVisit,
}

func learnAppVisit(ctx context.Context, known *gate.Facts) (AppVisit, error) {
	s, client := Session.From(known), Web.From(known)
	if s.Refused.Code != "" {
		return AppVisit{}, notSignedIn
	}
	sealed, err := seal.Seal(CookiePassword.From(known), s.content, 0, time.Now())
	if err != nil {
		return AppVisit{}, err
	}
	client.Hide(sealed)
	a := AppVisit{cookie: SessionCookie + "=" + sealed}
	a.Visits, err = atOnce(signedInPaths(known), func(path string) (Visit, error) {
		return Main.From(known).visitAs(ctx, path, cookies{a.cookie})
	})
	if err != nil {
		return AppVisit{}, err
	}
	for i := range a.Visits {
		for j := range a.Visits[i].Hops {
			a.keep(client, &a.Visits[i].Hops[j])
		}
	}
	return a, nil
}

// signedInPaths are where it shows whether somebody is signed in: the
// protected paths, or else a path that no app has, if the proxy protects it.
func signedInPaths(known *gate.Facts) []string {
	if paths := protectedPaths(known); len(paths) > 0 {
		return paths[:min(len(paths), maxProtected)]
	}
	if unknown, err := UnknownPage.Lookup(known); err == nil && unknown.ToSignIn() {
		return []string{unknownPath}
	}
	return []string{"/"}
}

// keep takes the token out of an answer, and leaves nothing secret in it.
func (a *AppVisit) keep(client *web.Client, hop *Hop) {
	at := clockOf(&web.Response{Header: hop.Header})
	hop.Header = hop.Header.Clone()
	set := (&http.Response{Header: hop.Header}).Cookies()
	hop.Header.Del("Set-Cookie")
	for _, c := range set {
		if c.Value != "" {
			client.Hide(c.Value)
			if t, err := readIssued(c.Value, at); err == nil && c.Name == eagerCookie {
				a.eager = t
			}
			c.Value = "hidden"
		}
		hop.Header.Add("Set-Cookie", c.String())
	}
	hop.Body, hop.Page = "", Page{BuildID: hop.BuildID, Authorize: withoutQuery(hop.Authorize), Crashed: hop.Crashed}
}

// eagerCookie is how AuthKit hands the access token out under eagerAuth.
const eagerCookie = "workos-access-token"
