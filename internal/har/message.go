package har

import (
	"bytes"
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
	var f facts.Frame
	text := []byte(unescape(data))
	s := &scanner{r: strings.NewReader(""), buf: text, end: len(text)}
	// A message that was cut off tells as much as was read of it.
	_ = s.object(func(field string) (err error) {
		switch field {
		case "type":
			f.Type, err = s.value(16)
		case "tokenType":
			f.Token, err = s.value(8)
		case "error":
			f.Says, err = s.value(200)
		default:
			err = s.skip()
		}
		return err
	})
	switch f.Type {
	case "Connect", "AuthError":
		f.Token = ""
	case "Authenticate":
		f.Says = ""
		if f.Token != "User" && f.Token != "Admin" {
			f.Token = "None"
		}
	default:
		return facts.Frame{}
	}
	f.Says = r.redactor.String(f.Says)
	return f
}
