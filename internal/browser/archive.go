package browser

import (
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"

	"github.com/previewgate/previewgate/internal/har"
)

// The archive is HAR 1.2 with the fields that Chrome adds, which begin with an underscore.
type (
	archive struct {
		Log archiveLog `json:"log"`
	}
	archiveLog struct {
		Version string         `json:"version"`
		Creator map[string]any `json:"creator"`
		Pages   []archivePage  `json:"pages"`
		Entries []archiveEntry `json:"entries"`
		Comment string         `json:"comment,omitempty"`
	}
	archivePage struct {
		Started time.Time      `json:"startedDateTime"`
		ID      string         `json:"id"`
		Title   string         `json:"title"`
		Timings map[string]any `json:"pageTimings"`
	}
	archiveEntry struct {
		Initiator map[string]any   `json:"_initiator,omitempty"`
		Priority  string           `json:"_priority,omitempty"`
		Kind      string           `json:"_resourceType,omitempty"`
		Messages  []archiveMessage `json:"_webSocketMessages,omitzero"` // of a WebSocket; there may be none
		Page      string           `json:"pageref,omitempty"`
		Started   time.Time        `json:"startedDateTime"`
		Time      float64          `json:"time"` // in milliseconds
		Request   map[string]any   `json:"request"`
		Response  map[string]any   `json:"response"`
		Cache     struct{}         `json:"cache"`
		Timings   map[string]any   `json:"timings"`
	}
	archiveMessage struct {
		Type   string  `json:"type"`
		Time   float64 `json:"time"` // in seconds since 1970
		Opcode int     `json:"opcode"`
		Data   string  `json:"data"`
		Size   int     `json:"_size"` // of the message as it was, in bytes
	}
	archiveField struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// har writes the recording. Values of cookies and queries stay out of it, and so do bodies and messages but for what is
// judged of them, in its canonical form: what a server action returned, how scripts name the actions, and how Convex'
// client authenticates. Everything else passes redact.
func (r *recorder) har(version string, redact func(string) string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := archivist{redact}
	log := archiveLog{
		Version: "1.2", Creator: map[string]any{"name": "previewgate", "version": version},
		Pages: []archivePage{}, Entries: []archiveEntry{},
	}
	if r.full {
		log.Comment = "the recording was full: later requests are not in it"
	}
	for i, l := range r.loads {
		log.Pages = append(log.Pages, archivePage{l.at, pageID(i + 1), w.address(l.url), map[string]any{}})
	}
	for _, e := range r.entries {
		log.Entries = append(log.Entries, w.entry(e))
	}
	return json.MarshalIndent(archive{log}, "", " ")
}

func pageID(n int) string {
	if n == 0 {
		return ""
	}
	return "page_" + strconv.Itoa(n)
}

// An archivist writes entries without secrets.
type archivist struct{ redact func(string) string }

func (w archivist) entry(e *entry) archiveEntry {
	took := float64(max(e.took, 0).Microseconds()) / 1000
	out := archiveEntry{
		Priority: e.priority, Kind: e.kind, Page: pageID(e.page), Started: e.started, Time: took,
		Timings: map[string]any{"send": 0, "wait": took, "receive": 0},
		Request: map[string]any{
			"method": e.method, "url": w.address(e.url), "httpVersion": "", "headersSize": -1, "bodySize": -1,
			"headers": w.headers(e.asked), "cookies": cookies(header(e.asked, "cookie")), "queryString": query(e.url),
		},
		Response: map[string]any{
			"status": e.status, "statusText": w.redact(e.statusText), "httpVersion": "", "headersSize": -1, "bodySize": -1,
			"headers": w.headers(e.answered), "cookies": []archiveField{}, "redirectURL": w.reference(header(e.answered, "location")),
			"content": map[string]any{"size": e.size, "mimeType": e.mime},
		},
	}
	if e.initiator != nil {
		out.Initiator = w.initiator(e.initiator)
	}
	if e.failure != "" {
		out.Response["_error"] = e.failure
	}
	if e.body != "" {
		out.Response["content"].(map[string]any)["text"] = e.body
	}
	if e.isSocket {
		out.Messages = []archiveMessage{}
	}
	for _, f := range e.frames {
		out.Messages = append(out.Messages, w.message(f))
	}
	return out
}

func (w archivist) message(f frame) archiveMessage {
	kind := "receive"
	if f.sent {
		kind = "send"
	}
	return archiveMessage{kind, float64(f.at.UnixMicro()) / 1e6, 1, w.redact(f.text), f.size}
}

// initiator tells what had a request made: of a script the innermost call that has an address.
func (w archivist) initiator(i *network.Initiator) map[string]any {
	out := map[string]any{"type": i.Type}
	if i.URL != "" {
		out["url"], out["lineNumber"], out["columnNumber"] = w.address(i.URL), i.LineNumber, i.ColumnNumber
	}
	for stack := i.Stack; stack != nil; stack = stack.Parent {
		for _, call := range stack.CallFrames {
			if call.URL != "" {
				out["stack"] = map[string]any{"callFrames": []map[string]any{{
					"functionName": "", "url": w.address(call.URL), "lineNumber": call.LineNumber, "columnNumber": call.ColumnNumber,
				}}}
				return out
			}
		}
	}
	return out
}

// headers lists headers without the values that may be secret.
func (w archivist) headers(h network.Headers) []archiveField {
	fields := []archiveField{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		value := header(h, name)
		switch lower := strings.ToLower(name); {
		case strings.HasPrefix(lower, ":"):
			continue
		case lower == "set-cookie":
			for line := range strings.SplitSeq(value, "\n") {
				fields = append(fields, archiveField{name, withoutValue(line)})
			}
			continue
		case lower == "cookie":
			value = hidden(value)
		case holdsAddress(lower):
			value = w.reference(value)
		case lower == "x-nextjs-rewritten-query":
			value = masked(value)
		case !harmless(lower):
			value = "***"
		}
		fields = append(fields, archiveField{name, clip(w.redact(value))})
	}
	return fields
}

// holdsAddress reports whether the value of a header is an address or a path.
func holdsAddress(name string) bool {
	switch name {
	case "location", "referer", "next-url", "next-router-segment-prefetch", "x-matched-path", "x-nextjs-redirect", "x-nextjs-rewritten-path", "x-nextjs-matched-path",
		"x-middleware-rewrite", "x-middleware-redirect":
		return true
	}
	return false
}

// harmless reports whether the value of a header may stand in the archive. What is not known to be is left out.
func harmless(name string) bool {
	for _, start := range []string{"sec-fetch-", "sec-ch-", "access-control-"} {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	switch name {
	case "accept", "accept-language", "user-agent", "purpose", "sec-purpose", "origin", "date", "server", "vary", "age", "etag", "priority",
		"upgrade", "connection", "retry-after", "cache-control", "content-type", "content-length", "content-encoding", "rsc", "next-action", "next-router-prefetch",
		"x-nextjs-cache", "x-nextjs-prerender", "x-nextjs-postponed", "x-nextjs-stale-time", "x-nextjs-action-not-found",
		"x-middleware-cache", "x-middleware-next", "x-vercel-id", "x-vercel-cache", "x-vercel-error":
		return true
	}
	return false
}

// withoutValue returns a Set-Cookie line that tells a deletion by its empty value, and any other by a mask.
func withoutValue(line string) string {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, _ := strings.Cut(pair, "=")
	if value = strings.TrimSpace(value); value != "" {
		value = "***"
	}
	if attributes != "" {
		attributes = ";" + attributes
	}
	return name + "=" + value + attributes
}

// hidden returns a Cookie header with the names alone.
func hidden(value string) string {
	var names []string
	for pair := range strings.SplitSeq(value, ";") {
		if name, _, _ := strings.Cut(strings.TrimSpace(pair), "="); name != "" {
			names = append(names, name+"=***")
		}
	}
	return strings.Join(names, "; ")
}

func cookies(value string) []archiveField {
	fields := []archiveField{}
	for pair := range strings.SplitSeq(value, ";") {
		if name, _, _ := strings.Cut(strings.TrimSpace(pair), "="); name != "" {
			fields = append(fields, archiveField{name, "***"})
		}
	}
	return fields
}

// address returns a URL whose query has names only, and whose path has no part that may be a secret.
func (w archivist) address(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "about:hidden"
	}
	return clip(w.redact(strings.ToLower(u.Scheme+"://"+u.Host) + pathAndNames(u)))
}

// reference is address for a header, whose value may be a path alone.
func (w archivist) reference(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Path == "" {
		return w.address(raw)
	}
	return clip(w.redact(pathAndNames(u)))
}

func pathAndNames(u *url.URL) string {
	if u.RawQuery == "" {
		return har.MaskedPath(u)
	}
	return har.MaskedPath(u) + "?" + masked(u.RawQuery)
}

// masked returns a query with the names alone; they are what tells one request from another.
func masked(query string) string {
	var parts []string
	for part := range strings.SplitSeq(query, "&") {
		name, _, hasValue := strings.Cut(part, "=")
		if name = parameter(name); hasValue {
			name += "=***"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, "&")
}

// parameter returns the name of a parameter, and a mask for what is no usual name: it may be a value.
func parameter(name string) string {
	if parameterName.MatchString(name) {
		return name
	}
	return "***"
}

var parameterName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z_.-]{0,23}$`)

func query(raw string) []archiveField {
	fields := []archiveField{}
	u, err := url.Parse(raw)
	if err != nil {
		return fields
	}
	for _, name := range slices.Sorted(maps.Keys(u.Query())) {
		fields = append(fields, archiveField{parameter(name), "***"})
	}
	return fields
}

// clip returns as much of a text as the archive keeps.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}
