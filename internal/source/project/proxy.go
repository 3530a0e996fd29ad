package project

import (
	"path"
	"slices"
	"strings"
)

// A Proxy is what Next.js makes of an app's proxy and middleware files.
type Proxy struct {
	File       string // the file that runs, empty when there is none
	Conflict   bool   // both proxy and middleware: the build fails
	Candidates []Candidate
}

// A Candidate is a file that looks like a proxy but is not run, and why.
type Candidate struct {
	File   string
	Reason Reason
}

// A Reason says why Next.js passes over a file.
type Reason string

// The reasons for which Next.js passes over a file.
const (
	WrongDirectory Reason = "not beside the app or pages directory"
	WrongExtension Reason = "its extension is not among pageExtensions"
	TooEarly       Reason = "proxy files are known from Next.js 16 on"
	Shadowed       Reason = "another extension of the same name comes first"
)

// proxySince is the first major version that knows proxy files.
const proxySince = 16

// proxyOf applies Next.js' rules to every proxy-like file of an app.
func (d *discovery) proxyOf(app App) Proxy {
	var p Proxy
	var running []string
	for _, file := range d.proxyLike(app) {
		stem, _, _ := strings.Cut(path.Base(file), ".")
		extension := strings.TrimPrefix(path.Base(file), stem+".")
		switch {
		case path.Dir(file) != app.Root:
			p.Candidates = append(p.Candidates, Candidate{file, WrongDirectory})
		case !slices.Contains(app.Extensions, extension):
			p.Candidates = append(p.Candidates, Candidate{file, WrongExtension})
		case stem == "proxy" && app.Next.Major != 0 && app.Next.Major < proxySince:
			p.Candidates = append(p.Candidates, Candidate{file, TooEarly})
		default:
			running = append(running, file)
		}
	}
	p.choose(running, app.Extensions)
	return p
}

// choose picks the file that runs: one of each stem at most, by the order of
// the extensions. With both stems the build fails, and proxy is named.
func (p *Proxy) choose(running, extensions []string) {
	chosen := map[string]string{}
	for _, extension := range extensions {
		for _, file := range running {
			stem := strings.TrimSuffix(path.Base(file), "."+extension)
			if stem != "proxy" && stem != "middleware" {
				continue
			}
			if chosen[stem] == "" {
				chosen[stem] = file
			} else if chosen[stem] != file {
				p.Candidates = append(p.Candidates, Candidate{file, Shadowed})
			}
		}
	}
	p.File = chosen["proxy"]
	if p.File == "" {
		p.File = chosen["middleware"]
	}
	p.Conflict = chosen["proxy"] != "" && chosen["middleware"] != ""
	slices.SortFunc(p.Candidates, func(a, b Candidate) int { return strings.Compare(a.File, b.File) })
}

// proxyLike lists the files that somebody may take for the app's proxy: in
// the package, its src, its routers, or the repository's root.
func (d *discovery) proxyLike(app App) []string {
	var files []string
	dirs := []string{app.Dir, join(app.Dir, "src"), app.AppDir, app.PagesDir}
	if len(d.project.Packages) > 0 && !d.otherApp(app.Dir) {
		dirs = append(dirs, ".")
	}
	for _, dir := range dirs {
		for _, stem := range []string{"proxy", "middleware"} {
			for _, extension := range candidateExtensions(app.Extensions) {
				file := join(dir, stem+"."+extension)
				if dir != "" && d.tree.has(file) && !slices.Contains(files, file) {
					files = append(files, file)
				}
			}
		}
	}
	return files
}

func candidateExtensions(configured []string) []string {
	all := slices.Concat(configured, []string{"tsx", "ts", "jsx", "js", "mjs", "mts", "cjs", "cts"})
	slices.Sort(all)
	return slices.Compact(all)
}

// otherApp reports whether a package at the root could own a proxy there
// itself.
func (d *discovery) otherApp(dir string) bool {
	return dir != "." && slices.ContainsFunc(d.project.Packages, func(pkg Package) bool {
		return pkg.Dir == "." && (d.routerDir(".", "app") != "" || d.routerDir(".", "pages") != "")
	})
}
