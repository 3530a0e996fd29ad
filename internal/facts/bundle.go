package facts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Bundle is what the preview's pages and the chunks they load say about
// auth: everything that a visitor downloads without signing in.
type Bundle struct {
	Pages    int // documents read
	Chunks   int // client chunks read
	Missed   int // chunks that could not be read whole
	BuildID  string
	Convex   []string // Convex URLs, each once
	UsesSDK  bool     // a chunk holds Convex' client library
	NoConvex bool     // a Convex client is made from a variable that had no value at build time
	Anchors  []string // paths that the documents link to
	Links    []Link   // links that the chunks render
	Leaks    []Leak
	Actions  map[string]string // IDs of server actions, by name
}

// maxChunk is how much of one chunk is read. Chunks of large apps have some
// hundred kilobytes.
const maxChunk = 4 << 20

// maxReaders is how many chunks are held in memory at the same time.
const maxReaders = 16

// ClientBundle is what visitors download.
var ClientBundle = &gate.Fact[Bundle]{
	Name:   "client bundle",
	Needs:  []gate.Need{Web, Main},
	Uses:   []gate.Need{FrontPage, MissingAsset, SignInPage, ProtectedPages, UnknownPage, KnownSecrets},
	Within: 30 * time.Second,
	Learn:  learnBundle,
}

func learnBundle(ctx context.Context, known *gate.Facts) (Bundle, error) {
	b := Bundle{}
	var scripts []string
	for _, page := range pages(known) {
		b.Pages++
		b.BuildID = cmp.Or(b.BuildID, page.BuildID)
		b.Convex = append(b.Convex, page.Convex...)
		b.Anchors = append(b.Anchors, page.Anchors...)
		b.addLinks(page.Links)
		scripts = append(scripts, page.Scripts...)
	}
	if b.Pages == 0 {
		_, frontErr := FrontPage.Lookup(known)
		_, assetErr := MissingAsset.Lookup(known)
		return Bundle{}, cmp.Or(frontErr, assetErr, errors.New("no page that was met lists client chunks"))
	}
	slices.Sort(scripts)
	scripts = slices.Compact(scripts)
	if len(scripts) > maxScripts {
		b.Missed = len(scripts) - maxScripts
		scripts = scripts[:maxScripts]
	}
	slots := make(chan struct{}, maxReaders)
	secrets, _ := KnownSecrets.Lookup(known)
	read, err := atOnce(scripts, func(url string) (*Script, error) {
		slots <- struct{}{}
		defer func() { <-slots }()
		return fetchScript(ctx, Main.From(known), url, secrets)
	})
	if err != nil {
		return Bundle{}, err
	}
	b.add(read)
	return b, nil
}

// pages are the documents that were met on the way, error pages included.
func pages(known *gate.Facts) []Page {
	var hops []Hop
	if front, err := FrontPage.Lookup(known); err == nil {
		hops = append(hops, front.Hops...)
	}
	for _, fact := range []*gate.Fact[Visit]{SignInPage, UnknownPage} {
		if v, err := fact.Lookup(known); err == nil {
			hops = append(hops, v.Hops...)
		}
	}
	if visits, err := ProtectedPages.Lookup(known); err == nil {
		for _, v := range visits {
			hops = append(hops, v.Hops...)
		}
	}
	if hop, err := MissingAsset.Lookup(known); err == nil {
		hops = append(hops, hop)
	}
	var pages []Page
	for _, h := range hops {
		if len(h.Scripts) > 0 && h.Wall() == NoWall {
			pages = append(pages, h.Page)
		}
	}
	return pages
}

// fetchScript reads one chunk. It returns nil for a chunk that is not served
// whole, which the bundle counts as missed.
func fetchScript(ctx context.Context, site *Site, address string, secrets []string) (*Script, error) {
	public := site.public || !strings.HasPrefix(address, site.origin()+"/")
	resp, err := site.client.Do(ctx, web.Request{
		URL: address, Header: http.Header{"Accept": {"*/*"}}, MaxBody: maxChunk, Public: public,
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || resp.Status != http.StatusOK || resp.Truncated {
		return nil, nil //nolint:nilnil // a chunk that is not there is an answer
	}
	script := readScript(withoutQuery(address), string(resp.Body), secrets)
	return &script, nil
}

func (b *Bundle) add(read []*Script) {
	for _, s := range read {
		if s == nil {
			b.Missed++
			continue
		}
		b.Chunks++
		b.Convex = append(b.Convex, s.Convex...)
		b.UsesSDK = b.UsesSDK || s.UsesSDK
		b.NoConvex = b.NoConvex || s.NoConvex
		b.Links = append(b.Links, s.Links...)
		b.Leaks = append(b.Leaks, s.Leaks...)
		if b.Actions == nil {
			b.Actions = s.Actions
		}
		maps.Copy(b.Actions, s.Actions)
	}
	slices.Sort(b.Convex)
	b.Convex = slices.Compact(b.Convex)
}

// addLinks adds the links of a page that are not known yet: pages share their
// layout.
func (b *Bundle) addLinks(links []Link) {
	for _, l := range links {
		if !slices.Contains(b.Links, l) {
			b.Links = append(b.Links, l)
		}
	}
}

// A Matcher is one pattern of paths on which the app's proxy runs.
type Matcher struct {
	Source string // as it stands in the app's proxy.ts
	Regexp string // as Next.js compiled it, in JavaScript's dialect
}

// ProxyMatchers are the paths on which the proxy runs, from the manifest that
// Next.js publishes for its client. An empty list says that there is no proxy.
var ProxyMatchers = &gate.Fact[[]Matcher]{
	Name:  "proxy's matcher",
	Needs: []gate.Need{Main, ClientBundle},
	Learn: learnMatchers,
}

func learnMatchers(ctx context.Context, known *gate.Facts) ([]Matcher, error) {
	id := ClientBundle.From(known).BuildID
	if id == "" {
		return nil, gate.Moot("no page names its build")
	}
	site := Main.From(known)
	resp, err := site.client.Do(ctx, web.Request{
		URL: site.origin() + "/_next/static/" + id + "/_clientMiddlewareManifest.js", Header: http.Header{"Accept": {"*/*"}},
	})
	if err != nil {
		return nil, err
	}
	if resp.Status == http.StatusTooManyRequests || resp.Status >= 500 {
		return nil, fmt.Errorf("the manifest is answered %d %s", resp.Status, http.StatusText(resp.Status))
	}
	matchers, ok := readMatchers(string(resp.Body))
	if resp.Status != http.StatusOK || !ok {
		return nil, gate.Moot("this version of Next.js publishes no manifest of its proxy")
	}
	return matchers, nil
}

// maxMatchers is how many patterns of one proxy are evaluated, each of which
// may take its time.
const maxMatchers = 50

// readMatchers reads the manifest, and says whether it is one.
func readMatchers(script string) ([]Matcher, bool) {
	_, value, found := strings.Cut(script, "__MIDDLEWARE_MATCHERS")
	value, isAssigned := strings.CutPrefix(strings.TrimSpace(value), "=")
	var entries []struct {
		Regexp         string `json:"regexp"`
		OriginalSource string `json:"originalSource"`
	}
	if !found || !isAssigned || json.NewDecoder(strings.NewReader(value)).Decode(&entries) != nil {
		return nil, false
	}
	if entries == nil || len(entries) > maxMatchers {
		return nil, false
	}
	matchers := []Matcher{}
	for _, e := range entries {
		matchers = append(matchers, Matcher{e.OriginalSource, e.Regexp})
	}
	return matchers, true
}

// Covers reports whether the proxy runs on the path. A pattern that cannot be
// evaluated in bounded time is an error. The pattern is the app's own, so its
// running time is bounded.
func (m Matcher) Covers(path string) (bool, error) {
	if len(m.Regexp) > 10_000 {
		return false, fmt.Errorf("the proxy's matcher is too long to evaluate")
	}
	re, err := regexp2.Compile(m.Regexp, regexp2.ECMAScript)
	if err != nil {
		return false, fmt.Errorf("the proxy's matcher %q: %w", m.Source, err)
	}
	re.MatchTimeout = 200 * time.Millisecond
	return re.MatchString(path)
}
