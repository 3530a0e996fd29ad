package checks

import (
	"fmt"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
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
	Needs: []gate.Need{facts.SignOuts, facts.ClientBundle},
	After: []*gate.Check{PreviewReachable, ProxyAnswers},
	Judge: signOutPrefetch,
}

func signOutPrefetch(known *gate.Facts) gate.Verdict {
	b := facts.ClientBundle.From(known)
	ends := make(map[string]bool)
	for _, out := range facts.SignOuts.From(known) {
		ends[strings.TrimSuffix(out.Path, "/")] = out.EndsSession()
	}
	links := 0
	for _, l := range b.Links {
		path, _, _ := strings.Cut(l.Path, "#")
		path, _, _ = strings.Cut(path, "?")
		side, asked := ends[strings.TrimSuffix(path, "/")]
		if asked {
			links++
		}
		if side && l.Prefetch {
			return gate.Fail("Next.js prefetches %s, which signs visitors out", l.Path).
				FixedBy("Set `prefetch={false}` on the `<Link href=\"%s\">`; better, sign out in a server action.", l.Path).
				Because("link in the client bundle", fmt.Sprintf("%s, byte %d", l.Source, l.Offset)).
				Because("GET "+l.Path, "deletes "+facts.SessionCookie)
		}
	}
	if b.Missed > 0 || b.Chunks == 0 {
		return unreadChunks(b)
	}
	if links == 0 {
		return gate.Pass("no link to a sign-out route is in what public pages load")
	}
	return gate.Pass("no link that Next.js prefetches signs visitors out (links to sign-out: %d)", links)
}
