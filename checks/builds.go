package checks

import (
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// brokenBuild words why a build failed, by the line of its log that tells the
// most.
func brokenBuild(lines []facts.BuildLine, d facts.VercelDeployment) gate.Verdict {
	v := gate.Fail("the build failed")
	if len(lines) > 0 {
		v = brokenBy(lines[0])
	}
	if d.ErrorCode == "BUILD_FAILED" && len(lines) == 0 {
		v.Fix = "Read the end of the deployment's build log in Vercel: the token that previewgate has shows no line that tells."
	}
	for _, l := range lines {
		v = v.Because("build log", oneLine(l.Line))
	}
	return v
}

func brokenBy(l facts.BuildLine) gate.Verdict {
	name := l.Name
	switch l.Trouble {
	case facts.TemplateUnset:
		return gate.Fail("the build failed: a template in convex.json reads %s, which the build does not have", name).
			FixedBy("Set `%s` for the build of previews in Vercel, or write a variable into `authKit.preview` of `convex.json` that it has: system variables such as `VERCEL_BRANCH_URL` need Settings, Environment Variables, Automatically expose System Environment Variables.", name)
	case facts.AuthConfigUnset:
		return gate.Fail("the build failed: auth.config.ts reads %s, which is not set on the Convex deployment", name).
			FixedBy("Run `npx convex env default set %s … --type preview` for new previews and `npx convex env set %s …` on this one, then redeploy.", name, name)
	case facts.AuthConfigInvalid:
		return gate.Fail("the build failed: Convex does not take convex/auth.config.ts").FixedBy("Mend `convex/auth.config.ts` as the line of the build log says, and push.")
	case facts.ProductionKey:
		return gate.Fail("the build failed: previews are built with the deploy key of production").
			FixedBy("Set `CONVEX_DEPLOY_KEY` for the Preview environment in Vercel to a preview deploy key of the Convex project, for the Production environment alone to the production key, and redeploy.")
	case facts.NoConvexKey:
		return gate.Fail("the build failed: convex deploy has no deploy key").
			FixedBy("Set `CONVEX_DEPLOY_KEY` for the Preview environment in Vercel to a preview deploy key of the Convex project, and redeploy.")
	case facts.NoPreviewName:
		return gate.Fail("the build failed: convex deploy does not know for which branch it deploys").
			FixedBy("Turn on Settings, Environment Variables, Automatically expose System Environment Variables in Vercel, and redeploy: the name of a preview is `VERCEL_GIT_COMMIT_REF`.")
	case facts.NoCredentials:
		return gate.Fail("the build failed: convex.json registers with WorkOS, and the Convex deployment has no key of it").
			FixedBy("Set `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` as defaults for previews: `npx convex env default set NAME VALUE --type preview`. The build's own environment does not count.")
	case facts.Registration:
		return gate.Fail("the build failed: WorkOS does not register what convex.json asks for").
			FixedBy("See that `WORKOS_API_KEY` on the Convex deployment is of the environment of `WORKOS_CLIENT_ID`, and that the address in the line of the build log is one that WorkOS takes.")
	case facts.OtherTrouble:
	}
	return gate.Fail("the build failed")
}
