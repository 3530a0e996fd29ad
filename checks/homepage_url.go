package checks

import (
	"net"
	"net/url"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// HomepageURL asks whether signing out has somewhere to land.
//
// AuthKit's signOut sends the browser to WorkOS, which ends the session and
// sends it on: to the returnTo that the app asks for, if it is an allowed
// sign-out redirect, and otherwise to the app homepage URL. Without one the
// visitor ends on a page that says app-homepage-url-not-found.
//
// # Fix
//
// Set the app homepage URL in the WorkOS dashboard under Redirects, or let
// Convex do so on every preview build, in convex.json:
//
//	"authKit": {
//	  "preview": {
//	    "configure": { "appHomepageUrl": "https://${buildEnv.VERCEL_URL}" }
//	  }
//	}
var HomepageURL = &gate.Check{
	ID:       "homepage-url",
	Stage:    gate.StageSignOut,
	Title:    "Signing out has somewhere to land",
	Severity: gate.Advisory,
	Fix:      "Set the app homepage URL in the WorkOS dashboard under Redirects, or `appHomepageUrl` under `authKit.preview.configure` in `convex.json`.",
	Needs:    []gate.Need{facts.Homepage},
	After:    []*gate.Check{APIKeyValid},
	Judge:    homepageURL,
}

func homepageURL(known *gate.Facts) gate.Verdict {
	address := facts.Homepage.From(known)
	u, err := url.Parse(address)
	switch {
	case address == "":
		return gate.Fail("signing out lands on an error page: the WorkOS environment has no app homepage URL").
			Because("app homepage URL", "not set")
	case err != nil || u.Host == "":
		return gate.Fail("signing out lands nowhere: the app homepage URL is no address").
			Because("app homepage URL", address)
	case u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback():
		return gate.Fail("signing out lands on a developer's machine").
			Because("app homepage URL", address)
	}
	return gate.Pass("signing out lands on %s", u.Host)
}
