package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
)

// ClientIDAgrees asks whether the app and its Convex deployment mean the same
// WorkOS client.
//
// Both read WORKOS_CLIENT_ID, each from its own environment: the app from
// Vercel's, auth.config.ts from the Convex deployment's. When the two differ,
// sign-in works and Convex refuses every token of it. A preview deployment of
// Convex takes the value from the project's defaults when it is created, and
// keeps it when the default changes later.
//
// What Convex means is read from its environment when there is a deploy key,
// and otherwise from the error by which it refuses a forged token: a preview
// deployment lists its providers there unless its errors are redacted. With a
// test account the client that its access token names is compared too.
//
// # Fix
//
// Set the app's client id on the branch's Convex deployment; it takes effect
// at once:
//
//	npx convex env set WORKOS_CLIENT_ID client_… --preview-name my-branch
var ClientIDAgrees = &gate.Check{
	ID:    "client-id-agrees",
	Stage: gate.StageSignIn,
	Title: "The app and Convex mean the same WorkOS client",
	Fix:   "Set the app's `WORKOS_CLIENT_ID` on the Convex deployment.",
	Needs: []gate.Need{facts.SignIn},
	Uses:  append(meantClient(), facts.Examined, facts.Repository, facts.AccessToken),
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, SignInStarts, ClientIDKnown},
	Judge: clientIDAgrees,
}

func clientIDAgrees(known *gate.Facts) gate.Verdict {
	app := facts.SignIn.From(known).ClientID
	agree := []string{"the app"}
	if expected, err := facts.ExpectedClient.Lookup(known); err == nil {
		if expected != app {
			return gate.Fail("the app signs in with %s, not with the expected %s", app, expected).
				FixedBy("Set `WORKOS_CLIENT_ID` to `%s` for the Preview environment in Vercel and redeploy; or correct the value that previewgate is given.", expected).
				Because("client_id of the request for sign-in", app).
				Because("WORKOS_CLIENT_ID given to previewgate", expected)
		}
		agree = append(agree, "the expectation")
	}
	if v, wrong := writtenInSource(known, app); wrong {
		return v
	}
	tokens, _ := facts.AccessToken.Lookup(known) // without one there is nothing to compare
	if of := tokens.Claims.ClientID; of != "" && of != app {
		return otherTokens(app, of)
	}
	convex, from := convexClients(known)
	switch {
	case takesTokens(known):
		agree = append(agree, "Convex")
	case len(convex) > 0 && !slices.Contains(convex, app):
		return otherConvex(known, app, convex).
			Because("client_id of the request for sign-in", app).
			Because(from, strings.Join(convex, ", "))
	case len(convex) > 0:
		agree = append(agree, "Convex")
	case len(agree) == 1:
		return notComparable(known)
	}
	if tokens.Claims.ClientID != "" {
		agree = append(agree, "the tokens")
	}
	return gate.Pass("%s: %s", list(agree), app)
}

// otherConvex is the verdict on an app and a Convex deployment that mean
// different clients. Where WorkOS does not take the redirect URI from the app's
// client, it is the app that has the wrong one.
func otherConvex(known *gate.Facts, app string, convex []string) gate.Verdict {
	v := gate.Fail("the app signs in with %s, but Convex trusts %s", app, list(convex))
	set := fmt.Sprintf("`npx convex env set WORKOS_CLIENT_ID %s%s`", shellWord(app), deploymentFlag(known))
	if len(convex) == 1 && otherClient(known) == convex[0] && refusesURI(known) {
		return v.FixedBy("Set `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` of the Preview environment in Vercel to those of %s, and redeploy: "+
			"WorkOS does not take the redirect URI from the app's client. If that is the right one all the same, register the URI and run %s.", convex[0], set)
	}
	return v.FixedBy("Run %s; Convex applies it at once.", set)
}

// refusesURI reports whether WorkOS refuses a redirect URI of the app's.
func refusesURI(known *gate.Facts) bool {
	examined, err := facts.Examined.Lookup(known)
	return err == nil && slices.ContainsFunc(examined, func(e facts.Examination) bool { return registered(e).Status == gate.Failed })
}

// otherTokens is the verdict on an app that hands out the tokens of another
// client than the one it signs in with.
func otherTokens(app, of string) gate.Verdict {
	return gate.Fail("the app signs in with %s, but its tokens are for %s", app, of).
		FixedBy("Set `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` of the Preview environment in Vercel to those of one WorkOS environment, and redeploy.").
		Because("client_id of the request for sign-in", app).
		Because("client that the access token names", of)
}

// writtenInSource looks for an auth.config that spells out another client than
// the app's. Of several backends none is known to be the app's.
func writtenInSource(known *gate.Facts, app string) (v gate.Verdict, wrong bool) {
	r, err := facts.Repository.Lookup(known)
	if err != nil || takesTokens(known) {
		return gate.Verdict{}, false
	}
	var configs []source.Backend
	for _, b := range r.Backends {
		if b.Auth != nil {
			configs = append(configs, b)
		}
	}
	if len(configs) != 1 {
		return gate.Verdict{}, false
	}
	file := configs[0].AuthConfigs[0]
	for _, p := range configs[0].Auth.Shape {
		switch id := clientID.FindString(p.Issuer); {
		case strings.Contains(p.Issuer, "${"+clientVariable+"}"), id == app:
			return gate.Verdict{}, false
		case id != "" && !wrong && !taken(r, "client-id-agrees", position(p.Position)):
			wrong = true
			v = gate.Fail("the app signs in with %s, but %s spells out %s", app, file, id).
				FixedBy("Read the client id from `process.env.WORKOS_CLIENT_ID` in `%s`, and set it on the Convex deployment.", file).
				Because("client_id of the request for sign-in", app).
				At(placed("issuer", p.Issuer, p.Position))
		}
	}
	return v, wrong
}

const clientVariable = "WORKOS_CLIENT_ID"

// deploymentFlag is how the Convex CLI is told which deployment is meant.
func deploymentFlag(known *gate.Facts) string {
	site, err := facts.ConvexSite.Lookup(known)
	if name, _, cloud := strings.Cut(hostOf(site), "."); err == nil && cloud && strings.HasSuffix(site, ".convex.cloud") {
		return " --deployment " + shellWord(name)
	}
	if known.Target.Branch != "" {
		return " --preview-name " + shellWord(known.Target.Branch)
	}
	return ""
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./@:+-]+$`)

// shellWord quotes a word for a command that somebody may paste: a branch
// name is chosen by whoever opens the pull request.
func shellWord(word string) string {
	if plainWord.MatchString(word) && !strings.HasPrefix(word, "-") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// notComparable says why there is nothing to compare the app's client with.
func notComparable(known *gate.Facts) gate.Verdict {
	trust, err := facts.ConvexTrust.Lookup(known)
	if err == nil && trust.Control.Unmatched() && trust.Listed {
		return gate.Skip("no provider that Convex lists names a WorkOS client")
	}
	v := gate.Skip("Convex does not say which client it means")
	if err != nil {
		v = gate.Skip("nothing is known of the client that Convex means")
	}
	v.Unlock = "WORKOS_CLIENT_ID or CONVEX_DEPLOY_KEY"
	return v
}
