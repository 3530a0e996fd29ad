package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// CallbackRoute asks whether the source has AuthKit's callback at the redirect
// URI's path.
//
// WorkOS sends the visitor to the redirect URI with a code. A route file at
// exactly that path has to export GET = handleAuth(), which trades the code
// for a session. A callback elsewhere is never reached.
//
// Where a deployment shows that AuthKit's callback answers there, by a rewrite
// for example, that is believed.
//
// # Fix
//
// Add app/callback/route.ts, at the path that the redirect URI names:
//
//	import { handleAuth } from '@workos-inc/authkit-nextjs';
//
//	export const GET = handleAuth();
var CallbackRoute = &gate.Check{
	ID:    "callback-route",
	Stage: gate.StageRedirectURI,
	Title: "A route file handles the redirect URI's path",
	Fix:   "Export `GET = handleAuth()` from a route file at the path that the redirect URI names.",
	Needs: []gate.Need{facts.Repository},
	Uses:  []gate.Need{facts.SignIn, facts.Routes, facts.Callback},
	After: []*gate.Check{PreviewReachable, ProxyAnswers, ProxyCovers},
	Judge: callbackRoute,
}

func callbackRoute(known *gate.Facts) gate.Verdict {
	v, _ := fromSource(known, func(r source.Repository) gate.Verdict { return callbacks(known, r) })
	hop, err := facts.Callback.Lookup(known)
	if err == nil && isAuthKitCallback(hop) && (v.Status == gate.Failed || v.Status == gate.Unknown) {
		return gate.Pass("AuthKit's callback answers at %s on the deployment (in the source, %s)", strings.TrimPrefix(hop.Request(), "GET "), v.Summary)
	}
	return v
}

// callbacks judges the one app that uses AuthKit, or each of several where no
// deployment says which of them is meant.
func callbacks(known *gate.Facts, r source.Repository) gate.Verdict {
	_, err := facts.SignIn.Lookup(known)
	routes, _ := facts.Routes.Lookup(known) // nothing is named: the source tells
	if len(r.Apps) == 0 || len(r.Apps) > 1 && (err == nil || routes.Callback != "") {
		return severalApps(r)
	}
	var verdicts []gate.Verdict
	for _, app := range r.Apps {
		paths := callbackPaths(known, app)
		if len(paths) == 0 {
			verdicts = append(verdicts, gate.Skip("the path of the redirect URI is not known"))
		}
		for _, p := range paths {
			verdicts = append(verdicts, routeAt(r, app, p))
		}
	}
	return worst(verdicts)
}

// severalApps skips what is asked of one app.
func severalApps(r source.Repository) gate.Verdict {
	if len(r.Apps) == 0 {
		return gate.Skip("%s holds no Next.js app that uses AuthKit", r.Dir)
	}
	var dirs []string
	for _, a := range r.Apps {
		dirs = append(dirs, a.Dir)
	}
	v := gate.Skip("the source holds several apps that use AuthKit (%s)", list(dirs))
	v.Unlock = "--source with one app's directory"
	return v
}

// A landing is a path that visitors return to, and who names it.
type landing struct {
	path, from string
	unless     string // a variable that would name another, if it is set
}

// callbackPaths returns the paths that visitors return to: the one that the
// user names, or the deployment, or those of the proxy as it is evaluated.
func callbackPaths(known *gate.Facts, app source.App) []landing {
	if routes, err := facts.Routes.Lookup(known); err == nil && routes.Callback != "" {
		return []landing{{path: routes.Callback, from: "--callback"}}
	}
	var all []landing
	add := func(uri, from, unless string) {
		u, err := url.Parse(uri)
		if err != nil || u.Host == "" || u.Path == "" {
			return
		}
		p := landing{u.Path, from, unless}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	if in, err := facts.SignIn.Lookup(known); err == nil {
		add(in.RedirectURI, "redirect_uri of the deployment", "")
		return all
	}
	for _, call := range app.Calls() {
		if call.Unknown == "" {
			add(call.RedirectURI, "redirect URI of the proxy", strings.Join(call.Unset, " or "))
		}
	}
	return all
}

// routeAt looks for AuthKit's callback at one path.
func routeAt(r source.Repository, app source.App, p landing) gate.Verdict {
	path, within := withoutBase(p.path, app.BasePath)
	if !within {
		return gate.Fail("the redirect URI's path %s is outside of the app's basePath %s", p.path, app.BasePath).
			FixedBy("Let the redirect URI end in `%s%s`.", app.BasePath, p.path).
			Because(p.from, p.path)
	}
	var elsewhere []rules.Callback
	best, handler := -1, ""
	for _, c := range r.Findings.Callbacks {
		if c.App != app.Dir {
			continue
		}
		if specific, serves := project.Match(c.URL, path); serves && specific > best {
			best, handler = specific, c.File
		}
		elsewhere = append(elsewhere, c)
	}
	file, other := servedBy(app, path, elsewhere)
	switch {
	case best >= 0 && best >= other:
		return gate.Pass("%s handles %s", handler, path)
	case file != "":
		return gate.Unsure("%s serves %s, and whether it hands over to AuthKit cannot be told", file, path)
	}
	if v, doubtful := ledElsewhere(r, app, p, path, elsewhere); doubtful {
		return v
	}
	v := gate.Fail("no route file handles %s, where WorkOS sends visitors after sign-in", path).Because(p.from, p.path)
	for _, c := range elsewhere {
		if taken(r, "callback-route", c.Position) {
			return gate.Pass("%s says that this is meant", c.File)
		}
		v = v.At(at("callback at another path", c.URL, c.Position)).
			FixedBy("Let the redirect URI end in `%s`, where the callback is, or move the callback to `%s`.", app.BasePath+c.URL, p.path)
	}
	if elsewhere == nil && app.AppDir != "" {
		v = v.FixedBy("Export `GET = handleAuth()` from `%s%s/route.ts`.", app.AppDir, path)
	}
	return v
}

// withoutBase cuts the app's basePath, and a slash at the end, off a path. It
// is false for a path that the app does not serve.
func withoutBase(path, base string) (string, bool) {
	if base != "" {
		rest, found := strings.CutPrefix(path, base)
		if !found || rest != "" && rest[0] != '/' {
			return path, false
		}
		path = rest
	}
	return "/" + strings.Trim(path, "/"), true
}

// ledElsewhere skips what the files do not tell: a path that a rewrite or a
// locale may lead on to a callback, a basePath or a variable that is not
// known.
func ledElsewhere(r source.Repository, app source.App, p landing, path string, callbacks []rules.Callback) (gate.Verdict, bool) {
	for _, c := range callbacks {
		if first, rest, _ := strings.Cut(c.URL[1:], "/"); strings.HasPrefix(first, "[") && "/"+rest == path {
			return gate.Skip("whether %s leads to the callback at %s depends on what the proxy puts before it", path, c.URL), true
		}
	}
	for _, from := range app.Rewritten {
		literal := strings.TrimRight(from[:strings.IndexAny(from+":", ":(*")], "/")
		if literal != "" && strings.HasPrefix(p.path, literal) {
			return gate.Skip("whether %s leads to the callback depends on a rewrite of %s", p.path, from), true
		}
	}
	for _, n := range r.Notes {
		if n.File == app.Config && strings.HasPrefix(n.Text, "basePath") {
			return gate.Skip("whether a route file handles %s depends on basePath, which %s computes", path, app.Config), true
		}
	}
	if p.unless != "" && !r.Complete {
		return untold(p.unless, "the redirect URI comes from %s where it is set, and that is not known", p.unless), true
	}
	return gate.Verdict{}, false
}

// servedBy returns the file beside the callbacks that serves a path of the
// app, and how specifically it does; "" for none.
func servedBy(app source.App, path string, callbacks []rules.Callback) (file string, specific int) {
	specific = -1
	for _, route := range app.Routes {
		s, serves := project.Match(route.URL, path)
		isCallback := slices.ContainsFunc(callbacks, func(c rules.Callback) bool { return c.URL == route.URL })
		if serves && s > specific && route.Kind != project.Layout && !isCallback {
			file, specific = route.File, s
		}
	}
	return file, specific
}
