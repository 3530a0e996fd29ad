package facts

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// authorizePath is WorkOS' OAuth endpoint, on api.workos.com or on a custom
// authentication domain.
const authorizePath = "/user_management/authorize"

// An Authorize is a request for sign-in, as the app sends its visitors to
// WorkOS with it.
type Authorize struct {
	URL         string // whole, with its state: never shown
	API         string // origin of the WorkOS API that the app talks to
	ClientID    string
	RedirectURI string
	Sealed      bool // state and verifier are sealed, as AuthKit does from version 3 on
}

// readAuthorize reads a URL, and says whether it is a request for sign-in.
func readAuthorize(raw string) (Authorize, bool) {
	u, err := url.Parse(raw)
	if err != nil || !strings.HasSuffix(u.Path, authorizePath) || u.Host == "" {
		return Authorize{}, false
	}
	q := u.Query()
	return Authorize{
		URL:         raw,
		API:         u.Scheme + "://" + u.Host,
		ClientID:    q.Get("client_id"),
		RedirectURI: q.Get("redirect_uri"),
		Sealed:      strings.HasPrefix(q.Get("state"), "Fe26.2") || q.Get("code_challenge") != "",
	}, true
}

// An Entrance is a path on the deployment from which a visitor gets to
// WorkOS.
type Entrance struct {
	Origin string // of the deployment's address: "https://host"
	Path   string
	Authorize
}

// entrance returns where the visit enters sign-in, if it does: by redirect,
// or by a link on the page where it ends.
func (v Visit) entrance(origin string) (Entrance, bool) {
	for _, to := range []string{v.Next, v.Last().Authorize} {
		if a, ok := readAuthorize(to); ok {
			return Entrance{origin, v.Path, a}, true
		}
	}
	return Entrance{}, false
}

// Entrances are the ways from the address under test to WorkOS: the sign-in
// path first, then the protected paths, the front page, and any path that a
// proxy protects.
var Entrances = &gate.Fact[[]Entrance]{
	Name:  "ways to sign in",
	Needs: []gate.Need{Main, SignInPage},
	Uses:  []gate.Need{ProtectedPages, FrontPage, UnknownPage},
	Learn: learnEntrances,
}

func learnEntrances(_ context.Context, known *gate.Facts) ([]Entrance, error) {
	visits := []Visit{SignInPage.From(known)}
	if pages, err := ProtectedPages.Lookup(known); err == nil {
		visits = append(visits, pages...)
	}
	if front, err := FrontPage.Lookup(known); err == nil && front.Hops != nil {
		visits = append(visits, front.Visit)
	}
	if unknown, err := UnknownPage.Lookup(known); err == nil {
		visits = append(visits, unknown)
	}
	var all []Entrance
	for _, v := range visits {
		if e, ok := v.entrance(Main.From(known).origin()); ok {
			all = append(all, e)
		}
	}
	return all, nil
}

// SignIn is the way to sign in that the app itself offers first.
var SignIn = &gate.Fact[Entrance]{
	Name:  "request for sign-in",
	Needs: []gate.Need{Entrances},
	Learn: func(_ context.Context, known *gate.Facts) (Entrance, error) {
		all := Entrances.From(known)
		if len(all) == 0 {
			return Entrance{}, gate.Moot("no path that was tried leads to WorkOS")
		}
		i := slices.IndexFunc(all, func(e Entrance) bool { return e.ClientID != "" && e.RedirectURI != "" })
		return all[max(i, 0)], nil
	},
}
