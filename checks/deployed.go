package checks

import (
	"slices"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
)

// deployedExactly compares the auth.config of the source, evaluated under the
// deployment's own variables, with what is deployed. That takes a deploy key
// of the deployment that the app talks to; without one it decides nothing.
func deployedExactly(known *gate.Facts, r source.Repository) (v gate.Verdict, decided bool) {
	configs, err := facts.EvaluatedConfigs.Lookup(known)
	have, listed := deployedProviders(known)
	if err != nil || !listed || !sameDeployment(known) || len(configs) != 1 || configs[0].Trouble != "" {
		return v, false
	}
	config := configs[0]
	if config.Error != "" {
		v = gate.Fail("%s is not what is deployed: under the deployment's variables Convex does not take it", config.File).
			Because("what Convex says to it", oneLine(config.Error))
		if config.Variable != "" {
			v = v.FixedBy("Run `npx convex env set %s …%s`, and deploy the backend from this commit.", config.Variable, deploymentFlag(known))
		}
		return v, true
	}
	missing := slices.DeleteFunc(slices.Clone(config.Providers), func(p eval.Provider) bool {
		return slices.ContainsFunc(have, func(d facts.Provider) bool { return isDeployed(p, d) })
	})
	further := slices.DeleteFunc(slices.Clone(have), func(d facts.Provider) bool {
		return slices.ContainsFunc(config.Providers, func(p eval.Provider) bool { return isDeployed(p, d) })
	})
	if len(missing)+len(further) == 0 {
		return gate.Pass("Convex has the providers of %s under its own variables", config.File), true
	}
	v = gate.Fail("Convex has other providers than %s", config.File)
	for _, p := range missing {
		if taken(r, "auth-config-deployed", position(p.Position)) {
			return gate.Pass("a comment in %s says that this is meant", config.File), true
		}
		v = v.At(placed("in the source only", describe(asDeployed(p)), p.Position))
	}
	for _, d := range further {
		v = v.Because("deployed only", describe(d))
	}
	return v, true
}

// asDeployed is a provider of the source as Convex lists it.
func asDeployed(p eval.Provider) facts.Provider {
	d := facts.Provider{Kind: "CustomJWT", Issuer: p.Issuer, JWKS: p.JWKS, Algorithm: p.Algorithm}
	if p.Issuer == "" {
		d.Kind, d.Issuer = "OIDC", p.Domain
	}
	if p.ApplicationID != nil {
		d.Audience = *p.ApplicationID
	}
	return d
}

// isDeployed compares what both sides tell: an error tells no keys.
func isDeployed(p eval.Provider, d facts.Provider) bool {
	own := asDeployed(p)
	return own.Kind == d.Kind && sameIssuer(own.Issuer, d.Issuer) && own.Audience == d.Audience &&
		(d.JWKS == "" || own.JWKS == d.JWKS) && (d.Algorithm == "" || own.Algorithm == d.Algorithm)
}
