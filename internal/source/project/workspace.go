package project

import (
	"maps"
	"path"
	"strings"
)

// readWorkspaces marks the packages that a package above counts among its
// workspaces, and keeps the version catalogs.
func (d *discovery) readWorkspaces() {
	d.catalog = map[string]string{}
	for _, m := range d.manifests {
		maps.Copy(d.catalog, m.catalog)
		d.mark(m.Dir, join(m.Dir, "package.json"), m.workspaces)
	}
	for _, file := range d.tree.named["pnpm-workspace.yaml"] {
		if text, ok := d.read(file); ok {
			w := parsePnpmWorkspace(text)
			maps.Copy(d.catalog, w.catalog)
			d.mark(path.Dir(file), file, w.packages)
		}
	}
}

// mark applies the workspace patterns of a package.
func (d *discovery) mark(root, file string, patterns []string) {
	var usable []string
	for _, pattern := range patterns {
		if bare := strings.TrimPrefix(pattern, "!"); leaves(root, bare) {
			d.note(file, "the workspace pattern "+quoted(pattern)+" leads out of the repository and was not followed")
		} else {
			usable = append(usable, pattern)
		}
	}
	for i := range d.project.Packages {
		pkg := &d.project.Packages[i]
		if pkg.Dir == root || !Within(commonBase(root, usable), pkg.Dir) {
			continue
		}
		pkg.Member = pkg.Member || member(root, usable, pkg.Dir)
	}
}

// commonBase is where patterns may reach: below root, or the whole
// repository when one climbs.
func commonBase(root string, patterns []string) string {
	for _, pattern := range patterns {
		if strings.Contains(pattern, "..") {
			return "."
		}
	}
	return root
}

// leaves reports whether a pattern, taken from root, climbs out of the tree.
func leaves(root, pattern string) bool {
	return path.IsAbs(pattern) || strings.HasPrefix(path.Clean(root+"/"+pattern), "..")
}

// member decides by the last pattern that matches, as npm and pnpm do.
func member(root string, patterns []string, dir string) bool {
	in := false
	for _, pattern := range patterns {
		bare, negated := strings.CutPrefix(pattern, "!")
		full := path.Clean(path.Join(root, bare))
		if matchGlob(strings.Split(full, "/"), strings.Split(dir, "/")) {
			in = !negated
		}
	}
	return in
}

// matchGlob matches segment by segment; "**" stands for any number of them.
// Its work is bounded by the product of the two lengths.
func matchGlob(pattern, name []string) bool {
	reach := make([]bool, len(name)+1) // reach[j]: pattern so far matches name[:j]
	reach[0] = true
	for _, segment := range pattern {
		next := make([]bool, len(name)+1)
		for j := range reach {
			if segment == "**" {
				next[j] = reach[j] || j > 0 && next[j-1]
			} else if j > 0 && reach[j-1] {
				next[j] = matchSegment(segment, name[j-1])
			}
		}
		reach = next
	}
	return reach[len(name)]
}

func matchSegment(pattern, name string) bool {
	if before, rest, found := strings.Cut(pattern, "{"); found {
		choices, after, _ := strings.Cut(rest, "}")
		for choice := range strings.SplitSeq(choices, ",") {
			if ok, err := path.Match(before+choice+after, name); err == nil && ok {
				return true
			}
		}
		return false
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// A pnpmWorkspace is what is asked of a pnpm-workspace.yaml.
type pnpmWorkspace struct {
	packages []string
	catalog  map[string]string
}

// parsePnpmWorkspace reads the packages list and the catalogs, in block or
// flow style. It knows no other YAML: what it cannot read it leaves out.
func parsePnpmWorkspace(text []byte) pnpmWorkspace {
	w := pnpmWorkspace{catalog: map[string]string{}}
	section, named := "", ""
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		bare := uncomment(strings.TrimRight(line, "\r\n"))
		indent := len(bare) - len(strings.TrimLeft(bare, " \t"))
		bare = strings.TrimSpace(bare)
		item, isItem := strings.CutPrefix(bare, "-")
		switch {
		case bare == "":
		case section == "packages" && isItem:
			w.packages = append(w.packages, unquoted(item))
		case indent == 0:
			key, rest, _ := strings.Cut(bare, ":")
			section, named = unquoted(key), ""
			if section == "packages" {
				w.packages = append(w.packages, flowList(rest)...)
			}
		case section == "catalog" || section == "catalogs":
			named = w.addCatalog(section, named, bare)
		}
	}
	return w
}

// addCatalog takes one line below catalog or catalogs and returns the name of
// the catalog that is open then.
func (w *pnpmWorkspace) addCatalog(section, named, line string) string {
	at := strings.LastIndex(line, ": ")
	if at < 0 {
		if section == "catalogs" && strings.HasSuffix(line, ":") {
			return unquoted(strings.TrimSuffix(line, ":")) + "/"
		}
		return named
	}
	w.catalog[named+unquoted(line[:at])] = unquoted(line[at+1:])
	return named
}

// flowList reads [a, "b"] on one line.
func flowList(text string) []string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return nil
	}
	var items []string
	for item := range strings.SplitSeq(text[1:len(text)-1], ",") {
		if item = unquoted(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// uncomment cuts a YAML comment, which starts a line or follows a space.
func uncomment(line string) string {
	quote := byte(0)
	for i := range len(line) {
		switch c := line[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return line[:i]
		}
	}
	return line
}

func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		return text[1 : len(text)-1]
	}
	return text
}
