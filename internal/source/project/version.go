package project

import (
	"strconv"
	"strings"
)

// A Version is what is known of an installed package's version.
type Version struct {
	Range string // as package.json or a catalog states it
	Major int    // 0 when unknown
	From  string // the file that told the major
}

// major returns the only major version that a range allows, 0 when it allows
// several or cannot be read.
func major(text string) int {
	text = strings.TrimSpace(text)
	if at := strings.LastIndexByte(text, '@'); strings.HasPrefix(text, "npm:") && at > 0 {
		text = text[at+1:]
	}
	found := 0
	for alternative := range strings.SplitSeq(text, "||") {
		m := majorOfAlternative(strings.Fields(alternative))
		if m == 0 || found != 0 && m != found {
			return 0
		}
		found = m
	}
	return found
}

// majorOfAlternative reads one alternative: a hyphen range, a lower and an
// upper bound, or a single comparison.
func majorOfAlternative(parts []string) int {
	switch {
	case len(parts) == 0:
		return 0
	case len(parts) == 1:
		return majorOf(strings.TrimLeft(parts[0], "^~=v"))
	case len(parts) == 3 && parts[1] == "-":
		if low := majorOf(parts[0]); low == majorOf(parts[2]) {
			return low
		}
	case len(parts) == 2 && strings.HasPrefix(parts[0], ">=") && strings.HasPrefix(parts[1], "<"):
		low := majorOf(strings.TrimPrefix(parts[0], ">="))
		if bound := strings.TrimLeft(parts[1], "<="); low != 0 && (bound == strconv.Itoa(low+1) || strings.HasPrefix(bound, strconv.Itoa(low+1)+".0")) {
			return low
		}
	}
	return 0
}

// majorOf reads the number that a version starts with.
func majorOf(version string) int {
	digits, rest := version, ""
	if at := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' }); at >= 0 {
		digits, rest = version[:at], version[at:]
	}
	if rest != "" && rest[0] != '.' && rest[0] != '-' && rest[0] != '+' {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > 999 {
		return 0
	}
	return n
}

// nextVersion finds the major version of Next.js for a package, by its range,
// a catalog, or the nearest lockfile.
func (d *discovery) nextVersion(pkg Package) Version {
	v := Version{Range: pkg.Dependencies["next"]}
	told := join(pkg.Dir, "package.json")
	if name, isCatalog := strings.CutPrefix(v.Range, "catalog:"); isCatalog {
		if name = strings.TrimSpace(name); name != "" && name != "default" {
			v.Range = d.catalog[name+"/next"]
		} else {
			v.Range = d.catalog["next"]
		}
	}
	if v.Range == "" {
		v.Range, told = d.rangeAbove(pkg.Dir)
	}
	if v.Major = major(v.Range); v.Major != 0 {
		v.From = told
		return v
	}
	v.Major, v.From = d.lockedNext(pkg.Dir, v.Range)
	if v.Major == 0 {
		d.note(join(pkg.Dir, "package.json"), "the version of next is not known from "+quoted(v.Range)+" nor from a lockfile; rules of Next.js 16 are assumed")
	}
	return v
}

// rangeAbove looks for next in the packages above: a workspace may leave it
// to its root.
func (d *discovery) rangeAbove(dir string) (version, file string) {
	best := ""
	for _, pkg := range d.project.Packages {
		if pkg.Dir != dir && Within(pkg.Dir, dir) && pkg.Dependencies["next"] != "" && len(pkg.Dir) >= len(best) {
			best, version, file = pkg.Dir, pkg.Dependencies["next"], join(pkg.Dir, "package.json")
		}
	}
	return version, file
}

func quoted(text string) string { return strconv.Quote(text) }
