package facts

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/previewgate/previewgate/gate"
)

// clientInIssuer matches the client id at the end of an issuer that names one.
var clientInIssuer = regexp.MustCompile(`client_[A-Za-z0-9]+$`)

// readIssued reads a token that was issued at that time.
func readIssued(text string, at time.Time) (Token, error) {
	t, err := ReadToken(text)
	t.at = at
	return t, err
}

func learnAccessToken(_ context.Context, known *gate.Facts) (Token, error) {
	if app, err := AppToken.Lookup(known); err == nil && app.Issued {
		return app.Token, nil
	}
	s := Session.From(known)
	if s.Refused.Code != "" {
		return Token{}, notSignedIn
	}
	return s.Token, nil
}

// notSignedIn is why there is nothing to learn of a session that WorkOS
// refuses.
const notSignedIn gate.Moot = "the test account has no session"

// leeway is how far Convex lets clocks be apart.
const leeway = 5 * time.Second

// A Flaw is what keeps a token from being verified.
type Flaw string

// The flaws, in the order in which they are looked for.
const (
	NoFlaw       Flaw = ""
	NoToken      Flaw = "it is no JWT"
	BadAlgorithm Flaw = "its algorithm is neither RS256 nor ES256"
	NoKeyID      Flaw = "it names no key"
	UnknownKey   Flaw = "the JWKS does not have its key"
	BadSignature Flaw = "its signature is not by that key"
	NoExpiry     Flaw = "it never expires"
	Expired      Flaw = "it has expired"
	NotYetValid  Flaw = "it is not valid yet"
)

// A Proof is what came of verifying a token by the app's JWKS as Convex does.
type Proof struct {
	Claims  Claims
	FromApp bool // the app handed it out, not only WorkOS
	Flaw    Flaw
	Keys    []string // the IDs that the JWKS has
}

// TokenProof is how the test account's token is verified.
var TokenProof = &gate.Fact[Proof]{
	Name:  "verification of the access token",
	Needs: []gate.Need{AccessToken, JWKS},
	Uses:  []gate.Need{AppToken},
	Learn: func(_ context.Context, known *gate.Facts) (Proof, error) {
		p, err := JWKS.From(known).prove(AccessToken.From(known))
		app, appErr := AppToken.Lookup(known)
		p.FromApp = appErr == nil && app.Issued
		return p, err
	},
}

// prove verifies a token as of when it was issued. Without keys there is
// nothing to verify by, which is for another check to tell.
func (s KeySet) prove(t Token) (Proof, error) {
	if s.Status != http.StatusOK || len(s.Keys) == 0 {
		return Proof{}, gate.Moot("there is no JWKS to verify the token by")
	}
	p := Proof{Claims: t.Claims}
	for _, k := range s.Keys {
		p.Keys = append(p.Keys, k.ID)
	}
	parser := jwt.NewParser(
		jwt.WithLeeway(leeway), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithTimeFunc(func() time.Time { return t.at }),
	)
	_, err := parser.Parse(t.text, s.keyOf)
	p.Flaw = flawOf(err)
	return p, nil
}

// Why no key is found for a token.
var (
	errAlgorithm  = errors.New("another algorithm")
	errNoKeyID    = errors.New("no kid")
	errUnknownKey = errors.New("unknown kid")
)

// keyOf finds the key that a token names.
func (s KeySet) keyOf(t *jwt.Token) (any, error) {
	id, _ := t.Header["kid"].(string)
	key, found := s.public[id]
	switch alg := t.Method.Alg(); {
	case alg != "RS256" && alg != "ES256":
		return nil, errAlgorithm
	case id == "":
		return nil, errNoKeyID
	case !found:
		return nil, errUnknownKey
	}
	return key, nil
}

// flawOf tells what jwt complains of.
func flawOf(err error) Flaw {
	for _, known := range []struct {
		err  error
		flaw Flaw
	}{
		{nil, NoFlaw},
		{errAlgorithm, BadAlgorithm},
		{errNoKeyID, NoKeyID},
		{errUnknownKey, UnknownKey},
		{jwt.ErrTokenMalformed, NoToken},
		{jwt.ErrTokenExpired, Expired},
		{jwt.ErrTokenRequiredClaimMissing, NoExpiry},
		{jwt.ErrTokenUsedBeforeIssued, NotYetValid},
		{jwt.ErrTokenNotValidYet, NotYetValid},
	} {
		if errors.Is(err, known.err) {
			return known.flaw
		}
	}
	return BadSignature
}

// readPublic reads the keys of a JWKS by which a token can be verified, by
// their IDs.
func readPublic(body []byte) map[string]any {
	var set struct {
		Keys []struct{ Kid, Kty, Use, N, E, X, Y string }
	}
	_ = json.Unmarshal(body, &set) // what is no JWKS has no keys
	keys := make(map[string]any)
	for _, k := range set.Keys {
		switch {
		case k.Use != "" && k.Use != "sig":
		case k.Kty == "RSA":
			e := new(big.Int).SetBytes(unpadded(k.E))
			if e.IsInt64() && e.Int64() >= 3 && e.Int64() < 1<<31 {
				keys[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(unpadded(k.N)), E: int(e.Int64())}
			}
		case k.Kty == "EC":
			point := slices.Concat([]byte{4}, unpadded(k.X), unpadded(k.Y))
			if key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err == nil {
				keys[k.Kid] = key
			}
		}
	}
	return keys
}

// unpadded reads base64url; what cannot be read verifies nothing.
func unpadded(text string) []byte {
	b, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	return b
}
