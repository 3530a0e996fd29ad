package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestJWKSReachable(t *testing.T) {
	judge(t, JWKSReachable, keySets())
	judge(t, JWKSReachable, refusedKeySets())
}

const jwksURL = api + "/sso/jwks/" + client

// keySet is the answer of the JWKS endpoint.
func keySet(status int, contentType string, keys []facts.Key) []gate.Given {
	return given(facts.JWKS.Is(facts.KeySet{Answer: answer(jwksURL, status, "Content-Type", contentType), Keys: keys}))
}

func keySets() []trial {
	rsa := facts.Key{ID: "sso_oidc_key_1", Type: "RSA", Alg: "RS256", Bits: 2048}
	unnamed := rsa
	unnamed.Alg = ""
	has := gate.Pass("api.workos.com/sso/jwks/client_01STAGING has the key sso_oidc_key_1")
	return []trial{
		{name: "one key", facts: keySet(200, "application/json", []facts.Key{rsa}), want: has},
		{name: "a key set's own type, in utf-8", facts: keySet(200, "application/jwk-set+json; charset=UTF-8", []facts.Key{rsa}), want: has},
		{name: "a key without an algorithm", facts: keySet(200, "application/json", []facts.Key{unnamed}), want: has},
		{name: "a key of another kind first", facts: keySet(200, "application/json", []facts.Key{{ID: "ec", Type: "EC", Alg: "ES256"}, rsa}), want: has},
		{name: "busy", facts: keySet(429, "application/json", nil), want: gate.Unsure("%s answers 429 Too Many Requests, application/json", jwksURL)},
		{name: "down", facts: keySet(503, "text/html", nil), want: gate.Unsure("%s answers 503 Service Unavailable, text/html", jwksURL)},
		{name: "kept from us", facts: keySet(403, "text/html", nil), want: gate.Unsure("%s answers 403 Forbidden, text/html", jwksURL)},
		{name: "a redirect, which Convex follows", facts: keySet(301, "text/html", nil), want: gate.Unsure("%s answers 301 Moved Permanently, text/html", jwksURL)},
		{name: "a challenge page", facts: keySet(200, "text/html; charset=utf-8", nil), want: gate.Unsure("%s answers with a page instead of keys", jwksURL)},
	}
}

func refusedKeySets() []trial {
	rsa := facts.Key{ID: "k", Type: "RSA", Alg: "RS256", Bits: 2048}
	short, nameless, otherwise := rsa, rsa, rsa
	short.Bits, nameless.ID, otherwise.Alg = 1024, "", "PS256"
	unusable := gate.Fail("the JWKS of the app's client has no RS256 key with a kid").Because("GET "+jwksURL, "200 OK, application/json")
	served := func(as string) gate.Verdict {
		return gate.Fail("the JWKS is served as %s, which Convex refuses", as).
			FixedBy("Let %s be served as `application/json`.", jwksURL)
	}
	return []trial{
		{name: "an unknown client", facts: keySet(404, "application/json", nil), want: gate.Fail("the JWKS of the app's client answers 404").Because("GET "+jwksURL, "404 Not Found, application/json")},
		{name: "plain text", facts: keySet(200, "text/plain; charset=utf-8", []facts.Key{rsa}), want: served("text/plain; charset=utf-8").Because("GET "+jwksURL, "text/plain; charset=utf-8")},
		{name: "another charset", facts: keySet(200, "application/json; charset=latin1", []facts.Key{rsa}), want: served("application/json; charset=latin1")},
		{name: "no type at all", facts: keySet(200, "", []facts.Key{rsa}), want: gate.Fail("the JWKS is served without a media type, which Convex refuses").FixedBy("Let %s be served as `application/json`.", jwksURL)},
		{name: "JSON of another kind", facts: keySet(200, "application/json", nil), want: gate.Fail("the JWKS of the app's client is not a key set")},
		{name: "no keys", facts: keySet(200, "application/json", []facts.Key{}), want: unusable},
		{name: "a key that is too short", facts: keySet(200, "application/json", []facts.Key{short}), want: unusable},
		{name: "a key without a name", facts: keySet(200, "application/json", []facts.Key{nameless}), want: unusable},
		{name: "a key for another algorithm", facts: keySet(200, "application/json", []facts.Key{otherwise}), want: unusable},
	}
}
