package checks

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// JWKSReachable asks whether the keys by which the app's tokens are verified
// can be had.
//
// AuthKit's proxy and Convex both fetch them from WorkOS, by the client id.
// Convex insists on status 200, on the media type application/json or
// application/jwk-set+json with no other charset than utf-8, and on keys with
// a kid.
//
// # Fix
//
// Open https://api.workos.com/sso/jwks/ followed by the client id. When it
// answers 404, WORKOS_CLIENT_ID is not that of a WorkOS environment.
var JWKSReachable = &gate.Check{
	ID:    "jwks-reachable",
	Stage: gate.StageToken,
	Title: "The keys for the app's tokens can be had",
	Fix:   "Make sure that `WORKOS_CLIENT_ID` is that of the WorkOS environment, and that the JWKS address answers with JSON to everybody.",
	Needs: []gate.Need{facts.JWKS},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, SignInStarts, ClientIDKnown},
	Judge: jwksReachable,
}

func jwksReachable(known *gate.Facts) gate.Verdict {
	set := facts.JWKS.From(known)
	switch {
	case set.Status == http.StatusNotFound || set.Status == http.StatusGone || set.Status == http.StatusBadRequest:
		return gate.Fail("the JWKS of the app's client answers %d", set.Status).Because("GET "+set.URL, set.Short())
	case set.Status != http.StatusOK:
		return gate.Unsure("%s answers %s", set.URL, set.Short())
	case set.Keys == nil && set.Type() == "text/html":
		return gate.Unsure("%s answers with a page instead of keys", set.URL)
	case !acceptedByConvex(set.Header.Get("Content-Type")):
		return gate.Fail("the JWKS is served %s, which Convex refuses", servedAs(set)).
			FixedBy("Let %s be served as `application/json`.", set.URL).
			Because("GET "+set.URL, set.Header.Get("Content-Type"))
	case set.Keys == nil:
		return gate.Fail("the JWKS of the app's client is not a key set").Because("GET "+set.URL, set.Short())
	}
	if i := slices.IndexFunc(set.Keys, usable); i >= 0 {
		return gate.Pass("%s has the key %s", strings.TrimPrefix(set.URL, "https://"), set.Keys[i].ID)
	}
	return gate.Fail("the JWKS of the app's client has no RS256 key with a kid").Because("GET "+set.URL, set.Short())
}

func servedAs(set facts.KeySet) string {
	if t := set.Header.Get("Content-Type"); t != "" {
		return "as " + t
	}
	return "without a media type"
}

// acceptedByConvex follows the rule of Convex' backend for the media type.
func acceptedByConvex(contentType string) bool {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "application/json" && media != "application/jwk-set+json" {
		return false
	}
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

// usable reports whether Convex can verify an AuthKit token by the key.
// WorkOS signs with RSA keys of 2048 bits.
func usable(k facts.Key) bool {
	return k.ID != "" && k.Type == "RSA" && (k.Alg == "" || k.Alg == "RS256") && k.Bits >= 2048
}
