package checks

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

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
// must be refused in the same run; otherwise the answer proves nothing. With
// an API key of the app's client the list itself decides in that case, where
// WorkOS shows it, and is shown with a refusal.
//
// A refusal says nothing where the app signs in with another client than the
// one that is meant: the list that counts is that one's.
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
	Uses:  append(meantClient(), facts.SignIn, facts.RegisteredURIs, facts.KeyProbe),
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts, ClientIDKnown, RedirectURIHost, RedirectURIConsistent, RedirectURIConfigured},
	Judge: redirectURIRegistered,
}

func redirectURIRegistered(known *gate.Facts) gate.Verdict {
	var verdicts []gate.Verdict
	for _, e := range facts.Examined.From(known) {
		verdicts = append(verdicts, byList(known, e, registered(e)))
	}
	v := worst(verdicts)
	if meant := otherClient(known); v.Status == gate.Failed && meant != "" {
		return gate.Skip("WorkOS refuses the redirect URI for a client other than %s, which comes first", meant)
	}
	return v
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

// byList adds what the list of registered URIs says, if WorkOS shows the one
// of the app's client: evidence for a refusal, and the answer where the
// request for sign-in gave none.
func byList(known *gate.Facts, e facts.Examination, v gate.Verdict) gate.Verdict {
	registered, err := facts.RegisteredURIs.Lookup(known)
	probe, probeErr := facts.KeyProbe.Lookup(known)
	if err != nil || probeErr != nil || probe.Code != "invalid_grant" || probe.ClientID != e.Real.ClientID {
		return v
	}
	uri := e.Real.RedirectURI
	i := slices.IndexFunc(registered.URIs, func(pattern string) bool { return allows(pattern, uri) })
	shown := fmt.Sprintf("%d others", len(registered.URIs))
	if n := len(registered.URIs); n <= maxShownURIs {
		shown = strings.Join(registered.URIs, ", ")
	}
	switch {
	case v.Status == gate.Failed && i < 0:
		return v.Because("registered in WorkOS", cmp.Or(shown, "nothing"))
	case v.Status == gate.Unknown && i >= 0:
		return gate.Pass("WorkOS lists %s among its redirect URIs", registered.URIs[i])
	case v.Status == gate.Unknown && !registered.More:
		return gate.Fail("%s is not among the redirect URIs that WorkOS lists", uri).
			FixedBy("Add `%s` in the WorkOS dashboard under Redirects.", uri).
			Because("redirect_uri", uri).
			Because("registered in WorkOS", cmp.Or(shown, "nothing"))
	}
	return v
}

// maxShownURIs is how long a list of redirect URIs is shown.
const maxShownURIs = 10

// allows reports whether a registered URI is the one asked for. A star in the
// left-most label of its host stands for letters, digits, - and _.
func allows(pattern, uri string) bool {
	before, after, isWildcard := strings.Cut(pattern, "*")
	_, label, _ := strings.Cut(before, "://")
	if !isWildcard || strings.ContainsAny(label, "./") {
		return pattern == uri
	}
	rest, begins := strings.CutPrefix(uri, before)
	middle, ends := strings.CutSuffix(rest, after)
	return begins && ends && plainLabel.MatchString(middle)
}

var plainLabel = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
