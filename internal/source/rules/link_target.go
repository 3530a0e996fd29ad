package rules

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/source/project"
)

// target finds the route that signs out at a path: that route, or "" for a
// path that no route serves but that is named for signing out.
func (l *linker) target(file, text string) (route string, leads bool) {
	urlPath, ok := cleanPath(text)
	if !ok {
		return "", false
	}
	dead := signOutName.MatchString(urlPath)
	for _, app := range l.apps(file) {
		best, found := serving(app, urlPath)
		switch {
		case !found:
		case l.signsOut(app, best, urlPath):
			return best.File, true
		default:
			dead = false
		}
	}
	return "", dead
}

// signOutName matches a path whose last part is named for signing out.
var signOutName = regexp.MustCompile(`(?i)/(sign|log)[-_]?(out|off)$`)

// speaksOfSignOut reports a text that holds such a name anywhere.
func speaksOfSignOut(text []byte) bool {
	for _, end := range []string{"out", "Out", "OUT", "off", "Off", "OFF"} {
		for rest := text; ; {
			i := bytes.Index(rest, []byte(end))
			if i < 0 {
				break
			}
			before := bytes.TrimRight(rest[max(0, i-6):i], "-_")
			if endsFold(before, "sign") || endsFold(before, "log") {
				return true
			}
			rest = rest[i+len(end):]
		}
	}
	return false
}

func endsFold(text []byte, end string) bool {
	return len(text) >= len(end) && strings.EqualFold(string(text[len(text)-len(end):]), end)
}

// serving returns the most specific route for a path. Where there is none, a
// leading dynamic part may stand for a locale that is added on the way.
func serving(app *project.App, urlPath string) (project.Route, bool) {
	best, specific, found := project.Route{}, -1, false
	for _, localized := range []bool{false, true} {
		for _, route := range app.Routes {
			pattern := route.URL
			if localized {
				first, rest, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
				if !strings.HasPrefix(first, "[") || strings.HasPrefix(first, "[.") || strings.HasPrefix(first, "[[") {
					continue
				}
				pattern = "/" + rest
			}
			if route.Kind == project.Layout {
				continue
			}
			if s, ok := project.Match(pattern, urlPath); ok && s > specific && fits(pattern, urlPath) {
				best, specific, found = route, s, true
			}
		}
		if found {
			break
		}
	}
	return best, found
}

// fits: an unknown part of a path can only be a dynamic part of a route.
func fits(pattern, urlPath string) bool {
	want := strings.Split(pattern, "/")
	for i, segment := range strings.Split(urlPath, "/") {
		if strings.Contains(segment, hole) && i < len(want) && !strings.HasPrefix(want[i], "[") {
			return false
		}
	}
	return true
}

// signsOut reports whether a route ends the session on GET. One whose last
// part is dynamic serves other paths too: then the path's name decides.
func (l *linker) signsOut(app *project.App, route project.Route, urlPath string) bool {
	for _, s := range l.x.found.SignOuts {
		if s.App != app.Dir || s.File != route.File || s.Method != "GET" && s.Method != "" {
			continue
		}
		if strings.HasSuffix(route.URL, "]") {
			return signOutName.MatchString(urlPath)
		}
		return true
	}
	return false
}

// signsOutOrCould reports an app with a route that signs out on GET, or one in
// which a link to such a route could be dead.
func (l *linker) signsOutOrCould(app *project.App) bool {
	return l.usesAuthKit(app) || slices.ContainsFunc(l.x.found.SignOuts, func(s SignOut) bool { return s.App == app.Dir })
}

// usesAuthKit reports whether an app depends on AuthKit, by itself or by a
// package above it.
func (l *linker) usesAuthKit(app *project.App) bool {
	for _, pkg := range l.x.in.Project.Packages {
		if project.Within(pkg.Dir, app.Dir) && pkg.Dependencies[authKit] != "" {
			return true
		}
	}
	return false
}
