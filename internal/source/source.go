// Package source reads what a checked-out repository says about auth: the
// Next.js apps that use AuthKit with their proxies, routes and links, and the
// Convex backends with their auth.config and convex.json, evaluated under an
// environment that is stated.
//
// A repository is foreign. It is read through an [os.Root], so that no link
// leads out of it, and everything that parses or evaluates it runs in a
// process of its own with neither environment nor files (see package cage).
// What cannot be evaluated within its bounds is said to be unknown, with the
// reason; nothing here fails because of what a file holds.
package source

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/previewgate/previewgate/internal/source/cage"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// A Repository is what its sources say about auth.
type Repository struct {
	Dir            string // as it was named
	Apps           []App  // those that depend on AuthKit, in order of their directory
	Others         int    // Next.js apps that do not
	Backends       []Backend
	Findings       rules.Findings
	Patches        []string // of each link, the diff that mends it; empty where that is not sure
	RefreshPatches []string // of each refresh, the same
	Trouble        string   // why there are no findings; empty when there are
	Notes          []project.Note
	Complete       bool // the environment is known whole: what is not in it is unset
}

// An App is a Next.js app that uses AuthKit.
type App struct {
	project.App
	Evaluated *eval.Proxy // nil when there is no proxy, or it is inconclusive
	Trouble   string      // why the proxy could not be evaluated
	Rewritten []string    // paths that next.config or vercel.json lead elsewhere, as they are written there
}

// A Backend is a directory of Convex functions.
type Backend struct {
	project.Backend
	Registers []Registered    // redirect URIs that convex.json registers for previews
	Config    eval.ConvexJSON // the zero value without a convex.json
	Unread    string          // why the convex.json could not be read
	Auth      *eval.AuthConfig
	Trouble   string   // why the auth.config could not be evaluated
	Unknown   []string // variables on whose values it depends whether Convex takes the auth.config
}

// AuthKit is the package that an app uses AuthKit through.
const AuthKit = "@workos-inc/authkit-nextjs"

// kindRules is the job of the rules, in the cage.
const kindRules = "rules"

// Handlers are the jobs that the caged child has to know.
func Handlers() map[string]cage.Handler {
	handlers := eval.Handlers()
	handlers[kindRules] = func(job cage.Job) (any, error) {
		var in rules.Input
		if err := json.Unmarshal(job.Input, &in); err != nil {
			return nil, err
		}
		in.Files = job.Files
		return rules.Examine(context.Background(), in)
	}
	return handlers
}

// Read reads the repository in dir under an environment. It fails only when
// dir cannot be read or ctx ends.
func Read(ctx context.Context, dir string, env Environment) (Repository, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Repository{}, fmt.Errorf("the source directory %s cannot be read: %w", dir, err)
	}
	defer root.Close()
	fsys := root.FS()
	p, err := project.Discover(fsys, project.Limits{})
	if err != nil {
		return Repository{}, err
	}
	r := Repository{Dir: dir, Notes: p.Notes, Complete: !env.Guess}
	for _, app := range p.Apps {
		if usesAuthKit(fsys, p, app) {
			r.Apps = append(r.Apps, App{App: app, Rewritten: rewritten(fsys, app)})
		} else {
			r.Others++
		}
	}
	r.Backends = make([]Backend, len(p.Backends))
	var wg sync.WaitGroup
	wg.Go(func() {
		r.Findings, r.Trouble = examine(ctx, fsys, p)
		r.Patches = patches(fsys, r.Findings.Links)
		r.RefreshPatches = refreshPatches(fsys, r.Findings.Refreshes)
	})
	for i := range r.Apps {
		wg.Go(func() { r.Apps[i].evaluate(ctx, fsys, env) })
	}
	for i, b := range p.Backends {
		wg.Go(func() { r.Backends[i] = evaluate(ctx, fsys, b, env) })
	}
	wg.Wait()
	return r, ctx.Err()
}

// usesAuthKit reports whether an app depends on AuthKit: itself, through
// packages of its workspace, or by a package above it that has the
// dependencies of all, when the app's own files name AuthKit.
func usesAuthKit(fsys fs.FS, p project.Project, app project.App) bool {
	seen := make(map[string]bool) // packages, by directory
	var reaches func(project.Package) bool
	reaches = func(pkg project.Package) bool {
		if seen[pkg.Dir] {
			return false
		}
		seen[pkg.Dir] = true
		if pkg.Dependencies[AuthKit] != "" {
			return true
		}
		return slices.ContainsFunc(p.Packages, func(other project.Package) bool {
			return other.Member && other.Name != "" && pkg.Dependencies[other.Name] != "" && reaches(other)
		})
	}
	for _, pkg := range p.Packages {
		if pkg.Dir == app.Dir && reaches(pkg) {
			return true
		}
	}
	above := func(pkg project.Package) bool {
		return pkg.Dir != app.Dir && project.Within(pkg.Dir, app.Dir) && pkg.Dependencies[AuthKit] != ""
	}
	return slices.ContainsFunc(p.Packages, above) && slices.ContainsFunc(p.Sources, func(file string) bool {
		if !project.Within(app.Dir, file) {
			return false
		}
		text, err := project.Read(fsys, file, js.MaxFile)
		return err == nil && bytes.Contains(text, []byte(AuthKit))
	})
}

// rewritten lists the paths that an app's configuration seems to lead
// elsewhere. It looks at text, and errs on the side of finding some.
func rewritten(fsys fs.FS, app project.App) []string {
	var all []string
	for _, file := range []string{app.Config, path.Join(app.Dir, "vercel.json")} {
		if file == "" {
			continue
		}
		text, err := project.Read(fsys, file, js.MaxFile)
		if err != nil {
			continue // there is none
		}
		for _, found := range rewriteSource.FindAllSubmatch(text, -1) {
			all = append(all, string(found[1]))
		}
	}
	return all
}

var rewriteSource = regexp.MustCompile(`\bsource["']?\s*:\s*["'\x60]([^"'\x60]+)["'\x60]`)

// examine applies the rules in the cage.
func examine(ctx context.Context, fsys fs.FS, p project.Project) (rules.Findings, string) {
	in, err := rules.Select(ctx, fsys, p, rules.Selection{})
	if err != nil {
		return rules.Findings{}, err.Error()
	}
	files := in.Files
	in.Files = nil
	input, err := json.Marshal(in)
	if err != nil {
		return rules.Findings{}, err.Error()
	}
	out, err := cage.Run(ctx, cage.Job{
		Kind: kindRules, Input: input, Files: files, Limits: cage.Limits{Wall: 15 * time.Second},
	})
	if err != nil {
		return rules.Findings{}, err.Error()
	}
	var found rules.Findings
	if err := json.Unmarshal(out, &found); err != nil {
		return rules.Findings{}, "the analysis ended in something unreadable"
	}
	return found, ""
}

// evaluate asks the app's proxy about the paths that matter.
func (a *App) evaluate(ctx context.Context, fsys fs.FS, env Environment) {
	if a.Proxy.File == "" {
		return
	}
	var err error
	a.Evaluated, err = eval.EvalProxy(ctx, fsys, eval.ProxyInput{
		Entry: a.Proxy.File, Env: env.build(), Requests: env.requests(a.probes()),
	})
	if err != nil {
		a.Trouble = err.Error()
	}
}

// probes are the paths that the proxy is asked about: the front page, and the
// app's own pages and handlers that stand at fixed paths.
func (a *App) probes() []string {
	paths := []string{"/"}
	for _, route := range a.Routes {
		if route.Kind != project.Layout && fixed(route.URL) && !slices.Contains(paths, route.URL) && len(paths) < maxProbes {
			paths = append(paths, route.URL)
		}
	}
	return paths
}

// maxProbes bounds how often a proxy's handler is called.
const maxProbes = 60

// Calls returns how the proxy calls AuthKit, each way once, and on which hosts.
func (a App) Calls() []Call {
	if a.Evaluated == nil {
		return nil
	}
	var all []Call
	for _, v := range a.Evaluated.Visits {
		u, err := url.Parse(v.URL)
		if err != nil {
			continue
		}
		for _, c := range v.Calls {
			same := func(known Call) bool { return known.RedirectURI == c.RedirectURI && known.Unknown == c.Unknown }
			i := slices.IndexFunc(all, same)
			if i < 0 {
				i, all = len(all), append(all, Call{Call: c})
			}
			if !slices.Contains(all[i].Hosts, u.Host) {
				all[i].Hosts = append(all[i].Hosts, u.Host)
			}
		}
	}
	return all
}

// A Call is one way in which a proxy calls AuthKit.
type Call struct {
	eval.Call
	Hosts []string // that were visited when it did
}
