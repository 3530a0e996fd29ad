package checks

import (
	"slices"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// RedirectLoop asks whether a browser was sent round in circles between the
// app and its sign-in.
//
// It follows the documents of recorded traffic. An unbroken chain of redirects
// that answers one and the same path a third time is a loop: every page is
// protected, the sign-in path and the callback among them, or the two send to
// each other. So is to come back from WorkOS to the callback, which redirects
// into the app, and to be sent to WorkOS again within 5 seconds, twice in a row
// with no sign-out between: the session does not stick. Its cookie is not set,
// not sent back, or of another password than the one that reads it.
//
// # Fix
//
// Keep the sign-in path and the callback out of what is protected, and give
// the proxy and the callback one and the same WORKOS_COOKIE_PASSWORD and host:
//
//	export default authkitMiddleware({
//	  middlewareAuth: { enabled: true, unauthenticatedPaths: ['/sign-in', '/callback'] },
//	});
var RedirectLoop = &gate.Check{
	ID:    "redirect-loop",
	Stage: gate.StageSession,
	Title: "Signing in leads into the app, not round in circles",
	Fix:   "Keep the sign-in path and the callback out of the protected paths, and let the callback and the proxy run on one host with one `WORKOS_COOKIE_PASSWORD`.",
	Needs: []gate.Need{facts.RecordedTraffic},
	After: []*gate.Check{RedirectURIHost, RedirectURISameHost, CookiePassword, SessionAccepted},
	Judge: redirectLoop,
}

const (
	maxVisits  = 2 // of one path in an unbroken chain of redirects
	maxBounces = 1 // from the callback back to WorkOS, in a row
	bounceTime = 5 * time.Second
)

func redirectLoop(known *gate.Facts) gate.Verdict {
	traffic := facts.RecordedTraffic.From(known)
	apps := traffic.Apps()
	if len(apps) == 0 {
		return noApp(traffic)
	}
	documents := slices.DeleteFunc(slices.Clone(traffic.Entries), func(e facts.Entry) bool { return !e.Document() })
	if chain := circle(documents, apps); chain != nil {
		v := gate.Fail("redirects go round in circles: %s is answered by a redirect for the third time in one chain", chain[len(chain)-1].Path)
		return citing(v, chain, facts.Entry.Short)
	}
	if back := bounces(documents, apps, traffic.Unattended); len(back) > maxBounces {
		v := gate.Fail("who comes back from WorkOS to %s is sent to sign in again, %s in a row", back[0].Path, times(len(back)))
		return citing(v, back, func(e facts.Entry) string { return sessionEvidence(traffic, e) })
	}
	switch {
	case len(documents) == 0:
		return gate.Skip("no document is in the recording, so nothing was sent anywhere")
	case !traffic.KeepsRedirects():
		return gate.Unsure("Safari leaves redirects out of its recordings").FixedBy("Record with Chrome, Firefox or Playwright.")
	}
	return gate.Pass("no redirect goes round in circles (documents: %d)", len(documents))
}

// circle returns the chain of redirects in which an app's path is answered by
// one more often than it may be, up to there, and nil when there is none.
func circle(documents []facts.Entry, apps []string) []facts.Entry {
	var chain []facts.Entry
	visits := make(map[string]int)
	for _, e := range documents {
		if len(chain) == 0 || chain[len(chain)-1].To != e.Address() {
			chain, visits = nil, make(map[string]int)
		}
		if e.To == "" {
			chain = nil
			continue
		}
		chain = append(chain, e)
		if !slices.Contains(apps, e.Origin) {
			continue
		}
		if visits[e.Address()]++; visits[e.Address()] > maxVisits {
			return chain
		}
	}
	return nil
}

// bounces returns the callbacks of the longest row of those that were followed
// by another visit to WorkOS' authorize endpoint. Where nobody clicks, whatever
// comes back with a code is a callback, also one that a script goes on from.
func bounces(documents []facts.Entry, apps []string, unattended bool) []facts.Entry {
	var longest, row []facts.Entry
	var callback facts.Entry
	for _, e := range documents {
		switch ofApp := slices.Contains(apps, e.Origin); {
		case ofApp && (isCallback(e) || unattended && slices.Contains(e.Query, "code") && !e.ToSignIn()):
			if callback.Number > 0 { // the one before led into the app
				row = nil
			}
			callback = e
		case ofApp && e.SignsOut(), e.AtLogout():
			row, callback = nil, facts.Entry{}
		case e.AtSignIn() && callback.Number > 0:
			if e.Started.IsZero() || e.Started.Sub(callback.Started) > bounceTime { // after that the visit's own next look
				row = nil
			} else {
				row = append(row, callback)
			}
			callback = facts.Entry{}
		}
		if len(row) > len(longest) {
			longest = slices.Clone(row)
		}
	}
	return longest
}

// isCallback reports whether a sign-in came back to the app, which took it.
func isCallback(e facts.Entry) bool {
	return slices.Contains(e.Query, "code") && slices.Contains(e.Query, "state") && e.To != "" && !e.ToSignIn()
}

// sessionEvidence says what a callback made of the session.
func sessionEvidence(t facts.Traffic, e facts.Entry) string {
	switch {
	case !t.Cookies:
		return e.Short()
	case slices.Contains(e.Sets, facts.SessionCookie):
		return e.Short() + ", sets " + facts.SessionCookie
	}
	return e.Short() + ", sets no " + facts.SessionCookie
}
