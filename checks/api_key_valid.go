package checks

import (
	"fmt"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// APIKeyValid asks whether WorkOS accepts the API key, and whether the key
// belongs to the client that the app signs in with.
//
// A key and a client id of two WorkOS environments go together nowhere: the
// sign-in page appears, and the callback fails when it trades the code for a
// session. The check asks WorkOS to redeem a code that nobody was given. With
// a good key WorkOS complains of the code, otherwise of the key. The key is
// the one that previewgate is given; that the deployment has the same is for
// you to see to.
//
// # Fix
//
// Copy an API key from the WorkOS dashboard, API keys, of the very environment
// whose client id the app uses, and set it as WORKOS_API_KEY for the Preview
// environment in Vercel and as the secret that previewgate is given.
var APIKeyValid = &gate.Check{
	ID:    "api-key-valid",
	Stage: gate.StageSession,
	Title: "The WorkOS API key belongs to the app's client",
	Fix:   "Set `WORKOS_API_KEY` to a key of the WorkOS environment whose client id the app uses, in Vercel and for previewgate.",
	Needs: []gate.Need{facts.KeyProbe},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts, ClientIDKnown, ClientIDAgrees},
	Judge: apiKeyValid,
}

func apiKeyValid(known *gate.Facts) gate.Verdict {
	p := facts.KeyProbe.From(known)
	switch p.Code {
	case "invalid_grant":
		return gate.Pass("WorkOS accepts the API key for %s", p.ClientID)
	case facts.Unauthorized:
		return gate.Fail("WorkOS does not accept the API key").
			FixedBy("Create a new API key in the WorkOS dashboard, in the environment of `%s`, and set it as `WORKOS_API_KEY` in Vercel and for previewgate: the present one was revoked, or is not copied whole.", p.ClientID).
			Because("WorkOS' answer to the key", refusal(p.Refusal))
	case "invalid_client", "unauthorized_client":
		return gate.Fail("the WorkOS API key does not belong to %s", p.ClientID).
			FixedBy("Set `WORKOS_API_KEY` to a key of the WorkOS environment that `%s` belongs to, in Vercel and for previewgate.", p.ClientID).
			Because("WorkOS' answer to the key", refusal(p.Refusal))
	}
	return gate.Unsure("WorkOS' answer to the API key tells neither way: %s", refusal(p.Refusal))
}

// refusal words how WorkOS said no.
func refusal(r facts.Refusal) string {
	text := fmt.Sprint(r.Status)
	if r.Code != "" {
		text += " " + r.Code
	}
	if r.Message != "" {
		text += ": " + strings.TrimSuffix(r.Message, ".")
	}
	return text
}
