package checks

import (
	"net/http"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// SignOutGet asks whether a mere GET signs a visitor out.
//
// A route that ends the session on GET does so for whoever asks: a prefetch
// of Next.js, a link checker, an image tag on another site. A <Link> to it
// does not even end the session at WorkOS, since the redirect there fails in
// the browser; only the cookie is gone.
//
// # Fix
//
// Sign out in a server action, which is a POST:
//
//	<form action={async () => { 'use server'; await signOut(); }}>
//	  <button>Sign out</button>
//	</form>
var SignOutGet = &gate.Check{
	ID:       "sign-out-get",
	Stage:    gate.StageSignOut,
	Title:    "A GET does not sign visitors out",
	Severity: gate.Advisory,
	Fix:      "Sign out by POST: call `signOut()` in a server action behind a form's button, and drop the GET route.",
	Needs:    []gate.Need{facts.SignOuts},
	After:    []*gate.Check{PreviewReachable, ProxyAnswers, SignOutPrefetch},
	Judge:    signOutGet,
}

func signOutGet(known *gate.Facts) gate.Verdict {
	outs := facts.SignOuts.From(known)
	for _, out := range outs {
		if out.EndsSession() {
			return gate.Fail("GET %s signs visitors out", out.Path).
				Because(out.Request(), out.Short()+", deletes "+facts.SessionCookie)
		}
	}
	for _, out := range outs {
		if out.Status >= http.StatusInternalServerError {
			return gate.Unsure("%s answers %s", out.Path, out.Short())
		}
	}
	return gate.Pass("GET %s deletes no session", outs[0].Path)
}
