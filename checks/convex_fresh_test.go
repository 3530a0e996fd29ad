package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestConvexFresh(t *testing.T) {
	const sha = "4f1d2c3b5a69788796a5b4c3d2e1f00112233445"
	pushed := func(commit string, more ...gate.Given) []gate.Given {
		p := facts.Push{Message: "Deployed from Vercel • " + commit, Commit: commit}
		return append(given(facts.ConvexPush.Is(p)), more...)
	}
	built := facts.Deployment.Is(facts.VercelDeployment{SHA: sha})
	judge(t, ConvexFresh, []trial{
		{name: "the same", facts: pushed("4f1d2c3", built), want: gate.Pass("Convex was deployed from 4f1d2c3, as the preview")},
		{name: "the same, by the event", target: gate.Target{SHA: sha}, facts: pushed("4f1d2c3"), want: gate.Pass("Convex was deployed from 4f1d2c3, as the preview")},
		{
			name: "another", facts: pushed("b0a1c2d", built),
			want: gate.Fail("Convex runs the functions of b0a1c2d, the preview is of 4f1d2c3").
				Because("audit log of Convex", "Deployed from Vercel • b0a1c2d").Because("commit of the preview", sha),
		},
		{name: "a message of somebody's own", facts: pushed("", built), want: gate.Skip("the last push to Convex does not say from which commit it was")},
		{name: "a preview of nobody knows what", facts: pushed("4f1d2c3"), want: gate.Skip("the commit of the preview is not known")},
	})
}
