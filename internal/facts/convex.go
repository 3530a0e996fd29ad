package facts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// ConvexSite is the address of the Convex deployment that the app talks to.
var ConvexSite = &gate.Fact[string]{
	Name: "Convex deployment's address",
	Uses: []gate.Need{ConvexURL, ClientBundle},
	Learn: func(_ context.Context, known *gate.Facts) (string, error) {
		bundle, err := ClientBundle.Lookup(known)
		if err == nil && len(bundle.Convex) == 1 {
			return bundle.Convex[0], nil
		}
		if given, notGiven := ConvexURL.Lookup(known); notGiven == nil {
			return strings.TrimRight(given, "/"), nil
		}
		switch {
		case err != nil:
			return "", err
		case len(bundle.Convex) > 1:
			return "", fmt.Errorf("the client bundle names %d deployments: say which one with --convex-url", len(bundle.Convex))
		}
		return "", gate.Moot("the client bundle names no Convex deployment")
	},
}

// ConvexInstance is the answer to Convex' question for the deployment's name.
var ConvexInstance = &gate.Fact[Answer]{
	Name:  "Convex deployment's name",
	Needs: []gate.Need{Web, ConvexSite},
	Learn: func(ctx context.Context, known *gate.Facts) (Answer, error) {
		resp, err := Web.From(known).Do(ctx, web.Request{
			URL: ConvexSite.From(known) + "/instance_name", Header: http.Header{"Accept": {"text/plain"}}, Public: true,
		})
		if err != nil {
			return Answer{}, err
		}
		return answerOf(http.MethodGet, resp), nil
	},
}

// A Reply is how Convex takes a token.
type Reply struct {
	Status  int
	Code    string // NoAuthProvider, InvalidAuthHeader, …; "" for an accepted token
	Message string
}

// Matched reports whether a provider of the deployment is for tokens of that
// issuer and audience. Convex looks for a provider before it verifies, so a
// forged token that gets as far as its signature has found one.
func (r Reply) Matched() bool { return r.Code == "InvalidAuthHeader" }

// Unmatched reports whether Convex says that no provider is for the token.
func (r Reply) Unmatched() bool { return r.Code == "NoAuthProvider" }

// A Provider is one entry of the deployed auth.config, as Convex prints it in
// an error that is not redacted, or lists it to the holder of a deploy key.
type Provider struct {
	Kind     string // CustomJWT or OIDC
	Issuer   string
	Audience string // its applicationID; "" when it has none

	JWKS, Algorithm string // told to the holder of a deploy key only
}

// A Trust is what the Convex deployment says to forged tokens of several
// issuers. Nothing runs on the deployment: an empty batch of queries is
// authenticated and then has nothing to do.
type Trust struct {
	Issuer    string // of the app's tokens
	Sure      bool   // the issuer is WorkOS' own word, not the usual form
	ClientID  string
	Anonymous Reply // to no token at all
	Control   Reply // to a token of an issuer that nobody has
	Plain     Reply // to the app's issuer, without an audience
	WithAud   Reply // to the app's issuer, with the client as audience
	Shared    Reply // to WorkOS' shared issuer, with the client as audience
	Listed    bool  // the deployment prints its providers
	Providers []Provider
}

// sharedIssuer is the issuer of WorkOS tokens that do not name their client.
const sharedIssuer = "https://api.workos.com/"

// ConvexTrust is whom the Convex deployment believes.
var ConvexTrust = &gate.Fact[Trust]{
	Name:  "Convex' answer to forged tokens",
	Needs: []gate.Need{Web, ConvexSite, SignIn},
	Uses:  []gate.Need{Issuer},
	Learn: learnTrust,
}

func learnTrust(ctx context.Context, known *gate.Facts) (Trust, error) {
	in := SignIn.From(known)
	t := Trust{ClientID: in.ClientID}
	var err error
	if t.Issuer, err = Issuer.Lookup(known); err == nil {
		t.Sure = true
	} else {
		t.Issuer = in.API + "/user_management/" + in.ClientID
	}
	tokens := []string{
		"",
		forge("https://previewgate.invalid", ""),
		forge(t.Issuer, ""),
		forge(t.Issuer, in.ClientID),
		forge(sharedIssuer, in.ClientID),
	}
	replies, err := atOnce(tokens, func(token string) (Reply, error) {
		return present(ctx, Web.From(known), ConvexSite.From(known), token)
	})
	if err != nil {
		return Trust{}, err
	}
	t.Anonymous, t.Control, t.Plain, t.WithAud, t.Shared = replies[0], replies[1], replies[2], replies[3], replies[4]
	t.Providers, t.Listed = readProviders(t.Control.Message)
	return t, nil
}

// forge makes a token that nobody signed.
func forge(issuer, audience string) string {
	claims := jwt.MapClaims{"iss": issuer, "sub": "previewgate", "iat": 1_700_000_000, "exp": 4_000_000_000}
	if audience != "" {
		claims["aud"] = audience
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "previewgate-forged-this"
	text, err := token.SigningString()
	if err != nil {
		panic(err) // a map of strings and numbers is always JSON
	}
	return text + ".cHJldmlld2dhdGU"
}

// present hands a token to the deployment, by an empty batch of queries or,
// where there is no such endpoint, by a query that does not exist.
func present(ctx context.Context, client *web.Client, site, token string) (Reply, error) {
	reply, err := post(ctx, client, site+"/api/query_batch", `{"queries":[]}`, token)
	if err == nil && reply.Status == http.StatusNotFound {
		reply, err = post(ctx, client, site+"/api/query", `{"path":"previewgate:none","args":{},"format":"json"}`, token)
	}
	if err == nil && (reply.Status == http.StatusTooManyRequests || reply.Status >= 500 && reply.Code == "") {
		return Reply{}, fmt.Errorf("%s answers %d %s", hostOf(site), reply.Status, http.StatusText(reply.Status))
	}
	return reply, err
}

func post(ctx context.Context, client *web.Client, address, body, token string) (Reply, error) {
	header := http.Header{"Content-Type": {"application/json"}, "Convex-Client": {"previewgate-1.0.0"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(ctx, web.Request{
		Method: http.MethodPost, URL: address, Header: header, Body: []byte(body), Safe: true, Public: true,
	})
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Status: resp.Status}
	if resp.Status != http.StatusOK {
		var refusal struct{ Code, Message string }
		_ = json.Unmarshal(resp.Body, &refusal) // what is no JSON has no code, and is judged by its status
		reply.Code, reply.Message = refusal.Code, refusal.Message
	}
	return reply, nil
}

var (
	providerList  = regexp.MustCompile(`(?s)configured providers: \[(.*)\]\s*$`)
	providerEntry = regexp.MustCompile(`(?s)(CustomJWT|OIDC)\((?:issuer|domain)=(.*?), app_id=(.*?)\)`)
)

// readProviders reads the providers that a refusal lists, and says whether it
// lists them at all: a deployment that redacts its errors does not.
func readProviders(message string) ([]Provider, bool) {
	if strings.Contains(message, "(no providers configured)") {
		return nil, true
	}
	list := providerList.FindStringSubmatch(message)
	if list == nil {
		return nil, false
	}
	var all []Provider
	for _, m := range providerEntry.FindAllStringSubmatch(list[1], 100) {
		p := Provider{Kind: m[1], Issuer: m[2], Audience: m[3]}
		if p.Audience == "none" {
			p.Audience = ""
		}
		all = append(all, p)
	}
	return all, true
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "the host"
	}
	return u.Host
}
