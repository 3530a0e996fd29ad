package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
)

// A Package is a package.json.
type Package struct {
	Dir          string
	Name         string
	Member       bool              // a workspace of a package above
	Dependencies map[string]string // to the range: all kinds, the stricter kind first
	Entries      map[string][]string
	Imports      map[string][]string // "#name" to its targets
}

// A manifest is what package.json says, of what is asked here.
type manifest struct {
	Package
	builds     bool // next is a dependency, not only a peer
	workspaces []string
	catalog    map[string]string
}

// parseManifest reads a package.json. A field of an unexpected shape counts
// as absent: package managers differ in what they let pass.
func parseManifest(text []byte) (manifest, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &fields); err != nil {
		if _, wrong := errors.AsType[*json.UnmarshalTypeError](err); wrong {
			return manifest{}, errors.New("it is JSON, but not an object")
		}
		return manifest{}, errors.New("it is not JSON: " + err.Error())
	}
	m := manifest{Package: Package{
		Name:         as[string](fields["name"]),
		Dependencies: map[string]string{},
		Entries:      entries(fields),
		Imports:      conditions(fields["imports"], "#"),
	}}
	for _, kind := range []string{"peerDependencies", "devDependencies", "dependencies"} {
		ranges := as[map[string]string](fields[kind])
		maps.Copy(m.Dependencies, ranges)
		m.builds = m.builds || kind != "peerDependencies" && ranges["next"] != ""
	}
	m.workspaces, m.catalog = workspacesOf(fields["workspaces"])
	maps.Copy(m.catalog, catalogs(fields["catalog"], fields["catalogs"]))
	return m, nil
}

// as decodes a value, leniently: one of another type is the zero value, and
// entries of an object that do not fit are left out.
func as[T any](raw json.RawMessage) T {
	var value T
	_ = json.Unmarshal(raw, &value) // a mismatch leaves what did fit
	return value
}

// workspacesOf reads both forms: a list, and an object with packages.
func workspacesOf(raw json.RawMessage) (patterns []string, catalog map[string]string) {
	if list := as[[]string](raw); list != nil {
		return list, map[string]string{}
	}
	object := as[map[string]json.RawMessage](raw)
	return as[[]string](object["packages"]), catalogs(object["catalog"], object["catalogs"])
}

// catalogs keys the default catalog's ranges by package and the named ones'
// by "name/package".
func catalogs(standard, named json.RawMessage) map[string]string {
	all := map[string]string{}
	maps.Copy(all, as[map[string]string](standard))
	for name, ranges := range as[map[string]map[string]string](named) {
		for pkg, version := range ranges {
			all[name+"/"+pkg] = version
		}
	}
	return all
}

// entries maps the subpaths of a package (".", "./x", "./*") to the files
// that may stand for them, in the order to try.
func entries(fields map[string]json.RawMessage) map[string][]string {
	all := conditions(fields["exports"], ".")
	for _, field := range []string{"source", "module", "main", "types"} {
		if file := as[string](fields[field]); file != "" {
			all["."] = append(all["."], file)
		}
	}
	return all
}

// conditions flattens an exports or imports field: every target of a subpath
// counts, whatever its condition.
func conditions(raw json.RawMessage, prefix string) map[string][]string {
	all := map[string][]string{}
	object := as[map[string]json.RawMessage](raw)
	subpaths := false
	for key, value := range object {
		if strings.HasPrefix(key, prefix) {
			subpaths = true
			all[key] = targets(value, 0)
		}
	}
	if !subpaths && prefix == "." {
		if list := targets(raw, 0); len(list) > 0 {
			all["."] = list
		}
	}
	return all
}

// targets collects the files of a conditional target, source before built
// code.
func targets(raw json.RawMessage, depth int) []string {
	if depth > 8 {
		return nil
	}
	var all []string
	if file := as[string](raw); file != "" {
		all = append(all, file)
	}
	for _, item := range as[[]json.RawMessage](raw) {
		all = append(all, targets(item, depth+1)...)
	}
	object := as[map[string]json.RawMessage](raw)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		all = append(all, targets(object[key], depth+1)...)
	}
	slices.SortStableFunc(all, func(a, b string) int { return rank(a) - rank(b) })
	return slices.Compact(all)
}

func rank(file string) int {
	switch {
	case strings.Contains(file, ".d."):
		return 2
	case path.Ext(file) == ".ts", path.Ext(file) == ".tsx":
		return 0
	}
	return 1
}

func (d *discovery) readPackages() {
	for _, file := range d.tree.named["package.json"] {
		text, ok := d.read(file)
		if !ok {
			continue
		}
		m, err := parseManifest(text)
		if err != nil {
			d.note(file, err.Error())
			continue
		}
		m.Dir = path.Dir(file)
		d.project.Packages = append(d.project.Packages, m.Package)
		d.manifests = append(d.manifests, m)
	}
}
