package checks

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ProtectedPaths asks whether a visitor without a session is sent to sign in
// from the pages that are for signed-in visitors.
//
// A page that answers 200 is served to everybody. A page that answers 500 is
// mostly one that calls withAuth({ ensureSignedIn: true }) on a path that the
// proxy leaves unauthenticated: the page then tries to set a cookie while it
// renders, which Next.js forbids.
//
// # Fix
//
// Let the proxy protect the page, by taking it out of unauthenticatedPaths:
//
//	export default authkitProxy({
//	  middlewareAuth: { enabled: true, unauthenticatedPaths: ['/'] },
//	});
var ProtectedPaths = &gate.Check{
	ID:    "protected-paths",
	Stage: gate.StageSignIn,
	Title: "Protected pages send visitors to sign in",
	Fix:   "Let the proxy protect the page: enable `middlewareAuth` and take the path out of `unauthenticatedPaths`.",
	Needs: []gate.Need{facts.ProtectedPages},
	Uses:  []gate.Need{facts.BadSession, facts.Routes},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers},
	Judge: protectedPaths,
}

func protectedPaths(known *gate.Facts) gate.Verdict {
	visits := facts.ProtectedPages.From(known)
	if named, err := facts.Routes.Lookup(known); err == nil && len(named.Protected) == 0 {
		// The source names the pages: one that is not there is closed to all.
		visits = slices.DeleteFunc(slices.Clone(visits), func(v facts.Visit) bool { return v.Last().Status == http.StatusNotFound })
		if len(visits) == 0 {
			v := gate.Skip("none of the pages that demand a session in the source is on the deployment")
			v.Unlock = "--protected"
			return v
		}
	}
	verdicts := make([]gate.Verdict, len(visits))
	for i, v := range visits {
		verdicts[i] = protectedPath(v)
	}
	if worst := worst(verdicts); worst.Status != gate.Passed {
		return worst
	}
	if len(visits) == 1 {
		return gate.Pass("%s is closed to visitors without a session", visits[0].Path)
	}
	return gate.Pass("all %d are closed to visitors without a session", len(visits))
}

func protectedPath(v facts.Visit) gate.Verdict {
	last := v.Last()
	same := isPage(last.URL, v.Path)
	switch {
	case v.Next != "" && isPage(v.Next, v.Path):
		return gate.Unsure("%s moves to %s, which was not asked", v.Path, hostOf(v.Next))
	case v.Next != "", !same, last.Status == 401, last.Status == 403:
		return gate.Pass("%s is closed to visitors without a session", v.Path)
	case last.Status == 200 && redirectsInPage(last):
		return gate.Pass("%s sends visitors without a session away while it renders", v.Path)
	case last.Status == 200:
		return gate.Fail("%s is served to visitors without a session", v.Path).
			Because(last.Request(), last.Short())
	case last.Status == 404:
		return gate.Unsure("there is no page at %s: is the path right?", v.Path)
	case last.Status == 500 && last.Type() == "text/html":
		return gate.Fail("%s crashes for visitors without a session instead of sending them to sign in", v.Path).
			FixedBy("Let the proxy protect `%s`: take it out of `unauthenticatedPaths`. A page under `withAuth({ ensureSignedIn: true })` cannot set the sign-in cookie itself; the runtime log then says `Cookies can only be modified in a Server Action or Route Handler`.", v.Path).
			Because(last.Request(), last.Short())
	case last.Status == 500:
		return gate.Fail("%s fails for visitors without a session", v.Path).
			FixedBy("Read the deployment's runtime logs for the exception at `%s`.", v.Path).
			Because(last.Request(), last.Short())
	}
	return gate.Unsure("%s answers %s, which tells neither way", v.Path, last.Short())
}

// isPage reports whether an address is still the page at that path, but for a
// slash at its end or a locale before it: a redirect there leads nowhere else.
func isPage(address, path string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	path, _, _ = strings.Cut(path, "?")
	got, want := strings.TrimRight(u.Path, "/"), strings.TrimRight(path, "/")
	return got == want || want != "" && strings.HasSuffix(got, want)
}

// redirectsInPage reports whether a page that Next.js streams redirects by
// what is in it, since its status was sent before it knew.
func redirectsInPage(hop facts.Hop) bool {
	return strings.Contains(hop.Body, `id="__next-page-redirect"`) || strings.Contains(hop.Body, "NEXT_REDIRECT;")
}
