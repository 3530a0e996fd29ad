package facts

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	htmlparser "golang.org/x/net/html"
)

// A Page is what a document that Next.js rendered tells about its build.
type Page struct {
	Scripts   []string // absolute URLs of the client chunks it loads
	BuildID   string   // Next's, from the flight data or the chunk paths
	Convex    []string // Convex URLs that it hands to the client
	Authorize string   // an authorize URL that it links to
	Anchors   []string // paths that it links to
	Links     []Link   // links in the flight data, where server components put them
	Crashed   bool     // it is Next's page for an exception on the server
}

// maxScripts is how many chunks of one page are taken: a page of a large app
// lists some sixty.
const maxScripts = 200

// readPage reads a document. Whatever it cannot make sense of it leaves out.
func readPage(base *url.URL, doc []byte) Page {
	var p Page
	tokens := htmlparser.NewTokenizer(bytes.NewReader(doc))
	tokens.SetMaxBuf(4 << 20)
	for {
		kind := tokens.Next()
		if kind == htmlparser.ErrorToken {
			break
		}
		if kind == htmlparser.StartTagToken || kind == htmlparser.SelfClosingTagToken {
			p.readTag(base, tokens.Token())
		}
	}
	text := strings.ReplaceAll(string(doc), `\"`, `"`) // flight data is JSON within a JavaScript string
	p.BuildID = buildID(text)
	p.Convex = convexURLs(text)
	p.Links = flightLinks(text)
	return p
}

func (p *Page) readTag(base *url.URL, tag htmlparser.Token) {
	attr := make(map[string]string, len(tag.Attr))
	for _, a := range tag.Attr {
		attr[a.Key] = a.Val
	}
	switch tag.Data {
	case "html":
		p.Crashed = attr["id"] == "__next_error__"
	case "script":
		_, old := attr["nomodule"]
		p.addScript(base, attr["src"], old)
	case "link":
		p.addScript(base, attr["href"], attr["as"] != "script" && attr["rel"] != "modulepreload")
	case "a":
		p.addAnchor(html.UnescapeString(attr["href"]))
	}
}

// addAnchor notes a link of the document. Whether it prefetches cannot be
// seen from it.
func (p *Page) addAnchor(to string) {
	switch {
	case strings.Contains(to, authorizePath+"?"):
		p.Authorize = to
	case strings.HasPrefix(to, "/") && len(p.Anchors) < maxScripts:
		p.Anchors = append(p.Anchors, to)
	}
}

// addScript notes a chunk of the page's own build; leave says to pass it
// over, as a polyfill that no current browser loads.
func (p *Page) addScript(base *url.URL, src string, leave bool) {
	if leave || !strings.Contains(src, "/_next/static/") || len(p.Scripts) == maxScripts {
		return
	}
	u, err := base.Parse(src)
	if err != nil || !strings.HasSuffix(u.Path, ".js") || slices.Contains(p.Scripts, u.String()) {
		return
	}
	p.Scripts = append(p.Scripts, u.String())
}

// buildIDs are the places where Next.js names the build: the flight data of
// the App Router, the data of the Pages Router, and the manifest's path.
var buildIDs = []*regexp.Regexp{
	regexp.MustCompile(`[{,]"b":"([A-Za-z0-9_.-]{6,64})"`),
	regexp.MustCompile(`"buildId":"([A-Za-z0-9_.-]{6,64})"`),
	regexp.MustCompile(`/_next/static/([A-Za-z0-9_.-]{6,64})/_(?:buildManifest|ssgManifest|clientMiddlewareManifest)\.js`),
}

func buildID(text string) string {
	for _, re := range buildIDs {
		if m := re.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return ""
}

// flightLink matches an element of the flight data with a link's props:
// ["$","$L5",null,{"href":"/sign-out","children":"Sign out"}].
var flightLink = regexp.MustCompile(`\["\$","(\$L?[0-9a-f]+|[a-z][a-z0-9]*)",(?:null|"[^"]{0,100}"),\{([^{}]{0,400}?"href":"(/[^"]{0,200})"[^{}]{0,400})`)

func flightLinks(text string) []Link {
	var links []Link
	for _, m := range flightLink.FindAllStringSubmatch(text, 200) {
		links = append(links, Link{
			Path:     m[3],
			Prefetch: strings.HasPrefix(m[1], "$") && !strings.Contains(m[2], `"prefetch":false`),
			Source:   "the page's flight data",
		})
	}
	return links
}
