package project

import (
	"path"
	"regexp"
	"strings"
)

var defaultExtensions = [...]string{"tsx", "ts", "jsx", "js"}

func (d *discovery) findApps() {
	for _, pkg := range d.project.Packages {
		config := d.tree.firstOf(pkg.Dir, "next.config.ts", "next.config.mjs", "next.config.js", "next.config.mts", "next.config.cjs")
		if config == "" && !d.builds(pkg) {
			continue
		}
		app := App{Dir: pkg.Dir, Name: pkg.Name, Config: config}
		app.PagesDir = d.routerDir(pkg.Dir, "pages")
		app.AppDir = d.routerDir(pkg.Dir, "app")
		if app.PagesDir == "" && app.AppDir == "" {
			if config != "" {
				d.note(config, "this package is configured for Next.js but has neither an app nor a pages directory")
			}
			continue
		}
		if config == "" && !d.serves(app) {
			continue
		}
		d.complete(&app, pkg)
		d.project.Apps = append(d.project.Apps, app)
	}
}

// complete learns the rest about an app whose routers are known.
func (d *discovery) complete(app *App, pkg Package) {
	router := app.PagesDir
	if router == "" {
		router = app.AppDir
	}
	app.Root = path.Dir(router)
	if app.AppDir != "" && app.PagesDir != "" && path.Dir(app.AppDir) != path.Dir(app.PagesDir) {
		d.note(app.AppDir, "app and pages lie in different directories; Next.js refuses to build that")
	}
	app.Next = d.nextVersion(pkg)
	app.Extensions = append([]string(nil), defaultExtensions[:]...)
	if app.Config != "" {
		if text, ok := d.read(app.Config); ok {
			d.configure(app, string(text))
		}
	}
	app.Routes = d.routesOf(*app)
	app.Proxy = d.proxyOf(*app)
}

// routerDir is a router's directory: beside package.json, else under src.
func (d *discovery) routerDir(dir, name string) string {
	for _, candidate := range []string{join(dir, name), join(dir, "src", name)} {
		if d.tree.dirs[candidate] {
			return candidate
		}
	}
	return ""
}

// builds reports whether next is more than a peer of a package, which is how
// libraries name it.
func (d *discovery) builds(pkg Package) bool {
	for _, m := range d.manifests {
		if m.Dir == pkg.Dir {
			return m.builds
		}
	}
	return false
}

// serves reports whether the routers hold anything that could be served.
func (d *discovery) serves(app App) bool {
	app.Extensions = defaultExtensions[:]
	return len(d.routesOf(app)) > 0
}

// configure reads what next.config states as literals. It looks at text: the
// file is a program, and these two settings are rare.
func (d *discovery) configure(app *App, text string) {
	text = withoutComments(text)
	if found := basePath.FindStringSubmatch(text); found != nil {
		app.BasePath = strings.TrimSuffix(found[1], "/")
	} else if strings.Contains(text, "basePath") {
		d.note(app.Config, "basePath is not a literal here; paths are given without it")
	}
	found := pageExtensions.FindStringSubmatch(text)
	if found == nil {
		if strings.Contains(text, "pageExtensions") {
			d.note(app.Config, "pageExtensions is not a list of literals here; tsx, ts, jsx and js are assumed")
		}
		return
	}
	app.Extensions = nil
	for _, item := range quotedItem.FindAllStringSubmatch(found[1], -1) {
		app.Extensions = append(app.Extensions, item[1])
	}
}

var (
	basePath       = regexp.MustCompile(`\bbasePath\s*:\s*["'\x60]([^"'\x60$]*)["'\x60]`)
	pageExtensions = regexp.MustCompile(`\bpageExtensions\s*:\s*\[((?:\s*["'][\w.]+["']\s*,?)+)\s*\]`)
	quotedItem     = regexp.MustCompile(`["']([\w.]+)["']`)
	comment        = regexp.MustCompile(`(?s:/\*.*?\*/)|(?m:(?:^|[\s;,{(])//.*$)`)
)

// withoutComments is good enough for a configuration file: a URL's slashes
// follow a colon and stay.
func withoutComments(text string) string { return comment.ReplaceAllString(text, " ") }
