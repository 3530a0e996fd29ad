package checks

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// AppAPIKey asks whether the WORKOS_API_KEY that the deployment has is good
// for its client.
//
// Nothing shows from outside when it is not: AuthKit needs the key only to
// trade the code of a sign-in for a session, and answers every failure there
// with the same JSON. The log tells. So the gate begins a sign-in as a visitor
// would, brings the callback a code that nobody issued, with the genuine state
// and cookie, and reads the runtime log, which it opened before: WorkOS checks
// the key first, and complains of the code only when the key is good. Nobody is
// signed in by it.
//
// Vercel keeps nothing of that log, so a line that does not come leaves the
// question open.
//
// # Fix
//
// Set the key of the WorkOS environment that the client id is of, and redeploy:
//
//	vercel env add WORKOS_API_KEY preview
var AppAPIKey = &gate.Check{
	ID:    "app-api-key",
	Stage: gate.StageSession,
	Title: "The deployed app's WorkOS API key is good",
	Fix:   "Set `WORKOS_API_KEY` for previews in Vercel to a key of the WorkOS environment that `WORKOS_CLIENT_ID` is of, and redeploy.",
	Needs: []gate.Need{facts.AppKeyProbe, facts.SignIn},
	After: []*gate.Check{PreviewReachable, PreviewEnv, ProxyAnswers, SignInStarts, ClientIDKnown, RedirectURIHost, CallbackAnswers},
	Judge: appAPIKey,
}

func appAPIKey(known *gate.Facts) gate.Verdict {
	probe, app := facts.AppKeyProbe.From(known), facts.SignIn.From(known).ClientID
	var v gate.Verdict
	switch said := facts.Exchanged(probe.Lines); said {
	case facts.KeyAccepted:
		return gate.Pass("WorkOS took the app's key, and refused only the bogus code that came with it")
	case facts.KeyOfOther:
		v = gate.Fail("the app's WORKOS_API_KEY is not of %s", app)
	case facts.KeyRefused:
		v = gate.Fail("WorkOS does not accept the app's WORKOS_API_KEY")
	case facts.KeyUnset:
		v = gate.Fail("the app has no WORKOS_API_KEY")
	case facts.NoExchange:
		if len(probe.Lines) == 0 && probe.Trouble != "" {
			return gate.Unsure("the runtime log tells nothing of the bogus code: %s", probe.Trouble)
		}
		if len(probe.Lines) == 0 {
			return gate.Unsure("the runtime log tells nothing of the bogus code within %v", probe.Waited)
		}
		v = gate.Unsure("the runtime log does not tell how WorkOS took the app's key")
	default:
		v = gate.Unsure("the runtime log does not tell how WorkOS took the app's key: %s", said)
	}
	return v.Because("runtime log, GET "+probe.Callback, logLine(probe.Lines))
}

// logLine shows the line of a log that tells the most.
func logLine(lines []string) string {
	for _, l := range lines {
		if facts.Exchanged([]string{l}) != facts.NoExchange {
			return oneLine(l)
		}
	}
	return oneLine(strings.Join(lines, " "))
}

// oneLine shows a text of several lines as one, and not too long.
func oneLine(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 300 {
		return string(runes[:300]) + "…"
	}
	return string(runes)
}
