package har

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/previewgate/previewgate/internal/facts"
)

// maxMessage is how much of a message is read: what it is stands at its start.
const maxMessage = 4 << 10

// message reads a message of a WebSocket, in the form that Chrome gave it.
func (r *reader) message(e *facts.Entry) error {
	var at time.Time
	var data []byte
	err := r.object(func(field string) (err error) {
		switch field {
		case "time":
			var text string
			text, err = r.value(32)
			at = epoch(text)
		case "data":
			var raw []byte
			raw, err = r.raw(maxMessage, nil)
			if aboutAuth(raw) {
				data = append(data, raw...)
			}
		default:
			err = r.skip()
		}
		return err
	})
	if err == nil && data != nil && r.frames < maxFrames {
		if f := r.frame(data); f.Type != "" {
			f.At = at
			e.Frames = append(e.Frames, f)
			r.frames++
		}
	}
	return err
}

// aboutAuth reports whether a message may be about authentication: most are
// not, and are passed over at once.
func aboutAuth(raw []byte) bool {
	return bytes.Contains(raw, []byte("Auth")) || bytes.Contains(raw, []byte("Connect"))
}

// frame reads a message of Convex' sync protocol, and returns none for one
// that is not about authentication.
func (r *reader) frame(data []byte) facts.Frame {
	f := readFrame(unescape(data))
	if !tellsOfAuth(f) {
		return facts.Frame{}
	}
	f.Says = r.redactor.String(f.Says)
	return f
}

// readFrame reads what a message is. One that was cut off tells as much as was
// read of it.
func readFrame(text string) facts.Frame {
	var f facts.Frame
	buf := []byte(text)
	s := &scanner{r: strings.NewReader(""), buf: buf, end: len(buf)}
	_ = s.object(func(field string) (err error) {
		switch field {
		case "type":
			f.Type, err = s.value(24)
		case "tokenType":
			f.Token, err = s.value(8)
		case "error":
			f.Says, err = s.value(200)
		default:
			err = s.skip()
		}
		return err
	})
	if f.Type != "AuthError" {
		f.Says = ""
	}
	switch {
	case f.Type != "Authenticate":
		f.Token = ""
	case f.Token != "User" && f.Token != "Admin":
		f.Token = "None"
	}
	return f
}

// tellsOfAuth reports whether a message is of a kind that is judged.
func tellsOfAuth(f facts.Frame) bool {
	return f.Type == "Connect" || f.Type == "Authenticate" || f.Type == "AuthError"
}

// CanonicalMessage returns of a message on Convex' WebSocket, which was opened
// at an address, what is read of it: its type, the kind of a token, and why
// Convex refuses one. Of messages on other WebSockets it returns nothing.
func CanonicalMessage(address, text string) string {
	u, err := url.Parse(address)
	if err != nil || !(facts.Entry{Kind: "websocket", Path: u.Path}).ConvexSync() {
		return ""
	}
	f := readFrame(text)
	if !messageType.MatchString(f.Type) {
		return ""
	}
	line, err := json.Marshal(struct {
		Type  string `json:"type"`
		Token string `json:"tokenType,omitempty"`
		Says  string `json:"error,omitempty"`
	}{f.Type, f.Token, f.Says})
	if err != nil {
		return ""
	}
	return string(line)
}

// messageType matches the types that Convex' protocol has.
var messageType = regexp.MustCompile(`^[A-Z][A-Za-z]{1,23}$`)
