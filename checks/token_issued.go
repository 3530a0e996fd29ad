package checks

import (
	"fmt"
	"net/http"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// TokenIssued asks whether the deployed app hands its client an access token.
//
// Convex wants WorkOS' access token from the browser, so the app has to give
// it to the client: under eagerAuth as a short-lived cookie that comes with
// every document, otherwise by AuthKit's server action getAccessTokenAction.
// Without it the header shows who is signed in, and Convex takes everybody for
// a stranger. The check looks for the cookie, and else calls the action whose
// id is in the client bundle. Where a browser looked, what the client presents to
// Convex tells as well.
//
// # Fix
//
// Hand the token out with the documents, in proxy.ts:
//
//	export default authkitProxy({ eagerAuth: true });
//
// and wrap the app in AuthKitProvider from @workos-inc/authkit-nextjs.
var TokenIssued = &gate.Check{
	ID:    "token-issued",
	Stage: gate.StageToken,
	Title: "The app hands its client an access token",
	Fix:   "Set `eagerAuth: true` in `authkitProxy`, wrap the app in `AuthKitProvider`, and read the runtime log for `Failed to refresh access token`.",
	Needs: []gate.Need{facts.TokenShown},
	After: []*gate.Check{SessionAccepted},
	Judge: tokenIssued,
}

func tokenIssued(known *gate.Facts) gate.Verdict {
	shown := facts.TokenShown.From(known)
	if shown.Own == nil {
		return browsedToken(*shown.Browsed)
	}
	h := shown.Own
	switch {
	case h.Issued:
		return besides(gate.Pass("the app hands a token out by %s", h.By), shown.Browsed, browsedToken)
	case h.Status != http.StatusOK:
		return gate.Unsure("%s answers %s", h.By, status(h.Status))
	}
	return gate.Fail("the app hands its client no access token, although the session is good").
		Because("POST "+h.Path+", "+h.By, "200, and "+h.Said)
}

// status words an HTTP status.
func status(code int) string { return fmt.Sprintf("%d %s", code, http.StatusText(code)) }
