package project

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// findBackends lists the Convex functions directories: those a convex.json
// names, the default ones, and those that hold an auth.config.
func (d *discovery) findBackends() {
	seen := map[string]bool{}
	for _, pkg := range d.project.Packages {
		config := d.tree.firstOf(pkg.Dir, "convex.json")
		if config == "" && pkg.Dependencies["convex"] == "" {
			continue
		}
		d.addBackend(seen, pkg.Dir, d.functionsDir(pkg.Dir, config), config)
	}
	for _, config := range d.tree.named["convex.json"] {
		if slices.ContainsFunc(d.project.Packages, func(pkg Package) bool { return pkg.Dir == path.Dir(config) }) {
			continue
		}
		d.addBackend(seen, path.Dir(config), d.functionsDir(path.Dir(config), config), config)
	}
	for _, base := range []string{"auth.config.ts", "auth.config.js"} {
		for _, file := range d.tree.named[base] {
			if dir := path.Dir(file); path.Base(dir) == "convex" {
				pkg, _ := d.project.PackageOf(file)
				if pkg.Dir == "" {
					pkg.Dir = "."
				}
				d.addBackend(seen, pkg.Dir, dir, "")
			}
		}
	}
}

func (d *discovery) addBackend(seen map[string]bool, pkg, dir, config string) {
	if dir == "" || seen[dir] || !d.tree.dirs[dir] {
		return
	}
	seen[dir] = true
	b := Backend{Dir: dir, Package: pkg, Config: config}
	for _, base := range []string{"auth.config.ts", "auth.config.js"} {
		if file := join(dir, base); d.tree.has(file) {
			b.AuthConfigs = append(b.AuthConfigs, file)
		}
	}
	if len(b.AuthConfigs) > 1 {
		d.note(b.AuthConfigs[1], "there is also "+path.Base(b.AuthConfigs[0])+"; Convex refuses two auth configs")
	}
	d.project.Backends = append(d.project.Backends, b)
	slices.SortFunc(d.project.Backends, func(a, b Backend) int { return strings.Compare(a.Dir, b.Dir) })
}

// functionsDir reads the functions setting; without it the directory is
// convex. It is "" for a directory outside the repository.
func (d *discovery) functionsDir(pkg, config string) string {
	dir := "convex"
	if config != "" {
		text, ok := d.read(config)
		if !ok {
			return join(pkg, dir)
		}
		functions, err := parseFunctions(text)
		if err != nil {
			d.note(config, "it is not JSON ("+err.Error()+"); convex reads it without comments or trailing commas")
		}
		if functions != "" {
			dir = functions
		}
	}
	full := join(pkg, dir)
	if path.IsAbs(dir) || strings.HasPrefix(full, "..") {
		d.note(config, "the functions directory "+quoted(dir)+" lies outside the repository")
		return ""
	}
	return full
}

// parseFunctions is as strict as convex itself: plain JSON.
func parseFunctions(text []byte) (string, error) {
	var config map[string]json.RawMessage
	if err := json.Unmarshal(text, &config); err != nil {
		return "", err
	}
	return as[string](config["functions"]), nil
}
