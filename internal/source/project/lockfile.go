package project

import (
	"bufio"
	"io"
	"path"
	"strings"
)

// lockedNext asks the nearest lockfile for the major version of next.
func (d *discovery) lockedNext(dir, version string) (major int, file string) {
	for at := dir; ; at = path.Dir(at) {
		for _, name := range []string{"package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"} {
			file := join(at, name)
			if !d.tree.has(file) {
				continue
			}
			below := strings.TrimPrefix(strings.TrimPrefix(dir, at), "/")
			if at == "." {
				below = dir
			}
			if found := d.readLock(file, lock{name: name, dir: below, version: version}); found != 0 {
				return found, file
			}
		}
		if at == "." {
			return 0, ""
		}
	}
}

// A lock is a question to a lockfile: which next does a package get?
type lock struct {
	name    string
	dir     string // directory relative to the lockfile, "" or "." for its own
	version string // the range asked for

	section string // the entry that is being read
	inNext  bool
	best    int // by an entry of the package itself
	any     int // by any entry, -1 when they disagree
}

func (d *discovery) readLock(file string, l lock) int {
	f, err := d.fsys.Open(file)
	if err != nil {
		d.note(file, "it cannot be opened: "+reason(err).Error())
		return 0
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewReaderSize(io.LimitReader(f, d.limits.LockSize), 64<<10)
	for {
		line, _, err := lines.ReadLine() // an overlong line comes in pieces, of which none matters
		if err != nil {
			break
		}
		l.line(string(line))
	}
	if l.best != 0 {
		return l.best
	}
	return max(l.any, 0)
}

func (l *lock) line(line string) {
	switch l.name {
	case "package-lock.json":
		l.npm(line)
	case "pnpm-lock.yaml":
		l.pnpm(line)
	case "yarn.lock":
		l.yarn(line)
	case "bun.lock":
		l.bun(line)
	}
}

func (l *lock) found(own bool, version string) {
	m := majorOf(version)
	switch {
	case m == 0:
	case own && l.best == 0:
		l.best = m
	case l.any == 0:
		l.any = m
	case l.any != m:
		l.any = -1
	}
}

// npm reads `"apps/web/node_modules/next": {` and the version below it. The
// package's own copy wins over the hoisted one.
func (l *lock) npm(line string) {
	text := strings.TrimSpace(line)
	if name, isEntry := strings.CutSuffix(text, ": {"); isEntry {
		l.section = unquoted(name)
		l.inNext = l.section == "node_modules/next" || strings.HasSuffix(l.section, "/node_modules/next") || l.section == "next"
		return
	}
	if version, isVersion := strings.CutPrefix(text, `"version": `); isVersion && l.inNext {
		l.found(l.section == join(l.dir, "node_modules/next") && l.dir != "." && l.dir != "", unquoted(strings.TrimSuffix(version, ",")))
		l.inNext = false
	}
}

// pnpm reads the version that importers records for the package, else the
// keys of packages: next@15.0.0, /next@13.0.0, /next/12.0.0.
func (l *lock) pnpm(line string) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	text := strings.TrimSpace(line)
	switch {
	case indent == 2 && strings.HasSuffix(text, ":"):
		l.section, l.inNext = unquoted(strings.TrimSuffix(text, ":")), false
		key := strings.TrimPrefix(l.section, "/")
		for _, prefix := range []string{"next@", "next/"} {
			if version, isNext := strings.CutPrefix(key, prefix); isNext {
				l.found(false, version)
			}
		}
	case indent == 6 && strings.HasSuffix(text, ":"):
		l.inNext = text == "next:"
	case l.inNext && strings.HasPrefix(text, "version: "):
		l.found(join(l.dir, ".") == join(l.section, "."), unquoted(strings.TrimPrefix(text, "version: ")))
		l.inNext = false
	}
}

// yarn reads both forms: `next@^15:` with `version "15.0.3"`, and
// `"next@npm:^15":` with `version: 15.0.3`.
func (l *lock) yarn(line string) {
	if line != "" && line[0] != ' ' && line[0] != '#' {
		l.section = strings.TrimSuffix(line, ":")
		l.inNext = strings.HasPrefix(strings.TrimPrefix(line, `"`), "next@")
		return
	}
	text := strings.TrimSpace(line)
	if version, isVersion := strings.CutPrefix(text, "version"); isVersion && l.inNext {
		own := l.version != "" && strings.Contains(l.section+",", "@"+l.version)
		l.found(own, unquoted(strings.TrimPrefix(version, ":")))
		l.inNext = false
	}
}

// bun reads `"next": ["next@15.0.3", …`, and `"web/next": […` for a copy that
// only one package has.
func (l *lock) bun(line string) {
	key, rest, found := strings.Cut(strings.TrimSpace(line), `": ["next@`)
	if !found {
		return
	}
	key = strings.TrimPrefix(key, `"`)
	if version, _, ok := strings.Cut(rest, `"`); ok {
		l.found(key != "next" && strings.HasSuffix(l.dir, strings.TrimSuffix(key, "/next")), version)
	}
}
