package checks

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// SignOutPrefetch asks whether Next.js signs visitors out by itself.
//
// A <Link> is prefetched as soon as it is in view. When it leads to a route
// that ends the session on GET, the visitor is signed out a second after
// signing in, at random as it seems. It shows in a production build only.
//
// # Fix
//
// Stop the prefetch at once:
//
//	<Link href="/sign-out" prefetch={false}>Sign out</Link>
//
// and better sign out in a server action, which nothing prefetches.
var SignOutPrefetch = &gate.Check{
	ID:    "sign-out-prefetch",
	Stage: gate.StageSignOut,
	Title: "Next.js does not prefetch a route that signs out",
	Fix:   "Set `prefetch={false}` on the link; better, sign out in a server action.",
	Uses:  []gate.Need{facts.SignOuts, facts.ClientBundle, facts.Repository},
	After: []*gate.Check{PreviewReachable, ProxyAnswers},
	Judge: signOutPrefetch,
}

func signOutPrefetch(known *gate.Facts) gate.Verdict {
	static, given := fromSource(known, prefetchedInSource)
	if static.Status == gate.Failed {
		return static
	}
	outs, err := facts.SignOuts.Lookup(known)
	if err != nil {
		return withoutLive(err, static, given)
	}
	b, err := facts.ClientBundle.Lookup(known)
	if err != nil {
		return withoutLive(err, static, given)
	}
	live := prefetchedLive(outs, b)
	if live.Status == gate.Unknown && static.Status == gate.Passed {
		return static
	}
	return live
}

// prefetchedInSource looks for links whose prefetch signs out, in the sources.
func prefetchedInSource(r source.Repository) gate.Verdict {
	links := 0
	for i, l := range r.Findings.Links {
		links++
		if l.Severity != rules.Error || taken(r, "sign-out-prefetch", l.Position) {
			continue
		}
		v := gate.Fail("Next.js prefetches %s, which signs visitors out", l.Path).
			FixedBy("Set `prefetch={false}` on the link to `%s`; better, sign out in a server action.", l.Path).
			At(at("link", l.Token, l.Position))
		if l.Route != "" {
			v = v.At(gate.Evidence{What: "route that signs out", Saw: "GET " + l.Path, File: l.Route})
		}
		if patch := r.Patches[i]; patch != "" {
			v = v.FixedBy("Stop the prefetch in `%s`; better, sign out in a server action:\n\n```diff\n%s```", l.Edit.File, patch)
		}
		return v
	}
	return ifRead(r, gate.Pass("no link in the source prefetches a route that signs out (links to sign-out: %d)", links))
}

// prefetchedLive looks for them in the client bundle.
func prefetchedLive(outs []facts.SignOut, b facts.Bundle) gate.Verdict {
	routes := make(map[string]facts.SignOut)
	for _, out := range outs {
		routes[strings.TrimSuffix(out.Path, "/")] = out
	}
	links := 0
	doubt := gate.Verdict{}
	for _, l := range b.Links {
		path, _, _ := strings.Cut(l.Path, "#")
		path, _, _ = strings.Cut(path, "?")
		out, asked := routes[strings.TrimSuffix(path, "/")]
		if !asked {
			continue
		}
		links++
		switch {
		case l.Prefetch == facts.NoPrefetch:
		case out.EndsSession() && l.Prefetch == facts.Prefetches:
			return gate.Fail("Next.js prefetches %s, which signs visitors out", l.Path).
				FixedBy("Set `prefetch={false}` on the `<Link href=\"%s\">`; better, sign out in a server action.", l.Path).
				Because("link in the client bundle", l.Place()).
				Because("GET "+l.Path, "deletes "+facts.SessionCookie)
		case out.EndsSession():
			doubt = gate.Unsure("%s signs visitors out, and whether the link to it is one that Next.js prefetches cannot be told from the bundle", l.Path).
				FixedBy("Set `prefetch={false}` on it if it is a `<Link>`, or sign out in a server action; `--source` tells which it is.")
		case out.ToSignIn():
			doubt = gate.Unsure("a link to %s may be prefetched, and what a GET does there cannot be seen without a session", l.Path)
		}
	}
	switch {
	case doubt.Summary != "":
		return doubt
	case b.Missed > 0 || b.Chunks == 0:
		return unreadChunks(b)
	case links == 0:
		return gate.Pass("no link to a sign-out route is in what public pages load")
	}
	return gate.Pass("no link that Next.js prefetches signs visitors out (links to sign-out: %d)", links)
}
