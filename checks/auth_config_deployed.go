package checks

import (
	"regexp"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
)

// AuthConfigDeployed asks whether the auth.config that is deployed is the
// repository's.
//
// The backend is pushed by the build of the preview. When the push fails, is
// skipped, or goes to another deployment, Convex goes on with the providers of
// an older commit.
//
// The providers that Convex has are read from the error by which it refuses a
// forged token, which lists them on a preview unless errors are redacted. With
// CONVEX_DEPLOY_KEY they are Convex' own list, keys and algorithm included, and
// the repository's auth.config is evaluated under the deployment's variables.
//
// # Fix
//
// Deploy the backend from this commit:
//
//	npx convex deploy
var AuthConfigDeployed = &gate.Check{
	ID:    "auth-config-deployed",
	Stage: gate.StageConvex,
	Title: "The deployed auth.config is the repository's",
	Fix:   "Deploy the backend from this commit: `npx convex deploy`, in the preview's build command.",
	Needs: []gate.Need{facts.Repository, facts.ConvexTrust},
	Uses:  []gate.Need{facts.ConvexProviders, facts.EvaluatedConfigs, facts.ConvexOpened, facts.ConvexSite, facts.ConvexInstance},
	After: []*gate.Check{PreviewReachable, ConvexURL, ConvexReachable, AuthConfigValid, ClientIDAgrees, ConvexEnv},
	Judge: authConfigDeployed,
}

func authConfigDeployed(known *gate.Facts) gate.Verdict {
	v, _ := fromSource(known, func(r source.Repository) gate.Verdict {
		if v, decided := deployedExactly(known, r); decided {
			return v
		}
		providers, listed := deployedProviders(known)
		if !listed {
			v := gate.Skip("Convex does not say which providers it has")
			v.Unlock = "CONVEX_DEPLOY_KEY, or an unredacted Convex deployment"
			return v
		}
		return deployed(r, providers)
	})
	return v
}

func deployed(r source.Repository, providers []facts.Provider) gate.Verdict {
	var candidates []source.Backend
	for _, b := range r.Backends {
		if b.Auth != nil && len(b.Auth.Shape) > 0 {
			candidates = append(candidates, b)
		}
	}
	switch len(candidates) {
	case 0:
		return gate.Skip("no auth.config of the source could be evaluated")
	case 1:
	default:
		return gate.Skip("the source holds several Convex backends")
	}
	file, wanted := candidates[0].AuthConfigs[0], candidates[0].Auth.Shape
	missing, further := differences(wanted, providers)
	switch deciding := decidesBy(candidates[0].Auth.Variables); {
	case len(missing)+len(further) == 0:
		return gate.Pass("Convex has the providers of %s", file)
	case len(deciding) > 0:
		return gate.Skip("which providers %s has depends on the value of %s, which is not known", file, list(deciding))
	}
	v := gate.Fail("Convex has other providers than %s", file)
	for _, p := range missing {
		if taken(r, "auth-config-deployed", position(p.Position)) {
			return gate.Pass("a comment in %s says that this is meant", file)
		}
		v = v.At(placed("in the source only", issuer(p), p.Position))
	}
	for _, p := range further {
		v = v.Because("deployed only", describe(p))
	}
	return v
}

// differences lists the repository's providers that the deployment lacks, and
// the deployment's that none of the repository's can stand for. How many there
// are does not tell: a file may make several of one variable.
func differences(wanted []eval.Provider, have []facts.Provider) (missing []eval.Provider, further []facts.Provider) {
	known := make([]bool, len(have))
	for _, w := range wanted {
		found := false
		for i, h := range have {
			if standsFor(w, h) {
				found, known[i] = true, true
			}
		}
		if !found {
			missing = append(missing, w)
		}
	}
	for i, h := range have {
		if !known[i] {
			further = append(further, h)
		}
	}
	return missing, further
}

// standsFor reports whether a provider of the source, written with ${NAME},
// can be one of the deployment.
func standsFor(w eval.Provider, h facts.Provider) bool {
	if (w.Type == "customJwt") != (h.Kind == "CustomJWT") || (w.ApplicationID == nil) != (h.Audience == "") {
		return false
	}
	if w.ApplicationID != nil && !shapePattern(*w.ApplicationID).MatchString(h.Audience) {
		return false
	}
	return shapePattern(issuer(w)).MatchString(strings.TrimRight(h.Issuer, "/"))
}

// decidesBy lists the variables that a file reads without handing them on to
// a provider: they may decide which providers there are.
func decidesBy(variables []eval.Variable) []string {
	var all []string
	for _, v := range variables {
		if len(v.Reaches) == 0 {
			all = append(all, v.Name)
		}
	}
	return all
}

func issuer(p eval.Provider) string {
	if p.Issuer != "" {
		return p.Issuer
	}
	return p.Domain
}

var shapeVariable = regexp.MustCompile(`\\\$\\\{[^}]*\\\}`)

// shapePattern matches the values that an issuer written with ${NAME} can
// have. Convex adds a scheme and passes over slashes at the end.
func shapePattern(shape string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(strings.TrimRight(shape, "/"))
	return regexp.MustCompile(`^(?:https://)?` + shapeVariable.ReplaceAllString(quoted, `.*`) + `$`)
}
