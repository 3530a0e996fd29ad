package facts

import (
	"context"
	"net/url"
	"regexp"
	"slices"

	"github.com/previewgate/previewgate/gate"
)

// Callback is what the deployment answers at its callback without a code.
// AuthKit's handler refuses that with one and the same JSON error, and
// deletes the verifier cookie of the state that we send.
var Callback = &gate.Fact[Hop]{
	Name:  "callback",
	Needs: []gate.Need{Main, Routes},
	Uses:  []gate.Need{SignIn},
	Learn: func(ctx context.Context, known *gate.Facts) (Hop, error) {
		path := Routes.From(known).Callback
		if path == "" {
			in, err := SignIn.Lookup(known)
			if err != nil {
				return Hop{}, err
			}
			u, err := url.Parse(in.RedirectURI)
			if err != nil || u.Host == "" || u.Path == "" {
				return Hop{}, gate.Moot("the redirect URI names no path on a host")
			}
			path = u.EscapedPath()
		}
		return atPath(ctx, Main.From(known), path, "?state=previewgate")
	},
}

// atPath asks for a path with a query, and once more where Next.js sends it on
// to the same path with a slash at its end, as it does under trailingSlash.
func atPath(ctx context.Context, site *Site, path, query string) (Hop, error) {
	hop, err := site.app(ctx, path+query, document())
	if err != nil || withoutQuery(hop.Location()) != site.origin()+path+"/" {
		return hop, err
	}
	return site.app(ctx, path+"/"+query, document())
}

// A SignOut is what an anonymous GET of a sign-out path answers.
type SignOut struct {
	Path string
	Hop
}

// signOutPath matches the paths that sign out, by their usual names.
var signOutPath = regexp.MustCompile(`(?i)/(?:sign|log)[-_]?out/?$`)

// SignOuts are the answers of the paths that sign out: the one that the user
// names, or the usual one and those that the client links to. None of the
// requests carries a session, so nobody is signed out.
var SignOuts = &gate.Fact[[]SignOut]{
	Name:  "sign-out path",
	Needs: []gate.Need{Main, Routes},
	Uses:  []gate.Need{ClientBundle},
	Learn: func(ctx context.Context, known *gate.Facts) ([]SignOut, error) {
		paths := []string{Routes.From(known).SignOut}
		if paths[0] == "" {
			paths[0] = "/sign-out"
			if bundle, err := ClientBundle.Lookup(known); err == nil {
				paths = append(paths, signOutLinks(bundle.Links)...)
			}
		}
		return atOnce(paths, func(path string) (SignOut, error) {
			hop, err := Main.From(known).app(ctx, path, document())
			return SignOut{path, hop}, err
		})
	},
}

// signOutLinks lists where links that sign out lead to, beyond the usual
// place; a few are enough.
func signOutLinks(links []Link) []string {
	var paths []string
	for _, l := range links {
		path := withoutQuery(l.Path)
		if signOutPath.MatchString(path) && path != "/sign-out" && !slices.Contains(paths, path) && len(paths) < 4 {
			paths = append(paths, path)
		}
	}
	return paths
}

// EndsSession reports whether the answer ends a visitor's session: it deletes
// the session cookie although the request had none.
func (s SignOut) EndsSession() bool { return s.Deletes(SessionCookie) }

// ToSignIn reports whether the path is protected, so that a visitor without a
// session is sent to sign in and what the path itself does cannot be seen.
func (s SignOut) ToSignIn() bool {
	_, authorizes := readAuthorize(s.Location())
	return authorizes
}
