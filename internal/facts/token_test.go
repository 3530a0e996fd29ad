package facts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// keyring is a JWKS with an RSA key and one on a curve, and what signs for it.
func keyring(t *testing.T) (set KeySet, rsaKey *rsa.PrivateKey, ecKey *ecdsa.PrivateKey) {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if ecKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	point, err := ecKey.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	body, err := json.Marshal(map[string]any{"keys": []map[string]string{
		{"kid": "rsa", "kty": "RSA", "n": text(rsaKey.N.Bytes()), "e": text(big.NewInt(int64(rsaKey.E)).Bytes())},
		{"kid": "ec", "kty": "EC", "crv": "P-256", "x": text(point[1:33]), "y": text(point[33:])},
		{"kid": "enc", "kty": "RSA", "use": "enc", "n": text(rsaKey.N.Bytes()), "e": "AQAB"},
		{"kid": "broken", "kty": "EC", "crv": "P-256", "x": "AA", "y": "!"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return KeySet{Answer: Answer{Status: 200}, Keys: readKeys(body), public: readPublic(body)}, rsaKey, ecKey
}

func TestATokenIsVerifiedAsConvexDoes(t *testing.T) {
	set, rsaKey, ecKey := keyring(t)
	at := time.Date(2026, time.November, 20, 14, 0, 0, 0, time.UTC)
	sign := func(method jwt.SigningMethod, kid string, key any, changes jwt.MapClaims) string {
		claims := jwt.MapClaims{"iss": "https://api.workos.com/", "sub": "u", "iat": at.Unix(), "exp": at.Add(time.Minute).Unix()}
		maps.Copy(claims, changes)
		token := jwt.NewWithClaims(method, claims)
		if kid != "" {
			token.Header["kid"] = kid
		}
		signed, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	good := sign(jwt.SigningMethodRS256, "rsa", rsaKey, nil)
	never := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": "x"})
	never.Header["kid"] = "rsa"
	endless, err := never.SignedString(rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	seconds := func(d int64) int64 { return at.Unix() + d }
	for _, tt := range []struct {
		name, token string
		want        Flaw
	}{
		{"RS256", good, NoFlaw},
		{"ES256", sign(jwt.SigningMethodES256, "ec", ecKey, nil), NoFlaw},
		{"expired four seconds ago", sign(jwt.SigningMethodRS256, "rsa", rsaKey, jwt.MapClaims{"exp": seconds(-4)}), NoFlaw},
		{"expired six seconds ago", sign(jwt.SigningMethodRS256, "rsa", rsaKey, jwt.MapClaims{"exp": seconds(-6)}), Expired},
		{"issued in four seconds", sign(jwt.SigningMethodRS256, "rsa", rsaKey, jwt.MapClaims{"iat": seconds(4)}), NoFlaw},
		{"issued in six seconds", sign(jwt.SigningMethodRS256, "rsa", rsaKey, jwt.MapClaims{"iat": seconds(6)}), NotYetValid},
		{"valid in six seconds", sign(jwt.SigningMethodRS256, "rsa", rsaKey, jwt.MapClaims{"nbf": seconds(6)}), NotYetValid},
		{"no expiry", endless, NoExpiry},
		{"no kid", sign(jwt.SigningMethodRS256, "", rsaKey, nil), NoKeyID},
		{"a key that is not there", sign(jwt.SigningMethodRS256, "rotated", rsaKey, nil), UnknownKey},
		{"a key for encryption", sign(jwt.SigningMethodRS256, "enc", rsaKey, nil), UnknownKey},
		{"a key that cannot be read", sign(jwt.SigningMethodES256, "broken", ecKey, nil), UnknownKey},
		{"by the other key", sign(jwt.SigningMethodRS256, "ec", rsaKey, nil), BadSignature},
		{"changed", good[:len(good)-8] + "AAAAAAAA", BadSignature},
		{"RS512", sign(jwt.SigningMethodRS512, "rsa", rsaKey, nil), BadAlgorithm},
		{"HS256 under the public key", sign(jwt.SigningMethodHS256, "rsa", []byte("public"), nil), BadAlgorithm},
		{"no signature", sign(jwt.SigningMethodNone, "rsa", jwt.UnsafeAllowNoneSignatureType, nil), BadAlgorithm},
	} {
		token, err := readIssued(tt.token, at)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got, err := set.prove(token); err != nil || got.Flaw != tt.want || !slices.Equal(got.Keys, []string{"rsa", "ec", "broken"}) {
			t.Errorf("%s: got %q %v, want %q (%v)", tt.name, got.Flaw, got.Keys, tt.want, err)
		}
	}
	token, _ := readIssued(good, at)
	if text := fmt.Sprintf("%+v", token); !strings.Contains(text, "api.workos.com") {
		t.Errorf("the claims are not shown: %s", text)
	}
	if text, err := json.Marshal(token); err != nil || strings.Contains(string(text), good[:40]) {
		t.Errorf("a recording would hold the token: %s", text)
	}
	if _, err := (KeySet{Answer: Answer{Status: 404}}).prove(token); err == nil {
		t.Error("it verifies without keys")
	}
}

func TestTheResultOfAServerAction(t *testing.T) {
	long := "eyJ" + strings.Repeat("x", 1200)
	head := `0:{"a":"$@1","f":"","q":"","i":false,"b":"build"}` + "\n"
	for _, tt := range []struct{ name, flight, want, err string }{
		{"a text", head + `1:"eyJhbGci"` + "\n", "eyJhbGci", ""},
		{"a long text", head + fmt.Sprintf("2:T%x,%s", len(long), long) + `1:"$2"` + "\n", long, ""},
		{"rows in another order", `1:"eyJ"` + "\n" + head, "eyJ", ""},
		{"nothing", head + `1:"$undefined"` + "\n", "", "nothing"},
		{"null", head + "1:null\n", "", "nothing"},
		{"an error", head + `1:{"accessToken":"$undefined","error":"Failed to refresh access token"}` + "\n", "", `the error "Failed to refresh access token"`},
		{"an object", head + `1:{"user":null}` + "\n", "", "no text"},
		{"an exception", head + `1:E{"digest":"123"}` + "\n", "", "no text"},
		{"no result", head, "", "no result"},
		{"a page", "<!DOCTYPE html>", "", "something other than a result"},
		{"a text row that says it is longer", head + "2:Tffffff,abc", "", "no result"},
		{"empty", "", "", "something other than a result"},
	} {
		got, err := actionResult(tt.flight)
		if got != tt.want || err != nil && err.Error() != tt.err || err == nil && tt.err != "" {
			t.Errorf("%s: got %q, %v; want %q, %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

func TestServerActions(t *testing.T) {
	const id = "00fcef3ccae16cf75ce3a2637adbfaafeb266713bf"
	for _, tt := range []struct {
		name, code string
		want       string
	}{
		{"of Turbopack", `let q=(0,o.createServerReference)("` + id + `",o.callServer,void 0,o.findSourceMapURL,"getAccessTokenAction");`, id},
		{"called directly", "createServerReference('" + id + "',c,void 0,f,'getAccessTokenAction')", id},
		{"an id that is too short", `createServerReference("00fc",c,void 0,f,"getAccessTokenAction")`, ""},
		{"without its name", `createServerReference("` + id + `",c)`, ""},
		{"only mentioned", `Error("createServerReference")`, ""},
		{"cut off", `(0,o.createServerReference)("` + id, ""},
	} {
		if got := serverActions(tt.code)[tokenAction]; got != tt.want {
			t.Errorf("%s: got %q", tt.name, got)
		}
	}
}

func FuzzActionResult(f *testing.F) {
	f.Add(`0:{"a":"$@1","f":"","b":"build"}` + "\n" + `1:"eyJ"` + "\n")
	f.Add(`0:{"a":"$@1"}` + "\n2:T3,eyJ" + `1:"$2"` + "\n")
	f.Fuzz(func(t *testing.T, flight string) {
		if got, err := actionResult(flight); err == nil && got == "" {
			t.Errorf("%q gives an empty text", flight)
		}
	})
}
