package js

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// A resolver says to which file of the repository a specifier leads. It knows
// relative paths, the paths and baseUrl of a tsconfig, the imports of a
// package.json, and packages of the workspace by their names.
type resolver struct {
	lookup    func(name string) ([]byte, bool)
	manifests func() []string
	stubs     map[string]string

	packages map[string]manifest   // by name; nil until the first is looked for
	configs  map[string][]tsconfig // by directory
}

type manifest struct {
	Name    string          `json:"name"`
	Main    string          `json:"main"`
	Module  string          `json:"module"`
	Exports json.RawMessage `json:"exports"`
	Imports json.RawMessage `json:"imports"`

	dir string
}

func newResolver(lookup func(string) ([]byte, bool), manifests func() []string, stubs map[string]string) *resolver {
	return &resolver{lookup: lookup, manifests: manifests, stubs: stubs, configs: make(map[string][]tsconfig)}
}

// resolve returns the file behind a specifier that the file importer has.
func (r *resolver) resolve(specifier, importer string) (string, bool) {
	if _, stubbed := r.stub(specifier); stubbed {
		return "", false
	}
	dir := path.Dir(importer)
	switch {
	case specifier == ".", specifier == "..", strings.HasPrefix(specifier, "./"), strings.HasPrefix(specifier, "../"):
		return r.file(path.Join(dir, specifier))
	case strings.HasPrefix(specifier, "#"):
		return r.imported(specifier, dir)
	case strings.HasPrefix(specifier, "/"), strings.Contains(specifier, ":"):
		return "", false
	}
	for _, c := range r.tsconfigs(dir) {
		for _, candidate := range c.candidates(specifier) {
			if name, ok := r.file(candidate); ok {
				return name, true
			}
		}
	}
	return r.workspace(specifier)
}

// stub finds a module's stand-in: by its name, or by the name of its package
// followed by /*.
func (r *resolver) stub(specifier string) (string, bool) {
	if text, ok := r.stubs[specifier]; ok {
		return text, true
	}
	text, ok := r.stubs[packageName(specifier)+"/*"]
	return text, ok
}

func packageName(specifier string) string {
	parts := strings.SplitN(specifier, "/", 3)
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// file finds what a path without an extension stands for.
func (r *resolver) file(name string) (string, bool) {
	if name == ".." || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") {
		return "", false
	}
	candidates := []string{name}
	for _, ext := range []string{".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs", ".json"} {
		candidates = append(candidates, name+ext)
	}
	for js, ts := range map[string][]string{".js": {".ts", ".tsx"}, ".jsx": {".tsx"}, ".mjs": {".mts"}, ".cjs": {".cts"}} {
		if stem, ok := strings.CutSuffix(name, js); ok {
			for _, ext := range ts {
				candidates = append(candidates, stem+ext)
			}
		}
	}
	for _, index := range []string{"index.tsx", "index.ts", "index.jsx", "index.js", "index.mjs", "index.json"} {
		candidates = append(candidates, path.Join(name, index))
	}
	for _, candidate := range candidates {
		if _, ok := r.lookup(candidate); ok {
			return candidate, true
		}
	}
	return "", false
}

func (r *resolver) manifest(name string) (manifest, bool) {
	m := manifest{dir: path.Dir(name)}
	text, ok := r.lookup(name)
	return m, ok && !deep(text) && json.Unmarshal(text, &m) == nil
}

// imported resolves a specifier that begins with # by the nearest package.json.
func (r *resolver) imported(specifier, dir string) (string, bool) {
	for {
		if m, ok := r.manifest(path.Join(dir, "package.json")); ok {
			target, ok := mapped(m.Imports, specifier)
			if !ok {
				return "", false
			}
			return r.file(path.Join(m.dir, target))
		}
		if dir == "." {
			return "", false
		}
		dir = path.Dir(dir)
	}
}

// workspace resolves the name of a package of this repository. Packages are
// seldom built where the gate runs, so that an entry that does not exist is
// looked for among the sources.
func (r *resolver) workspace(specifier string) (string, bool) {
	if r.packages == nil {
		r.packages = make(map[string]manifest)
		names := slices.Clone(r.manifests())
		slices.Sort(names)
		for _, name := range names {
			if m, ok := r.manifest(name); ok && m.Name != "" {
				r.packages[m.Name] = m
			}
		}
	}
	name := packageName(specifier)
	m, ok := r.packages[name]
	if !ok {
		return "", false
	}
	sub := strings.TrimPrefix(strings.TrimPrefix(specifier, name), "/")
	for _, candidate := range m.candidates(sub) {
		if file, ok := r.file(path.Join(m.dir, candidate)); ok {
			return file, true
		}
	}
	return "", false
}

// candidates are the files that a subpath of a package can be, best first.
func (m manifest) candidates(sub string) []string {
	var out []string
	if target, ok := mapped(m.Exports, path.Join(".", sub)); ok {
		out = append(out, target, unbuilt(target))
	}
	if sub == "" {
		for _, main := range []string{m.Module, m.Main} {
			if main != "" {
				out = append(out, main, unbuilt(main))
			}
		}
	}
	return append(out, sub, path.Join("src", sub))
}

// unbuilt is the source from which a file under dist or the like was built.
func unbuilt(target string) string {
	parts := strings.Split(path.Clean(target), "/")
	if slices.Contains([]string{"dist", "build", "lib", "out"}, parts[0]) {
		parts[0] = "src"
	}
	return strings.TrimSuffix(path.Join(parts...), path.Ext(target))
}
