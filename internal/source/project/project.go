// Package project finds what a checked-out repository holds: its packages, its
// Next.js apps with their routes and proxy file, and its Convex backends.
//
// A repository is foreign. Discovery therefore reads names and a handful of
// small JSON and YAML files, follows no symbolic link, evaluates nothing, and
// stops at [Limits]. What it passes over, where that can matter, it says in a
// [Note].
package project

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
)

// Limits bound a discovery. A zero field stands for its default.
type Limits struct {
	Files    int   // directory entries looked at, 100,000
	Depth    int   // levels of directories, 40
	FileSize int64 // bytes of a source or configuration file, 1 MiB
	LockSize int64 // bytes of a lockfile, 32 MiB
	Notes    int   // notes kept, 100
}

func (l Limits) orDefault() Limits {
	return Limits{
		Files:    cmp.Or(l.Files, 100_000),
		Depth:    cmp.Or(l.Depth, 40),
		FileSize: cmp.Or(l.FileSize, 1<<20),
		LockSize: cmp.Or(l.LockSize, 32<<20),
		Notes:    cmp.Or(l.Notes, 100),
	}
}

// A Project is a repository as its files describe it. All paths are
// slash-separated and relative to its root, "." for the root itself. It is
// plain data, fit to be handed to another process as JSON.
type Project struct {
	Packages []Package
	Apps     []App
	Backends []Backend
	Aliases  []Alias  // of every tsconfig.json, innermost directory first
	Sources  []string // TypeScript and JavaScript files, sorted
	Notes    []Note
}

// A Note says what discovery passed over and why it may matter.
type Note struct {
	File string
	Text string
}

// An App is a package that Next.js builds.
type App struct {
	Dir        string // the package's directory
	Name       string // the package's name, empty when it has none
	Next       Version
	Root       string   // where Next.js looks for the proxy: Dir, or its src
	AppDir     string   // the app router's directory, empty when there is none
	PagesDir   string   // the pages router's directory, empty when there is none
	Config     string   // next.config.*, empty when there is none
	BasePath   string   // as next.config states it literally
	Extensions []string // pageExtensions
	Proxy      Proxy
	Routes     []Route
}

// A Backend is a directory of Convex functions.
type Backend struct {
	Dir         string   // the functions directory
	Package     string   // directory of the package that runs convex
	Config      string   // convex.json, empty when there is none
	AuthConfigs []string // auth.config.ts and .js: Convex refuses two
}

// PackageOf returns the innermost package that holds a file.
func (p *Project) PackageOf(file string) (Package, bool) {
	best, found := Package{}, false
	for _, pkg := range p.Packages {
		if Within(pkg.Dir, file) && (!found || len(pkg.Dir) > len(best.Dir) || best.Dir == ".") {
			best, found = pkg, true
		}
	}
	return best, found
}

// AppOf returns the app whose package directory holds a file.
func (p *Project) AppOf(file string) (*App, bool) {
	var best *App
	for i := range p.Apps {
		app := &p.Apps[i]
		if Within(app.Dir, file) && (best == nil || len(app.Dir) > len(best.Dir) || best.Dir == ".") {
			best = app
		}
	}
	return best, best != nil
}

// Discover reads a repository through fsys, which must not lead out of it: an
// [os.Root]'s. It fails only when the root itself cannot be read.
func Discover(fsys fs.FS, limits Limits) (Project, error) {
	d := &discovery{fsys: fsys, limits: limits.orDefault()}
	if err := d.walk(); err != nil {
		return Project{}, err
	}
	d.readPackages()
	d.readWorkspaces()
	d.readAliases()
	d.findApps()
	d.findBackends()
	d.concludeNotes()
	return d.project, nil
}

// A discovery is one run of [Discover].
type discovery struct {
	fsys      fs.FS
	limits    Limits
	project   Project
	tree      tree
	manifests []manifest
	catalog   map[string]string // "name" and "catalog/name" to a version range
	dropped   int               // notes beyond the limit
}

func (d *discovery) note(file, text string) {
	if len(d.project.Notes) >= d.limits.Notes {
		d.dropped++
		return
	}
	d.project.Notes = append(d.project.Notes, Note{File: file, Text: text})
}

// read returns a configuration file's text, "" and false with a note when it
// cannot be had.
func (d *discovery) read(file string) ([]byte, bool) {
	text, err := Read(d.fsys, file, d.limits.FileSize)
	if err != nil {
		d.note(file, err.Error())
		return nil, false
	}
	return text, true
}

func (d *discovery) concludeNotes() {
	if len(d.project.Packages) == 0 {
		d.project.Notes = append(d.project.Notes, Note{File: ".", Text: "there is no package.json in this repository"})
	}
	if len(d.project.Apps) == 0 {
		d.project.Notes = append(d.project.Notes, Note{
			File: ".",
			Text: "no Next.js app was found: no package names next (or holds a next.config) and has an app or pages directory",
		})
	}
	if d.dropped > 0 {
		d.project.Notes = append(d.project.Notes, Note{File: ".", Text: plural(d.dropped, "more note") + " left out"})
	}
	slices.SortStableFunc(d.project.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Text, b.Text))
	})
}

var (
	errNotFile = errors.New("it is not a regular file") // a directory, a device
	errNested  = errors.New("it is nested too deep")
)
