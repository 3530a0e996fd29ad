package checks

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// refusedToken tells the refusals of a token apart for which there is a
// provider.
func refusedToken(known *gate.Facts, a facts.Acceptance) gate.Verdict {
	text := a.HTTP.Message
	switch {
	case isKeyTrouble(text):
		return keysOf(known, a.HTTP, a.Claims)
	case strings.HasPrefix(text, "Could not decode token"):
		return unknownKey(known, a)
	case secondsAgo.MatchString(text):
		return expiredToken(a, seconds(secondsAgo, text))
	case secondsAhead.MatchString(text):
		return earlyToken(a, seconds(secondsAhead, text))
	case strings.HasPrefix(text, "Could not verify token claim"), strings.HasPrefix(text, "Missing issuer claim"):
		return gate.Fail("the app's tokens lack %s, which Convex needs", list(lacking(a.Claims))).
			FixedBy("Put back what the JWT template of this WorkOS environment changes (WorkOS dashboard, Authentication, Sessions): Convex needs `iss`, `sub` and `exp`.")
	case a.HTTP.Code == "AuthProviderDiscoveryFailed" && a.HTTP.Status != 404 && a.HTTP.Status != 400:
		return gate.Unsure("Convex could not read the OpenID configuration of the tokens' issuer just now")
	case a.HTTP.Code == "Unauthenticated", a.HTTP.Code == "AuthProviderDiscoveryFailed":
		return gate.Fail("Convex takes the tokens' issuer for an OpenID provider, and cannot verify its tokens").
			FixedBy("Write the provider as `type: 'customJwt'` with `issuer: '%s'`, `algorithm: 'RS256'` and `jwks` in `convex/auth.config.ts`, and deploy.", a.Claims.Issuer)
	}
	return gate.Unsure("Convex answers the token in a way that is not known")
}

// unknownKey judges a token that no key of the provider signed.
func unknownKey(known *gate.Facts, a facts.Acceptance) gate.Verdict {
	client := clientOf(known, a.Claims)
	own, err := facts.JWKS.Lookup(known)
	published := slices.ContainsFunc(own.Keys, func(k facts.Key) bool { return k.ID == a.Claims.KeyID })
	all, _ := deployedProviders(known)
	i := slices.IndexFunc(all, func(p facts.Provider) bool { return takes(p, a.Claims) })
	var p facts.Provider
	if i >= 0 {
		p = all[i]
	}
	jwks := jwksOf(own, client)
	switch theirs := clientID.FindString(p.JWKS); {
	case theirs != "" && theirs != client:
		return gate.Fail("Convex looks for the app's keys among those of %s", theirs).
			FixedBy("Write `jwks: '%s'`%s, and deploy with `npx convex deploy`.", jwks, inFile(known, p, "jwks")).Because("jwks of the provider", p.JWKS)
	case err == nil && len(own.Keys) > 0 && !published:
		return gate.Fail("the app's tokens are signed by a key that WorkOS does not publish for its client").
			FixedBy("Give the app `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` of one and the same WorkOS environment.").Because("kid of the token", a.Claims.KeyID)
	case p.JWKS == "":
		return gate.Fail("Convex does not know the key that signs the app's tokens").
			FixedBy("Write `jwks: '%s'`%s. If it says so already, Convex has a copy from before the key was rotated: write `jwks: '%s?rotated'`, and deploy with `npx convex deploy`.", jwks, inFile(known, p, "jwks"), jwks).
			Because("kid of the token", a.Claims.KeyID)
	}
	return gate.Fail("Convex has the app's keys from before WorkOS rotated them").
		FixedBy("Write `jwks: '%s?rotated'` in place of `%s`%s, and deploy with `npx convex deploy`: Convex loads the keys of another address anew. Or wait until its copy expires.", jwks, p.JWKS, inFile(known, p, "jwks")).
		Because("kid of the token", a.Claims.KeyID)
}

// jwksOf is the address of the client's keys.
func jwksOf(own facts.KeySet, client string) string {
	if own.URL != "" {
		return own.URL
	}
	return "https://api.workos.com/sso/jwks/" + client
}

var (
	secondsAgo   = regexp.MustCompile(`Token expired (\d+) seconds? ago`)
	secondsAhead = regexp.MustCompile(`Token will be valid in (\d+) seconds?`)
)

// patience is how long a run may take with a token before that is the app's
// fault: less than the least that WorkOS lets a token live.
const patience = 60

func seconds(form *regexp.Regexp, text string) int {
	n, err := strconv.Atoi(form.FindStringSubmatch(text)[1])
	if err != nil {
		return patience // more digits than fit
	}
	return n
}

func expiredToken(a facts.Acceptance, ago int) gate.Verdict {
	switch left := a.Claims.Expires.Sub(a.Asked); {
	case ago < patience:
		return gate.Unsure("the token expired %d seconds before Convex saw it: this run was slow, which says nothing of the app", ago)
	case left > 0:
		return gate.Unsure("Convex says that the token expired %d seconds ago, and by our clock it is good for %v: one of the clocks is wrong", ago, left.Round(time.Second))
	}
	return gate.Fail("the app's tokens have expired when they are handed out, %d seconds ago", ago).
		FixedBy("Set the access token duration under Authentication, Sessions in the WorkOS dashboard back to 5 minutes, and hand Convex what `getAccessToken()` returns: it refreshes a token that is about to expire.").
		Because("exp of the token", a.Claims.Expires.UTC().Format(time.RFC3339))
}

func earlyToken(a facts.Acceptance, ahead int) gate.Verdict {
	if a.Claims.Issued.Sub(a.Asked) < 5*time.Second {
		return gate.Unsure("Convex says that the token is good only in %d seconds, and by our clock it is good now: one of the clocks is wrong", ahead)
	}
	return gate.Fail("the app's tokens are issued for %d seconds from now", ahead).
		FixedBy("Put back `iat` and `nbf` where the JWT template of this WorkOS environment changes them; otherwise wait, since WorkOS' clock is ahead.").
		Because("iat of the token", a.Claims.Issued.UTC().Format(time.RFC3339))
}

// lacking lists the claims that Convex needs and a token does not have.
func lacking(c facts.Claims) []string {
	var all []string
	for _, claim := range []struct {
		name  string
		there bool
	}{{"`iss`", c.Issuer != ""}, {"`sub`", c.Subject != ""}, {"`exp`", !c.Expires.IsZero()}} {
		if !claim.there {
			all = append(all, claim.name)
		}
	}
	if all == nil {
		return []string{"a claim"}
	}
	return all
}

// refusedKeys matches the statuses that do not pass by themselves.
var refusedKeys = regexp.MustCompile(`HTTP 4(?:00|01|03|04|10)\b`)

// isKeyTrouble reports whether a refusal is for want of keys.
func isKeyTrouble(message string) bool {
	return slices.ContainsFunc([]string{"Could not fetch JWKS", "Invalid Content-Type", "Invalid JWKS"}, func(trouble string) bool {
		return strings.HasPrefix(message, trouble)
	})
}

// keysAddress matches where Convex says that it loads keys from.
var keysAddress = regexp.MustCompile(`from(?: URL)? '([^']{1,300})'`)

// keysOf judges a matching provider by whether Convex could load its keys. A
// failure to load them that may pass by itself proves nothing.
func keysOf(known *gate.Facts, r facts.Reply, c facts.Claims) gate.Verdict {
	site := hostOf(facts.ConvexSite.From(known))
	if !isKeyTrouble(r.Message) {
		return gate.Pass("%s has a provider for %s", site, c.Issuer)
	}
	if strings.HasPrefix(r.Message, "Could not fetch JWKS") && !refusedKeys.MatchString(r.Message) {
		return gate.Unsure("Convex has a provider for the app's tokens and could not load its keys just now: %s", reply(r))
	}
	own, _ := facts.JWKS.Lookup(known) // without it the usual address is named
	jwks := jwksOf(own, clientOf(known, c))
	why := "there are none at its address"
	switch {
	case strings.HasPrefix(r.Message, "Invalid Content-Type"):
		why = "their content type is not JSON"
	case strings.HasPrefix(r.Message, "Invalid JWKS"):
		why = "what it gets is no key set"
	}
	v := gate.Fail("Convex has a provider for the app's tokens, but cannot load its keys: %s", why).
		FixedBy("Write `jwks: '%s'`%s, and deploy with `npx convex deploy`.", jwks, inFile(known, facts.Provider{Issuer: c.Issuer}, "jwks"))
	if m := keysAddress.FindStringSubmatch(r.Message); m != nil && m[1] == jwks {
		v = v.FixedBy("Ask WorkOS' support: Convex asks for the keys where they belong, at `%s`, and does not get them.", jwks)
	}
	return v.Because(site, reply(r))
}
