package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// RedirectURIHost asks whether a visitor who signs in on the preview comes
// back to the preview.
//
// AuthKit tells WorkOS where to return with the parameter redirect_uri. When
// NEXT_PUBLIC_WORKOS_REDIRECT_URI is set once for all environments, a preview
// inherits production's value or a developer's localhost. When the URI is
// built from VERCEL_URL and the project does not expose system environment
// variables, its host is the word undefined.
//
// A deployment has more than one address: its own, the alias of its branch,
// perhaps one on a domain of yours. Each of them is right here. A host that
// nobody vouches for counts as the deployment's when it serves the same build.
//
// # Fix
//
// Build the redirect URI from the deployment's own host, in proxy.ts:
//
//	export default authkitProxy({
//	  redirectUri:
//	    process.env.VERCEL_ENV === 'preview'
//	      ? `https://${process.env.VERCEL_URL}/callback`
//	      : undefined,
//	});
//
// and turn on Project Settings, Environment Variables, Automatically expose
// System Environment Variables.
var RedirectURIHost = &gate.Check{
	ID:    "redirect-uri-host",
	Stage: gate.StageRedirectURI,
	Title: "Sign-in returns to this preview",
	Fix:   "Build `redirectUri` in the proxy from `process.env.VERCEL_URL` when `VERCEL_ENV` is `preview`, and redeploy.",
	Needs: []gate.Need{facts.Entrances, facts.SignIn, facts.Hosts, facts.Strangers},
	Uses:  []gate.Need{facts.ClientBundle, facts.Repository},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts},
	Judge: redirectURIHost,
}

func redirectURIHost(known *gate.Facts) gate.Verdict {
	var verdicts []gate.Verdict
	for _, e := range facts.Entrances.From(known) {
		v := redirectHost(known, e)
		if v.Status != gate.Passed {
			v = v.Because("redirect_uri of GET "+e.Path, e.RedirectURI).Because("preview", e.Origin)
			v = sourceSays(known, v, e)
		}
		verdicts = append(verdicts, v)
	}
	return worst(verdicts)
}

// sourceSays adds what the proxy in the source asks for, where that is another
// redirect URI than the deployment's: the deployment was then built from
// another commit, or with other variables.
func sourceSays(known *gate.Facts, v gate.Verdict, e facts.Entrance) gate.Verdict {
	r, err := facts.Repository.Lookup(known)
	if err != nil || len(r.Apps) != 1 {
		return v
	}
	for _, call := range r.Apps[0].Calls() {
		if call.Unknown == "" && call.RedirectURI != "" && call.RedirectURI != e.RedirectURI {
			return v.At(gate.Evidence{
				What: "the source asks for another (was the deployment built from this commit, and with these variables?)",
				Saw:  call.RedirectURI, File: r.Apps[0].Proxy.File,
			})
		}
	}
	return v
}

func redirectHost(known *gate.Facts, e facts.Entrance) gate.Verdict {
	u, err := url.Parse(e.RedirectURI)
	switch {
	case e.RedirectURI == "":
		return gate.Fail("the request for sign-in from %s names no redirect URI", e.Path)
	case err != nil || u.Host == "":
		return gate.Fail("sign-in from %s returns to %.80q, which is no address", e.Path, e.RedirectURI)
	}
	origin := u.Scheme + "://" + u.Host
	isOurs := func(h facts.Host) bool {
		return strings.HasPrefix(h.Origin, u.Scheme+"://") && hostOf(h.Origin) == hostOf(origin)
	}
	if slices.ContainsFunc(facts.Hosts.From(known), isOurs) {
		return gate.Pass("sign-in returns to %s", u.Host)
	}
	stranger, build := strangerAt(known, origin)
	if build != "" && stranger.BuildID == build {
		return gate.Pass("sign-in returns to %s, which serves the same build", u.Host)
	}
	if v, plain := plainlyWrong(u); plain {
		return v
	}
	return strangerVerdict(known, u, stranger, build)
}

// strangerAt returns what is known of a host that nobody vouches for, and the
// build of the preview to compare it with.
func strangerAt(known *gate.Facts, origin string) (facts.Stranger, string) {
	bundle, _ := facts.ClientBundle.Lookup(known) // without one there is no build to compare with
	for _, s := range facts.Strangers.From(known) {
		if s.Origin == origin {
			return s, bundle.BuildID
		}
	}
	return facts.Stranger{}, ""
}

// plainlyWrong names the redirect URIs that no visitor of a preview can use.
func plainlyWrong(u *url.URL) (gate.Verdict, bool) {
	name := u.Hostname()
	switch {
	case name == "null" || slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' }), "undefined"):
		return gate.Fail("sign-in returns to the host %q: the variable it is built from has no value", name).
			FixedBy("Turn on \"Automatically expose System Environment Variables\" in Vercel under Project Settings, Environment Variables, and redeploy: `VERCEL_URL` has no value without it."), true
	case name == "localhost" || strings.HasPrefix(name, "127.") || name == "::1" || strings.HasSuffix(name, ".localhost"):
		return gate.Fail("sign-in returns to %s, a developer's own machine", u.Host).
			FixedBy("Take the localhost value of `NEXT_PUBLIC_WORKOS_REDIRECT_URI` off the Preview environment in Vercel, build `redirectUri` in the proxy from `process.env.VERCEL_URL` instead, and redeploy."), true
	case u.Scheme != "https":
		return gate.Fail("sign-in returns to %s over %s instead of https", u.Host, u.Scheme), true
	case !facts.Reachable(u):
		return gate.Fail("sign-in returns to %s, which is no public host", u.Host), true
	}
	return gate.Verdict{}, false
}

// strangerVerdict judges a host that nobody vouches for by the build that it
// serves.
func strangerVerdict(known *gate.Facts, u *url.URL, s facts.Stranger, build string) gate.Verdict {
	switch {
	case s.Gone:
		return gate.Fail("sign-in returns to %s, which does not answer: %s", u.Host, s.Trouble)
	case build == "":
		return gate.Unsure("sign-in returns to %s; whether that is this deployment cannot be told: name it with --alias if it is", u.Host)
	case s.BuildID != "" && isBranchAlias(known.Target, hostOf(s.Origin)):
		return gate.Unsure("sign-in returns to %s, the alias of a branch, which serves another build at the moment: run again when the newest build has it", u.Host)
	case s.BuildID != "":
		return gate.Fail("sign-in returns to %s, which is another deployment", u.Host).
			Because("build of "+u.Host, s.BuildID).Because("build of the preview", build)
	case s.Trouble != "":
		return gate.Unsure("sign-in returns to %s; whether that is this deployment cannot be told (%s): name it with --alias if it is", u.Host, s.Trouble)
	}
	return gate.Unsure("sign-in returns to %s, which does not say which build it serves: name it with --alias if it is this deployment", u.Host)
}

// isBranchAlias reports whether Vercel gives the host to branches of the
// project under test, and to the target's branch where that is known. Vercel
// moves such a host to a new deployment a moment after that is ready.
func isBranchAlias(target gate.Target, host string) bool {
	project, rest, found := strings.Cut(host, "-git-")
	if !found || !strings.HasSuffix(host, ".vercel.app") || !strings.HasPrefix(hostOf(target.URL), project+"-") {
		return false
	}
	slug := strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '-'
		case r == '-', '0' <= r && r <= '9', 'a' <= r && r <= 'z':
			return r
		}
		return -1
	}, strings.ToLower(target.Branch))
	return strings.HasPrefix(rest, slug[:min(len(slug), 8)])
}
