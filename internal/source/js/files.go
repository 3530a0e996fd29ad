package js

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Files are the sources that an analysis may see, by path relative to the
// repository's root. What is not among them does not exist.
type Files map[string][]byte

// How much [Gather] reads at most.
const (
	maxModules   = 400
	maxManifests = 500
	maxWalk      = 20_000
)

// Gather reads what the entries reach by their imports, and the manifests and
// tsconfigs that say where imports lead. It only reads: specifiers are found by
// their shape, so that it takes a file or two more than a bundle will. Where
// stubs has a package, its sources are not looked for.
func Gather(fsys fs.FS, entries []string, stubs map[string]string) Files {
	g := &gatherer{fsys: fsys, files: make(Files), missing: make(map[string]bool)}
	r := newResolver(g.lookup, g.manifests, stubs)
	var queue []string
	for _, entry := range entries {
		queue = append(queue, path.Clean(entry))
	}
	seen := make(map[string]bool)
	for len(queue) > 0 && len(seen) < maxModules {
		name := queue[0]
		queue = queue[1:]
		text, ok := g.lookup(name)
		if seen[name] || !ok {
			continue
		}
		seen[name] = true
		for _, specifier := range specifiers(text) {
			if target, ok := r.resolve(specifier, name); ok {
				queue = append(queue, target)
			}
		}
	}
	return g.files
}

func specifiers(text []byte) []string {
	re := regexp.MustCompile(`(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*["'` + "`" + `]([^"'` + "`" + `\n]{1,300})["'` + "`" + `]`)
	var out []string
	for _, found := range re.FindAllSubmatch(text, 10*maxModules) {
		out = append(out, string(found[1]))
	}
	return out
}

type gatherer struct {
	fsys    fs.FS
	files   Files
	missing map[string]bool
	walked  []string
	done    bool
}

// lookup reads a file once; one that is no regular file, or too large, is not
// there.
func (g *gatherer) lookup(name string) ([]byte, bool) {
	if text, ok := g.files[name]; ok {
		return text, true
	}
	if g.missing[name] || !fs.ValidPath(name) {
		return nil, false
	}
	info, err := fs.Stat(g.fsys, name)
	if err == nil && info.Mode().IsRegular() && info.Size() <= MaxFile {
		if text, err := fs.ReadFile(g.fsys, name); err == nil && len(text) <= MaxFile {
			g.files[name] = text
			return text, true
		}
	}
	g.missing[name] = true
	return nil, false
}

// manifests lists the package.json files near the root.
func (g *gatherer) manifests() []string {
	if g.done {
		return g.walked
	}
	g.done = true
	entries := 0
	_ = fs.WalkDir(g.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if entries++; err != nil || entries > maxWalk || len(g.walked) >= maxManifests {
			return fs.SkipDir
		}
		if d.IsDir() && name != "." && skipped(name) {
			return fs.SkipDir
		}
		if d.Name() == "package.json" {
			g.walked = append(g.walked, name)
		}
		return nil
	})
	return g.walked
}

func skipped(dir string) bool {
	base := path.Base(dir)
	return strings.HasPrefix(base, ".") || base == "node_modules" || strings.Count(dir, "/") >= 4
}

func (f Files) lookup(name string) ([]byte, bool) {
	text, ok := f[name]
	return text, ok
}

func (f Files) manifests() []string {
	var out []string
	for name := range f {
		if path.Base(name) == "package.json" {
			out = append(out, name)
		}
	}
	return out
}
