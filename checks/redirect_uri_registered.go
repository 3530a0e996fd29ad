package checks

import (
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// RedirectURIRegistered asks whether WorkOS accepts the redirect URI.
//
// WorkOS compares it, to the letter, with the list of its environment. Every
// deployment has an address of its own, so an address that nobody registers
// is refused: the visitor sees "Invalid Redirect URI" instead of the sign-in
// page. The app notices nothing.
//
// The request for sign-in is followed to its end, since its first answer is a
// redirect either way. The same request with a URI that cannot be registered
// must be refused in the same run; otherwise the answer proves nothing.
//
// # Fix
//
// Register the URI in the WorkOS dashboard under Redirects, or let Convex do
// so on every preview build, in convex.json:
//
//	"authKit": {
//	  "preview": {
//	    "configure": {
//	      "redirectUris": ["https://${buildEnv.VERCEL_URL}/callback"]
//	    }
//	  }
//	}
var RedirectURIRegistered = &gate.Check{
	ID:    "redirect-uri-registered",
	Stage: gate.StageRedirectURI,
	Title: "WorkOS accepts the redirect URI",
	Fix:   "Register the redirect URI in the WorkOS dashboard under Redirects.",
	Needs: []gate.Need{facts.Examined},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts, ClientIDKnown, RedirectURIHost, RedirectURIConsistent},
	Judge: redirectURIRegistered,
}

func redirectURIRegistered(known *gate.Facts) gate.Verdict {
	var verdicts []gate.Verdict
	for _, e := range facts.Examined.From(known) {
		verdicts = append(verdicts, registered(e))
	}
	return worst(verdicts)
}

func registered(e facts.Examination) gate.Verdict {
	refusedControl := e.Control.Reason == "redirect-uri-invalid"
	switch {
	case e.Real.Reason == "redirect-uri-invalid" && refusedControl:
		return gate.Fail("WorkOS refuses the redirect URI %s", e.Real.RedirectURI).
			FixedBy("Add `%s` in the WorkOS dashboard under Redirects%s, or let Convex register it on every preview build: `redirectUris` under `authKit.preview.configure` in `convex.json`.", e.Real.RedirectURI, environment(e.Real)).
			Because("redirect_uri", e.Real.RedirectURI).
			Because("WorkOS' answer", ending(e.Real))
	case e.Real.Reason == "redirect-uri-invalid":
		return gate.Unsure("WorkOS refuses the redirect URI, but not one that cannot be registered (%s)", ending(e.Control))
	case !e.Real.Accepted:
		return gate.Unsure("WorkOS' answer tells neither way: %s", ending(e.Real))
	case !refusedControl:
		return gate.Unsure("WorkOS did not refuse a redirect URI that cannot be registered (%s), so its acceptance proves nothing", ending(e.Control))
	}
	return gate.Pass("WorkOS accepts %s and refuses another", e.Real.RedirectURI)
}
