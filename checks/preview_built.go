package checks

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// PreviewBuilt asks whether there is a deployment to look at.
//
// Vercel reports the end of every build to GitHub. A build that failed or was
// cancelled leaves no preview, and everything else waits for one. The report
// of a failed build often tells an auth problem already: convex deploy
// refuses a template such as ${buildEnv.VERCEL_BRANCH_URL} that has no value,
// an auth.config.ts that reads an unset variable, and a production deploy key
// on a preview.
//
// With VERCEL_TOKEN the reason is Vercel's own, and the lines of the build log
// that tell are shown: it is read only after a build that failed.
//
// # Fix
//
// Open the deployment in Vercel and read the end of its build log. When a
// variable is named there, set it for the Preview environment and redeploy.
var PreviewBuilt = &gate.Check{
	ID:    "preview-built",
	Stage: gate.StageDeployment,
	Title: "The deployment was built",
	Fix:   "Read the end of the deployment's build log in Vercel, mend what it names, and push or redeploy.",
	Uses:  []gate.Need{facts.Built, facts.Deployment, facts.BuildLog},
	Judge: previewBuilt,
}

func previewBuilt(known *gate.Facts) gate.Verdict {
	build, err := facts.Built.Lookup(known)
	if d, unknown := facts.Deployment.Lookup(known); unknown == nil && d.State != "" && (d.State != "READY" || !hasNoPreview(build)) {
		return builtByVercel(known, d)
	}
	if err != nil {
		return gate.Without(err)
	}
	return builtByEvent(build)
}

// hasNoPreview reports whether the event says that there is no preview to look
// at. The API may call the deployment ready all the same: when a check failed
// after the build, or an address could not be given, or when it knows another
// deployment of the commit.
func hasNoPreview(b facts.Build) bool {
	switch b.State {
	case "failure", "error", "failed", "blocked", "canceled":
		return true
	}
	return false
}

// builtByEvent judges by what the event says.
func builtByEvent(build facts.Build) gate.Verdict {
	var v gate.Verdict
	switch build.State {
	case "success", "ready":
		return gate.Pass("Vercel reports the deployment as ready")
	case "ignored", "skipped":
		return gate.Skip("Vercel did not build this commit on purpose (%s)", build.State)
	case "canceled":
		v = failedBuild("canceled")
	case "failure", "error", "failed":
		v = failedBuild(build.Detail)
	case "blocked":
		if v = failedBuild(build.Detail); v.Summary == failedBuild("").Summary {
			v = gate.Fail("Vercel did not build this commit").
				FixedBy("Open the commit's status by Vercel, which says what it waits for.")
		}
	default:
		return gate.Unsure("how the build ended is not known: Vercel reports it as %.40q", build.State)
	}
	v = v.Because("state of the deployment", build.State)
	if build.Detail != "" {
		v = v.Because("Vercel's reason", build.Detail)
	}
	return v
}

// failedBuild tells the reasons apart that Vercel gives by name: as the detail
// of a dispatch, or as the description of a status.
func failedBuild(reason string) gate.Verdict {
	lower := strings.ToLower(reason)
	switch {
	case strings.HasPrefix(lower, "authorization required"):
		return gate.Fail("Vercel waits for an authorization before it builds this commit").
			FixedBy("Authorize the deployment in Vercel: a commit from a fork is built only when a member of the team allows it.")
	case strings.Contains(lower, "rate limited"):
		return gate.Fail("Vercel has reached the plan's limit of deployments and did not build this commit").
			FixedBy("Wait as long as Vercel says and redeploy the commit, or raise the team's plan.")
	case strings.Contains(lower, "account is blocked"):
		return refusedBuild(reason)
	}
	switch reason {
	case "canceled", "cancelled":
		return gate.Fail("the build was cancelled").
			FixedBy("Redeploy the commit in Vercel, unless a newer commit of the branch has taken its place.")
	case "account blocked", "missing vercel access", "no vercel account":
		return refusedBuild(reason)
	case "checks failed":
		return gate.Fail("a check that Vercel runs on the deployment failed").
			FixedBy("Open the deployment in Vercel under Checks and mend what failed there.")
	case "aliasing failed":
		return gate.Fail("Vercel built the deployment and could not give it its addresses").
			FixedBy("Open the deployment in Vercel: it names the domain that could not be assigned.")
	}
	return gate.Fail("the build failed")
}

// refusedBuild is the verdict on a build that Vercel refused on account of who
// wants it.
func refusedBuild(reason string) gate.Verdict {
	return gate.Fail("Vercel refused to build this commit (%s)", reason).
		FixedBy("Open the deployment in Vercel: give the commit's author access to the team, or resolve what blocks the account.")
}

// builtByVercel judges by what Vercel's API says of the deployment.
func builtByVercel(known *gate.Facts, d facts.VercelDeployment) gate.Verdict {
	var v gate.Verdict
	switch {
	case d.State == "READY":
		return gate.Pass("Vercel reports the deployment as ready")
	case d.State == "CANCELED" && strings.Contains(d.ErrorMessage, "Ignored Build Step"):
		v = gate.Fail("the project's Ignored Build Step cancelled the build, so that there is no preview of this commit").
			FixedBy("Let the command under Settings, Git, Ignored Build Step exit with 1 for commits that are to have a preview.")
	case d.State == "CANCELED":
		v = failedBuild("canceled")
	case d.State == "BLOCKED":
		v = failedBuild("missing vercel access")
		if d.Blocked != "" {
			v = v.Because("Vercel's reason", d.Blocked)
		}
	case d.State == "ERROR":
		lines, _ := facts.BuildLog.Lookup(known) // without it Vercel's own words have to do
		v = brokenBuild(lines, d)
	default:
		return gate.Unsure("Vercel has not finished the deployment: %s", d.State)
	}
	v = v.Because("state of the deployment", d.State)
	if d.ErrorMessage != "" {
		v = v.Because("Vercel's reason", strings.TrimSpace(d.ErrorCode+" "+d.ErrorMessage))
	}
	return v
}
