package checks

import (
	"net/http"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// CallbackAnswers asks whether AuthKit's callback is at the redirect URI's
// path on this deployment.
//
// After sign-in WorkOS sends the visitor there with a code, which the handler
// trades for a session. Asked without a code, the handler answers with one
// and the same JSON error and deletes the verifier cookie of the state that
// it is shown. That is how it is recognised; nothing is signed in.
//
// # Fix
//
// Add app/callback/route.ts, at the path that the redirect URI names:
//
//	import { handleAuth } from '@workos-inc/authkit-nextjs';
//
//	export const GET = handleAuth();
var CallbackAnswers = &gate.Check{
	ID:    "callback-answers",
	Stage: gate.StageRedirectURI,
	Title: "AuthKit's callback is at the redirect URI's path",
	Fix:   "Export `GET = handleAuth()` from `app/callback/route.ts`, at the path that the redirect URI names.",
	Needs: []gate.Need{facts.Callback},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, SignInStarts, CallbackRoute},
	Judge: callbackAnswers,
}

func callbackAnswers(known *gate.Facts) gate.Verdict {
	hop := facts.Callback.From(known)
	path := strings.TrimPrefix(hop.Request(), "GET ")
	switch {
	case isAuthKitCallback(hop):
		return gate.Pass("AuthKit's callback answers at %s", path)
	case hop.Status == http.StatusNotFound:
		return gate.Fail("there is no callback at %s, where WorkOS sends visitors after sign-in", path).
			FixedBy("Export `GET = handleAuth()` from `app%s/route.ts`, or let the redirect URI name the path where the callback is.", path).
			Because(hop.Request(), hop.Short())
	case strings.Contains(hop.Location(), "/user_management/authorize") && !ranRoute(hop):
		return gate.Fail("the proxy sends visitors who return to %s to sign in again, without end", path).
			FixedBy("Add `%s` to the proxy's `unauthenticatedPaths`.", path).
			Because(hop.Request(), hop.Short())
	case hop.Status == http.StatusMethodNotAllowed:
		return gate.Fail("the route at %s does not answer GET, by which visitors return", path).
			Because(hop.Request(), hop.Short())
	}
	return gate.Unsure("%s answers %s, which is not AuthKit's own answer: it may be a custom onError, or no callback", path, hop.Short())
}

// ranRoute reports whether a route of the app made the redirect and not the
// proxy: only Next.js itself adds its own headers to Vary.
func ranRoute(hop facts.Hop) bool {
	return strings.Contains(strings.ToLower(strings.Join(hop.Header.Values("Vary"), ",")), "rsc")
}

func isAuthKitCallback(hop facts.Hop) bool {
	known := strings.Contains(hop.Body, "Couldn't sign in") || strings.Contains(hop.Body, "Something went wrong")
	if hop.Status == http.StatusInternalServerError && hop.Type() == "application/json" && known {
		return true
	}
	for _, set := range hop.Header.Values("Set-Cookie") {
		if strings.HasPrefix(set, "wos-auth-verifier-") && strings.Contains(set, "=;") {
			return true
		}
	}
	return false
}
