package checks

import (
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// AuthConfigValid asks whether Convex can take the repository's auth.config,
// and whether it knows AuthKit's tokens.
//
// Convex evaluates the file on every deployment and on every change of a
// variable. Reading a variable that is unset is an error there, also behind
// ?? and ||. A provider with WorkOS' shared issuer needs an applicationID,
// and one with the issuer of your client must not have one as a rule, since
// AuthKit's tokens then have no audience.
//
// # Fix
//
//	export default {
//	  providers: [
//	    {
//	      type: 'customJwt',
//	      issuer: `https://api.workos.com/user_management/${process.env.WORKOS_CLIENT_ID}`,
//	      algorithm: 'RS256',
//	      jwks: `https://api.workos.com/sso/jwks/${process.env.WORKOS_CLIENT_ID}`,
//	    },
//	  ],
//	};
var AuthConfigValid = &gate.Check{
	ID:    "auth-config-valid",
	Stage: gate.StageConvex,
	Title: "Convex can take the repository's auth.config",
	Fix:   "Mend `auth.config.ts` where it is shown.",
	Needs: []gate.Need{facts.Repository},
	Uses:  []gate.Need{facts.AccessToken},
	Judge: authConfigValid,
}

func authConfigValid(known *gate.Facts) gate.Verdict {
	v, _ := fromSource(known, func(r source.Repository) gate.Verdict { return authConfigs(known, r) })
	return v
}

func authConfigs(known *gate.Facts, r source.Repository) gate.Verdict {
	var verdicts, skipped []gate.Verdict
	for _, b := range r.Backends {
		if len(b.AuthConfigs) == 0 {
			continue
		}
		v := authConfig(known, b)
		if v.Status == gate.Failed && slices.ContainsFunc(v.Evidence, func(e gate.Evidence) bool { return takenBack(r, e) }) {
			v = gate.Pass("a comment in %s says that this is meant", b.AuthConfigs[0])
		}
		if v.Status == gate.Skipped {
			skipped = append(skipped, v)
		} else {
			verdicts = append(verdicts, v)
		}
	}
	if len(skipped)+len(verdicts) == 0 {
		return gate.Skip("the source holds no auth.config of Convex")
	}
	return worst(append(skipped, verdicts...))
}

// takenBack reports whether a comment takes the finding back that a piece of
// evidence shows.
func takenBack(r source.Repository, e gate.Evidence) bool {
	if e.Line == 0 {
		return takenInFile(r, "auth-config-valid", e.File)
	}
	return taken(r, "auth-config-valid", rules.Position{File: e.File, Line: e.Line, Column: e.Column})
}

func authConfig(known *gate.Facts, b source.Backend) gate.Verdict {
	file := b.AuthConfigs[0]
	switch {
	case len(b.AuthConfigs) > 1:
		return gate.Fail("there are two auth.configs, of which Convex takes neither").
			FixedBy("Delete `%s` or `%s`.", b.AuthConfigs[0], b.AuthConfigs[1]).
			At(gate.Evidence{What: "auth.config", Saw: b.AuthConfigs[0], File: b.AuthConfigs[0]}).
			At(gate.Evidence{What: "auth.config", Saw: b.AuthConfigs[1], File: b.AuthConfigs[1]})
	case b.Auth == nil:
		return gate.Unsure("%s could not be evaluated: %s", file, b.Trouble)
	case len(b.Unknown) > 0:
		return untold(b.Unknown[0], "whether Convex takes %s depends on the value of %s, which is not known", file, list(b.Unknown))
	case b.Auth.Error != nil:
		return refusedConfig(file, *b.Auth.Error)
	}
	for _, p := range b.Auth.Providers {
		if perClient(p) && p.ApplicationID != nil && !alsoWithout(b.Auth.Providers, p) {
			if v := wantedAudience(known, file, p); v.Status != gate.Passed {
				return v.At(placed("applicationID", *p.ApplicationID, fieldPlace(p, "applicationID")))
			}
		}
	}
	if len(b.Auth.Providers) == 1 {
		return gate.Pass("%s evaluates to 1 provider", file)
	}
	return gate.Pass("%s evaluates to %d providers", file, len(b.Auth.Providers))
}

// wantedAudience is the verdict on a provider that wants an audience of the
// tokens of the app's client. One of the test account tells whether they have
// any; which one it must be is known on the deployment alone.
func wantedAudience(known *gate.Facts, file string, p eval.Provider) gate.Verdict {
	token, err := facts.AccessToken.Lookup(known)
	switch {
	case err != nil:
		return gate.Unsure("%s wants an audience of tokens with the client's own issuer, which AuthKit's do not have as a rule: a token of a test account would tell", file).
			FixedBy("Take `applicationID` off that provider, unless a JWT template adds the audience.")
	case len(token.Claims.Audience) > 0 || hostOf(token.Claims.Issuer) != hostOf(p.Issuer):
		return gate.Pass("the app's tokens have an audience, or another issuer")
	}
	return gate.Fail("%s wants an audience of tokens with the client's own issuer, and the app's have none", file).
		FixedBy("Take `applicationID` off that provider, or add the audience in WorkOS' JWT template.")
}

// alsoWithout reports whether another provider takes tokens of the same issuer
// without an audience.
func alsoWithout(all []eval.Provider, p eval.Provider) bool {
	return slices.ContainsFunc(all, func(other eval.Provider) bool {
		return other.ApplicationID == nil && strings.TrimRight(other.Issuer, "/") == strings.TrimRight(p.Issuer, "/")
	})
}

func refusedConfig(file string, e eval.AuthError) gate.Verdict {
	v := gate.Fail("Convex does not take %s: %s", file, strings.TrimRight(e.Message, "."))
	saw := e.Message
	if e.Detail != "" {
		saw = e.Detail
	}
	if e.Variable != "" {
		v = v.FixedBy("Run `npx convex env set %s …` on the deployment, and `npx convex env default set %s … --type preview` for the next ones.", e.Variable, e.Variable)
	}
	return v.At(placed("auth.config", saw, e.Position))
}

// perClient reports whether a provider's issuer is that of one WorkOS client.
func perClient(p eval.Provider) bool {
	return strings.Contains(p.Issuer, "/user_management/")
}

func fieldPlace(p eval.Provider, field string) js.Position {
	if at, found := p.Fields[field]; found {
		return at
	}
	return p.Position
}
