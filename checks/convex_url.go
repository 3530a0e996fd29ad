package checks

import (
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexURL asks whether the client talks to a Convex deployment, and to the
// right one.
//
// NEXT_PUBLIC_CONVEX_URL is copied into the client bundle at build time.
// convex deploy --cmd sets it to the branch's own preview deployment;
// without it a preview has production's value or none. A client without an
// address never authenticates and says nothing about it.
//
// With a preview deploy key the branch's deployment is looked up, and another
// one in the bundle is a failure.
//
// # Fix
//
// Let Convex set the address: in Vercel's Build Command,
//
//	npx convex deploy --cmd 'npm run build'
//
// with a preview deploy key as CONVEX_DEPLOY_KEY for the Preview environment.
var ConvexURL = &gate.Check{
	ID:    "convex-url",
	Stage: gate.StageConvex,
	Title: "The client talks to this preview's Convex deployment",
	Fix:   "Set Vercel's build command to `npx convex deploy --cmd 'npm run build'`, with a preview deploy key as `CONVEX_DEPLOY_KEY` for the Preview environment.",
	Needs: []gate.Need{facts.ClientBundle},
	Uses:  []gate.Need{facts.ConvexURL, facts.ConvexOpened, facts.ConvexSite, facts.ConvexInstance},
	After: []*gate.Check{PreviewReachable},
	Judge: convexURL,
}

func convexURL(known *gate.Facts) gate.Verdict {
	b := facts.ClientBundle.From(known)
	given, err := facts.ConvexURL.Lookup(known)
	given = strings.TrimRight(given, "/")
	switch {
	case len(b.Convex) == 1:
		return rightConvex(known, b.Convex[0])
	case err == nil && slices.Contains(b.Convex, given):
		return rightConvex(known, given)
	case len(b.Convex) > 1 && err == nil:
		return gate.Fail("the client talks to %s, and not to %s", list(b.Convex), given).
			Because("client bundle", strings.Join(b.Convex, ", ")).Because("--convex-url", given)
	case len(b.Convex) > 1:
		return gate.Unsure("the client bundle names several Convex deployments (%s): say which is meant with --convex-url", list(b.Convex))
	case b.NoConvex:
		return gate.Fail("NEXT_PUBLIC_CONVEX_URL had no value when the app was built").
			Because("client bundle", "a Convex client without an address")
	case b.Missed > 0 || b.Chunks == 0:
		return unreadChunks(b)
	case !b.UsesSDK:
		return gate.Skip("no Convex client is in what public pages load")
	case err == nil:
		return gate.Skip("what public pages load names no Convex deployment, so that %s cannot be compared", hostOf(given))
	}
	return gate.Unsure("a Convex client is in what public pages load, and no address for it: name it with --convex-url")
}

// rightConvex compares the bundle's deployment with what is known of the
// right one.
func rightConvex(known *gate.Facts, site string) gate.Verdict {
	if given, err := facts.ConvexURL.Lookup(known); err == nil && strings.TrimRight(given, "/") != site {
		return gate.Fail("the client talks to %s, not to %s", hostOf(site), hostOf(given)).
			Because("client bundle", site).Because("--convex-url", given)
	}
	opened, err := facts.ConvexOpened.Lookup(known)
	_, unnamed := facts.ConvexInstance.Lookup(known)
	same := sameDeployment(known)
	switch {
	case err != nil:
		return gate.Pass("the client talks to %s", hostOf(site))
	case opened.Missing:
		return gate.Pass("the client talks to %s (Convex has no preview named %s)", hostOf(site), opened.Branch)
	case opened.Kind == facts.KeyPreviews && same:
		return gate.Pass("the client talks to %s, the deployment of branch %s", hostOf(site), opened.Branch)
	case opened.Kind == facts.KeyPreviews && unnamed != nil && !strings.HasSuffix(site, ".convex.cloud"):
		return gate.Unsure("whether %s is the deployment of branch %s cannot be told: %v", hostOf(site), opened.Branch, unnamed)
	case opened.Kind == facts.KeyPreviews:
		return gate.Fail("the client talks to %s, but the deployment of branch %s is %s", hostOf(site), opened.Branch, hostOf(opened.URL)).
			Because("client bundle", site).Because("Convex' preview deployment of "+opened.Branch, opened.URL)
	case opened.Environment == "prod" && same && known.Target.Environment != "production":
		return gate.Fail("the client of this preview talks to production's Convex deployment, %s", hostOf(site)).
			Because("client bundle", site).Because("CONVEX_DEPLOY_KEY", "a key of production, "+opened.Name)
	}
	return gate.Pass("the client talks to %s", hostOf(site))
}
