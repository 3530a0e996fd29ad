package sandbox

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

var errToken = errors.New("not a good token")

// claims are those of an access token that anything here reads.
type claims struct {
	Issuer    string    `json:"iss"`
	Subject   string    `json:"sub"`
	SessionID string    `json:"sid"`
	Audience  audiences `json:"aud"`
	Expires   *float64  `json:"exp"`
	Issued    *float64  `json:"iat"`
	NotBefore *float64  `json:"nbf"`
}

// fresh reports whether a token has not run out.
func (c claims) fresh(now time.Time) bool {
	return c.Expires != nil && float64(now.Unix()) < *c.Expires
}

// audiences is one string or many.
type audiences []string

// UnmarshalJSON reads both forms.
func (a *audiences) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*a = audiences{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(a))
}

// part decodes the nth part of a JWT into value.
func part(token string, n int, value any) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errToken
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[n])
	if err != nil {
		return errToken
	}
	return json.Unmarshal(text, value)
}

// verify reads a token that the toy key signed.
func (k toyKey) verify(token string) (claims, error) {
	var c claims
	if !verifies(token, &k().PublicKey) {
		return c, errToken
	}
	return c, part(token, 1, &c)
}

// verifies checks an RS256 signature.
func verifies(token string, key *rsa.PublicKey) bool {
	i := strings.LastIndex(token, ".")
	if i < 0 {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[i+1:])
	if err != nil {
		return false
	}
	digest := sha256.Sum256([]byte(token[:i]))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
}
