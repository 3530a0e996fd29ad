package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestPreviewBuilt(t *testing.T) {
	judge(t, PreviewBuilt, builtByTheAPI())
	judge(t, PreviewBuilt, brokenBuilds())
	built := func(state, detail string) []gate.Given {
		return given(facts.Built.Is(facts.Build{State: state, Detail: detail}))
	}
	judge(t, PreviewBuilt, []trial{
		{name: "ready", facts: built("ready", ""), want: gate.Pass("Vercel reports the deployment as ready")},
		{name: "a success", facts: built("success", ""), want: gate.Pass("Vercel reports the deployment as ready")},
		{
			name: "a failed build", facts: built("failure", "Deployment has failed"),
			want: gate.Fail("the build failed").Because("state of the deployment", "failure").Because("Vercel's reason", "Deployment has failed"),
		},
		{name: "an error without a reason", facts: built("error", ""), want: gate.Fail("the build failed").Because("state of the deployment", "error")},
		{
			name: "cancelled, as the event's state", facts: built("canceled", ""),
			want: gate.Fail("the build was cancelled").FixedBy("Redeploy the commit in Vercel, unless a newer commit of the branch has taken its place."),
		},
		{
			name: "cancelled, as the reason", facts: built("failure", "canceled"),
			want: gate.Fail("the build was cancelled").FixedBy("Redeploy the commit in Vercel, unless a newer commit of the branch has taken its place."),
		},
		{
			name: "a commit from a fork, by its status", facts: built("blocked", "Authorization required to deploy."),
			want: gate.Fail("Vercel waits for an authorization before it builds this commit").
				FixedBy("Authorize the deployment in Vercel: a commit from a fork is built only when a member of the team allows it."),
		},
		{
			name: "blocked without a reason that is known", facts: built("blocked", "https://vercel.com/docs/x"),
			want: gate.Fail("Vercel did not build this commit").
				FixedBy("Open the commit's status by Vercel, which says what it waits for."),
		},
		{
			name: "too many deployments", facts: built("blocked", "Deployment rate limited — retry in 24 hours."),
			want: gate.Fail("Vercel has reached the plan's limit of deployments and did not build this commit").
				FixedBy("Wait as long as Vercel says and redeploy the commit, or raise the team's plan."),
		},
		{
			name: "a commit from a fork", facts: built("failure", "authorization required"),
			want: gate.Fail("Vercel waits for an authorization before it builds this commit").
				FixedBy("Authorize the deployment in Vercel: a commit from a fork is built only when a member of the team allows it."),
		},
		{
			name: "an author without a seat", facts: built("failure", "missing vercel access"),
			want: gate.Fail("Vercel refused to build this commit (missing vercel access)").
				FixedBy("Open the deployment in Vercel: give the commit's author access to the team, or resolve what blocks the account."),
		},
		{
			name: "another check of Vercel's", facts: built("failure", "checks failed"),
			want: gate.Fail("a check that Vercel runs on the deployment failed").
				FixedBy("Open the deployment in Vercel under Checks and mend what failed there."),
		},
		{
			name: "no address", facts: built("failure", "aliasing failed"),
			want: gate.Fail("Vercel built the deployment and could not give it its addresses").
				FixedBy("Open the deployment in Vercel: it names the domain that could not be assigned."),
		},
		{name: "left out by the ignored build step", facts: built("ignored", ""), want: gate.Skip("Vercel did not build this commit on purpose (ignored)")},
		{name: "a project that the commit does not touch", facts: built("skipped", ""), want: gate.Skip("Vercel did not build this commit on purpose (skipped)")},
		{name: "still building", facts: built("in_progress", ""), want: gate.Unsure(`how the build ended is not known: Vercel reports it as "in_progress"`)},
		{
			name: "a hostile reason", facts: built("failure", "%s\n::error::x `id`"),
			want: gate.Fail("the build failed").Because("state of the deployment", "failure").Because("Vercel's reason", "%s\n::error::x `id`"),
		},
	})
}

// byAPI is a deployment as Vercel's API describes it, whatever the event says.
func byAPI(d facts.VercelDeployment, more ...gate.Given) []gate.Given {
	return append(given(facts.Deployment.Is(d), facts.Built.Is(facts.Build{State: "success"})), more...)
}

func builtByTheAPI() []trial {
	none := gate.Skip("an event that tells how the build ended is not given (VERCEL_TOKEN)")
	none.Unlock = "VERCEL_TOKEN"
	seat := "Open the deployment in Vercel: give the commit's author access to the team, or resolve what blocks the account."
	return []trial{
		{name: "neither an event nor a token", facts: given(facts.Built.IsMissing(gate.NotGiven{What: "an event that tells how the build ended", Unlock: "VERCEL_TOKEN"})), want: none},
		{name: "ready, by the token", facts: byAPI(facts.VercelDeployment{State: "READY"}), want: gate.Pass("Vercel reports the deployment as ready")},
		{name: "a token that sees nothing", facts: byAPI(facts.VercelDeployment{}), want: gate.Pass("Vercel reports the deployment as ready")},
		{
			name: "ready, and a check failed after the build", facts: given(facts.Deployment.Is(facts.VercelDeployment{State: "READY"}), facts.Built.Is(facts.Build{State: "failure", Detail: "checks failed"})),
			want: gate.Fail("a check that Vercel runs on the deployment failed").FixedBy("Open the deployment in Vercel under Checks and mend what failed there.").
				Because("state of the deployment", "failure").Because("Vercel's reason", "checks failed"),
		},
		{
			name: "another of the commit is ready", facts: given(facts.Deployment.Is(facts.VercelDeployment{State: "READY"}), facts.Built.Is(facts.Build{State: "blocked", Detail: "missing vercel access"})),
			want: gate.Fail("Vercel refused to build this commit (missing vercel access)").FixedBy("%s", seat),
		},
		{
			name: "ready, and cancelled since", facts: given(facts.Deployment.Is(facts.VercelDeployment{State: "READY"}), facts.Built.Is(facts.Build{State: "canceled"})),
			want: gate.Fail("the build was cancelled").FixedBy("Redeploy the commit in Vercel, unless a newer commit of the branch has taken its place."),
		},
		{name: "not finished", facts: byAPI(facts.VercelDeployment{State: "BUILDING"}), want: gate.Unsure("Vercel has not finished the deployment: BUILDING")},
		{
			name: "ignored", facts: byAPI(facts.VercelDeployment{State: "CANCELED", ErrorMessage: `The Deployment has been canceled as a result of running the command defined in the "Ignored Build Step" setting.`}),
			want: gate.Fail("the project's Ignored Build Step cancelled the build, so that there is no preview of this commit").
				FixedBy("Let the command under Settings, Git, Ignored Build Step exit with 1 for commits that are to have a preview."),
		},
		{
			name: "superseded", facts: byAPI(facts.VercelDeployment{State: "CANCELED"}),
			want: gate.Fail("the build was cancelled").FixedBy("Redeploy the commit in Vercel, unless a newer commit of the branch has taken its place."),
		},
		{
			name: "no seat", facts: byAPI(facts.VercelDeployment{State: "BLOCKED", Blocked: "COMMIT_AUTHOR_REQUIRED"}),
			want: gate.Fail("Vercel refused to build this commit (missing vercel access)").FixedBy("%s", seat).
				Because("Vercel's reason", "COMMIT_AUTHOR_REQUIRED").Because("state of the deployment", "BLOCKED"),
		},
		{
			name: "failed, and nothing told", facts: byAPI(facts.VercelDeployment{State: "ERROR", ErrorCode: "lint_or_type_error", ErrorMessage: "x"}),
			want: gate.Fail("the build failed").Because("state of the deployment", "ERROR").Because("Vercel's reason", "lint_or_type_error x"),
		},
	}
}

func brokenBuilds() []trial {
	with := func(trouble facts.BuildTrouble, name string) []gate.Given {
		line := facts.BuildLine{Trouble: trouble, Name: name, Line: "✖ the line"}
		return byAPI(facts.VercelDeployment{State: "ERROR"}, facts.BuildLog.Is([]facts.BuildLine{line, {Line: "Error: exited with 1"}}))
	}
	broken := func(why, fix string) gate.Verdict { return gate.Fail("the build failed: %s", why).FixedBy("%s", fix) }
	return []trial{
		{
			name: "a template", facts: with(facts.TemplateUnset, "VERCEL_BRANCH_URL"),
			want: broken("a template in convex.json reads VERCEL_BRANCH_URL, which the build does not have",
				"Set `VERCEL_BRANCH_URL` for the build of previews in Vercel, or write a variable into `authKit.preview` of `convex.json` that it has: system variables such as `VERCEL_BRANCH_URL` need Settings, Environment Variables, Automatically expose System Environment Variables.").
				Because("build log", "✖ the line").Because("build log", "Error: exited with 1").Because("state of the deployment", "ERROR"),
		},
		{
			name: "a variable of auth.config", facts: with(facts.AuthConfigUnset, "WORKOS_CLIENT_ID"),
			want: broken("auth.config.ts reads WORKOS_CLIENT_ID, which is not set on the Convex deployment",
				"Run `npx convex env default set WORKOS_CLIENT_ID … --type preview` for new previews and `npx convex env set WORKOS_CLIENT_ID …` on this one, then redeploy."),
		},
		{
			name: "auth.config itself", facts: with(facts.AuthConfigInvalid, ""),
			want: broken("Convex does not take convex/auth.config.ts", "Mend `convex/auth.config.ts` as the line of the build log says, and push."),
		},
		{
			name: "production's key", facts: with(facts.ProductionKey, ""),
			want: broken("previews are built with the deploy key of production",
				"Set `CONVEX_DEPLOY_KEY` for the Preview environment in Vercel to a preview deploy key of the Convex project, for the Production environment alone to the production key, and redeploy."),
		},
		{
			name: "no key", facts: with(facts.NoConvexKey, ""),
			want: broken("convex deploy has no deploy key", "Set `CONVEX_DEPLOY_KEY` for the Preview environment in Vercel to a preview deploy key of the Convex project, and redeploy."),
		},
		{
			name: "no branch", facts: with(facts.NoPreviewName, ""),
			want: broken("convex deploy does not know for which branch it deploys",
				"Turn on Settings, Environment Variables, Automatically expose System Environment Variables in Vercel, and redeploy: the name of a preview is `VERCEL_GIT_COMMIT_REF`."),
		},
		{
			name: "no key of WorkOS", facts: with(facts.NoCredentials, ""),
			want: broken("convex.json registers with WorkOS, and the Convex deployment has no key of it",
				"Set `WORKOS_CLIENT_ID` and `WORKOS_API_KEY` as defaults for previews: `npx convex env default set NAME VALUE --type preview`. The build's own environment does not count."),
		},
		{
			name: "WorkOS refuses", facts: with(facts.Registration, ""),
			want: broken("WorkOS does not register what convex.json asks for",
				"See that `WORKOS_API_KEY` on the Convex deployment is of the environment of `WORKOS_CLIENT_ID`, and that the address in the line of the build log is one that WorkOS takes."),
		},
		{name: "something else", facts: with(facts.OtherTrouble, ""), want: gate.Fail("the build failed")},
	}
}
