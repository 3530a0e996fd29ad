package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestConvexRun(t *testing.T) {
	runs := func(all ...facts.Run) []gate.Given {
		return given(facts.Calls.Is(nil), facts.Runs.Is(all), facts.ConvexSite.Is(convex))
	}
	list := facts.Run{Call: facts.Call{Function: "plans:list", Args: "{}"}}
	with := func(change func(*facts.Run)) facts.Run {
		r := list
		change(&r)
		return r
	}
	good := with(func(r *facts.Run) { r.Succeeded = true })
	refusing := func(text string) facts.Run {
		return with(func(r *facts.Run) { r.Expects, r.Error = "Unauthorized", text })
	}
	noAccount := gate.Skip("plans:list was not called: the test account is not given (PREVIEWGATE_TEST_EMAIL)")
	noAccount.Unlock = "PREVIEWGATE_TEST_EMAIL"
	judge(t, ConvexRun, []trial{
		{name: "none", facts: runs(), want: gate.Skip("no function is named")},
		{name: "one that answers", facts: runs(good), want: gate.Pass("plans:list answered as expected")},
		{name: "the key's, too", facts: runs(good, with(func(r *facts.Run) { r.Function, r.AsKey, r.Succeeded = "jobs:tally", true, true })), want: gate.Pass("plans:list and jobs:tally answered as expected")},
		{name: "a refusal that is right", facts: runs(refusing("[Request ID: 1] Server Error\nUncaught Error: Unauthorized")), want: gate.Pass("plans:list answered as expected")},
		{
			name: "one that turns the account away", facts: runs(good, with(func(r *facts.Run) { r.Error = "[Request ID: 1] Server Error\nUncaught Error: Unauthorized" })),
			want: gate.Fail("plans:list answered the test account with an error").Because("plans:list", "[Request ID: 1] Server Error Uncaught Error: Unauthorized"),
		},
		{
			name: "one that is not there", facts: runs(with(func(r *facts.Run) { r.Error = "Could not find public function for 'plans:list'." })),
			want: gate.Fail("Convex has no function plans:list").FixedBy("Deploy the backend from this commit, or correct the name in the input `convex-run`; an internal function needs `as key`."),
		},
		{
			name: "one that lets everybody in", facts: runs(with(func(r *facts.Run) { r.Expects, r.Succeeded = "Unauthorized", true })),
			want: gate.Fail("plans:list let the test account in, and was to answer Unauthorized").
				FixedBy("Let the function look at `ctx.auth.getUserIdentity()` before it answers, or take the expectation off the input `convex-run`."),
		},
		{name: "another error", facts: runs(refusing("Uncaught TypeError: x")), want: gate.Fail("plans:list ended in another error than Unauthorized").FixedBy("Mend what the error says, or the expectation in the input `convex-run`.")},
		{name: "an error that is kept back", facts: runs(refusing("[Request ID: 1] Server Error")), want: gate.Unsure("plans:list ended in an error, of which this deployment keeps the text to itself")},
		{name: "a token that is refused", facts: runs(with(func(r *facts.Run) { r.Refused = none })), want: gate.Fail("Convex refused the test account before plans:list ran")},
		{name: "a key that is refused", facts: runs(with(func(r *facts.Run) { r.Refused = facts.Reply{Status: 403, Code: "BadDeployKey", Message: "x"} })), want: gate.Unsure("plans:list was not run: 403 BadDeployKey: x")},
		{name: "no answer", facts: runs(with(func(r *facts.Run) { r.Trouble = "swift-lemur-482.convex.cloud answers 503 Service Unavailable" })), want: gate.Unsure("plans:list: swift-lemur-482.convex.cloud answers 503 Service Unavailable")},
		{name: "no account", facts: runs(good, with(func(r *facts.Run) {
			r.Trouble, r.Unlock = "the test account is not given (PREVIEWGATE_TEST_EMAIL)", "PREVIEWGATE_TEST_EMAIL"
		})), want: noAccount},
	})
}
