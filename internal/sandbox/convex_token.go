package sandbox

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

const clockLeeway = 5 // seconds that Convex forgives a clock

// invalidToken is what most refusals of a token are.
func invalidToken(format string, values ...any) *convexError {
	return &convexError{http.StatusUnauthorized, "InvalidAuthHeader", fmt.Sprintf(format, values...)}
}

// checkToken validates a user's token in Convex' own order: the provider is
// chosen by unverified claims, its keys are fetched, and only then is the
// signature looked at, and the times last.
func (b backend) checkToken(ctx context.Context, token string) (claims, *convexError) {
	var c claims
	if part(token, 1, &c) != nil {
		return c, invalidToken("Could not parse JWT payload. Check that the token is a valid JWT format with three base64-encoded parts separated by dots.")
	}
	if c.Issuer == "" {
		return c, invalidToken("Missing issuer claim ('iss') in JWT payload. The JWT must include an 'iss' claim that matches one of your configured auth providers.")
	}
	i := slices.IndexFunc(b.Providers, func(p Provider) bool { return p.matches(c) })
	if i < 0 {
		return c, &convexError{http.StatusUnauthorized, "NoAuthProvider", b.noProvider()}
	}
	provider := b.Providers[i]
	if provider.Type == "oidc" {
		return c, &convexError{
			http.StatusUnauthorized, "Unauthenticated",
			"Could not verify OIDC token claim. Check that the token signature is valid and the token hasn't expired.",
		}
	}
	keys, refused := b.fetchKeys(ctx, provider.JWKS)
	if refused != nil {
		return c, refused
	}
	if refused := b.checkSignature(token, provider, keys); refused != nil {
		return c, refused
	}
	return c, checkClaims(c, time.Now().Unix())
}

// matches reports whether a token is this provider's to judge.
func (p Provider) matches(c claims) bool {
	if p.ApplicationID != "" && !slices.Contains(c.Audience, p.ApplicationID) {
		return false
	}
	return bareIssuer(p.Issuer) == bareIssuer(c.Issuer)
}

// bareIssuer is what Convex compares: with a scheme, without trailing slashes.
func bareIssuer(issuer string) string {
	if !strings.HasPrefix(issuer, "https://") && !strings.HasPrefix(issuer, "http://") {
		issuer = "https://" + issuer
	}
	return strings.TrimRight(issuer, "/")
}

// noProvider tells what is configured, unless errors keep their details.
func (b backend) noProvider() string {
	const plain = "No auth provider found matching the given token"
	if b.Redacts {
		return plain
	}
	if len(b.Providers) == 0 {
		return plain + " (no providers configured). Check convex/auth.config.ts."
	}
	var shown []string
	for _, p := range b.Providers {
		form, applicationID := "CustomJWT(issuer=%s, app_id=%s)", p.ApplicationID
		if p.Type == "oidc" {
			form = "OIDC(domain=%s, app_id=%s)"
		}
		if applicationID == "" {
			applicationID = "none"
		}
		shown = append(shown, fmt.Sprintf(form, p.Issuer, applicationID))
	}
	return plain + ". Check that your JWT's issuer and audience match one of your configured providers: [" + strings.Join(shown, ", ") + "]"
}

// keySet is a JWKS as far as it matters.
type keySet struct {
	Keys []struct {
		Kid string `json:"kid"`
		Alg string `json:"alg"`
		N   string `json:"n"`
		E   string `json:"e"`
	} `json:"keys"`
}

// fetchKeys loads a provider's JWKS over the network.
func (b backend) fetchKeys(ctx context.Context, address string) (keySet, *convexError) {
	var keys keySet
	if b.OldKeys != nil {
		return oldKeys(b.OldKeys), nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return keys, unreachableKeys(address, err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", userAgent)
	response, err := b.client.Do(request)
	if err != nil {
		return keys, unreachableKeys(address, err)
	}
	defer response.Body.Close()
	contentType := response.Header.Get("Content-Type")
	if response.StatusCode != http.StatusOK {
		return keys, invalidToken("Could not fetch JWKS from URL '%s': HTTP %d %s. Check that the URL is correct and accessible.",
			address, response.StatusCode, http.StatusText(response.StatusCode))
	}
	if !isJWKSType(contentType) {
		return keys, invalidToken("Invalid Content-Type '%s' when fetching JWKS from '%s'. Expected 'application/json' or 'application/jwk-set+json'.",
			contentType, address)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil || json.Unmarshal(body, &keys) != nil || keys.Keys == nil {
		return keys, invalidToken("Invalid JWKS response body from '%s'. The response is not valid JSON or doesn't match the expected JWKS format.", address)
	}
	return keys, nil
}

// oldKeys is a copy of a key set that Convex has from earlier: it is not asked
// for again because a token names another key.
func oldKeys(ids []string) keySet {
	var keys keySet
	var rows []any
	for _, id := range ids {
		rows = append(rows, newToyKey().jwk(id))
	}
	text, err := json.Marshal(map[string]any{"keys": rows})
	if err == nil {
		err = json.Unmarshal(text, &keys)
	}
	if err != nil {
		panic("sandbox: copying a key set: " + err.Error())
	}
	return keys
}

func unreachableKeys(address string, err error) *convexError {
	return invalidToken("Could not fetch JWKS from URL '%s': %v. Check that the URL is correct and accessible.", address, err)
}

// mediaType is a content type without its parameters.
func mediaType(contentType string) string {
	essence, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return essence
}

// isJWKSType reports whether Convex takes a content type for a key set's.
func isJWKSType(contentType string) bool {
	_, parameters, err := mime.ParseMediaType(contentType)
	charset, given := parameters["charset"]
	isKnown := slices.Contains([]string{"application/json", "application/jwk-set+json"}, mediaType(contentType))
	return err == nil && isKnown && (!given || charset == "utf-8")
}

// checkSignature blames the key ID for whatever is wrong with the signature.
func (b backend) checkSignature(token string, p Provider, keys keySet) *convexError {
	var head struct {
		Alg string  `json:"alg"`
		Kid *string `json:"kid"`
	}
	_ = part(token, 0, &head)
	if head.Kid == nil {
		return invalidToken("Could not decode token. JWT may be missing a 'kid' (key ID) header.")
	}
	for _, key := range keys.Keys {
		fits := key.Kid == *head.Kid && head.Alg == p.Algorithm && (key.Alg == "" || key.Alg == head.Alg)
		if fits && verifies(token, publicKey(key.N, key.E)) {
			return nil
		}
	}
	if b.Redacts {
		return invalidToken("Could not decode token. The JWT's 'kid' (key ID) header doesn't match any key in the provider's JWKS, or the JWT signature is invalid.")
	}
	return invalidToken("Could not decode token. The JWT's 'kid' (key ID) header is '%s', does this key match any key in the provider's JWKS?", *head.Kid)
}

func publicKey(n, e string) *rsa.PublicKey {
	modulus, _ := base64.RawURLEncoding.DecodeString(n)
	exponent, _ := base64.RawURLEncoding.DecodeString(e)
	return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(new(big.Int).SetBytes(exponent).Int64())}
}

// checkClaims looks at a verified token's times, and at what an identity needs.
func checkClaims(c claims, now int64) *convexError {
	if c.Expires != nil && now-int64(*c.Expires) > clockLeeway {
		return invalidToken("Could not validate token: Token expired %d seconds ago", now-int64(*c.Expires))
	}
	for _, from := range []*float64{c.NotBefore, c.Issued} {
		if from != nil && int64(*from)-now > clockLeeway {
			return invalidToken("Could not validate token: Token will be valid in %d seconds", int64(*from)-now)
		}
	}
	if c.Subject == "" || c.Expires == nil {
		return invalidToken("Could not verify token claim. Check that the JWT contains valid claims and matches your auth provider configuration.")
	}
	return nil
}
