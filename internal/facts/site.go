package facts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Site asks one address of the deployment as a visitor would. A request
// that was made already is answered from memory, so that every fact sees the
// same preview and no URL is fetched twice.
type Site struct {
	client *web.Client
	base   *url.URL
	public bool // the address was named by foreign text: no secrets, public hosts only

	mu   sync.Mutex
	seen map[string]*sighting
}

// A sighting is a request that was made, or is being made.
type sighting struct {
	once sync.Once
	hop  Hop
	err  error
}

// A Hop is one answer on the way of a visit.
type Hop struct {
	Answer
	Page // of an HTML document, also of an error page
}

// A Visit is what an anonymous visitor is led through from one path on.
type Visit struct {
	Path string
	Hops []Hop  // on the site itself; empty only where no request gets to it
	Next string // where the last hop leads to, away from the site; "" when it does not
}

// Last returns the answer that the visit ends with on the site.
func (v Visit) Last() Hop {
	if len(v.Hops) == 0 {
		return Hop{}
	}
	return v.Hops[len(v.Hops)-1]
}

// First returns the answer to the visit's own path.
func (v Visit) First() Hop {
	if len(v.Hops) == 0 {
		return Hop{}
	}
	return v.Hops[0]
}

// maxHops is how many answers of one site a visit takes in.
const maxHops = 8

func newSite(client *web.Client, base *url.URL, public bool) *Site {
	return &Site{client: client, base: base, public: public, seen: make(map[string]*sighting)}
}

// document are the headers by which a browser asks for a page. AuthKit sets
// its cookies only for requests that accept HTML.
func document() http.Header {
	return http.Header{
		"Accept":          {"text/html,application/xhtml+xml"},
		"Accept-Language": {"en"},
	}
}

// get asks for a path or URL of the site.
func (s *Site) get(ctx context.Context, ref string, header http.Header) (Hop, error) {
	u, err := s.base.Parse(ref)
	if err != nil {
		return Hop{}, err
	}
	if origin(u) != s.origin() {
		return Hop{}, fmt.Errorf("%s is not on %s", clip(withoutQuery(u.String())), s.base.Host)
	}
	u.Fragment, u.RawFragment = "", ""
	key := strings.Join([]string{u.String(), header.Get("Accept"), header.Get("Cookie")}, "\n")
	s.mu.Lock()
	if s.seen[key] == nil {
		s.seen[key] = new(sighting)
	}
	seen := s.seen[key]
	s.mu.Unlock()
	seen.once.Do(func() {
		seen.err = errUnfinished // stays when ask panics
		seen.hop, seen.err = s.ask(ctx, u, header)
	})
	return seen.hop, seen.err
}

var errUnfinished = errors.New("the request was not finished")

// ask makes the request and reads the document, if it is one.
func (s *Site) ask(ctx context.Context, u *url.URL, header http.Header) (Hop, error) {
	resp, err := s.client.Do(ctx, web.Request{URL: u.String(), Header: header, Public: s.public})
	if err != nil {
		return Hop{}, err
	}
	hop := Hop{Answer: answerOf(http.MethodGet, resp)}
	if strings.Contains(hop.Type(), "html") {
		hop.Page = readPage(resp.URL, resp.Body)
	}
	return hop, nil
}

// app asks for a path and insists that the app itself answers.
func (s *Site) app(ctx context.Context, ref string, header http.Header) (Hop, error) {
	hop, err := s.get(ctx, ref, header)
	if err != nil {
		return Hop{}, err
	}
	if wall := hop.Wall(); wall != NoWall {
		return Hop{}, WallError{hop.Request(), wall, hop.Header.Get("X-Vercel-Error")}
	}
	return hop, nil
}

// visit follows a path's redirects on the site with a browser's headers and
// cookies, and stops before it leaves the site. Redirects without end are an
// error: whoever is led in a circle is neither let in nor sent away.
func (s *Site) visit(ctx context.Context, path string) (Visit, error) {
	return s.visitAs(ctx, path, nil)
}

// visitAs makes the visit with cookies from the start.
func (s *Site) visitAs(ctx context.Context, path string, jar cookies) (Visit, error) {
	v := Visit{Path: path}
	for ref := path; len(v.Hops) < maxHops; {
		header := document()
		if len(jar) > 0 {
			header.Set("Cookie", jar.String())
		}
		hop, err := s.app(ctx, ref, header)
		if err != nil {
			return Visit{}, err
		}
		v.Hops = append(v.Hops, hop)
		jar = jar.take(hop.Answer)
		ref = hop.Location()
		if ref == "" {
			return v, nil
		}
		if u, err := url.Parse(ref); err != nil || origin(u) != s.origin() {
			v.Next = ref
			return v, nil
		}
	}
	last := v.Last()
	return Visit{}, fmt.Errorf("%s is redirected without end, by %s to %s", path, last.Request(), clip(withoutQuery(last.Location())))
}

// origin returns the site's address without a path.
func (s *Site) origin() string { return origin(s.base) }

// cookies are the cookies of one visit, as name=value.
type cookies []string

func (c cookies) take(a Answer) cookies {
	for _, set := range (&http.Response{Header: a.Header}).Cookies() {
		c = slices.DeleteFunc(slices.Clone(c), func(old string) bool { return strings.HasPrefix(old, set.Name+"=") })
		if !expired(set) && set.Value != "" {
			c = append(c, set.Name+"="+set.Value)
		}
	}
	return c
}

func (c cookies) String() string { return strings.Join(c, "; ") }

// Main is the address under test.
var Main = &gate.Fact[*Site]{
	Name:  "preview",
	Needs: []gate.Need{Web, Preview},
	Learn: func(_ context.Context, known *gate.Facts) (*Site, error) {
		return newSite(Web.From(known), Preview.From(known), false), nil
	},
}
