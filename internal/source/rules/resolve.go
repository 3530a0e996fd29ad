package rules

import (
	"path"
	"strings"

	"github.com/previewgate/previewgate/internal/source/project"
)

// A resolver finds the file that an import names. It knows relative paths,
// the paths of tsconfig, and the packages of the repository.
type resolver struct {
	project  *project.Project
	known    func(file string) bool
	packages map[string]project.Package
	cache    map[question]string
}

type question struct{ from, specifier string }

func newResolver(p *project.Project, known func(string) bool) resolver {
	r := resolver{project: p, known: known, packages: map[string]project.Package{}, cache: map[question]string{}}
	for _, pkg := range p.Packages {
		if _, taken := r.packages[pkg.Name]; pkg.Name != "" && !taken {
			r.packages[pkg.Name] = pkg
		}
	}
	return r
}

// file returns the repository's file for a specifier, and false for what lies
// outside it or is not known.
func (r resolver) file(from, specifier string) (string, bool) {
	q := question{path.Dir(from), specifier}
	found, ok := r.cache[q]
	if !ok {
		found = r.find(from, specifier)
		r.cache[q] = found
	}
	return found, found != ""
}

func (r resolver) find(from, specifier string) string {
	specifier, _, _ = strings.Cut(specifier, "?")
	switch {
	case specifier == "":
		return ""
	case strings.HasPrefix(specifier, "."):
		return r.complete(path.Join(path.Dir(from), specifier))
	case strings.HasPrefix(specifier, "#"):
		if found := r.subpathImport(from, specifier); found != "" {
			return found
		}
	}
	if found := r.aliased(from, specifier); found != "" {
		return found
	}
	return r.workspace(specifier)
}

// aliased tries the tsconfig nearest to the file first; within one, the
// longest pattern.
func (r resolver) aliased(from, specifier string) string {
	dir, best, found := "", -1, ""
	for _, alias := range r.project.Aliases {
		if found != "" && alias.Dir != dir {
			break // aliases come innermost first
		}
		prefix, suffix, star := strings.Cut(alias.Pattern, "*")
		if !project.Within(alias.Dir, from) || len(prefix) <= best || !strings.HasPrefix(specifier, prefix) {
			continue
		}
		rest := strings.TrimPrefix(specifier, prefix)
		if !star && rest != "" || !strings.HasSuffix(rest, suffix) {
			continue
		}
		rest = strings.TrimSuffix(rest, suffix)
		for _, target := range alias.Targets {
			if file := r.complete(path.Clean(strings.Replace(target, "*", rest, 1))); file != "" {
				dir, best, found = alias.Dir, len(prefix), file
				break
			}
		}
	}
	return found
}

// workspace finds a file of a package of this repository.
func (r resolver) workspace(specifier string) string {
	name, sub := packageName(specifier)
	pkg, ok := r.packages[name]
	if !ok {
		return ""
	}
	if file := r.entry(pkg, pkg.Entries, sub); file != "" {
		return file
	}
	rest := strings.TrimPrefix(sub, "./")
	for _, base := range []string{rest, path.Join("src", rest)} {
		if file := r.complete(path.Join(pkg.Dir, base)); file != "" {
			return file
		}
	}
	return ""
}

func (r resolver) subpathImport(from, specifier string) string {
	if pkg, ok := r.project.PackageOf(from); ok {
		return r.entry(pkg, pkg.Imports, specifier)
	}
	return ""
}

// entry looks a subpath up in exports or imports; patterns have one star.
// What is built lies in dist, and its source, by habit, in src.
func (r resolver) entry(pkg project.Package, entries map[string][]string, sub string) string {
	try := func(targets []string, rest string) string {
		for _, target := range targets {
			target = strings.Replace(target, "*", rest, 1)
			for _, candidate := range []string{target, strings.Replace(target, "dist/", "src/", 1), strings.Replace(target, "dist/", "", 1)} {
				if file := r.complete(path.Join(pkg.Dir, candidate)); file != "" {
					return file
				}
			}
		}
		return ""
	}
	if file := try(entries[sub], ""); file != "" {
		return file
	}
	best, found := -1, ""
	for pattern, targets := range entries {
		prefix, suffix, star := strings.Cut(pattern, "*")
		if !star || len(prefix) <= best || !strings.HasPrefix(sub, prefix) || !strings.HasSuffix(sub, suffix) {
			continue
		}
		if file := try(targets, strings.TrimSuffix(strings.TrimPrefix(sub, prefix), suffix)); file != "" {
			best, found = len(prefix), file
		}
	}
	return found
}

// packageName splits "@a/b/c" into "@a/b" and "./c".
func packageName(specifier string) (name, sub string) {
	parts := strings.SplitN(specifier, "/", 3)
	n := 1
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		n = 2
	}
	name = strings.Join(parts[:n], "/")
	if rest := strings.TrimPrefix(strings.TrimPrefix(specifier, name), "/"); rest != "" {
		return name, "./" + rest
	}
	return name, "."
}

// complete adds what an import leaves out: an extension, or index. A .js
// name may stand for a .ts file.
func (r resolver) complete(base string) string {
	if base == "" || strings.HasPrefix(base, "..") {
		return ""
	}
	if r.known(base) && project.IsSource(base) {
		return base
	}
	bases := []string{base}
	switch path.Ext(base) {
	case ".js", ".jsx", ".mjs", ".cjs":
		bases = append(bases, strings.TrimSuffix(base, path.Ext(base)))
	}
	for _, b := range bases {
		for _, ending := range []string{".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs", "/index.ts", "/index.tsx", "/index.js", "/index.jsx"} {
			if file := b + ending; r.known(file) {
				return file
			}
		}
	}
	return ""
}
