package checks

import (
	"strconv"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// minCookiePassword is the length that AuthKit insists on.
const minCookiePassword = 32

// CookiePassword asks whether the cookie password that previewgate is given
// is the one that the deployment has.
//
// AuthKit seals the session cookie under WORKOS_COOKIE_PASSWORD, which must
// have at least 32 characters. Deployments with different passwords do not
// read each other's sessions: a visitor who moves between them is signed out.
// From AuthKit 3 on the state that the app sends to WorkOS is sealed in the
// same way, and so shows whether the password is the deployment's own. AuthKit
// 2 seals no state; there only the length can be judged.
//
// # Fix
//
// Set WORKOS_COOKIE_PASSWORD to one value for the Preview environment in
// Vercel and for previewgate, and redeploy. To make one:
//
//	openssl rand -base64 32
var CookiePassword = &gate.Check{
	ID:    "cookie-password",
	Stage: gate.StageSignIn,
	Title: "The cookie password is the deployment's own",
	Fix:   "Set `WORKOS_COOKIE_PASSWORD` to one value of at least 32 characters for the Preview environment in Vercel and for previewgate, and redeploy.",
	Needs: []gate.Need{facts.CookieSeal},
	After: []*gate.Check{PreviewReachable, PreviewEnv, ProxyAnswers, SignInStarts},
	Judge: cookiePassword,
}

func cookiePassword(known *gate.Facts) gate.Verdict {
	s := facts.CookieSeal.From(known)
	switch {
	case s.Length < minCookiePassword:
		return gate.Fail("the cookie password has %d characters, and AuthKit insists on %d", s.Length, minCookiePassword).
			FixedBy("Set `WORKOS_COOKIE_PASSWORD` to the output of `openssl rand -base64 32`, for the Preview environment in Vercel and for previewgate, and redeploy.").
			Because("length of WORKOS_COOKIE_PASSWORD", strconv.Itoa(s.Length))
	case s.State == facts.OtherSecret:
		return gate.Fail("the deployment seals its cookies with another password than the one that previewgate is given").
			Because("state of the request for sign-in", string(s.State))
	case s.State == facts.OpensState:
		return gate.Pass("it opens what the deployment sealed")
	case s.Sealed:
		return gate.Unsure("the state of the request for sign-in looks like a seal and is none")
	}
	return gate.Pass("it has %d characters; the app sends nothing sealed to compare it by", s.Length)
}
