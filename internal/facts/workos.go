package facts

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Ruling is what WorkOS' authorize endpoint led to for one request. The
// first answer is a redirect whether or not the request is good; the end of
// the chain tells.
type Ruling struct {
	RedirectURI string
	ClientID    string
	Reason      string // the last path segment of WorkOS' error page: "redirect-uri-invalid"; "" when none was met
	Accepted    bool   // the chain ended on a sign-in page
	Environment string // staging or production, when the hosted page's name tells
	End         string // the last URL, without its query
	Status      int    // of the last answer
}

// An Examination is a request for sign-in put to WorkOS, and the same one
// with a redirect URI that cannot be registered: only if that is refused does
// the first prove anything.
type Examination struct {
	Real    Ruling
	Control Ruling
}

// Examined is how WorkOS takes the redirect URIs that the ways to sign in
// name, each once.
var Examined = &gate.Fact[[]Examination]{
	Name:   "WorkOS' answer to the request for sign-in",
	Needs:  []gate.Need{Web, Entrances, SignIn},
	Within: 30 * time.Second,
	Learn: func(ctx context.Context, known *gate.Facts) ([]Examination, error) {
		var asked []Authorize
		for _, e := range Entrances.From(known) {
			same := func(a Authorize) bool { return a.RedirectURI == e.RedirectURI && a.ClientID == e.ClientID }
			if !slices.ContainsFunc(asked, same) {
				asked = append(asked, e.Authorize)
			}
		}
		return atOnce(asked, func(a Authorize) (Examination, error) { return examine(ctx, Web.From(known), a) })
	},
}

func examine(ctx context.Context, client *web.Client, a Authorize) (Examination, error) {
	control := fmt.Sprintf("https://previewgate-%s.invalid/callback", strings.ToLower(rand.Text()[:12]))
	rulings, err := atOnce([]string{a.RedirectURI, control}, func(uri string) (Ruling, error) {
		return rule(ctx, client, a, uri)
	})
	return Examination{rulings[0], rulings[1]}, err
}

// rule follows the request for sign-in with that redirect URI to its end, and
// never on to that redirect URI or the app's own.
func rule(ctx context.Context, client *web.Client, a Authorize, redirectURI string) (Ruling, error) {
	u, err := url.Parse(a.URL)
	if err != nil {
		return Ruling{}, err
	}
	q := u.Query()
	q.Set("redirect_uri", redirectURI)
	q.Set("state", rand.Text())
	u.RawQuery = q.Encode()
	homes, err := atOnce([]string{redirectURI, a.RedirectURI}, url.Parse)
	if err != nil {
		return Ruling{}, err
	}
	isHome := func(next *url.URL) bool {
		return slices.ContainsFunc(homes, func(home *url.URL) bool { return next.Host == home.Host })
	}
	request := web.Request{URL: u.String(), Header: document(), Public: true, MaxBody: 256 << 10}
	chain, err := client.Follow(ctx, request, isHome)
	if err != nil {
		return Ruling{}, err
	}
	ruling := Ruling{RedirectURI: redirectURI, ClientID: a.ClientID}
	ruling.read(chain)
	return ruling, nil
}

// read takes the ruling from the chain's URLs and its last page. Hosts and
// prefixes of WorkOS' pages differ between sightings; the last path segment
// does not.
func (r *Ruling) read(chain web.Chain) {
	for _, hop := range chain.Hops {
		if reason := path.Base(hop.URL.Path); isRefusal(reason) {
			r.Reason = reason
		}
	}
	last := chain.Hops[len(chain.Hops)-1]
	r.End, r.Status = withoutQuery(last.URL.String()), last.Status
	if chain.Next != nil {
		r.End = withoutQuery(chain.Next.String())
		if reason := path.Base(chain.Next.Path); isRefusal(reason) {
			r.Reason = reason
		}
	}
	if m := hostedPage(string(last.Body)); isRefusal(m) {
		r.Reason = m
	}
	hosted := !strings.HasSuffix(last.URL.Path, authorizePath) && last.URL.Host != "error.workos.com"
	r.Accepted = r.Reason == "" && chain.Next == nil && last.Status == http.StatusOK && hosted && isSignInPath(last.URL.Path)
	switch host := last.URL.Hostname(); {
	case strings.HasSuffix(host, "-staging.authkit.app"):
		r.Environment = "staging"
	case strings.HasSuffix(host, ".authkit.app"):
		r.Environment = "production"
	}
}

// isRefusal reports whether a path segment is one of the reasons by which
// WorkOS refuses a request for sign-in.
func isRefusal(segment string) bool {
	switch strings.ReplaceAll(segment, "_", "-") {
	case "redirect-uri-invalid", "client-id-invalid", "invalid-connection-selector", "code-challenge-missing":
		return true
	}
	return false
}

func isSignInPath(p string) bool {
	switch strings.TrimSuffix(p, "/") {
	case "", "/bootstrap", "/sign-in", "/sign-up":
		return true
	}
	return false
}

// hostedPage returns the name by which WorkOS marks its own pages.
func hostedPage(body string) string {
	_, after, found := strings.Cut(body, `data-hak-page="`)
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(after, `"`)
	return name
}

// A KeySet is the answer of a JWKS endpoint.
type KeySet struct {
	Answer
	Keys []Key // nil when the body is no JWKS

	public map[string]any // what tokens are verified by, by key ID
}

// A Key is one public key of a JWKS.
type Key struct {
	ID   string
	Type string // RSA, EC
	Alg  string // RS256, or empty
	Bits int    // of an RSA modulus
}

// JWKS is the key set by which tokens of the app's client are verified. Its
// address is what AuthKit itself verifies with.
var JWKS = &gate.Fact[KeySet]{
	Name:  "JWKS",
	Needs: []gate.Need{Web, SignIn},
	Learn: func(ctx context.Context, known *gate.Facts) (KeySet, error) {
		in := SignIn.From(known)
		if in.ClientID == "" {
			return KeySet{}, gate.Moot("the request for sign-in names no client")
		}
		address := in.API + "/sso/jwks/" + url.PathEscape(in.ClientID)
		resp, err := Web.From(known).Do(ctx, web.Request{
			URL: address, Header: http.Header{"Accept": {"application/json"}}, Public: true,
		})
		if err != nil {
			return KeySet{}, err
		}
		return KeySet{answerOf(http.MethodGet, resp), readKeys(resp.Body), readPublic(resp.Body)}, nil
	},
}

// readKeys reads a JWKS, and returns nil for what is none.
func readKeys(body []byte) []Key {
	var set struct {
		Keys []struct{ Kid, Kty, Alg, Use, N string }
	}
	if json.Unmarshal(body, &set) != nil || set.Keys == nil {
		return nil
	}
	keys := []Key{}
	for _, k := range set.Keys {
		if k.Use != "" && k.Use != "sig" {
			continue
		}
		modulus, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(k.N, "="))
		keys = append(keys, Key{k.Kid, k.Kty, k.Alg, new(big.Int).SetBytes(modulus).BitLen()})
	}
	return keys
}

// Issuer is the issuer that WorkOS' OpenID configuration of the client names:
// what the tokens of the app say in their iss claim. Not every environment
// publishes one.
var Issuer = &gate.Fact[string]{
	Name:  "issuer",
	Needs: []gate.Need{Web, SignIn},
	Learn: func(ctx context.Context, known *gate.Facts) (string, error) {
		in := SignIn.From(known)
		address := in.API + "/user_management/" + url.PathEscape(in.ClientID) + "/.well-known/openid-configuration"
		resp, err := Web.From(known).Do(ctx, web.Request{
			URL: address, Header: http.Header{"Accept": {"application/json"}}, Public: true,
		})
		if err != nil {
			return "", err
		}
		if resp.Status == http.StatusTooManyRequests || resp.Status >= 500 {
			return "", fmt.Errorf("WorkOS answers %d %s", resp.Status, http.StatusText(resp.Status))
		}
		var found struct{ Issuer string }
		if resp.Status != http.StatusOK || json.Unmarshal(resp.Body, &found) != nil || found.Issuer == "" {
			return "", gate.Moot(fmt.Sprintf("WorkOS publishes no OpenID configuration of this client (%d)", resp.Status))
		}
		return found.Issuer, nil
	},
}
