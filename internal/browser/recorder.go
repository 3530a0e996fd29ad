package browser

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
)

// What a recording holds at most. A page that asks without end is stopped by the time of the visit; this bounds the
// memory until then.
const (
	maxEntries = 10_000
	maxFrames  = 2_000   // of one WebSocket
	maxText    = 4 << 10 // of a message, a body or a header
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
	initiator  string
	priority   string
	asked      network.Headers
	status     int64
	statusText string
	answered   network.Headers
	mime       string
	failure    string
	body       string // of a server action's answer
	frames     []frame
	isSocket   bool
}

// A frame is one message of a WebSocket.
type frame struct {
	sent bool
	at   time.Time
	text string
}

// A load is a page that the tab went to.
type load struct {
	url string
	at  time.Time
}

func newRecorder() *recorder { return &recorder{chains: make(map[network.RequestID]*chain)} }

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
		}
	case *network.EventLoadingFinished:
		if hop := r.last(e.RequestID); hop != nil {
			hop.took = r.at(e.Timestamp).Sub(hop.started)
		}
	case *network.EventLoadingFailed:
		if hop := r.last(e.RequestID); hop != nil {
			hop.took, hop.failure = r.at(e.Timestamp).Sub(hop.started), e.ErrorText
		}
	default:
		r.handleSocket(event)
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
	}
	if e.Initiator != nil {
		hop.initiator = string(e.Initiator.Type)
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
	hop.frames = append(hop.frames, frame{sent, r.at(at), string(f.PayloadData)})
}

// actions lists the answers of server actions whose bodies are still to be fetched.
func (r *recorder) actions(event any) (network.RequestID, bool) {
	done, ok := event.(*network.EventLoadingFinished)
	if !ok {
		return "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	hop := r.last(done.RequestID)
	return done.RequestID, hop != nil && hop.method == "POST" && header(hop.asked, "next-action") != ""
}

func (r *recorder) setBody(id network.RequestID, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if hop := r.last(id); hop != nil && len(body) <= 16*maxText {
		hop.body = string(body)
	}
}

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
