package rules

import (
	"context"
	"io/fs"
	"maps"
	"slices"

	"github.com/previewgate/previewgate/internal/source/project"
)

// A Selection says what [Select] chooses. A zero limit is the default.
type Selection struct {
	Everything bool  // no file is left out, whatever it holds
	FileSize   int64 // bytes of a file, 1 MiB
	Total      int64 // bytes in all, 128 MiB
}

// Select reads the project's sources and chooses those that can matter, by
// what they contain and import, and what these may need in turn. It parses
// nothing.
func Select(ctx context.Context, fsys fs.FS, p project.Project, s Selection) (Input, error) {
	if s.FileSize == 0 {
		s.FileSize = 1 << 20
	}
	if s.Total == 0 {
		s.Total = 128 << 20
	}
	c := &chooser{in: Input{Project: p, Files: map[string][]byte{}}, seen: map[string]*sighting{}}
	if err := c.read(ctx, fsys, s); err != nil {
		return Input{}, err
	}
	c.connect()
	c.in.Client = sorted(c.client())
	roots := c.roots()
	if s.Everything {
		roots = set(slices.Collect(maps.Keys(c.in.Files)))
	}
	c.in.Roots = sorted(roots)
	if keep := forward(c.imports, roots); !s.Everything {
		maps.DeleteFunc(c.in.Files, func(file string, _ []byte) bool { return !keep[file] })
	}
	return c.in, ctx.Err()
}

// A chooser is one run of [Select].
type chooser struct {
	in      Input
	seen    map[string]*sighting
	imports map[string][]string // file to files
	users   map[string][]string // the same, the other way
}

// read looks at every source once.
func (c *chooser) read(ctx context.Context, fsys fs.FS, s Selection) error {
	var total int64
	for _, file := range c.in.Project.Sources {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err := project.Read(fsys, file, s.FileSize)
		if err != nil {
			c.in.Notes = append(c.in.Notes, project.Note{File: file, Text: err.Error()})
			continue
		}
		if total += int64(len(text)); total > s.Total {
			c.in.Notes = append(c.in.Notes, project.Note{File: file, Text: "it and what follows was not read: the sources are too large in all"})
			return nil
		}
		c.in.Files[file] = text
		c.seen[file] = sight(text)
	}
	return nil
}

// connect resolves what the files import.
func (c *chooser) connect() {
	c.imports, c.users = map[string][]string{}, map[string][]string{}
	r := newResolver(&c.in.Project, func(file string) bool { return c.seen[file] != nil })
	for file, seen := range c.seen {
		for _, specifier := range seen.specifiers {
			if target, inside := r.file(file, specifier); inside && target != file {
				c.imports[file] = append(c.imports[file], target)
				c.users[target] = append(c.users[target], file)
			}
		}
	}
}

// having returns the files that have any of the marks.
func (c *chooser) having(marks mark) map[string]bool {
	found := map[string]bool{}
	for file, seen := range c.seen {
		if seen.marks&marks != 0 {
			found[file] = true
		}
	}
	return found
}

// roots are the files in which a finding can lie.
func (c *chooser) roots() map[string]bool {
	roots := c.having(readsEnv | namesSecret | hasIgnore | fetchesToken)
	auth := c.reaching(c.having(speaksAuth))
	for _, app := range c.in.Project.Apps {
		for _, route := range app.Routes {
			if auth[route.File] {
				roots[route.File] = true
			}
		}
		for _, file := range []string{app.Config, app.Proxy.File} {
			if c.seen[file] != nil {
				roots[file] = true
			}
		}
	}
	links, leaving := c.reaching(c.having(makesLinks)), c.reaching(c.leaving(auth))
	if !c.usesAuthKit() {
		links = nil // no route of AuthKit's to link to
	}
	refreshing := c.reaching(c.having(fetchesToken | speaksHooks))
	for file, seen := range c.seen {
		if links[file] && leaving[file] || refreshing[file] && seen.marks&refreshes != 0 {
			roots[file] = true
		}
	}
	return roots
}

// usesAuthKit reports whether a file or a package names AuthKit for Next.js.
func (c *chooser) usesAuthKit() bool {
	return len(c.having(speaksHooks)) > 0 || slices.ContainsFunc(c.in.Project.Packages, func(pkg project.Package) bool {
		return pkg.Dependencies[authKit] != ""
	})
}

// leaving are the files that speak of signing out, by the usual words or by
// the last part of a route that may do it.
func (c *chooser) leaving(auth map[string]bool) map[string]bool {
	found := c.having(speaksLeaving)
	for _, word := range c.signOutWords(auth) {
		for file, text := range c.in.Files {
			if containsWord(text, word) {
				found[file] = true
			}
		}
	}
	return found
}

// reaching adds every file that imports one of the files, by any way round.
func (c *chooser) reaching(files map[string]bool) map[string]bool {
	return forward(c.users, files)
}

// forward adds what can be reached over the edges.
func forward(edges map[string][]string, from map[string]bool) map[string]bool {
	reached := maps.Clone(from)
	queue := slices.Collect(maps.Keys(from))
	for len(queue) > 0 {
		next := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, file := range edges[next] {
			if !reached[file] {
				reached[file] = true
				queue = append(queue, file)
			}
		}
	}
	return reached
}

// client returns the files that reach the browser: those that say so, and
// what they import, up to modules that stay on the server.
func (c *chooser) client() map[string]bool {
	start := c.having(usesClient)
	for _, app := range c.in.Project.Apps {
		for _, route := range app.Routes {
			if app.PagesDir != "" && project.Within(app.PagesDir, route.File) && route.Kind == project.Page {
				start[route.File] = true
			}
		}
	}
	edges := maps.Clone(c.imports)
	for file := range c.having(usesServer) {
		delete(start, file)
		for from, targets := range edges {
			edges[from] = slices.DeleteFunc(slices.Clone(targets), func(target string) bool { return target == file })
		}
	}
	return forward(edges, start)
}

func set(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, item := range list {
		m[item] = true
	}
	return m
}

func sorted(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
