package checks

import (
	"cmp"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// ConvexFresh asks whether the Convex functions were deployed from the commit
// that the preview was built from.
//
// The build of the preview pushes them, and convex deploy says from which
// commit in the message that the deployment's audit log keeps. When it names
// another, the build did not push, or a later build of the branch did.
//
// # Fix
//
// Let the build command push the functions:
//
//	npx convex deploy --cmd 'npm run build'
var ConvexFresh = &gate.Check{
	ID:       "convex-fresh",
	Stage:    gate.StageConvex,
	Severity: gate.Advisory,
	Title:    "Convex runs this commit's functions",
	Fix:      "Let the build command of previews be `npx convex deploy --cmd 'npm run build'`, and redeploy.",
	Needs:    []gate.Need{facts.ConvexPush},
	Uses:     []gate.Need{facts.Deployment},
	After:    []*gate.Check{PreviewBuilt, ConvexURL, ConvexReachable},
	Judge:    convexFresh,
}

func convexFresh(known *gate.Facts) gate.Verdict {
	push := facts.ConvexPush.From(known)
	deployment, _ := facts.Deployment.Lookup(known) // without it the event's commit has to do
	sha := cmp.Or(deployment.SHA, known.Target.SHA)
	switch {
	case sha == "":
		return gate.Skip("the commit of the preview is not known")
	case push.Commit == "":
		return gate.Skip("the last push to Convex does not say from which commit it was")
	case strings.HasPrefix(sha, push.Commit):
		return gate.Pass("Convex was deployed from %s, as the preview", push.Commit)
	}
	return gate.Fail("Convex runs the functions of %s, the preview is of %.7s", push.Commit, sha).
		Because("audit log of Convex", push.Message).Because("commit of the preview", sha)
}
