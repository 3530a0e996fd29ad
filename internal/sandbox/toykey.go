package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // the toy key
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"sync"
)

// toyKeyPEM is the sandbox's own signing key. It is public: it signs only the
// tokens of stand-ins, and nothing else may ever trust it.
//
//go:embed toy-key.pem
var toyKeyPEM []byte

// toyKey signs the access tokens of every WorkOS client in the sandbox. The
// clients differ in their key IDs.
type toyKey func() *rsa.PrivateKey

// newToyKey reads the key when it is first used, so that starting is quick.
func newToyKey() toyKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		block, _ := pem.Decode(toyKeyPEM)
		if block == nil {
			panic("sandbox: the toy key is not PEM")
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			panic("sandbox: the toy key: " + err.Error())
		}
		return key.(*rsa.PrivateKey)
	})
}

// jwk returns the public half under a key ID, as WorkOS publishes it.
func (k toyKey) jwk(kid string) map[string]any {
	public := k().PublicKey
	thumbprint := sha256.Sum256(public.N.Bytes())
	return map[string]any{
		"alg": "RS256", "kty": "RSA", "use": "sig", "kid": kid, "x5c": []string{},
		"n":        base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e":        base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
		"x5t#S256": base64.RawURLEncoding.EncodeToString(thumbprint[:]),
	}
}

// sign makes a JWT of the claims.
func (k toyKey) sign(kid string, claims map[string]any) string {
	head := segment(map[string]any{"alg": "RS256", "kid": kid})
	signed := head + "." + segment(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k(), crypto.SHA256, digest[:])
	if err != nil {
		panic("sandbox: signing a token: " + err.Error())
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// segment encodes one part of a JWT.
func segment(value map[string]any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic("sandbox: encoding a token: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
