package checks

import (
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestConvexLogs(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	anonymous := facts.FunctionError{Function: "messages:list", Line: "Uncaught Error: Unauthorized", At: at}
	signed := anonymous
	signed.SignedIn = true
	logged := func(all ...facts.FunctionError) []gate.Given { return given(facts.FunctionErrors.Is(all)) }
	ours := facts.Calls.Is([]facts.Call{{Function: "messages:list", Expects: "Unauthorized"}})
	passed := gate.Pass("no auth error is in the function log")
	judge(t, ConvexLogs, []trial{
		{name: "none", facts: logged(), want: passed},
		{name: "our own", facts: append(logged(anonymous), ours), want: passed},
		{
			name: "of visitors", facts: logged(anonymous, anonymous),
			want: gate.Fail("functions ended in auth errors, 2 times in the function log").
				Because("messages:list, 2026-11-24T12:00:00Z", "Uncaught Error: Unauthorized").Because("messages:list, 2026-11-24T12:00:00Z", "Uncaught Error: Unauthorized"),
		},
		{
			name: "of people who are signed in", facts: logged(anonymous, signed),
			want: gate.Fail("functions ended in auth errors, 2 times in the function log").
				FixedBy("See what the function looks for in `ctx.auth.getUserIdentity()`: the callers were signed in, and AuthKit's tokens have a subject and no e-mail address."),
		},
	})
}
