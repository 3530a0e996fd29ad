package browser

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"github.com/previewgate/previewgate/internal/har"
)

// What a recording holds at most. A page that asks without end is stopped by the time of the visit; this bounds the
// memory until then.
const (
	maxEntries = 10_000
	maxFrames  = 2_000   // of one WebSocket
	maxText    = 4 << 10 // of a header or an address
	maxAnswer  = 4 << 20 // of an action's answer while it comes
	maxLogins  = 8       // sessions
)

// A recorder keeps what a tab asks for. Its methods are called in the order of the browser's events; the lock is for
// those who read meanwhile.
type recorder struct {
	mu      sync.Mutex
	chains  map[network.RequestID]*chain
	entries []*entry
	loads   []load
	clock   time.Duration // from the browser's monotonic clock to the time of day
	full    bool
	scripts map[string]bool // addresses of those whose text was read
	logins  []string        // sessions that tokens name
}

// A chain is a request with the redirects that it led to, which share an ID. What the network adds to each of them
// comes in their order.
type chain struct {
	hops            []*entry
	asked, answered int // hops whose headers on the wire have come
}

// An entry is one request and its answer.
type entry struct {
	id         network.RequestID
	page       int
	started    time.Time
	took       time.Duration
	method     string
	url        string
	kind       string
	initiator  *network.Initiator
	priority   string
	asked      network.Headers
	status     int64
	statusText string
	answered   network.Headers
	mime       string
	failure    string
	size       int    // of a body that was read
	body       string // canonical: what is judged of a server action's answer or of a script
	head, rest []byte // of an action's answer, until it is over
	streamed   bool   // its head has come
	over       bool   // its end has come
	frames     []frame
	isSocket   bool
}

// A frame is one message of a WebSocket.
type frame struct {
	sent bool
	at   time.Time
	size int
	text string // canonical, and empty but for Convex' WebSocket
}

// A load is a page that the tab went to.
type load struct {
	url string
	at  time.Time
}

func newRecorder() *recorder {
	return &recorder{chains: make(map[network.RequestID]*chain), scripts: make(map[string]bool)}
}

// handle takes an event of the tab.
func (r *recorder) handle(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r.ask(e)
	case *network.EventRequestWillBeSentExtraInfo:
		if c := r.chain(e.RequestID); c.asked < len(c.hops) {
			c.hops[c.asked].asked = e.Headers
			c.asked++
		}
	case *network.EventResponseReceived:
		if hop := r.last(e.RequestID); hop != nil {
			hop.answer(e.Response)
		}
	case *network.EventResponseReceivedExtraInfo:
		if c := r.chain(e.RequestID); c.answered < len(c.hops) {
			hop := c.hops[c.answered]
			hop.answered, hop.status = e.Headers, cmp.Or(e.StatusCode, hop.status)
			c.answered++
			r.note(header(e.Headers, "set-cookie")) // AuthKit hands tokens to the client in a cookie
		}
	case *network.EventDataReceived:
		if hop := r.last(e.RequestID); hop != nil && hop.callsAction() && len(hop.rest) < maxAnswer {
			hop.rest = append(hop.rest, e.Data...)
		}
	case *network.EventLoadingFinished:
		r.end(e.RequestID, e.Timestamp, "")
	case *network.EventLoadingFailed:
		r.end(e.RequestID, e.Timestamp, e.ErrorText)
	default:
		r.handleSocket(event)
	}
}

// end notes that all has come of an answer that will.
func (r *recorder) end(id network.RequestID, at cdp.MonotonicTime, failure string) {
	if hop := r.last(id); hop != nil {
		hop.took, hop.failure, hop.over = r.at(at).Sub(hop.started), cmp.Or(failure, hop.failure), true // an error page ends well
		r.judge(hop)
	}
}

// ask begins an entry, and ends the one that redirected to it.
func (r *recorder) ask(e *network.EventRequestWillBeSent) {
	started := epoch(e.WallTime)
	r.clock = time.Duration(started.UnixNano()) - seconds(e.Timestamp.Float64())
	if previous := r.last(e.RequestID); previous != nil && e.RedirectResponse != nil {
		previous.answer(e.RedirectResponse)
		previous.took = started.Sub(previous.started)
	}
	if e.Type == network.ResourceTypeDocument && e.RedirectResponse == nil {
		r.loads = append(r.loads, load{e.Request.URL, started})
	}
	hop := &entry{
		id: e.RequestID, page: len(r.loads), started: started, method: e.Request.Method, url: e.Request.URL,
		kind: strings.ToLower(string(e.Type)), priority: string(e.Request.InitialPriority), asked: e.Request.Headers,
		initiator: e.Initiator,
	}
	r.add(hop)
}

func (r *recorder) add(hop *entry) {
	if len(r.entries) == maxEntries {
		r.full = true
		return
	}
	r.entries = append(r.entries, hop)
	c := r.chain(hop.id)
	c.hops = append(c.hops, hop)
}

func (r *recorder) chain(id network.RequestID) *chain {
	if r.chains[id] == nil {
		r.chains[id] = new(chain)
	}
	return r.chains[id]
}

// last returns the hop of a request that is under way, or nil.
func (r *recorder) last(id network.RequestID) *entry {
	c := r.chains[id]
	if c == nil || len(c.hops) == 0 {
		return nil
	}
	return c.hops[len(c.hops)-1]
}

// answer takes what the renderer tells of an answer. The headers on the wire, which may have come before, tell more.
func (e *entry) answer(resp *network.Response) {
	e.status = cmp.Or(e.status, resp.Status)
	e.statusText, e.mime = resp.StatusText, resp.MimeType
	if e.answered == nil {
		e.answered = resp.Headers
	}
}

// handleSocket takes an event of a WebSocket.
func (r *recorder) handleSocket(event any) {
	switch e := event.(type) {
	case *network.EventWebSocketCreated:
		r.add(&entry{id: e.RequestID, page: len(r.loads), method: "GET", url: e.URL, kind: "websocket", isSocket: true})
	case *network.EventWebSocketWillSendHandshakeRequest:
		if hop := r.last(e.RequestID); hop != nil {
			hop.started = epoch(e.WallTime)
			if e.Request != nil {
				hop.asked = e.Request.Headers
			}
		}
	case *network.EventWebSocketHandshakeResponseReceived:
		if hop := r.last(e.RequestID); hop != nil && e.Response != nil {
			hop.status, hop.answered = e.Response.Status, e.Response.Headers
		}
	case *network.EventWebSocketFrameSent:
		r.frame(e.RequestID, true, e.Timestamp, e.Response)
	case *network.EventWebSocketFrameReceived:
		r.frame(e.RequestID, false, e.Timestamp, e.Response)
	}
}

func (r *recorder) frame(id network.RequestID, sent bool, at cdp.MonotonicTime, f *network.WebSocketFrame) {
	hop := r.last(id)
	if hop == nil || f == nil || f.Opcode != 1 || len(hop.frames) == maxFrames {
		return
	}
	text := string(f.PayloadData)
	r.note(text)
	hop.frames = append(hop.frames, frame{sent, r.at(at), len(text), har.CanonicalMessage(hop.url, text)})
}

// streams reports whether an event begins the answer of a server action. It is to be had only as it comes: Next.js stops
// reading when it has the result, and the browser drops what was read of an answer that is broken off.
func (r *recorder) streams(event any) (network.RequestID, bool) {
	begun, ok := event.(*network.EventResponseReceived)
	if !ok {
		return "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	hop := r.last(begun.RequestID)
	return begun.RequestID, hop != nil && hop.callsAction()
}

// setHead takes what had come of an answer when its stream was asked for. The rest comes by events, perhaps before.
func (r *recorder) setHead(id network.RequestID, head []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if hop := r.last(id); hop != nil {
		hop.head, hop.streamed = head, true
		r.judge(hop)
	}
}

// judge keeps what is judged of an action's answer, once all of it has come.
func (r *recorder) judge(hop *entry) {
	if hop.streamed && hop.over {
		r.keepAnswer(hop, string(hop.head)+string(hop.rest))
		hop.head, hop.rest = nil, nil
	}
}

// keepAnswer keeps what is judged of an action's answer. It is read whole, and before secrets are taken out: a mask
// changes what an answer is, and a page that comes with it can stand before the result.
func (r *recorder) keepAnswer(hop *entry, body string) {
	hop.size, hop.body = len(body), har.CanonicalAnswer(body)
	r.note(body)
}

// actions lists the answers whose bodies are still to be fetched: those of server actions, and scripts, which name the
// actions.
func (r *recorder) actions(event any) (network.RequestID, bool) {
	done, ok := event.(*network.EventLoadingFinished)
	if !ok {
		return "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	hop := r.last(done.RequestID)
	return done.RequestID, hop != nil && (hop.callsAction() && !hop.streamed || hop.kind == "script" && !r.scripts[hop.url])
}

func (e *entry) callsAction() bool { return e.method == "POST" && header(e.asked, "next-action") != "" }

// setBody takes a body that was fetched.
func (r *recorder) setBody(id network.RequestID, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	hop := r.last(id)
	switch {
	case hop == nil:
	case hop.callsAction():
		if !hop.streamed {
			r.keepAnswer(hop, string(body))
		}
	case hop.kind == "script":
		hop.size, hop.body = len(body), har.CanonicalScript(string(body))
		r.scripts[hop.url] = true
	}
}

// sessions lists the sessions whose access tokens the app was given or passed on, in the order in which they came.
func (r *recorder) sessions() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.logins)
}

// note remembers the sessions that the access tokens in a text name, and nothing else of it.
func (r *recorder) note(text string) {
	for _, token := range accessToken.FindAllStringSubmatch(text, -1) {
		claims, err := base64.RawURLEncoding.DecodeString(token[1])
		if err != nil {
			continue
		}
		var named struct {
			Session string `json:"sid"`
		}
		if json.Unmarshal(claims, &named) != nil || !sessionID.MatchString(named.Session) {
			continue
		}
		if len(r.logins) < maxLogins && !slices.Contains(r.logins, named.Session) {
			r.logins = append(r.logins, named.Session)
		}
	}
}

var (
	// accessToken matches a JWT; the group is its claims.
	accessToken = regexp.MustCompile(`eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+`)
	sessionID   = regexp.MustCompile(`^session_\w{1,64}$`)
)

// at turns a time of the browser's monotonic clock into the time of day.
func (r *recorder) at(t cdp.MonotonicTime) time.Time {
	return time.Unix(0, int64(r.clock+seconds(t.Float64()))).UTC()
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func epoch(t cdp.TimeSinceEpoch) time.Time { return time.Unix(0, int64(seconds(t.Float64()))).UTC() }

// header returns the value of a header by its name in lower case, whatever case the browser gives it.
func header(h network.Headers, name string) string {
	for n, v := range h {
		if strings.EqualFold(n, name) {
			return fmt.Sprint(v)
		}
	}
	return ""
}
