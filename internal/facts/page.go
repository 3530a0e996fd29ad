package facts

import (
	"bytes"
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
		switch kind {
		case htmlparser.StartTagToken, htmlparser.SelfClosingTagToken:
			p.readTag(base, tokens.Token())
		case htmlparser.TextToken:
			p.readFlight(base, tokens.Raw())
		default:
		}
	}
	text := unquote.Replace(string(doc))
	p.BuildID = buildID(text)
	p.Convex, _ = convexURLs(text)
	p.Links = flightLinks(text)
	return p
}

// unquote undoes the quoting of the flight data, which is JSON within a
// JavaScript string.
var unquote = strings.NewReplacer(`\\`, `\`, `\"`, `"`)

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
		p.addAnchor(attr["href"])
	}
}

// addAnchor notes a link of the document. Whether it prefetches cannot be
// seen from it.
func (p *Page) addAnchor(to string) {
	switch {
	case strings.Contains(to, authorizePath+"?"):
		p.Authorize = to
	case isPath(to) && len(p.Anchors) < maxScripts:
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

// readFlight notes the chunks that a piece of flight data names, each a string
// of its own there. On a page that crashed they are named nowhere else: the
// browser renders it once more.
func (p *Page) readFlight(base *url.URL, script []byte) {
	const static = "/_next/static/"
	if !bytes.Contains(script, []byte("__next_f")) {
		return
	}
	text := unquote.Replace(string(script))
	for at := range places(text, static) {
		head, tail := text[max(0, at-maxAddress):at], text[at:min(len(text), at+maxAddress)]
		start, end := strings.LastIndexByte(head, '"'), strings.IndexByte(tail, '"')
		if start < 0 || end < 0 {
			continue
		}
		if src := head[start+1:] + tail[:end]; !strings.ContainsAny(src, " \n\\") {
			p.addScript(base, src, false)
		}
	}
}

// buildIDs are the places where Next.js names the build: the root of the
// flight data of the App Router, the data of the Pages Router, the manifest's
// path, and what may be another version's root.
var buildIDs = []*regexp.Regexp{
	regexp.MustCompile(`"b":"([A-Za-z0-9_.-]+)","[cp]":`),
	regexp.MustCompile(`"buildId":"([A-Za-z0-9_.-]+)"`),
	regexp.MustCompile(`/_next/static/([A-Za-z0-9_.-]+)/_(?:buildManifest|ssgManifest|clientMiddlewareManifest)\.js`),
	regexp.MustCompile(`"b":"([A-Za-z0-9_.-]+)"`),
}

func buildID(text string) string {
	for _, re := range buildIDs {
		for _, m := range re.FindAllStringSubmatch(text, maxMentions) {
			if len(m[1]) >= 6 && len(m[1]) <= 64 {
				return m[1]
			}
		}
	}
	return ""
}

// flightElement matches the start of an element of the flight data, up to its
// properties: ["$","$L5",null,{"href":"/sign-out","children":"Sign out"}].
var flightElement = regexp.MustCompile(`^(\$L?[0-9a-f]+|[a-z][a-z0-9-]*)",(?:null|"[^"]*"),\{`)

// flightPrefetch tells by how an element's component begins whether it
// prefetches: a reference to a client component may be anything.
func flightPrefetch(first byte) Prefetch {
	if first == '$' {
		return MayPrefetch
	}
	return NoPrefetch
}

// flightLinks lists the links in the flight data, each once.
func flightLinks(text string) []Link {
	const start = `["$","`
	var links []Link
	read := 0
	for at := range places(text, start) {
		after := at + len(start)
		m := flightElement.FindStringSubmatchIndex(text[after:min(len(text), after+maxComponent)])
		if m == nil || read == maxElements {
			continue
		}
		window := text[after+m[1] : min(len(text), after+m[1]+maxProps)]
		if !strings.Contains(window, `"href"`) {
			continue
		}
		read++
		link, ok := readLink(window, flightPrefetch(text[after]))
		link.Source = "the page's flight data"
		if ok && len(links) < maxScripts && !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}
