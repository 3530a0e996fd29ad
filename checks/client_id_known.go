package checks

import (
	"fmt"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ClientIDKnown asks whether WorkOS knows the client id that the app signs in
// with.
//
// A client id that was mistyped, cut off, or taken from an environment that
// was deleted ends every sign-in on a page of WorkOS' that says so. The app
// itself notices nothing.
//
// # Fix
//
// Copy the client id from the WorkOS dashboard, API keys, of the environment
// that previews are meant to use, set it as WORKOS_CLIENT_ID for the Preview
// environment in Vercel, and redeploy.
var ClientIDKnown = &gate.Check{
	ID:    "client-id-known",
	Stage: gate.StageSignIn,
	Title: "WorkOS knows the app's client id",
	Fix:   "Set `WORKOS_CLIENT_ID` for the Preview environment to the client id of the WorkOS environment that previews use, and redeploy.",
	Needs: []gate.Need{facts.SignIn, facts.Examined},
	Uses:  []gate.Need{facts.JWKS},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts},
	Judge: clientIDKnown,
}

func clientIDKnown(known *gate.Facts) gate.Verdict {
	in := facts.SignIn.From(known)
	var last facts.Ruling
	var accepted []facts.Ruling
	for _, e := range facts.Examined.From(known) {
		last = e.Real
		switch {
		case e.Real.Reason == "client-id-invalid":
			return gate.Fail("WorkOS does not know the client id %s", e.Real.ClientID).
				Because("client_id of the request for sign-in", e.Real.ClientID).
				Because("WorkOS' answer", ending(e.Real))
		case e.Real.Accepted, e.Real.Reason == "redirect-uri-invalid":
			accepted = append(accepted, e.Real)
		}
	}
	if accepted != nil {
		return gate.Pass("WorkOS knows %s%s", accepted[0].ClientID, environment(accepted[0]))
	}
	if set, err := facts.JWKS.Lookup(known); err == nil && set.Status == 200 && len(set.Keys) > 0 {
		return gate.Pass("WorkOS has keys of %s", in.ClientID)
	}
	return gate.Unsure("WorkOS' answer tells neither way: %s", ending(last))
}

func environment(r facts.Ruling) string {
	if r.Environment == "" {
		return ""
	}
	return " (" + r.Environment + ")"
}

// ending names where the request for sign-in ended.
func ending(r facts.Ruling) string {
	if r.Reason != "" {
		return r.Reason + " at " + r.End
	}
	return fmt.Sprintf("%d at %s", r.Status, r.End)
}
