package har

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/internal/facts"
)

var errMany = errors.New("it holds more than 100,000 requests: record a shorter time")

// asks reports whether a request header tells why the request was made.
func asks(name string) bool {
	switch name {
	case "accept", "rsc", "next-action", "next-router-prefetch", "next-router-segment-prefetch", "next-router-state-tree",
		"purpose", "sec-purpose", "x-purpose", "x-moz", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-user", "priority", "cookie":
		return true
	}
	return false
}

// answers reports whether an answer's header is judged.
func answers(name string) bool {
	return name == "location" || name == "set-cookie" || name == "x-powered-by" || name == "vary" ||
		strings.HasPrefix(name, "x-nextjs-") || strings.HasPrefix(name, "x-middleware-")
}

func isSession(cookie string) bool { return cookie == facts.SessionCookie }

// wants notes that the recording holds the headers of this request.
func (e *recorded) wants(header string) bool {
	e.Bare = false
	return asks(header)
}

// asked keeps a request header. Of a value it keeps what cannot be a secret.
func (r *reader) asked(e *recorded, name, value string) {
	switch name {
	case "cookie":
		r.traffic.Cookies = true
		e.Session = e.Session || slices.ContainsFunc(strings.Split(value, ";"), func(pair string) bool {
			name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
			return isSession(name)
		})
		return
	case "priority":
		e.urgency = value
		return
	case "next-action":
		if e.Next = true; actionID.MatchString(value) {
			e.Action = value
		}
		return
	case "accept":
		if !strings.Contains(value, "text/html") {
			return
		}
		value = "text/html"
	case "next-router-state-tree":
		value = "…"
	default:
		if !harmless.MatchString(value) {
			value = "…"
		}
	}
	if e.Header == nil {
		e.Header = make(map[string]string)
	}
	e.Header[name] = value
}

// harmless matches what Next.js and browsers write into these headers: "1",
// "/_tree", "?1", "prefetch;prerender".
var harmless = regexp.MustCompile(`^[a-z0-9?/_;,= -]{1,24}$`)

// belowFetch matches the priority of requests that are less urgent than what
// scripts usually fetch, in a header of Firefox, which has no field for it.
var belowFetch = regexp.MustCompile(`^u=[567]\b`)

var actionID = regexp.MustCompile(`^[0-9a-f]{40,64}$`)

// answered keeps an answer's header.
func (e *recorded) answered(name, value string) {
	switch name {
	case "location":
		e.location = value
	case "set-cookie":
		if len(e.cookies) < maxCookies {
			e.cookies = append(e.cookies, value)
		}
	case "x-powered-by":
		e.Next = e.Next || strings.HasPrefix(value, "Next.js")
	case "vary":
		e.Next = e.Next || strings.Contains(strings.ToLower(value), "next-router-state-tree")
	default:
		e.Next = true
	}
}

// maxCookies is how many cookies of one answer are read: more than any sets.
const maxCookies = 100

// A jarred cookie is one that the recorder lists apart from the headers.
type jarred struct{ name, expires string }

// set notes that the answer sets or deletes a cookie. The last word holds.
func (e *recorded) set(name string, deleted bool) {
	list, other := &e.Sets, &e.Empties
	if deleted {
		list, other = other, list
	}
	if name = cookieName(name); name == "" {
		return
	}
	*other = slices.DeleteFunc(*other, func(known string) bool { return known == name })
	if len(*list) < maxCookies && !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

// keep adds the entry to the traffic.
func (r *reader) keep(e *recorded) {
	for _, header := range e.cookies {
		for _, line := range setCookies(header) {
			name, _, _ := strings.Cut(line, "=")
			c, err := http.ParseSetCookie(line)
			e.set(name, err == nil && (c.MaxAge < 0 || expired(c.Expires, e.Started)))
		}
	}
	if len(e.cookies) == 0 {
		for _, c := range e.jar {
			e.set(c.name, expired(parseTime(c.expires), e.Started))
		}
	}
	r.traffic.Cookies = r.traffic.Cookies || len(e.Sets)+len(e.Empties) > 0
	if e.Priority == "" && belowFetch.MatchString(e.urgency) {
		e.Priority = "low"
	}
	r.address(e)
	if !e.ConvexSync() {
		r.frames -= len(e.Frames)
		e.Frames = nil
	}
	r.result(e)
	r.traffic.Entries = append(r.traffic.Entries, e.Entry)
}

func expired(until, now time.Time) bool {
	return !until.IsZero() && (until.Unix() <= 0 || !now.IsZero() && until.Before(now))
}

// setCookies splits a header in which a recorder put several: Chrome on lines
// of their own, Safari behind commas, which dates have as well.
func setCookies(header string) []string {
	var all []string
	for line := range strings.SplitSeq(header, "\n") {
		start := 0
		for _, at := range anotherCookie.FindAllStringIndex(line, maxCookies) {
			all = append(all, line[start:at[0]])
			start = at[0] + 1
		}
		all = append(all, strings.TrimSpace(line[start:]))
	}
	return all[:min(len(all), maxCookies)]
}

// anotherCookie matches the start of a cookie behind another.
var anotherCookie = regexp.MustCompile(`, ?[^\s;,="]+=`)

// address keeps of the addresses what is no secret.
func (r *reader) address(e *recorded) {
	text, query, _ := strings.Cut(withoutFragment(e.url), "?")
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return
	}
	e.Origin, e.Path = strings.ToLower(u.Scheme+"://"+u.Host), r.path(u)
	if u.Scheme == "ws" || u.Scheme == "wss" {
		e.Kind = "websocket"
	}
	e.Next = e.Next || strings.HasPrefix(e.Path, "/_next/")
	e.Query, e.Source = parameters(query), r.sourceOf(e)
	to := e.location
	if to == "" {
		to = e.redirect
	}
	if e.Status < 300 || e.Status > 399 || to == "" {
		return
	}
	to, _, _ = strings.Cut(withoutFragment(to), "?")
	if next, err := u.Parse(to); err == nil && next.Host != "" {
		e.To = strings.ToLower(next.Scheme+"://"+next.Host) + r.path(next)
	}
}
