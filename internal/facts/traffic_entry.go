package facts

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An Entry is one request of a recording and its answer.
type Entry struct {
	Number    int       // its place in the recording, counted from 1
	Started   time.Time // zero when the recording does not tell
	Page      int       // which of the recorder's pages it is of, counted from 1; 0 is not known
	Method    string
	Origin    string // "https://web.example"
	Path      string // without query; parts that may be secret are masked
	Query     []string
	Kind      string            // what is asked for, in DevTools' words: document, fetch, image, websocket
	Initiator string            // script, parser, other
	Source    string            // where the initiator is, "/app.js:1:2053"; empty when the recording does not tell
	Priority  string            // low, high
	Header    map[string]string // the request headers that tell why it was made, in lower case
	Bare      bool              // no request header is in the recording at all
	Session   bool              // the request carries the session cookie
	Status    int               // 0 when there was no answer
	To        string            // where a redirect leads, without query
	Sets      []string          // names of the cookies that the answer sets
	Empties   []string          // names of the cookies that it deletes
	Next      bool              // Next.js asks or answers
	Action    string            // ID of the server action that is called
	Result    ActionResult
	Frames    []Frame // messages of a WebSocket that are about authentication
	Framed    bool    // the recorder keeps the messages of this WebSocket
}

// ActionResult is what a server action returned, as far as its answer tells.
type ActionResult string

// The results of server actions. AuthKit 3 and 4 return an object from
// refreshAccessTokenAction and a text from getAccessTokenAction; AuthKit 2
// returns a text from both.
const (
	ResultUnseen    ActionResult = ""          // its answer is not in the recording
	ResultToken     ActionResult = "token"     // a token
	ResultRefreshed ActionResult = "refreshed" // an object with a token
	ResultFailed    ActionResult = "failed"    // an object with an error in place of the token
	ResultOther     ActionResult = "other"     // anything else
)

// A Frame is one message of Convex' sync protocol that is about
// authentication.
type Frame struct {
	At    time.Time // zero when the recording does not tell
	Type  string    // Connect, Authenticate or AuthError
	Token string    // of Authenticate: User, Admin or None
	Says  string    // of AuthError: Convex' reason
}

// AuthKit reports whether the entry is of an app that uses AuthKit: it
// concerns a cookie of AuthKit's, or leads to WorkOS.
func (e Entry) AuthKit() bool {
	own := func(cookie string) bool {
		return cookie == SessionCookie || cookie == eagerCookie || strings.HasPrefix(cookie, verifierCookie)
	}
	return e.Session || slices.ContainsFunc(e.Sets, own) || slices.ContainsFunc(e.Empties, own) || e.ToSignIn() || e.ToLogout()
}

// verifierCookie starts the names of the cookies that AuthKit keeps while
// somebody signs in.
const verifierCookie = "wos-auth-verifier"

// ToSignIn reports whether the answer sends the browser to sign in.
func (e Entry) ToSignIn() bool { return leadsTo(e.To, authorizePath) }

// ToLogout reports whether the answer sends the browser to WorkOS' logout.
func (e Entry) ToLogout() bool { return leadsTo(e.To, logoutPath) }

// AtSignIn reports whether the request is for WorkOS' authorize endpoint.
func (e Entry) AtSignIn() bool { return e.Path == authorizePath }

// AtLogout reports whether the request is for WorkOS' logout.
func (e Entry) AtLogout() bool { return e.Path == logoutPath }

func leadsTo(address, path string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Path == path
}

// ConvexSync reports whether the request opens the WebSocket over which
// Convex' client queries and authenticates.
func (e Entry) ConvexSync() bool { return e.Kind == "websocket" && syncPath.MatchString(e.Path) }

// syncPath matches where Convex' client opens its WebSocket.
var syncPath = regexp.MustCompile(`^/api/(?:[0-9][^/]*/)?sync$`)

// EmptiesSession reports whether the answer deletes the session cookie.
func (e Entry) EmptiesSession() bool { return slices.Contains(e.Empties, SessionCookie) }

// SignsOut reports whether the answer is that of a route that signs out: it
// leads to WorkOS' logout, or deletes the session cookie at a path with such a
// name. AuthKit's proxy deletes the cookie at any path when the session is
// over, so the deletion alone does not tell.
func (e Entry) SignsOut() bool {
	return e.ToLogout() || e.EmptiesSession() && !e.ToSignIn() && signOutPath.MatchString(e.Path)
}

// Gets reports whether the request is one that must have no effects.
func (e Entry) Gets() bool { return e.Method == http.MethodGet || e.Method == http.MethodHead }

// Document reports whether the browser asks for a page to show in its tab.
func (e Entry) Document() bool {
	if dest := e.Header["sec-fetch-dest"]; dest != "" {
		return dest == "document"
	}
	if e.Kind != "" {
		return e.Kind == "document"
	}
	return e.Gets() && e.Header["rsc"] == "" && e.Header["accept"] == "text/html"
}

// Loads reports whether the entry brought a page, whose scripts then run.
func (e Entry) Loads() bool {
	return e.Document() && e.Status >= 200 && (e.Status < 300 || e.Status >= 400 || e.Status == http.StatusNotModified)
}

// Address is where the request went, without its query.
func (e Entry) Address() string { return e.Origin + e.Path }

// Name returns the entry as a person finds it: "entry 12, 10:04:05.123Z".
func (e Entry) Name() string { return fmt.Sprintf("entry %d%s", e.Number, Clock(e.Started)) }

// Clock words a time of a recording behind what happened then; nothing when
// it is not known.
func Clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(", 15:04:05.000Z07:00")
}

// Short returns the answer in a few words.
func (e Entry) Short() string {
	if e.Status == 0 {
		return "no answer"
	}
	short := strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	if e.To != "" {
		short += " to " + e.To
	}
	if e.EmptiesSession() {
		short += ", deletes " + SessionCookie
	}
	return short
}
