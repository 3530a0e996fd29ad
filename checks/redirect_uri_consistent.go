package checks

import (
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// RedirectURIConsistent asks whether every way to sign in names the same
// redirect URI.
//
// The proxy's own redirect takes the URI from the proxy's option, and so does
// a sign-in route that the proxy covers. A sign-in route that the matcher
// misses falls back on NEXT_PUBLIC_WORKOS_REDIRECT_URI. When the two differ,
// sign-in works from one of them only, and people report that it works
// sometimes.
//
// # Fix
//
// Let the proxy's matcher take in the sign-in route, or set the variable to
// the same URI that the proxy computes.
var RedirectURIConsistent = &gate.Check{
	ID:    "redirect-uri-consistent",
	Stage: gate.StageRedirectURI,
	Title: "Every way to sign in names the same redirect URI",
	Fix:   "Let the proxy's `matcher` take in the sign-in route, so that both take the redirect URI from the proxy's option.",
	Needs: []gate.Need{facts.Entrances},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts, RedirectURIHost},
	Judge: redirectURIConsistent,
}

func redirectURIConsistent(known *gate.Facts) gate.Verdict {
	all := facts.Entrances.From(known)
	switch len(all) {
	case 0:
		return gate.Skip("no way to sign in was seen")
	case 1:
		v := gate.Skip("one way to sign in was seen; a protected path would be another")
		v.Unlock = "--protected"
		return v
	}
	for _, e := range all[1:] {
		if e.RedirectURI != all[0].RedirectURI {
			return gate.Fail("%s and %s name different redirect URIs", all[0].Path, e.Path).
				Because("redirect_uri of GET "+all[0].Path, all[0].RedirectURI).
				Because("redirect_uri of GET "+e.Path, e.RedirectURI)
		}
	}
	return gate.Pass("%s and %s agree", all[0].Path, all[1].Path)
}
