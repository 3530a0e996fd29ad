package checks

import (
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
)

// RedirectURIConfigured asks whether convex.json registers the redirect URI
// that the proxy asks for.
//
// On a preview build Convex registers with WorkOS what the preview section of
// convex.json lists, with the build's variables filled in. The proxy computes
// the redirect URI from its own. WorkOS compares the two to the letter: a
// proxy that uses VERCEL_BRANCH_URL and a convex.json that registers
// VERCEL_URL never meet, though each looks right.
//
// A list that somebody keeps in the WorkOS dashboard may hold more than
// convex.json registers. Where a deployment shows that WorkOS accepts what it
// asks for, that is believed.
//
// # Fix
//
// Name the same variable in both: in convex.json
//
//	"preview": { "configure": { "redirectUris": ["https://${buildEnv.VERCEL_URL}/callback"] } }
//
// and in proxy.ts
//
//	redirectUri: `https://${process.env.VERCEL_URL}/callback`
var RedirectURIConfigured = &gate.Check{
	ID:    "redirect-uri-configured",
	Stage: gate.StageRedirectURI,
	Title: "convex.json registers the redirect URI that the proxy asks for",
	Fix:   "Name the same variable in the proxy's `redirectUri` and in `authKit.preview.configure.redirectUris` of `convex.json`.",
	Needs: []gate.Need{facts.Repository},
	Uses:  []gate.Need{facts.Examined},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers, RedirectURIHost},
	Judge: redirectURIConfigured,
}

func redirectURIConfigured(known *gate.Facts) gate.Verdict {
	v, _ := fromSource(known, configured)
	if uri, accepted := acceptedURI(known); accepted && v.Status == gate.Failed {
		return gate.Pass("WorkOS accepts %s all the same (in the source, %s)", uri, v.Summary)
	}
	return v
}

// acceptedURI returns the redirect URI of the deployment when WorkOS takes
// all that it asks for.
func acceptedURI(known *gate.Facts) (string, bool) {
	examined, err := facts.Examined.Lookup(known)
	if err != nil || len(examined) == 0 {
		return "", false
	}
	for _, e := range examined {
		if registered(e).Status != gate.Passed {
			return "", false
		}
	}
	return examined[0].Real.RedirectURI, true
}

// configured compares what the proxy asks for with what is registered.
func configured(r source.Repository) gate.Verdict {
	backends := registering(r)
	for _, b := range backends {
		if v, stopped := stoppedBuild(b); stopped {
			return v
		}
	}
	switch {
	case len(backends) == 0:
		return unregistered(r)
	case len(r.Apps) != 1:
		return severalApps(r)
	}
	app := r.Apps[0]
	calls := app.Calls()
	switch {
	case len(calls) == 0 && app.Trouble != "":
		return gate.Unsure("%s could not be evaluated: %s", app.Proxy.File, app.Trouble)
	case len(calls) == 0:
		return gate.Skip("the app's proxy was not seen to call AuthKit")
	}
	return compared(r, app, backends, calls)
}

// registering lists the backends whose convex.json registers redirect URIs
// for previews.
func registering(r source.Repository) []source.Backend {
	var all []source.Backend
	for _, b := range r.Backends {
		if len(b.Registers) > 0 {
			all = append(all, b)
		}
	}
	return all
}

// unregistered is the verdict where no convex.json registers anything for
// previews: it may be meant, or the work of a mistake.
func unregistered(r source.Repository) gate.Verdict {
	for _, b := range r.Backends {
		if v, stopped := stoppedBuild(b); stopped {
			return v
		}
		for _, key := range b.Config.Ignored {
			if misspelt(key.Text) {
				return gate.Fail("convex.json has a key that Convex passes over: %s", key.Text).
					FixedBy("Spell the key as Convex does: `authKit.preview.configure.redirectUris`.").
					At(placed("convex.json", key.Text, key.Position))
			}
		}
		if b.Unread != "" {
			return gate.Unsure("%s was not read: %s", b.Backend.Config, b.Unread)
		}
	}
	return gate.Skip("no convex.json registers redirect URIs for previews")
}

// misspelt reports whether a key that Convex passes over was to register
// redirect URIs for previews. Keys that hold comments, and those of other
// settings, were not.
func misspelt(key string) bool {
	section, name := key[:strings.LastIndexByte(key, '.')+1], strings.ToLower(key[strings.LastIndexByte(key, '.')+1:])
	name = strings.NewReplacer("_", "", "-", "").Replace(name)
	switch section {
	case "authKit.":
		return strings.HasPrefix(name, "preview")
	case "authKit.preview.":
		return strings.HasPrefix(name, "redirecturi") || strings.HasPrefix(name, "redirecturl") || strings.HasPrefix(name, "config")
	case "authKit.preview.configure.":
		return strings.HasPrefix(name, "redirect")
	}
	return false
}

// stoppedBuild names what Convex' command line does not take.
func stoppedBuild(b source.Backend) (gate.Verdict, bool) {
	for _, p := range b.Config.Problems {
		return gate.Fail("convex.json stops the build: %s", strings.TrimRight(p.Message, ".")).
			FixedBy("Mend `%s` where it is shown.", b.Backend.Config).
			At(placed("convex.json", p.Message, p.Position)), true
	}
	for _, registered := range b.Registers {
		if registered.Trouble != "" {
			return gate.Fail("convex.json stops the build: %s", strings.TrimRight(registered.Trouble, ".")).
				FixedBy("Use `${buildEnv.VERCEL_URL}` or another variable that every preview build has.").
				At(placed("redirectUris", registered.Template, registered.Position)), true
		}
	}
	return gate.Verdict{}, false
}
