package checks

import (
	"net/http"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// SignInStarts asks whether there is a way to WorkOS from the preview.
//
// The sign-in route, a protected page or a link on the sign-in page has to
// lead to WorkOS' authorize endpoint with a client id, a redirect URI and a
// state. All that follows is read from that request.
//
// # Fix
//
// Add app/sign-in/route.ts, or name the route that the app has with
// --sign-in:
//
//	import { getSignInUrl } from '@workos-inc/authkit-nextjs';
//	import { redirect } from 'next/navigation';
//
//	export const GET = async () => redirect(await getSignInUrl());
var SignInStarts = &gate.Check{
	ID:    "sign-in-starts",
	Stage: gate.StageSignIn,
	Title: "Sign-in leads to WorkOS",
	Fix:   "Add `app/sign-in/route.ts` that redirects to `await getSignInUrl()`, or name the app's own route with `--sign-in`.",
	Needs: []gate.Need{facts.Entrances, facts.SignInPage, facts.Routes},
	Uses:  []gate.Need{facts.ProtectedPages, facts.ClientBundle},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, ProtectedPaths},
	Judge: signInStarts,
}

func signInStarts(known *gate.Facts) gate.Verdict {
	page, all := facts.SignInPage.From(known), facts.Entrances.From(known)
	for _, e := range all {
		if e.ClientID == "" {
			return gate.Fail("sign-in leads to WorkOS without a client id").
				FixedBy("Set `WORKOS_CLIENT_ID` for the Preview environment in Vercel and redeploy.").
				Because("GET "+e.Path, "redirect to "+e.API)
		}
	}
	last := page.Last()
	for _, end := range sentToSignIn(known) {
		if isDead(end.Last().Status) && (pathOf(end.Last()) == pathOf(last) || len(all) == 0) {
			return gate.Fail("sign-in does not lead to WorkOS: %s leads to %s, which answers %d", end.Path, pathOf(end.Last()), end.Last().Status).
				Because(end.First().Request(), end.First().Short()).Because(end.Last().Request(), end.Last().Short())
		}
	}
	used := usesPath(known, page.Path)
	switch {
	case isDead(last.Status) && used:
		return gate.Fail("sign-in does not lead to WorkOS: %s answers %d", page.Path, last.Status).
			Because(last.Request(), last.Short())
	case len(all) > 0:
		return signInGood(all[0], page)
	case last.Status == http.StatusOK:
		return gate.Unsure("%s is a page, and no link on it leads to WorkOS: name the route that starts sign-in with --sign-in", page.Path)
	case used:
		return gate.Unsure("%s answers %s", page.Path, last.Short())
	}
	return gate.Unsure("%s answers %s, and nothing says that it is the app's sign-in route: name it with --sign-in", page.Path, last.Short())
}

// isDead reports whether a status says that nothing is there, or that it
// crashes. What is closed, busy or down for now may be in order.
func isDead(status int) bool {
	return status == http.StatusNotFound || status == http.StatusGone || status == http.StatusInternalServerError
}

// pathOf is the path that was asked.
func pathOf(hop facts.Hop) string { return strings.TrimPrefix(hop.Request(), hop.Method+" ") }

func signInGood(e facts.Entrance, page facts.Visit) gate.Verdict {
	if e.Path != page.Path {
		return gate.Pass("%s leads to WorkOS", e.Path)
	}
	version := "AuthKit 2"
	if e.Sealed {
		version = "AuthKit 3 or later"
	}
	return gate.Pass("%s leads to WorkOS (%s)", e.Path, version)
}

// usesPath reports whether the path is the app's sign-in route for sure: the
// user names it, or the app links there.
func usesPath(known *gate.Facts, path string) bool {
	if facts.Routes.From(known).SignIn != "" {
		return true
	}
	b, err := facts.ClientBundle.Lookup(known)
	linked := func(l facts.Link) bool { return l.Path == path }
	return err == nil && (slices.Contains(b.Anchors, path) || slices.ContainsFunc(b.Links, linked))
}

// sentToSignIn lists the visits to protected pages that lead to another page
// of the app.
func sentToSignIn(known *gate.Facts) []facts.Visit {
	pages, _ := facts.ProtectedPages.Lookup(known) // none given: none sent
	var sent []facts.Visit
	for _, v := range pages {
		if v.Next == "" && !isPage(v.Last().URL, v.Path) {
			sent = append(sent, v)
		}
	}
	return sent
}
