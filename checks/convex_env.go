package checks

import (
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexEnv asks whether WORKOS_CLIENT_ID on the Convex deployment is the
// app's, to the letter.
//
// auth.config.ts builds the issuer and the address of the keys from it. Convex
// stores a value as it was pasted: quotes, a space or a line break around it
// end up in the issuer, which then matches no token. A deployment copies the
// project's defaults when it is created and does not follow them later.
//
// # Fix
//
//	npx convex env set WORKOS_CLIENT_ID client_… --preview-name my-branch
//
// It takes effect at once. Set the project's default for previews too, so
// that the next branch starts right:
//
//	npx convex env default set WORKOS_CLIENT_ID client_… --type preview
var ConvexEnv = &gate.Check{
	ID:    "convex-env",
	Stage: gate.StageConvex,
	Title: "WORKOS_CLIENT_ID on Convex is the app's",
	Fix:   "Set the app's `WORKOS_CLIENT_ID` on the Convex deployment.",
	Needs: []gate.Need{facts.ConvexVariables, facts.ConvexOpened},
	Uses:  []gate.Need{facts.ConvexSite, facts.ConvexInstance, facts.SignIn, facts.ConvexTrust},
	After: []*gate.Check{ClientIDAgrees, ConvexURL, ConvexReachable},
	Judge: convexEnv,
}

func convexEnv(known *gate.Facts) gate.Verdict {
	settings, opened := facts.ConvexVariables.From(known), facts.ConvexOpened.From(known)
	if site, err := facts.ConvexSite.Lookup(known); err == nil && !sameDeployment(known) {
		return gate.Unsure("the CONVEX_DEPLOY_KEY (%s) opens %s, and the app talks to %s", opened.Kind, hostOf(opened.URL), hostOf(site))
	}
	const setting = "WORKOS_CLIENT_ID on the Convex deployment"
	stored := settings.ClientID
	in, err := facts.SignIn.Lookup(known)
	if stored == "" {
		return convexEnvUnset(known, slices.Contains(settings.Names, "WORKOS_CLIENT_ID"))
	}
	clean := strings.Trim(stored, " \t\r\n\"'`")
	if (clean != stored || err == nil && stored != in.ClientID) && takesTokens(known) {
		return gate.Pass("WORKOS_CLIENT_ID on Convex is not the app's to the letter, and its auth.config does without it")
	}
	if clean != stored {
		return gate.Fail("WORKOS_CLIENT_ID on Convex has %s around it", around(stored, clean)).
			FixedBy("Run `npx convex env set WORKOS_CLIENT_ID %s%s`; Convex applies it at once.", shellWord(clean), deploymentFlag(known)).
			Because(setting, visible(stored))
	}
	if err != nil {
		return gate.Unsure("WORKOS_CLIENT_ID is set on Convex; the app's own is not known: %v", err)
	}
	if stored != in.ClientID {
		return gate.Fail("WORKOS_CLIENT_ID on Convex is %.80q, the app signs in with %s", stored, in.ClientID).
			FixedBy("Run `npx convex env set WORKOS_CLIENT_ID %s%s`; Convex applies it at once.", shellWord(in.ClientID), deploymentFlag(known)).
			Because(setting, visible(stored)).Because("client_id of the request for sign-in", in.ClientID)
	}
	if settings.Default != "" && settings.Default != stored {
		return gate.Pass("%s, as in the app (the project's default for previews is %s)", stored, settings.Default)
	}
	return gate.Pass("%s, as in the app", stored)
}

// convexEnvUnset judges a deployment without the variable. Convex refuses to
// deploy an auth.config.ts that reads an unset one, so a deployment that works
// without it does not read it.
func convexEnvUnset(known *gate.Facts, empty bool) gate.Verdict {
	how := "not set"
	if empty {
		how = "empty"
	}
	trust, err := facts.ConvexTrust.Lookup(known)
	switch {
	case err != nil:
		return gate.Unsure("WORKOS_CLIENT_ID is %s on Convex; whether its auth.config needs it is not known: %v", how, err)
	case !trust.Control.Unmatched():
		return gate.Unsure("WORKOS_CLIENT_ID is %s on Convex, whose answers to forged tokens prove nothing (%s)", how, reply(trust.Control))
	case trust.Plain.Matched(), trust.WithAud.Matched(), trust.Shared.Matched():
		return gate.Pass("WORKOS_CLIENT_ID is %s on Convex, and its auth.config does without it", how)
	case !trust.Plain.Unmatched():
		return gate.Unsure("WORKOS_CLIENT_ID is %s on Convex, which answers %s to a forged token", how, reply(trust.Plain))
	}
	app := trust.ClientID
	return gate.Fail("WORKOS_CLIENT_ID is %s on the Convex deployment", how).
		FixedBy("Run `npx convex env set WORKOS_CLIENT_ID %s%s`; Convex applies it at once.", shellWord(app), deploymentFlag(known)).
		Because("variables on the Convex deployment", list(facts.ConvexVariables.From(known).Names))
}

// around names what stands around a value that was pasted.
func around(stored, clean string) string {
	if strings.ContainsAny(strings.ReplaceAll(stored, clean, ""), "\"'`") {
		return "quotes"
	}
	return "white space"
}

// visible shows white space that cannot be seen.
func visible(s string) string {
	return strings.NewReplacer("\n", "⏎", "\r", "⏎", "\t", "⇥", " ", "␣").Replace(s)
}
