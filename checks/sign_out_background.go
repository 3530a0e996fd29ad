package checks

import (
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// SignOutBackground asks whether a browser signed somebody out by itself.
//
// It reads recorded traffic for a GET of the sign-out route that nobody
// clicked for: a prefetch of Next.js (next-router-prefetch or
// next-router-segment-prefetch, or rsc without next-router-state-tree), one of
// the browser (purpose, sec-purpose), or an image, a style or a script that is
// loaded from there. The answer deletes wos-session, so people are signed out
// at random as it seems. In the visit of previewgate's own browser nobody
// clicks at all, so every such GET counts after the sign-in, also one of a
// script or a document, and so does being led to WorkOS' logout by a server
// action.
//
// The sign-out route is the path of --sign-out, one whose answer leads to
// WorkOS' logout, and one with such a name whose answer deletes wos-session. A
// click, a form and a document are somebody's own doing. A click on a <Link>
// is a fetch with next-router-state-tree and without next-router-prefetch;
// <Link prefetch={true}> fetches just so, except that it is of low priority,
// which only some recorders note. Such a fetch, and one of the app's own
// scripts, is not told apart from a click, and leaves the check unknown.
//
// # Fix
//
// Stop the prefetch at once:
//
//	<Link href="/sign-out" prefetch={false}>Sign out</Link>
//
// and better sign out in a server action, which nothing prefetches.
var SignOutBackground = &gate.Check{
	ID:    "sign-out-background",
	Stage: gate.StageSignOut,
	Title: "No background request signs anybody out",
	Fix:   "Set `prefetch={false}` on the link; better, sign out in a server action.",
	Needs: []gate.Need{facts.RecordedTraffic},
	Uses:  []gate.Need{facts.Routes},
	After: []*gate.Check{SignOutPrefetch},
	Judge: signOutBackground,
}

func signOutBackground(known *gate.Facts) gate.Verdict {
	traffic := facts.RecordedTraffic.From(known)
	paths, _ := facts.Routes.Lookup(known)
	if len(traffic.Apps()) == 0 {
		return noApp(traffic)
	}
	if traffic.Unattended { // there may be no session before, and what ends none is no matter
		if traffic = traffic.SignedIn(); len(traffic.Entries) == 0 {
			return gate.Skip("nobody was signed in, so nobody could be signed out")
		}
	}
	outs, routes := signOuts(traffic, paths.SignOut)
	var ended, perhaps []facts.Entry
	for _, e := range outs {
		by := askedBy(e)
		if traffic.Unattended {
			by = byItself
		}
		switch ends := endsSession(traffic, e); {
		case by == byHand || ends == endsNot:
		case by == byItself && ends == endsSurely:
			ended = append(ended, e)
		default:
			perhaps = append(perhaps, e)
		}
	}
	switch {
	case len(ended) > 0:
		return signedOut(ended)
	case traffic.Unattended && slices.ContainsFunc(traffic.Entries, facts.Entry.AtLogout):
		return ledOut(traffic)
	case len(perhaps) > 0:
		return maybeSignedOut(perhaps, traffic.Unattended)
	case !traffic.Cookies && len(routes) == 0:
		return gate.Unsure("no cookie is in the recording, so a route that deletes %s cannot be told by its answer", facts.SessionCookie).
			FixedBy("Name the sign-out route by `--sign-out`, or export the recording with sensitive data.")
	case len(routes) == 0:
		return gate.Pass("no request of %d in the recording signs anybody out", len(traffic.Entries))
	}
	return gate.Pass("no background request is for %s (requests for it: %d)", list(routes), len(outs))
}

// signOuts returns the requests for sign-out routes that may have no effects
// and the paths of those routes.
func signOuts(t facts.Traffic, named string) (outs []facts.Entry, routes []string) {
	apps, out := t.Apps(), make(map[string]bool)
	for _, e := range t.Entries {
		isNamed := named != "" && samePath(e.Path, named)
		if e.Gets() && slices.Contains(apps, e.Origin) && (isNamed || e.SignsOut()) {
			out[e.Address()] = true
		}
	}
	for _, e := range t.Entries {
		// Safari notes a redirect under the address that it led to.
		followed := !t.KeepsRedirects() && e.AtLogout()
		if !e.Gets() || !out[e.Address()] && !followed {
			continue
		}
		outs = append(outs, e)
		if !slices.Contains(routes, e.Path) {
			routes = append(routes, e.Path)
		}
	}
	return outs, routes
}

func samePath(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

// A sessionEnd is whether an answer ended the session.
type sessionEnd int

const (
	endsNot sessionEnd = iota
	endsSurely
	endsPerhaps
)

// endsSession tells from its answer whether a request for a sign-out route
// ended the session.
func endsSession(t facts.Traffic, e facts.Entry) sessionEnd {
	switch {
	case e.ToSignIn():
		return endsNot
	case e.ToLogout(), e.EmptiesSession(), e.AtLogout():
		return endsSurely
	case e.Status == 0, !t.Cookies && e.To != "":
		return endsPerhaps
	}
	return endsNot
}

// signedOut is the verdict on background requests that ended a session.
func signedOut(ended []facts.Entry) gate.Verdict {
	var paths []string
	answer := "leads to WorkOS' logout (whether " + facts.SessionCookie + " is deleted is not in the recording)"
	for _, e := range ended {
		if e.EmptiesSession() {
			answer = "deletes " + facts.SessionCookie
		}
		if !slices.Contains(paths, e.Path) && !e.AtLogout() {
			paths = append(paths, e.Path)
		}
	}
	if paths == nil {
		return citing(gate.Fail("a background request is led to WorkOS' logout, %s", times(len(ended))), ended, outEvidence)
	}
	v := gate.Fail("the browser asks for %s in the background, %s, and the answer %s", list(paths), times(len(ended)), answer)
	if slices.ContainsFunc(ended, mayBePrefetch) {
		v = v.FixedBy("Set `prefetch={false}` on the link to `%s`; better, sign out in a server action.", paths[0])
	} else {
		v = v.FixedBy("Let nothing but a click ask for `%s`: nobody clicked, and the evidence says what did. If the app means to turn this test account away, give the gate one that may stay.", paths[0])
	}
	return citing(v, ended, outEvidence)
}

// ledOut is the verdict on a browser that ended at WorkOS' logout though nobody
// clicked, and no GET of the app's led there: a server action did.
func ledOut(t facts.Traffic) gate.Verdict {
	at := slices.DeleteFunc(slices.Clone(t.Entries), func(e facts.Entry) bool { return !e.AtLogout() })
	v := gate.Fail("the app signs people out by itself: nobody clicked, and the browser was led to WorkOS' logout, %s", times(len(at))).
		FixedBy("Call AuthKit's `signOut` for nothing but a click or a form: a server action that an effect calls runs whenever the page is shown. If the app means to turn this test account away, give the gate one that may stay.")
	return citing(v, at, outEvidence)
}

// mayBePrefetch reports whether a request may be a link's.
func mayBePrefetch(e facts.Entry) bool {
	why := telling(e)
	return e.Header["rsc"] != "" || why != "" && !strings.HasPrefix(why, askedAs)
}

// maybeSignedOut is the verdict on requests of which it is not known who had
// them made, or what came of them. Nobody clicks in an unattended browser.
func maybeSignedOut(perhaps []facts.Entry, unattended bool) gate.Verdict {
	first := perhaps[0]
	v := gate.Unsure("the browser asks for %s in the background, and what came of it is not in the recording", first.Path).
		FixedBy("Export the recording with sensitive data; or set `prefetch={false}` on the link to `%s` at once.", first.Path)
	switch {
	case unattended:
		v = v.FixedBy("Let nothing but a click ask for `%s`; better, sign out in a server action.", first.Path)
	case askedBy(first) != byItself:
		v = gate.Unsure("a request for %s ended the session, and whether somebody clicked for it cannot be told", first.Path).
			FixedBy("Where nobody clicked, set `prefetch={false}` on the link to `%s`, or sign out in a server action.", first.Path)
	}
	return citing(v, perhaps, outEvidence)
}

// outEvidence says of a request what tells who had it made, and its answer.
func outEvidence(e facts.Entry) string {
	why := telling(e)
	if why == "" && e.Header["rsc"] != "" && lowPriority(e) {
		why = "of low priority, as a prefetch is"
	}
	said := slices.DeleteFunc([]string{why, initiator(e), e.Short()}, func(part string) bool { return part == "" })
	return strings.Join(said, "; ")
}
