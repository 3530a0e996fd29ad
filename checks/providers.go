package checks

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source/js"
)

// deployedProviders lists the providers of the deployed auth.config: as the
// deploy key's holder is told, or else as the deployment prints them in an
// error, and says whether either is so.
func deployedProviders(known *gate.Facts) (all []facts.Provider, listed bool) {
	if all, err := facts.ConvexProviders.Lookup(known); err == nil && sameDeployment(known) {
		return all, true
	}
	trust, err := facts.ConvexTrust.Lookup(known)
	return trust.Providers, err == nil && trust.Control.Unmatched() && trust.Listed
}

// sameIssuer compares issuers as Convex does: with a scheme, and without
// slashes at the end.
func sameIssuer(a, b string) bool { return bareIssuer(a) == bareIssuer(b) }

func bareIssuer(issuer string) string {
	return strings.TrimRight(strings.TrimPrefix(issuer, "https://"), "/")
}

// takes reports whether a provider is for tokens that claim so.
func takes(p facts.Provider, c facts.Claims) bool {
	return sameIssuer(p.Issuer, c.Issuer) && (p.Audience == "" || slices.Contains(c.Audience, p.Audience))
}

// unmatchedToken says why no provider of the deployment is for tokens that
// claim so, by the provider that comes nearest, and which line to change.
func unmatchedToken(known *gate.Facts, c facts.Claims, r facts.Reply) gate.Verdict {
	all, listed := deployedProviders(known)
	v := gate.Verdict{}
	for _, compare := range []func(*gate.Facts, facts.Claims, facts.Provider) gate.Verdict{wrongAudience, unsetClient, wrongClient, wrongHost} {
		for _, p := range all {
			if v.Summary == "" {
				v = compare(known, c, p)
			}
		}
	}
	switch {
	case v.Summary != "":
	case listed && len(all) == 0:
		v = gate.Fail("no auth.config was deployed to Convex").
			FixedBy("Add `convex/auth.config.ts` with a provider for WorkOS and deploy it with `npx convex deploy`.")
	case listed:
		v = gate.Fail("Convex has no provider for %s, which issues the app's tokens", c.Issuer).FixedBy("%s", issuerLine(known, c, all[len(all)-1]))
	default:
		v = gate.Fail("Convex has no provider for the app's tokens").
			FixedBy("Run `npx convex env set WORKOS_CLIENT_ID %s%s`, from which `convex/auth.config.ts` builds the issuer; Convex redacts what it has now.", shellWord(clientOf(known, c)), deploymentFlag(known))
	}
	v = v.Because("issuer of the app's tokens", c.Issuer)
	if _, err := facts.ConvexAcceptance.Lookup(known); err == nil {
		v = v.Because("audience of the app's tokens", audience(c))
	}
	v = v.Because(hostOf(facts.ConvexSite.From(known)), reply(r))
	for _, p := range all {
		v = v.Because("provider", describe(p))
		for _, field := range []string{"issuer", "applicationID"} {
			if at, file := written(known, p, field); file != "" {
				v = v.At(placed(field+" in the source", p.Issuer, at))
				break
			}
		}
	}
	return v
}

func audience(c facts.Claims) string {
	if len(c.Audience) == 0 {
		return "none"
	}
	return strings.Join(c.Audience, ", ")
}

// clientOf is the WorkOS client of the app's tokens.
func clientOf(known *gate.Facts, c facts.Claims) string {
	if trust, err := facts.ConvexTrust.Lookup(known); err == nil && trust.ClientID != "" {
		return trust.ClientID
	}
	return c.ClientID
}

// wrongAudience compares with a provider of the same issuer.
func wrongAudience(known *gate.Facts, c facts.Claims, p facts.Provider) gate.Verdict {
	switch {
	case !sameIssuer(p.Issuer, c.Issuer):
		return gate.Verdict{}
	case len(c.Audience) == 0:
		return gate.Fail("Convex wants the audience %s, and the app's tokens have none", p.Audience).
			FixedBy("Delete the line `applicationID: …` of the provider with the issuer `%s`%s, and deploy with `npx convex deploy`.", p.Issuer, inFile(known, p, "applicationID"))
	}
	return gate.Fail("Convex wants the audience %s, and the app's tokens are for %s", p.Audience, audience(c)).
		FixedBy("Write `applicationID: '%s'` in the provider with the issuer `%s`%s, and deploy with `npx convex deploy`.", c.Audience[0], p.Issuer, inFile(known, p, "applicationID"))
}

// unsetClient looks for a provider that was evaluated without a client.
func unsetClient(known *gate.Facts, c facts.Claims, p facts.Provider) gate.Verdict {
	if !strings.HasSuffix(bareIssuer(p.Issuer), "/undefined") && !strings.HasSuffix(p.Issuer, "/user_management/") {
		return gate.Verdict{}
	}
	return gate.Fail("Convex has no provider for the app's tokens").
		FixedBy("Run `npx convex env set WORKOS_CLIENT_ID %s%s`: the deployed auth.config was evaluated without a value.", shellWord(clientOf(known, c)), deploymentFlag(known))
}

// wrongClient compares with a provider of the same form for another client.
func wrongClient(known *gate.Facts, c facts.Claims, p facts.Provider) gate.Verdict {
	own, theirs := clientOf(known, c), clientID.FindString(p.Issuer)
	if own == "" || theirs == "" || theirs == own || !sameIssuer(strings.ReplaceAll(p.Issuer, theirs, own), c.Issuer) {
		return gate.Verdict{}
	}
	return gate.Fail("Convex trusts the tokens of %s, and the app's are of %s", theirs, own).
		FixedBy("Run `npx convex env set WORKOS_CLIENT_ID %s%s`: the issuer%s is made from it. Convex applies it at once.", shellWord(own), deploymentFlag(known), inFile(known, p, "issuer"))
}

// wrongHost compares with a provider of the same path on another host: with a
// custom authentication domain WorkOS issues tokens in its name.
func wrongHost(known *gate.Facts, c facts.Claims, p facts.Provider) gate.Verdict {
	ours, err := url.Parse(c.Issuer)
	theirs, theirErr := url.Parse(p.Issuer)
	if err != nil || theirErr != nil || ours.Host == theirs.Host || strings.Trim(ours.Path, "/") != strings.Trim(theirs.Path, "/") {
		return gate.Verdict{}
	}
	return gate.Fail("the app's tokens are issued by %s, and Convex expects those of %s", ours.Host, theirs.Host).FixedBy("%s", issuerLine(known, c, p))
}

// issuerLine is how to write the issuer right.
func issuerLine(known *gate.Facts, c facts.Claims, p facts.Provider) string {
	return fmt.Sprintf("Write `issuer: '%s'` in place of `%s`%s, and deploy with `npx convex deploy`.", c.Issuer, p.Issuer, inFile(known, p, "issuer"))
}

// inFile says where in the source a provider has a field: " in `file`, line 7".
func inFile(known *gate.Facts, p facts.Provider, field string) string {
	at, file := written(known, p, field)
	switch {
	case file == "":
		return " in `convex/auth.config.ts`"
	case at.Line == 0:
		return fmt.Sprintf(" in `%s`", file)
	}
	return fmt.Sprintf(" in `%s`, line %d", file, at.Line)
}

// written finds a deployed provider's field in the source.
func written(known *gate.Facts, p facts.Provider, field string) (at js.Position, file string) {
	r, err := facts.Repository.Lookup(known)
	if err != nil {
		return at, ""
	}
	for _, b := range r.Backends {
		if b.Auth == nil {
			continue
		}
		for _, s := range b.Auth.Shape {
			sameAudience := (s.ApplicationID == nil) == (p.Audience == "")
			if sameAudience && shapePattern(issuer(s)).MatchString(strings.TrimRight(p.Issuer, "/")) {
				return fieldPlace(s, field), b.AuthConfigs[0]
			}
		}
	}
	return at, ""
}
