package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestPreviewBuilt(t *testing.T) {
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
