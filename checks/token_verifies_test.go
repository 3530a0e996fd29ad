package checks

import (
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// goodClaims are the claims of a good token of the app's client.
func goodClaims() facts.Claims {
	issued := time.Date(2026, time.November, 20, 14, 0, 0, 0, time.UTC)
	return facts.Claims{
		KeyID: "key_1", Issuer: api + "/user_management/" + client, Subject: "user_1", SessionID: "session_1",
		Issued: issued, Expires: issued.Add(5 * time.Minute), ClientID: client,
	}
}

const claimsShown = "iss https://api.workos.com/user_management/client_01STAGING, aud none, lifetime 5m0s, sub present, sid present"

func TestTokenVerifies(t *testing.T) {
	proof := func(p facts.Proof) []gate.Given { return given(facts.TokenProof.Is(p)) }
	flawed := func(f facts.Flaw) []gate.Given {
		return proof(facts.Proof{Claims: goodClaims(), Flaw: f, Keys: []string{"key_2", "key_3"}})
	}
	bare := goodClaims()
	bare.Subject, bare.SessionID, bare.Issuer, bare.Audience = "", "", "workos", []string{"a", "b"}
	bare.Expires = time.Time{}
	const lifetime = "Set the access token duration, under Authentication, Sessions in the WorkOS dashboard, back to 5 minutes, and take `iat`, `nbf` and `exp` out of the JWT template."
	judge(t, TokenVerifies, []trial{
		{name: "the app's", facts: proof(facts.Proof{Claims: goodClaims(), FromApp: true}), want: gate.Pass("the app's token verifies by the key key_1").Because("claims", claimsShown)},
		{name: "WorkOS'", facts: proof(facts.Proof{Claims: goodClaims()}), want: gate.Pass("WorkOS' token verifies by the key key_1")},
		{
			name: "a key that was rotated", facts: flawed(facts.UnknownKey),
			want: gate.Fail("WorkOS' token is signed by a key that the JWKS of the app's client does not have").
				Because("kid of the token", "key_1").Because("keys of the JWKS", "key_2 and key_3").Because("claims", claimsShown),
		},
		{name: "a signature by another key", facts: flawed(facts.BadSignature), want: gate.Fail("WorkOS' token does not verify: its signature is not by that key")},
		{name: "no kid", facts: flawed(facts.NoKeyID), want: gate.Fail("WorkOS' token does not verify: it names no key")},
		{name: "HS256", facts: flawed(facts.BadAlgorithm), want: gate.Fail("WorkOS' token does not verify: its algorithm is neither RS256 nor ES256")},
		{name: "no expiry", facts: flawed(facts.NoExpiry), want: gate.Fail("WorkOS' token does not verify: it never expires")},
		{name: "expired", facts: flawed(facts.Expired), want: gate.Fail("WorkOS' token is not valid at the time it is issued: it has expired").FixedBy(lifetime)},
		{name: "from the future", facts: flawed(facts.NotYetValid), want: gate.Fail("WorkOS' token is not valid at the time it is issued: it is not valid yet").FixedBy(lifetime)},
		{
			name: "a template that leaves claims out", facts: proof(facts.Proof{Claims: bare}),
			want: gate.Fail("WorkOS' token lacks an issuer that is an address (iss), a user (sub) and a session (sid)").
				FixedBy("Correct the JWT template in the WorkOS dashboard under Authentication, so that the token has what it lacks.").
				Because("claims", "iss workos, aud a and b, lifetime unknown, sub missing, sid missing"),
		},
	})
}
