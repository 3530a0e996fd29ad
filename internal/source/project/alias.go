package project

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// An Alias is one entry of a tsconfig's paths, or its baseUrl as the pattern
// "*".
type Alias struct {
	Dir     string // where it holds: the tsconfig's directory
	Pattern string // at most one *
	Targets []string
}

// maxConfigs bounds the tsconfigs that are read, maxExtends a chain of them.
const (
	maxConfigs = 500
	maxExtends = 6
)

// readAliases collects the paths of every tsconfig.json and jsconfig.json.
func (d *discovery) readAliases() {
	files := slices.Concat(d.tree.named["tsconfig.json"], d.tree.named["jsconfig.json"])
	if len(files) > maxConfigs {
		d.note(".", "only the first "+plural(maxConfigs, "tsconfig")+" were read")
		files = files[:maxConfigs]
	}
	for _, file := range files {
		dir := path.Dir(file)
		for _, pattern := range d.pathsOf(file, 0) {
			pattern.Dir = dir
			d.project.Aliases = append(d.project.Aliases, pattern)
		}
	}
	slices.SortStableFunc(d.project.Aliases, func(a, b Alias) int { return len(b.Dir) - len(a.Dir) })
}

// A tsconfig is what is asked of one.
type tsconfig struct {
	extends []string
	baseURL string
	paths   map[string][]string
}

// pathsOf returns a tsconfig's aliases, or those of what it extends: paths
// replaces an inherited paths as a whole.
func (d *discovery) pathsOf(file string, depth int) []Alias {
	text, ok := d.read(file)
	if !ok || depth > maxExtends {
		return nil
	}
	config, err := parseTsconfig(text)
	if err != nil {
		d.note(file, "it is not JSON with comments; its paths are not known")
		return nil
	}
	base := path.Dir(file)
	if config.baseURL != "" {
		base = join(base, config.baseURL)
	}
	var aliases []Alias
	for _, pattern := range slices.Sorted(maps.Keys(config.paths)) {
		alias := Alias{Pattern: pattern}
		for _, target := range config.paths[pattern] {
			alias.Targets = append(alias.Targets, join(base, target))
		}
		aliases = append(aliases, alias)
	}
	if config.paths == nil {
		for _, parent := range config.extends {
			if found := d.extended(file, parent); found != "" {
				aliases = append(aliases, d.pathsOf(found, depth+1)...)
			}
		}
	}
	if config.baseURL != "" {
		aliases = append(aliases, Alias{Pattern: "*", Targets: []string{join(base, "*")}})
	}
	return aliases
}

// extended finds the file that a tsconfig extends: a relative one, or one of
// a package in this repository.
func (d *discovery) extended(file, parent string) string {
	bases := []string{join(path.Dir(file), parent)}
	if !strings.HasPrefix(parent, ".") {
		bases = nil
		for _, pkg := range d.project.Packages {
			if rest, found := strings.CutPrefix(parent, pkg.Name); found && pkg.Name != "" {
				bases = append(bases, join(pkg.Dir, rest))
			}
		}
	}
	for _, base := range bases {
		for _, candidate := range []string{base, base + ".json", join(base, "tsconfig.json")} {
			if d.tree.has(candidate) {
				return candidate
			}
		}
	}
	return ""
}

func parseTsconfig(text []byte) (tsconfig, error) {
	if tooNested(text) {
		return tsconfig{}, errNested
	}
	plain, err := hujson.Standardize(bytes.TrimPrefix(text, []byte("\ufeff")))
	if err != nil {
		return tsconfig{}, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(plain, &fields); err != nil {
		return tsconfig{}, err
	}
	options := as[map[string]json.RawMessage](fields["compilerOptions"])
	config := tsconfig{
		baseURL: as[string](options["baseUrl"]),
		paths:   as[map[string][]string](options["paths"]),
		extends: as[[]string](fields["extends"]),
	}
	if parent := as[string](fields["extends"]); parent != "" {
		config.extends = []string{parent}
	}
	return config, nil
}

// tooNested guards the recursive reader of JSON with comments.
func tooNested(text []byte) bool {
	depth := 0
	for _, c := range text {
		switch c {
		case '[', '{':
			if depth++; depth > 200 {
				return true
			}
		case ']', '}':
			depth--
		}
	}
	return false
}
