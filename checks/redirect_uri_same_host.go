package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// RedirectURISameHost asks whether sign-in works from the address under test,
// and not only from another address of the same deployment.
//
// From version 3 on, AuthKit keeps the verifier of a sign-in in a cookie of
// the host where it starts. When the redirect URI names another host, even
// one of the same deployment, the callback does not get the cookie and sign-in
// fails there with missing_pkce_cookie. A deployment that returns to its
// branch alias works from the alias and not from its own URL, which is the
// one that GitHub is told.
//
// It is a piece of advice as long as sign-in works from some address of the
// deployment.
//
// # Fix
//
// Share the address that works, or build the redirect URI from the host that
// your visitors use: VERCEL_URL for the deployment's own address,
// VERCEL_BRANCH_URL for the alias of its branch.
var RedirectURISameHost = &gate.Check{
	ID:       "redirect-uri-same-host",
	Stage:    gate.StageRedirectURI,
	Title:    "Sign-in works from the address under test",
	Severity: gate.Advisory,
	Fix:      "Sign in from the address that the redirect URI names.",
	Needs:    []gate.Need{facts.SignIn, facts.Elsewhere},
	After:    []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts, RedirectURIHost, RedirectURIConsistent},
	Judge:    redirectURISameHost,
}

func redirectURISameHost(known *gate.Facts) gate.Verdict {
	in := facts.SignIn.From(known)
	here, there := hostOf(in.Origin), hostOf(in.RedirectURI)
	switch {
	case here == there:
		return otherAddresses(known, here)
	case !in.Sealed:
		return gate.Pass("AuthKit 2 completes sign-in on %s too", there)
	}
	starts := facts.Elsewhere.From(known)
	if i := slices.IndexFunc(starts, returnsHome); i >= 0 {
		return worksFrom(hostOf(starts[i].Origin), in)
	}
	for _, s := range starts {
		switch back := hostOf(s.Entrance.RedirectURI); {
		case hostOf(s.Origin) != there:
		case back == "":
			return gate.Unsure("sign-in returns to %s, where it could not be started: %s", there, s.Trouble)
		default:
			return gate.Fail("sign-in works from no address of this deployment: from %s it returns to %s, and from there to %s", here, there, back).
				AndBlocks().
				FixedBy("Build the redirect URI from one fixed host (`VERCEL_URL` or `VERCEL_BRANCH_URL`), not from the request.").
				Because("redirect_uri from "+here, in.RedirectURI).Because("redirect_uri from "+there, s.Entrance.RedirectURI)
		}
	}
	return gate.Fail("sign-in from %s fails with missing_pkce_cookie: it returns to %s", here, there).
		Because("sign-in starts at", in.Origin).Because("redirect_uri", in.RedirectURI)
}

// returnsHome reports whether sign-in comes back to the address where it
// started.
func returnsHome(s facts.Start) bool {
	return s.Entrance.RedirectURI != "" && hostOf(s.Entrance.RedirectURI) == hostOf(s.Origin)
}

// worksFrom is the verdict when another address is the one to sign in from.
func worksFrom(host string, in facts.Entrance) gate.Verdict {
	return gate.Fail("sign-in works only from https://%s: from %s it fails with missing_pkce_cookie", host, hostOf(in.Origin)).
		FixedBy("Open the preview at https://%s, or build the redirect URI from the host that your visitors use (`VERCEL_URL` is the deployment's own, `VERCEL_BRANCH_URL` its branch's).", host).
		Because("sign-in starts at", in.Origin).Because("redirect_uri", in.RedirectURI)
}

// otherAddresses passes, as the address under test is in order, and tells of
// an address of the deployment from which sign-in does not return to itself.
func otherAddresses(known *gate.Facts, here string) gate.Verdict {
	for _, s := range facts.Elsewhere.From(known) {
		if back := hostOf(s.Entrance.RedirectURI); s.Entrance.Sealed && back != hostOf(s.Origin) {
			return gate.Pass("sign-in starts and ends on %s (it does not work from %s)", here, hostOf(s.Origin))
		}
	}
	return gate.Pass("sign-in starts and ends on %s", here)
}

// hostOf is the host of an address, as browsers compare it.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Host), ":443")
}
