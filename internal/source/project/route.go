package project

import (
	"path"
	"slices"
	"strings"
)

// A Kind says what a file of a router is.
type Kind string

// The kinds of files that a rule asks about.
const (
	Handler Kind = "handler" // app/**/route.ts, pages/api/**
	Page    Kind = "page"
	Layout  Kind = "layout" // layout and template files
)

// A Route is a file that a router serves, and where.
type Route struct {
	File string
	URL  string // [x] and [...x] stay as they are
	Kind Kind
}

// RoutePath returns the URL path of a file of the app router, given relative
// to the app directory, and false for a file that is not served: in a private
// or intercepting folder, or no route, page or layout.
func RoutePath(file string, extensions []string) (url string, kind Kind, ok bool) {
	dir, base := path.Split(file)
	if kind = appKind(base, extensions); kind == "" {
		return "", "", false
	}
	var kept []string
	for segment := range strings.SplitSeq(strings.Trim(dir, "/"), "/") {
		switch {
		case segment == "":
		case strings.HasPrefix(segment, "_"), intercepts(segment):
			return "", "", false
		case strings.HasPrefix(segment, "@"):
		case strings.HasPrefix(segment, "(") && strings.HasSuffix(segment, ")"):
		default:
			kept = append(kept, literalSegment(segment))
		}
	}
	return "/" + strings.Join(kept, "/"), kind, true
}

// literalSegment turns the escaped underscore into the one it stands for.
func literalSegment(segment string) string {
	if rest, found := strings.CutPrefix(segment, "%5F"); found {
		return "_" + rest
	}
	return segment
}

// intercepts reports (.)x, (..)x and (...)x.
func intercepts(segment string) bool {
	return strings.HasPrefix(segment, "(.)") || strings.HasPrefix(segment, "(..)") || strings.HasPrefix(segment, "(...)")
}

func appKind(base string, extensions []string) Kind {
	switch stem := stemOf(base, extensions); stem {
	case "route":
		return Handler
	case "page":
		return Page
	case "layout", "template":
		return Layout
	}
	return ""
}

// stemOf cuts one of the extensions, "" when the name has none of them.
func stemOf(base string, extensions []string) string {
	for _, extension := range extensions {
		if stem, found := strings.CutSuffix(base, "."+extension); found {
			return stem
		}
	}
	return ""
}

// pagesPath is RoutePath for the pages router.
func pagesPath(file string, extensions []string) (url string, kind Kind, ok bool) {
	dir, base := path.Split(file)
	stem := stemOf(base, extensions)
	if stem == "" || strings.HasPrefix(stem, "_") {
		return "", "", false
	}
	if stem == "index" {
		stem = ""
	}
	url = path.Clean("/" + dir + stem)
	if url == "/api" || strings.HasPrefix(url, "/api/") {
		return url, Handler, true
	}
	return url, Page, true
}

// routesOf lists what an app serves, in the order of the files' names.
func (d *discovery) routesOf(app App) []Route {
	var routes []Route
	for _, file := range d.project.Sources {
		url, kind, ok := "", Kind(""), false
		switch {
		case app.AppDir != "" && strings.HasPrefix(file, app.AppDir+"/"):
			url, kind, ok = RoutePath(file[len(app.AppDir)+1:], app.Extensions)
		case app.PagesDir != "" && strings.HasPrefix(file, app.PagesDir+"/"):
			url, kind, ok = pagesPath(file[len(app.PagesDir)+1:], app.Extensions)
		}
		if ok {
			routes = append(routes, Route{File: file, URL: url, Kind: kind})
		}
	}
	slices.SortFunc(routes, func(a, b Route) int { return strings.Compare(a.File, b.File) })
	return routes
}

// Match reports whether a route's URL pattern serves a path, and how
// specifically: the greater, the more of it is literal.
func Match(pattern, urlPath string) (specific int, ok bool) {
	want, got := split(pattern), split(urlPath)
	for i, segment := range want {
		switch {
		case strings.HasPrefix(segment, "[[..."):
			return specific, true
		case strings.HasPrefix(segment, "[..."):
			return specific, i < len(got)
		case i >= len(got):
			return 0, false
		case strings.HasPrefix(segment, "[") && strings.HasSuffix(segment, "]"):
			specific++
		case segment != got[i]:
			return 0, false
		default:
			specific += 100
		}
	}
	return specific, len(want) == len(got)
}

func split(urlPath string) []string {
	return slices.DeleteFunc(strings.Split(urlPath, "/"), func(s string) bool { return s == "" })
}
