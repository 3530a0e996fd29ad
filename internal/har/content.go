package har

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/previewgate/previewgate/internal/facts"
)

// maxBody is how much of a body is kept until its entry is read, escapes and
// all: more than a server action answers that returns a token.
const maxBody = 16 << 10

// content reads the body of an answer.
func (r *reader) content(e *recorded) error {
	return r.object(func(name string) (err error) {
		switch name {
		case "text":
			r.hunter.begin()
			var raw []byte
			raw, err = r.raw(maxBody, r.hunter.look)
			r.body = append(r.body[:0], raw...)
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
	e.Result = returned(body)
}

// decoded undoes base64, as far as it goes: the text may be cut off.
func decoded(text string) string {
	plain := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, _ := base64.StdEncoding.Decode(plain, []byte(text))
	return string(plain[:n])
}

// returned reads what a server action returned. Its answer is rows of React's
// flight format, of which one is the result.
func returned(body string) facts.ActionResult {
	switch {
	case body == "":
		return facts.ResultUnseen
	case tokenObject.MatchString(body):
		if strings.Contains(body, `"error":"`) {
			return facts.ResultFailed
		}
		return facts.ResultRefreshed
	case tokenText.MatchString(body):
		return facts.ResultToken
	}
	return facts.ResultOther
}

var (
	// tokenObject matches the object that AuthKit returns a refreshed token in.
	// It may stand right behind a long text, which has a row without an end.
	tokenObject = regexp.MustCompile(`[0-9a-f]:\{"accessToken":`)

	// tokenText matches a token as a text, or as a row of its own.
	tokenText = regexp.MustCompile(`(?m)^[0-9a-f]+:(?:"|T[0-9a-f]+,)eyJ`)
)

// A hunter looks for the names of server actions in the chunks that pass by.
type hunter struct {
	found map[string]string // names by ID
	last  []byte            // the end of the piece before
}

// begin forgets the text before.
func (h *hunter) begin() { h.last = h.last[:0] }

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
