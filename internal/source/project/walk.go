package project

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A tree is the part of a repository that was walked.
type tree struct {
	files map[string]bool // regular files
	dirs  map[string]bool
	named map[string][]string // base name to files, for the names in telling
}

func (t *tree) has(file string) bool { return t.files[file] }

// firstOf returns the first of the named files that a directory has.
func (t *tree) firstOf(dir string, names ...string) string {
	for _, name := range names {
		if file := join(dir, name); t.files[file] {
			return file
		}
	}
	return ""
}

// pending is a directory still to be read.
type pending struct {
	dir   string
	depth int
}

// walk lists the repository, breadth first, so that what is near the root is
// known even where a limit ends the walk.
func (d *discovery) walk() error {
	d.tree = tree{files: map[string]bool{}, dirs: map[string]bool{".": true}, named: map[string][]string{}}
	entries, queue := 0, []pending{{dir: "."}}
	most := max(1, d.limits.Files/10) // of one directory, so that it cannot hide the others
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		list, err := d.list(next.dir, min(most, d.limits.Files-entries))
		if err != nil && next.dir == "." {
			return err
		}
		if err != nil {
			d.note(next.dir, "this directory cannot be read: "+reason(err).Error())
		}
		if len(list) == most {
			d.note(next.dir, "only "+strconv.Itoa(most)+" entries"+" of this directory were looked at")
		}
		entries += len(list)
		queue = append(queue, d.enter(next, list)...)
		if entries >= d.limits.Files {
			d.note(".", "the walk stopped after "+strconv.Itoa(entries)+" files and directories; what lies beyond was not looked at")
			break
		}
	}
	for name := range d.tree.named {
		slices.Sort(d.tree.named[name])
	}
	slices.Sort(d.project.Sources)
	return nil
}

// list returns at most limit entries of a directory, in batches, so that a
// directory of millions costs no more than the limit.
func (d *discovery) list(dir string, limit int) ([]fs.DirEntry, error) {
	f, err := d.fsys.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	reader, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, errors.New("it is not a directory")
	}
	var all []fs.DirEntry
	for len(all) < limit {
		batch, err := reader.ReadDir(min(1024, limit-len(all)))
		all = append(all, batch...)
		if errors.Is(err, io.EOF) || (err == nil && len(batch) == 0) {
			break
		}
		if err != nil {
			return all, err
		}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}

// enter files a directory's entries and returns the directories below that
// are to be read.
func (d *discovery) enter(at pending, list []fs.DirEntry) []pending {
	var below []pending
	for _, entry := range list {
		name := join(at.dir, entry.Name())
		switch {
		case !fs.ValidPath(name):
			d.note(at.dir, "a file name here is not valid and was passed over")
		case entry.Type()&fs.ModeSymlink != 0:
			d.noteLink(name)
		case entry.IsDir() && skipped(name):
		case entry.IsDir() && at.depth+1 >= d.limits.Depth:
			d.note(name, "this directory lies too deep and was not entered")
		case entry.IsDir():
			d.tree.dirs[name] = true
			below = append(below, pending{dir: name, depth: at.depth + 1})
		case entry.Type().IsRegular():
			d.file(name)
		}
	}
	return below
}

func (d *discovery) file(name string) {
	base := path.Base(name)
	d.tree.files[name] = true
	if telling(base) {
		d.tree.named[base] = append(d.tree.named[base], name)
	}
	if IsSource(name) {
		d.project.Sources = append(d.project.Sources, name)
	}
}

// noteLink speaks of a symbolic link only where what it stands for could
// change an answer.
func (d *discovery) noteLink(name string) {
	base := path.Base(name)
	if skipped(name) {
		return
	}
	switch stem, _, _ := strings.Cut(base, "."); stem {
	case "app", "pages", "src", "convex", "apps", "packages", "proxy", "middleware", "package", "tsconfig", "auth":
		d.note(name, "this is a symbolic link; links are not followed")
	default:
		if IsSource(name) || path.Ext(base) == "" {
			d.note(name, "this is a symbolic link; links are not followed")
		}
	}
}

// skipped reports directories that hold no source of the project's own. Below
// an app or pages directory the everyday names are parts of a URL.
func skipped(dir string) bool {
	switch path.Base(dir) {
	case "node_modules", ".git", ".next", ".turbo", ".vercel", ".yarn", ".pnpm-store", ".cache",
		"_generated", "__generated__":
		return true
	case "dist", "build", "out", "coverage":
		return !slices.ContainsFunc(strings.Split(path.Dir(dir), "/"), func(above string) bool {
			return above == "app" || above == "pages"
		})
	}
	return false
}

// telling reports the names that discovery asks for wherever they lie.
func telling(base string) bool {
	switch base {
	case "package.json", "convex.json", "tsconfig.json", "jsconfig.json", "auth.config.ts", "auth.config.js",
		"pnpm-workspace.yaml":
		return true
	}
	return false
}

// IsSource reports whether a file is TypeScript or JavaScript that people
// write: no declarations, no generated or minified code.
func IsSource(name string) bool {
	base := path.Base(name)
	switch path.Ext(base) {
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
	default:
		return false
	}
	for _, mark := range []string{".d.", ".gen.", ".generated.", ".min."} {
		if strings.Contains(base, mark) {
			return false
		}
	}
	return true
}
