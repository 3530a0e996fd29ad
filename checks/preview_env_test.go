package checks

import (
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

var builtAt = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// deployedWith are a deployment with the named variables and the project's
// variables for its branch.
func deployedWith(names []string, now ...facts.Variable) []gate.Given {
	return given(
		facts.Deployment.Is(facts.VercelDeployment{ID: "dpl_1", Branch: "fix/login", Created: builtAt, Names: names}),
		facts.Variables.Is(now),
	)
}

func TestPreviewEnv(t *testing.T) {
	judge(t, PreviewEnv, missingVariables())
	judge(t, PreviewEnv, changedVariables())
}

func missingVariables() []trial {
	all := []string{"WORKOS_API_KEY", "WORKOS_CLIENT_ID", "WORKOS_COOKIE_PASSWORD", "OTHER"}
	return []trial{
		{name: "all are there", facts: deployedWith(all), want: gate.Pass("the deployment has WORKOS_API_KEY, WORKOS_CLIENT_ID and WORKOS_COOKIE_PASSWORD")},
		{name: "a token that may not see the names", facts: deployedWith(nil), want: gate.Unsure("the VERCEL_TOKEN may not see the names of the deployment's variables")},
		{
			name: "one is not set", facts: deployedWith(all[:2]),
			want: gate.Fail("the deployment was built without WORKOS_COOKIE_PASSWORD").
				FixedBy("Run `vercel env add WORKOS_COOKIE_PASSWORD preview`, then redeploy.").
				Because("WORKOS_COOKIE_PASSWORD", "not set for previews"),
		},
		{
			name: "one is set by now and two are not", facts: deployedWith([]string{"OTHER"}, facts.Variable{Name: "WORKOS_API_KEY"}),
			want: gate.Fail("the deployment was built without WORKOS_API_KEY, WORKOS_CLIENT_ID and WORKOS_COOKIE_PASSWORD").
				FixedBy("Run `vercel env add WORKOS_CLIENT_ID preview` and `vercel env add WORKOS_COOKIE_PASSWORD preview`, then redeploy."),
		},
		{
			name: "it is set by now", facts: deployedWith(all[1:], facts.Variable{Name: "WORKOS_API_KEY"}),
			want: gate.Fail("the deployment was built without WORKOS_API_KEY").
				FixedBy("Redeploy: what is missing is set for previews by now, but was not when this deployment was built."),
		},
		{
			name:  "sign-in starts, so that the values come from elsewhere",
			facts: append(deployedWith(all[:1]), facts.SignIn.Is(entrance("/sign-in", preview+"/callback"))),
			want:  gate.Pass("the deployment has WORKOS_API_KEY, WORKOS_CLIENT_ID and WORKOS_COOKIE_PASSWORD"),
		},
		{
			name:  "sign-in starts without an API key, which shows at its end",
			facts: append(deployedWith([]string{}), facts.SignIn.Is(entrance("/sign-in", preview+"/callback"))),
			want: gate.Fail("the deployment was built without WORKOS_API_KEY").
				FixedBy("Run `vercel env add WORKOS_API_KEY preview`, then redeploy."),
		},
	}
}

func changedVariables() []trial {
	all := []string{"WORKOS_API_KEY", "WORKOS_CLIENT_ID", "WORKOS_COOKIE_PASSWORD"}
	later := builtAt.Add(time.Hour)
	passed := gate.Pass("the deployment has WORKOS_API_KEY, WORKOS_CLIENT_ID and WORKOS_COOKIE_PASSWORD")
	return []trial{
		{name: "a sensitive value that nobody can read", facts: deployedWith(all, facts.Variable{Name: "WORKOS_API_KEY", Type: "sensitive", Updated: builtAt.Add(-time.Hour)}), want: passed},
		{
			name: "changed after the build", facts: deployedWith(all, facts.Variable{Name: "WORKOS_CLIENT_ID", Updated: later}),
			want: gate.Fail("WORKOS_CLIENT_ID changed in Vercel after this deployment was built, which does not have the new value").
				FixedBy("Redeploy, so that the deployment gets the new value.").
				Because("deployment created", "2026-01-02T15:04:05Z").Because("WORKOS_CLIENT_ID updated", "2026-01-02T16:04:05Z"),
		},
		{name: "changed at the very moment", facts: deployedWith(all, facts.Variable{Name: "WORKOS_CLIENT_ID", Updated: builtAt}), want: passed},
		{name: "a variable that is not for auth", facts: deployedWith(all, facts.Variable{Name: "OTHER", Updated: later}), want: passed},
		{
			name: "an address that convex deploy sets at build time", facts: deployedWith(all, facts.Variable{Name: "NEXT_PUBLIC_CONVEX_URL", Updated: later}),
			want: passed,
		},
		{
			name: "the value of all previews, where the branch has its own",
			facts: deployedWith(all,
				facts.Variable{Name: "WORKOS_CLIENT_ID", Branch: "fix/login", Updated: builtAt.Add(-time.Hour)},
				facts.Variable{Name: "WORKOS_CLIENT_ID", Updated: later}),
			want: passed,
		},
		{
			name: "the branch's own value",
			facts: deployedWith(all,
				facts.Variable{Name: "WORKOS_CLIENT_ID", Branch: "fix/login", Updated: later},
				facts.Variable{Name: "WORKOS_CLIENT_ID", Updated: builtAt.Add(-time.Hour)}),
			want: gate.Fail("WORKOS_CLIENT_ID changed in Vercel after this deployment was built, which does not have the new value").
				FixedBy("Redeploy, so that the deployment gets the new value."),
		},
		{
			name: "a deployment that does not say when it was made",
			facts: given(facts.Deployment.Is(facts.VercelDeployment{Created: time.UnixMilli(0), Names: all}),
				facts.Variables.Is([]facts.Variable{{Name: "WORKOS_CLIENT_ID", Updated: later}})),
			want: passed,
		},
	}
}
