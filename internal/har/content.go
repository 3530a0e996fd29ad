package har

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// How much of a body is kept until its entry is read, escapes and all.
const (
	maxBody   = 16 << 10 // where nothing says yet that a server action answers: more than a token takes
	maxAnswer = 1 << 20  // of a server action's answer, which holds the whole page when the action sets a cookie
)

// content reads the body of an answer.
func (r *reader) content(e *recorded) error {
	return r.object(func(name string) (err error) {
		switch name {
		case "text":
			r.hunter.begin()
			var raw []byte
			raw, err = r.raw(most(e), r.hunter.look)
			r.body, r.cut = append(r.body[:0], raw...), len(raw) == most(e)
		case "encoding":
			e.encoding, err = r.value(16)
		case "_file":
			e.file, err = r.value(128)
		default:
			err = r.skip()
		}
		return err
	})
}

// most is how much of a body is kept.
func most(e *recorded) int {
	if e.Action != "" {
		return maxAnswer
	}
	return maxBody
}

// result keeps of the body of a server action's answer what it returned.
func (r *reader) result(e *recorded) {
	awaited := e.Action != "" || e.Kind == "websocket"
	if e.file != "" && awaited {
		r.attached[e.file] = append(r.attached[e.file], len(r.traffic.Entries))
	}
	if e.Action == "" || len(r.body) == 0 {
		return
	}
	body := unescape(r.body)
	if e.encoding == "base64" {
		body = decoded(body)
	}
	e.Result = returned(body, r.cut)
}

// decoded undoes base64, as far as it goes: the text may be cut off.
func decoded(text string) string {
	plain := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, _ := base64.StdEncoding.Decode(plain, []byte(text))
	return string(plain[:n])
}

// A hunter looks for the names of server actions in the chunks that pass by.
type hunter struct {
	found map[string]string // names by ID
	last  []byte            // the end of the piece before
}

// begin forgets the text before.
func (h *hunter) begin() { h.last = h.last[:0] }

// CanonicalScript returns of a script the calls that make the client's half of
// server actions, which is all that is read of scripts.
func CanonicalScript(code string) string {
	h := hunter{found: make(map[string]string)}
	h.look([]byte(code))
	var calls strings.Builder
	for _, id := range slices.Sorted(maps.Keys(h.found)) {
		fmt.Fprintf(&calls, "%s(%q,null,%q)\n", maker, id, h.found[id])
	}
	return calls.String()
}

// maker is the function that makes the client's half of a server action.
const maker = "createServerReference"

const (
	maxReference = 400 // bytes from the maker's name to the end of its call
	maxActions   = 1000
)

// look looks at the next piece of a text in JSON.
func (h *hunter) look(piece []byte) {
	if len(h.last) > 0 {
		h.last = append(h.last, piece...)
		piece = h.last
	}
	for rest := piece; ; {
		at := bytes.Index(rest, []byte(maker))
		if at < 0 {
			break
		}
		rest = rest[at+len(maker):]
		m := actionReference.FindSubmatch(rest[:min(len(rest), maxReference)])
		if m != nil && len(h.found) < maxActions {
			h.found[string(m[1])] = string(m[2])
		}
	}
	tail := piece[max(0, len(piece)-maxReference-len(maker)):]
	h.last = append(h.last[:0], tail...)
}

// actionReference matches the arguments of the maker, with the escapes of JSON
// before its quotes or without.
var actionReference = regexp.MustCompile("^\\)?\\(\\\\?[\"'`]([0-9a-f]{40,64})\\\\?[\"'`],[^\"'`()]{0,200},\\\\?[\"'`](\\w{1,64})\\\\?[\"'`]\\)")
