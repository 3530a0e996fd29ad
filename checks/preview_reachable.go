package checks

import (
	"net/http"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// PreviewReachable asks whether the app itself answers.
//
// A preview behind Vercel Authentication, Password Protection or the firewall
// answers every request with a page of Vercel's, and a deployment that was
// deleted or superseded with an error page. Judging the app by such an answer
// would accuse it of what it did not do.
//
// # Fix
//
// For a protected preview create a secret under Project Settings, Deployment
// Protection, Protection Bypass for Automation, and give it to previewgate:
//
//	env:
//	  VERCEL_AUTOMATION_BYPASS_SECRET: ${{ secrets.VERCEL_AUTOMATION_BYPASS_SECRET }}
//
// The bypass does not help against the firewall: exempt the requests with a
// custom rule there. For a deployment that is gone, run again on the newest.
var PreviewReachable = &gate.Check{
	ID:    "preview-reachable",
	Stage: gate.StageDeployment,
	Title: "The preview answers",
	Fix:   "Open the preview's URL in a private window and mend what keeps it from answering.",
	Needs: []gate.Need{facts.FrontPage},
	Uses:  []gate.Need{facts.BypassGiven},
	After: []*gate.Check{PreviewBuilt},
	Judge: previewReachable,
}

func previewReachable(known *gate.Facts) gate.Verdict {
	front := facts.FrontPage.From(known)
	if front.Trouble != "" {
		return gate.Fail("no request reaches the preview: %s", front.Trouble)
	}
	first := front.First()
	wall := first.Wall()
	switch wall {
	case facts.NoWall:
		return appAnswers(first)
	case facts.WallPlatform:
		return platformAnswers(first)
	case facts.WallRateLimited:
		return gate.Unsure("the preview answers 429, too many requests")
	case facts.WallTrustedIPs:
		return gate.Unsure("the preview answers 403: that may be Trusted IPs, the firewall or the app itself").
			FixedBy("Run previewgate from an address that may connect, or let its requests pass in Vercel under Firewall.").
			Because(first.Request(), first.Short())
	case facts.WallFirewall:
		if first.Status == http.StatusTooManyRequests && first.Header.Get("X-Vercel-Mitigated") != "challenge" {
			return gate.Unsure("the preview answers 429, too many requests")
		}
		return gate.Fail("%s answers in the app's place", wall).
			FixedBy("Let previewgate's requests pass in Vercel: Project, Firewall, a custom rule that bypasses for the user agent `previewgate`; or run it from an address that may connect.").
			Because(first.Request(), first.Short())
	case facts.WallSSO, facts.WallPassword:
	}
	v := gate.Fail("%s answers in the app's place", wall).Because(first.Request(), first.Short())
	if _, err := facts.BypassGiven.Lookup(known); err == nil {
		v.Summary += " although a bypass secret was sent"
		return v.FixedBy("Renew the bypass secret: it must be of this very project, under Project Settings, Deployment Protection, Protection Bypass for Automation; then set `VERCEL_AUTOMATION_BYPASS_SECRET` in the repository's secrets.")
	}
	return v.FixedBy("Create a secret in Vercel under Project Settings, Deployment Protection, Protection Bypass for Automation, and give it to previewgate as `VERCEL_AUTOMATION_BYPASS_SECRET`.")
}

// appAnswers passes whatever the app itself answers: an error of the app is
// for the checks on its parts to name.
func appAnswers(first facts.Hop) gate.Verdict {
	if first.Status == 502 || first.Status == 503 || first.Status == 504 {
		return gate.Unsure("the preview answers %s", first.Short())
	}
	if code := first.Header.Get("X-Vercel-Error"); code == "FUNCTION_INVOCATION_FAILED" || code == "EDGE_FUNCTION_INVOCATION_FAILED" {
		return gate.Fail("the app crashes on its first page (%s)", code).
			FixedBy("Read the deployment's runtime logs in Vercel for the exception; a module that throws while it is loaded, such as a check of environment variables, is the usual cause.").
			Because(first.Request(), first.Short()).
			Because("x-vercel-id", first.Header.Get("X-Vercel-Id"))
	}
	return gate.Pass("the app answers %d", first.Status)
}

// platformAnswers triages Vercel's own error codes: what is passing or the
// platform's is no failure of the deployment.
func platformAnswers(first facts.Hop) gate.Verdict {
	code := first.Header.Get("X-Vercel-Error")
	var reason, fix string
	switch code {
	case "DEPLOYMENT_NOT_FOUND":
		reason, fix = "this deployment does not exist any more: it was deleted, or superseded by a newer one", "Run again on the newest deployment of the branch."
	case "DEPLOYMENT_DELETED":
		reason, fix = "the deployment was deleted", "Redeploy the commit."
	case "DEPLOYMENT_BLOCKED", "DEPLOYMENT_DISABLED":
		reason, fix = "Vercel has blocked the deployment", "Open the deployment in Vercel's dashboard: it says what has to be resolved in the account."
	case "DEPLOYMENT_PAUSED":
		reason, fix = "the project is paused", "Resume the project in Vercel under Settings, General."
	case "INFINITE_LOOP_DETECTED":
		reason, fix = "the app requests itself without end", "Look for a fetch of the app's own URL in its proxy or layout."
	default:
		return gate.Unsure("Vercel answers in the app's place: %s", code)
	}
	return gate.Fail("%s", reason).FixedBy("%s", fix).Because("x-vercel-error", code).Because(first.Request(), first.Short())
}
