package sandbox

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// BroadMatcher is the matcher of the official templates: everything but
// Next.js' own files and whatever looks like an asset.
const BroadMatcher = `/((?!_next|[^?]*\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)`

// assets are the extensions BroadMatcher leaves out.
const assets = ".html.htm.css.js.jpg.jpeg.webp.png.gif.svg.ttf.woff.woff2.ico.csv.doc.docx.xls.xlsx.zip.webmanifest."

// matchesAny reports whether a path fits one of the patterns.
func matchesAny(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, p) })
}

// matches knows the patterns that worlds use: BroadMatcher, a plain path, a
// path that ends in a parameter, as in /docs/:path* or /docs(.*), and a group
// that Go can read, as in /(api|trpc)(.*).
func matches(pattern, p string) bool {
	if strings.HasPrefix(pattern, "/((?!_next") {
		extension := path.Ext(p)
		isAsset := extension != "" && strings.Contains(assets, extension+".")
		return !isAsset && !strings.HasPrefix(p, "/_next")
	}
	return regexp.MustCompile(matcherRegexp(pattern)).MatchString(p)
}

// matcherRegexp compiles a plain pattern the way Next.js does.
func matcherRegexp(pattern string) string {
	switch {
	case strings.HasPrefix(pattern, "/("):
		return "^" + pattern + "$"
	case strings.HasSuffix(pattern, "/:path*"):
		return "^" + regexp.QuoteMeta(strings.TrimSuffix(pattern, "/:path*")) + `(?:/((?:[^/#\?]+?)(?:/(?:[^/#\?]+?))*))?[/#\?]?$`
	case strings.HasSuffix(pattern, "(.*)"):
		return "^" + regexp.QuoteMeta(strings.TrimSuffix(pattern, "(.*)")) + `.*$`
	}
	return "^" + regexp.QuoteMeta(pattern) + `[/#\?]?$`
}

// manifestRegexp is the pattern as the client manifest shows it.
func manifestRegexp(pattern string) string {
	const data, tail = `^(?:\/(_next\/data\/[^/]{1,}))?`, `(\.json|\.rsc|\.segments\/.+\.segment\.rsc)?[\/#\?]?$`
	escaped := strings.ReplaceAll(pattern, "/", `\/`)
	switch {
	case strings.HasPrefix(pattern, "/("):
		return data + `(?:` + escaped + `)` + tail
	case strings.HasSuffix(pattern, "/:path*"):
		return data + strings.TrimSuffix(escaped, `\/:path*`) + `(?:\/((?:[^\/#\?]+?)(?:\/(?:[^\/#\?]+?))*))?` + tail
	}
	return data + escaped + tail
}
