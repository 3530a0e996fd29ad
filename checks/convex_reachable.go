package checks

import (
	"net/http"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexReachable asks whether the Convex deployment that the client talks to
// is there and is the one it is said to be.
//
// Convex deletes a preview deployment some days after it was made. The app is
// then built and served as before, and talks to nobody.
//
// # Fix
//
// Redeploy the preview: convex deploy makes the branch's deployment anew.
var ConvexReachable = &gate.Check{
	ID:    "convex-reachable",
	Stage: gate.StageConvex,
	Title: "The Convex deployment answers",
	Fix:   "Redeploy the preview, so that `npx convex deploy` makes the branch's Convex deployment anew.",
	Needs: []gate.Need{facts.ConvexSite, facts.ConvexInstance},
	After: []*gate.Check{PreviewReachable, ConvexURL},
	Judge: convexReachable,
}

func convexReachable(known *gate.Facts) gate.Verdict {
	a, site := facts.ConvexInstance.From(known), facts.ConvexSite.From(known)
	switch {
	case a.Status == http.StatusNotFound && strings.HasSuffix(hostOf(site), ".convex.cloud"):
		return gate.Fail("the Convex deployment %s does not exist any more", hostOf(site)).
			Because("GET "+a.URL, a.Short())
	case a.Status != http.StatusOK:
		return gate.Unsure("%s answers %s", hostOf(site), a.Short())
	}
	name := strings.TrimSpace(a.Body)
	expected, _, _ := strings.Cut(hostOf(site), ".")
	if strings.HasSuffix(hostOf(site), ".convex.cloud") && name != expected {
		return gate.Unsure("%s calls itself %.60q", hostOf(site), name)
	}
	return gate.Pass("%s answers", hostOf(site))
}
