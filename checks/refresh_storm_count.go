package checks

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// A pageLoad is what one page asked for since it was loaded.
type pageLoad struct {
	document  facts.Entry // of number 0 when the page was open before the recording began
	began     time.Time
	refreshes []facts.Entry
	failed    int                      // of the refreshes
	unseen    int                      // of the refreshes, those whose outcome is not in the recording
	unknown   map[string][]facts.Entry // calls of server actions of which nothing says what they do, by ID
	bare      []facts.Entry            // POSTs without headers, which may call server actions
	unframed  []facts.Entry            // Convex' WebSockets without messages
	refusals  []message                // AuthError
	auths     []message                // Authenticate
	connects  int
}

// A message is one of a WebSocket's.
type message struct {
	facts.Frame
	socket facts.Entry
}

// name is how a person finds the message.
func (m message) name() string {
	return fmt.Sprintf("entry %d (WebSocket)%s, %s", m.socket.Number, facts.Clock(m.At), m.Type)
}

// pageLoads takes the traffic apart by the page loads that it belongs to.
func pageLoads(t facts.Traffic) []pageLoad {
	apps := t.Apps()
	var loads []pageLoad
	current := make(map[int]int) // the load that a page of the recorder shows
	for _, e := range t.Entries {
		if slices.Contains(apps, e.Origin) && e.Loads() {
			loads = append(loads, pageLoad{document: e, began: e.Started})
			current[e.Page] = len(loads) - 1
			continue
		}
		if len(loads) == 0 {
			loads = append(loads, pageLoad{began: e.Started})
		}
		i, known := current[e.Page]
		if !known || e.Page == 0 {
			i = len(loads) - 1
		}
		loads[i].count(e, t.Actions, slices.Contains(apps, e.Origin))
	}
	return loads
}

// count adds an entry to what the page asked for.
func (l *pageLoad) count(e facts.Entry, actions map[string]string, ofApp bool) {
	switch {
	case e.ConvexSync():
		if !e.Framed {
			l.unframed = append(l.unframed, e)
		}
		for _, f := range e.Frames {
			l.hear(message{f, e})
		}
	case e.Method != http.MethodPost:
	case isRefresh(e, actions, ofApp):
		l.refreshes = append(l.refreshes, e)
		switch {
		case refreshFailed(e):
			l.failed++
		case e.Action != "" && e.Result == facts.ResultUnseen:
			l.unseen++
		}
	case ofApp && e.Bare:
		l.bare = append(l.bare, e)
	case ofApp && e.Action != "" && actions[e.Action] == "" && (e.Result == facts.ResultUnseen || e.Result == facts.ResultToken):
		if l.unknown == nil {
			l.unknown = make(map[string][]facts.Entry)
		}
		l.unknown[e.Action] = append(l.unknown[e.Action], e)
	}
}

func (l *pageLoad) hear(m message) {
	switch m.Type {
	case "AuthError":
		l.refusals = append(l.refusals, m)
	case "Authenticate":
		l.auths = append(l.auths, m)
	case "Connect":
		l.connects++
	}
}

// isRefresh reports whether a POST refreshes the session. A server action is
// told by its name in the client chunks or else by what it returned.
func isRefresh(e facts.Entry, actions map[string]string, ofApp bool) bool {
	switch name := actions[e.Action]; {
	case e.Path == "/user_management/authenticate":
		return true
	case !ofApp:
		return false
	case e.Action == "":
		return refreshRoute.MatchString(e.Path)
	case name != "":
		return name == "refreshAccessTokenAction" || name == "refreshAuthAction"
	}
	return e.Result == facts.ResultRefreshed || e.Result == facts.ResultFailed
}

// refreshRoute matches routes of the app's own that refresh: /api/auth/refresh.
var refreshRoute = regexp.MustCompile(`(?i)/(?:api|auth)/(?:.*/)?(?:refresh|[a-z-]*refresh[-_]?(?:token|session))/?$`)

func refreshFailed(e facts.Entry) bool {
	return e.Result == facts.ResultFailed || e.Status >= http.StatusBadRequest
}

// add sums up.
func (l *pageLoad) add(other pageLoad) {
	l.refreshes = append(l.refreshes, other.refreshes...)
	l.failed += other.failed
	l.bare = append(l.bare, other.bare...)
	l.unframed = append(l.unframed, other.unframed...)
	l.refusals = append(l.refusals, other.refusals...)
	l.auths = append(l.auths, other.auths...)
}

// unseen judges whether a storm may hide in what the recording leaves out.
func unseen(loads []pageLoad, sum pageLoad) (gate.Verdict, bool) {
	for _, l := range loads {
		for _, id := range slices.Sorted(maps.Keys(l.unknown)) {
			calls := l.unknown[id]
			hidden := pageLoad{began: l.began, refreshes: calls}
			if hidden.tooMany() || hidden.densestBurst() > maxBurst {
				v := gate.Unsure("the server action %s… is called %s for one page load, and whether it refreshes tokens is not in the recording", id[:8], times(len(calls))).
					FixedBy("Record with the network tab open from before the page is loaded, and export with content.")
				return citing(v, calls, facts.Entry.Short), true
			}
		}
	}
	timeless := slices.ContainsFunc(sum.refreshes, func(e facts.Entry) bool { return e.Started.IsZero() })
	switch {
	case timeless && len(sum.refreshes) > maxRefreshes:
		v := gate.Unsure("when the refreshes happened is not in the recording (refreshes: %d)", len(sum.refreshes))
		return citing(v, sum.refreshes, refreshEvidence), true
	case len(sum.bare) > 0:
		v := gate.Unsure("the headers of requests are not in the recording, so calls of server actions cannot be told (POSTs: %d)", len(sum.bare))
		return citing(v, sum.bare, facts.Entry.Short), true
	case len(sum.unframed) > 0:
		v := gate.Unsure("the refreshes are few (%d), but the messages of Convex' WebSocket are not in the recording, and with them its AuthErrors", len(sum.refreshes)).
			FixedBy("Record with Chrome, or with a current Playwright.")
		return citing(v, sum.unframed, func(e facts.Entry) string { return "no messages; " + strings.TrimSpace(e.Short()) }), true
	}
	return gate.Verdict{}, false
}
