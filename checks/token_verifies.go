package checks

import (
	"net/url"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// TokenVerifies asks whether the test account's access token stands up to the
// keys that WorkOS publishes for the app's client.
//
// It is verified as Convex does: RS256 or ES256 by the key of the JWKS that the
// token names, an expiry, and times that are at most five seconds off. It must
// say who issued it, for whom (sub) and in which session (sid). The token is
// the one that the app hands out, or else the one that WorkOS gave to the test
// account. No part of the token itself is shown.
//
// # Fix
//
// A key that the JWKS does not have was rotated away, or belongs to another
// environment: compare WORKOS_API_HOSTNAME and the authentication domain of
// the app with those of its client. Claims come from the JWT template, in the
// WorkOS dashboard under Authentication.
var TokenVerifies = &gate.Check{
	ID:    "token-verifies",
	Stage: gate.StageToken,
	Title: "The access token verifies by the app's JWKS",
	Fix:   "Compare the WorkOS environment, the authentication domain and the JWT template of the app's client with what the token says.",
	Needs: []gate.Need{facts.TokenProof},
	After: []*gate.Check{JWKSReachable, TestAccount},
	Judge: tokenVerifies,
}

func tokenVerifies(known *gate.Facts) gate.Verdict {
	p := facts.TokenProof.From(known)
	whose := "WorkOS' token"
	if p.FromApp {
		whose = "the app's token"
	}
	v := flawed(whose, p)
	if v.Status == gate.Passed {
		v = gate.Pass("%s verifies by the key %s", whose, p.Claims.KeyID)
	}
	return v.Because("claims", claims(p.Claims))
}

// flawed words what is wrong with a token, if anything is.
func flawed(whose string, p facts.Proof) gate.Verdict {
	switch p.Flaw {
	case facts.NoFlaw:
		return unsound(whose, p.Claims)
	case facts.UnknownKey:
		return gate.Fail("%s is signed by a key that the JWKS of the app's client does not have", whose).
			Because("kid of the token", p.Claims.KeyID).
			Because("keys of the JWKS", list(p.Keys))
	case facts.Expired, facts.NotYetValid:
		return gate.Fail("%s is not valid at the time it is issued: %s", whose, p.Flaw).
			FixedBy("Set the access token duration, under Authentication, Sessions in the WorkOS dashboard, back to 5 minutes, and take `iat`, `nbf` and `exp` out of the JWT template.")
	case facts.BadAlgorithm, facts.NoKeyID, facts.NoExpiry, facts.BadSignature, facts.NoToken:
	}
	return gate.Fail("%s does not verify: %s", whose, p.Flaw)
}

// unsound looks for claims that are missing from a token whose signature is
// good.
func unsound(whose string, c facts.Claims) gate.Verdict {
	var lacks []string
	if u, err := url.Parse(c.Issuer); err != nil || u.Host == "" {
		lacks = append(lacks, "an issuer that is an address (iss)")
	}
	if c.Subject == "" {
		lacks = append(lacks, "a user (sub)")
	}
	if c.SessionID == "" {
		lacks = append(lacks, "a session (sid)")
	}
	if lacks == nil {
		return gate.Verdict{Status: gate.Passed}
	}
	return gate.Fail("%s lacks %s", whose, list(lacks)).
		FixedBy("Correct the JWT template in the WorkOS dashboard under Authentication, so that the token has what it lacks.")
}

// claims shows what a token says without saying whom it is for.
func claims(c facts.Claims) string {
	present := func(value string) string {
		if value == "" {
			return "missing"
		}
		return "present"
	}
	aud := "none"
	if len(c.Audience) > 0 {
		aud = list(c.Audience)
	}
	lifetime := "unknown"
	if !c.Issued.IsZero() && !c.Expires.IsZero() {
		lifetime = c.Expires.Sub(c.Issued).String()
	}
	return strings.Join([]string{
		"iss " + c.Issuer, "aud " + aud, "lifetime " + lifetime, "sub " + present(c.Subject), "sid " + present(c.SessionID),
	}, ", ")
}
