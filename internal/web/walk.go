package web

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A walk is where a chain stands: the next request, and what is remembered from the earlier ones.
type walk struct {
	next  Request        // without its headers
	at    *url.URL       // the URL of next
	home  string         // the origin the headers are meant for
	given http.Header    // the headers, without cookies
	own   []*http.Cookie // the cookies among the headers, until home sets others of their name
	jar   *cookiejar.Jar
	seen  map[string]bool
}

func newWalk(first *url.URL, req Request) (*walk, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, err
	}
	w := &walk{next: req, at: first, home: origin(first), given: http.Header{}, jar: jar, seen: map[string]bool{}}
	for name, values := range req.Header {
		w.given[http.CanonicalHeaderKey(name)] = values
	}
	w.own = (&http.Request{Header: w.given}).Cookies()
	w.given.Del("Cookie")
	if w.next.Method == "" {
		w.next.Method = http.MethodGet
	}
	return w, nil
}

// request returns the next request, complete, and remembers it.
func (w *walk) request() Request {
	w.seen[w.key()] = true
	req := w.next
	req.URL, req.Header = w.at.String(), w.header()
	return req
}

func (w *walk) header() http.Header {
	header := http.Header{}
	for name, values := range w.given {
		if w.atHome() || slices.Contains([]string{"Accept", "Accept-Language", "User-Agent"}, name) {
			header[name] = values
		}
	}
	if cookies := w.cookies(); cookies != "" {
		header.Set("Cookie", cookies)
	}
	return header
}

// cookies returns the Cookie header of the next request.
func (w *walk) cookies() string {
	r := &http.Request{Header: http.Header{}}
	for _, cookie := range w.jar.Cookies(w.at) {
		r.AddCookie(cookie)
	}
	if w.atHome() {
		for _, cookie := range w.own {
			r.AddCookie(cookie)
		}
	}
	return r.Header.Get("Cookie")
}

// learn takes the cookies of an answer.
func (w *walk) learn(response *Response) {
	set := response.Cookies()
	w.jar.SetCookies(w.at, set)
	if w.atHome() {
		w.own = slices.DeleteFunc(w.own, func(own *http.Cookie) bool {
			return slices.ContainsFunc(set, func(other *http.Cookie) bool { return other.Name == own.Name })
		})
	}
}

// move goes where a redirect points. It reports false when that would carry the body to another origin.
func (w *walk) move(status int, to *url.URL) bool {
	asPost := w.next.Method != http.MethodGet && w.next.Method != http.MethodHead
	if status == http.StatusSeeOther && asPost || status <= http.StatusFound && w.next.Method == http.MethodPost {
		w.next.Method, w.next.Body = http.MethodGet, nil
		for name := range w.given {
			if strings.HasPrefix(name, "Content-") {
				delete(w.given, name)
			}
		}
	}
	at := *to
	at.Fragment, at.RawFragment = "", ""
	if normalise(&at) == nil && at.Path == "" {
		at.Path = "/"
	}
	w.at = &at
	return w.atHome() || len(w.next.Body) == 0
}

func (w *walk) atHome() bool { return origin(w.at) == w.home }

// repeats reports whether the next request was made before.
func (w *walk) repeats() bool { return w.seen[w.key()] }

func (w *walk) key() string { return w.next.Method + " " + w.at.String() + "\n" + w.cookies() }
