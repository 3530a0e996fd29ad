package facts

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
)

// A Traffic is what a browser asked for and was answered while the app was
// used. It holds no value of a cookie, a query or a body.
type Traffic struct {
	Recorder string            // who recorded it, in its own words: "WebInspector 537.36"
	Entries  []Entry           // by when they began
	Cookies  bool              // cookies are in it; when none is, they may have been taken out
	Actions  map[string]string // names of the app's server actions by ID, as far as its chunks are in it

	// Unattended says that nobody used the app: the browser loaded pages, and all else they did by themselves.
	Unattended bool
}

// RecordedTraffic is what a browser's recording holds: one that is given, or
// that of the browser that the gate uses.
var RecordedTraffic = &gate.Fact[Traffic]{
	Name:  "recorded traffic",
	Needs: []gate.Need{BrowserVisit},
	Learn: func(_ context.Context, known *gate.Facts) (Traffic, error) {
		traffic := BrowserVisit.From(known).Traffic
		traffic.Unattended = true
		return traffic, nil
	},
}

// logoutPath is where WorkOS ends a session.
const logoutPath = "/user_management/sessions/logout"

// SignedIn returns the traffic from where the browser first has a session on,
// and none when it never has one.
func (t Traffic) SignedIn() Traffic {
	began := slices.IndexFunc(t.Entries, func(e Entry) bool { return e.Session || slices.Contains(e.Sets, SessionCookie) })
	if began < 0 {
		began = len(t.Entries)
	}
	t.Entries = t.Entries[began:]
	return t
}

// KeepsRedirects reports whether the recorder notes the redirects on the way
// to an answer. Safari's Web Inspector notes the last answer only, under the
// address where it came from.
func (t Traffic) KeepsRedirects() bool { return !strings.HasPrefix(t.Recorder, "WebKit Web Inspector") }

// Apps lists the origins at which Next.js or AuthKit are seen at work, the
// busiest first. WorkOS' own pages, which Next.js renders as well, are none.
func (t Traffic) Apps() []string {
	requests, uses := make(map[string]int), make(map[string]bool)
	api, hosted := make(map[string]bool), make(map[string]bool) // WorkOS', and where it sends those who sign in
	for _, e := range t.Entries {
		requests[e.Origin]++
		switch {
		case e.AtSignIn():
			api[e.Origin], hosted[originOf(e.To)] = true, true
		case ofWorkOS(e.Origin), e.AtLogout():
			api[e.Origin] = true
		case e.AuthKit():
			uses[e.Origin] = true
		case e.Next && !uses[e.Origin]:
			uses[e.Origin] = false
		}
	}
	var apps []string
	for origin, authKit := range uses {
		if !api[origin] && (authKit || !hosted[origin]) {
			apps = append(apps, origin)
		}
	}
	slices.SortFunc(apps, func(a, b string) int {
		if requests[a] != requests[b] {
			return requests[b] - requests[a]
		}
		return strings.Compare(a, b)
	})
	return apps
}

// ofWorkOS reports whether an origin is WorkOS' API or a sign-in page on the
// domain that WorkOS has for them.
func ofWorkOS(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return host == "workos.com" || strings.HasSuffix(host, ".workos.com") || strings.HasSuffix(host, ".authkit.app")
}

// originOf returns the origin of an address, and "" of what is none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
