package js

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/tailscale/hujson"
)

// mapped looks a key up in the exports or imports of a package.json: a string,
// an object of conditions, or an object of keys with at most one star each.
func mapped(table json.RawMessage, key string) (string, bool) {
	if key == "." || !strings.HasPrefix(key, "#") {
		if target, ok := conditional(table); ok {
			return target, key == "."
		}
	}
	var entries map[string]json.RawMessage
	if json.Unmarshal(table, &entries) != nil {
		return "", false
	}
	if !strings.HasPrefix(key, "#") && key != "." {
		key = "./" + key
	}
	if target, ok := conditional(entries[key]); ok {
		return target, true
	}
	best, star := "", ""
	for pattern := range entries {
		if middle, ok := starred(pattern, key); ok && len(pattern) > len(best) {
			best, star = pattern, middle
		}
	}
	if best == "" {
		return "", false
	}
	target, ok := conditional(entries[best])
	return strings.ReplaceAll(target, "*", star), ok
}

// starred returns what the star of a pattern stands for in a key.
func starred(pattern, key string) (string, bool) {
	before, after, ok := strings.Cut(pattern, "*")
	if !ok || len(key) < len(before)+len(after) || !strings.HasPrefix(key, before) || !strings.HasSuffix(key, after) {
		return "", false
	}
	return key[len(before) : len(key)-len(after)], true
}

// conditional returns the target of an entry, by the first condition that
// holds for a bundle of the server's code.
func conditional(entry json.RawMessage) (string, bool) {
	var target string
	if json.Unmarshal(entry, &target) == nil && target != "" {
		return target, true
	}
	var conditions map[string]json.RawMessage
	if json.Unmarshal(entry, &conditions) != nil {
		return "", false
	}
	for _, condition := range []string{".", "convex", "source", "module", "import", "node", "require", "default", "types"} {
		if target, ok := conditional(conditions[condition]); ok {
			return target, true
		}
	}
	return "", false
}

// A tsconfig is what of one bears on imports.
type tsconfig struct {
	base  string              // the directory of baseUrl; "-" without one
	root  string              // the directory to which paths are relative
	paths map[string][]string // in the file's own words
}

// tsconfigs returns the configuration that holds for a directory: of the
// nearest tsconfig.json or jsconfig.json, and of those that it extends.
func (r *resolver) tsconfigs(dir string) []tsconfig {
	if known, ok := r.configs[dir]; ok {
		return known
	}
	var found []tsconfig
	for _, name := range []string{"tsconfig.json", "jsconfig.json"} {
		if found = r.tsconfig(path.Join(dir, name), 0); found != nil {
			break
		}
	}
	if found == nil && dir != "." {
		found = r.tsconfigs(path.Dir(dir))
	}
	r.configs[dir] = found
	return found
}

// maxExtends is how long a chain of tsconfigs may be.
const maxExtends = 8

func (r *resolver) tsconfig(name string, depth int) []tsconfig {
	text, ok := r.lookup(name)
	if !ok || depth > maxExtends || deep(text) {
		return nil
	}
	var raw struct {
		Extends         any
		CompilerOptions struct {
			BaseURL *string `json:"baseUrl"`
			Paths   map[string][]string
		}
	}
	standard, err := hujson.Standardize(append([]byte(nil), text...))
	if err != nil || json.Unmarshal(standard, &raw) != nil {
		return []tsconfig{}
	}
	dir := path.Dir(name)
	c := tsconfig{base: "-", root: dir, paths: raw.CompilerOptions.Paths}
	if raw.CompilerOptions.BaseURL != nil {
		c.base = path.Join(dir, *raw.CompilerOptions.BaseURL)
		c.root = c.base
	}
	out := []tsconfig{c}
	for _, parent := range extended(raw.Extends) {
		target := path.Join(dir, parent)
		if path.Ext(target) != ".json" {
			target += ".json"
		}
		out = append(out, r.tsconfig(target, depth+1)...)
	}
	return out
}

// extended lists the relative files of an extends, the last of which wins.
func extended(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, ".") {
			out = append(out, v)
		}
	case []any:
		for _, one := range v {
			out = append(extended(one), out...)
		}
	}
	return out
}

// candidates are the paths that a specifier can mean, best first.
func (c tsconfig) candidates(specifier string) []string {
	var out []string
	best, star := "", ""
	for pattern := range c.paths {
		if pattern == specifier {
			best, star = pattern, ""
			break
		}
		if middle, ok := starred(pattern, specifier); ok && len(pattern) > len(best) {
			best, star = pattern, middle
		}
	}
	if best != "" {
		for _, target := range c.paths[best] {
			out = append(out, path.Join(c.root, strings.ReplaceAll(target, "*", star)))
		}
	}
	if c.base != "-" {
		out = append(out, path.Join(c.base, specifier))
	}
	return out
}
