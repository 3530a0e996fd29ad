package har

import (
	"strconv"
	"strings"
	"time"

	"github.com/previewgate/previewgate/internal/facts"
)

// A recorded entry is one on its way to what is kept of it.
type recorded struct {
	facts.Entry
	url, location, redirect string
	cookies                 []string // Set-Cookie headers
	jar                     []jarred // cookies of the answer, in the recorder's own words
	encoding, file          string   // of the body
	urgency                 string   // header Priority
	source                  source
}

// entry reads one request and its answer.
func (r *reader) entry() error {
	if len(r.traffic.Entries) == maxEntries {
		return errMany
	}
	e := recorded{Entry: facts.Entry{Number: len(r.traffic.Entries) + 1, Bare: true}}
	r.body, r.cut = r.body[:0], false
	err := r.object(func(name string) error {
		switch name {
		case "pageref":
			return r.page(&e)
		case "startedDateTime":
			text, err := r.value(40)
			e.Started = parseTime(text)
			return err
		case "_resourceType":
			return r.tag(&e.Kind)
		case "_priority":
			return r.tag(&e.Priority)
		case "_initiator":
			return r.initiator(&e)
		case "request":
			return r.request(&e)
		case "response":
			return r.response(&e)
		case "_webSocketMessages":
			e.Framed = true
			return r.array(func() error { return r.message(&e.Entry) })
		}
		return r.skip()
	})
	if err != nil {
		return err
	}
	r.keep(&e)
	return nil
}

// page numbers the recorder's pages: their names say nothing to anybody.
func (r *reader) page(e *recorded) error {
	name, err := r.value(80)
	if err != nil || name == "" {
		return err
	}
	if r.pages[name] == 0 {
		r.pages[name] = len(r.pages) + 1
	}
	e.Page = r.pages[name]
	return nil
}

// tag reads a word that recorders choose from a list.
func (r *reader) tag(into *string) error {
	text, err := r.value(32)
	*into = word(text)
	return err
}

// request reads what was asked for.
func (r *reader) request(e *recorded) error {
	return r.object(func(name string) (err error) {
		switch name {
		case "method":
			e.Method, err = r.value(16)
			e.Method = strings.ToUpper(word(e.Method))
		case "url":
			e.url, err = r.value(maxAddress)
		case "headers":
			err = r.pairs(e.wants, func(name, value, _ string) { r.asked(e, name, value) })
		case "cookies":
			err = r.pairs(isSession, func(string, string, string) { e.Session, r.traffic.Cookies = true, true })
		default:
			err = r.skip()
		}
		return err
	})
}

// response reads what was answered.
func (r *reader) response(e *recorded) error {
	return r.object(func(name string) (err error) {
		switch name {
		case "status":
			var text string
			text, err = r.value(16)
			e.Status = status(text)
		case "headers":
			err = r.pairs(answers, func(name, value, _ string) { e.answered(name, value) })
		case "cookies":
			err = r.pairs(every, func(name, _, expires string) {
				if len(e.jar) < maxCookies {
					e.jar = append(e.jar, jarred{name, expires})
				}
			})
		case "redirectURL":
			e.redirect, err = r.value(maxAddress)
		case "content":
			err = r.content(e)
		default:
			err = r.skip()
		}
		return err
	})
}

// maxAddress is how much of an address is read. What is longer is its query.
const maxAddress = 4 << 10

// status reads a status, which recorders write as a number or a text, and as
// 0, -1 or nothing when there was no answer.
func status(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 999 {
		return 0
	}
	return n
}

// maxHeader is how much of a header is read: several cookies in one.
const maxHeader = 16 << 10

// pairs reads headers or cookies. Of those that are not wanted the value is
// skipped.
func (r *reader) pairs(wanted func(name string) bool, use func(name, value, expires string)) error {
	return r.array(func() error {
		var name, value, expires string
		err := r.object(func(field string) (err error) {
			switch {
			case field == "name":
				name, err = r.value(128)
				name = strings.ToLower(name)
			case field == "value" && (name == "" || wanted(name)):
				value, err = r.value(maxHeader)
			case field == "expires":
				expires, err = r.value(40)
			default:
				err = r.skip()
			}
			return err
		})
		if err == nil && name != "" && wanted(name) {
			use(name, value, expires)
		}
		return err
	})
}

func every(string) bool { return true }

// timeForms are how recorders write times; Firefox writes those of its user's
// zone.
var timeForms = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"}

// parseTime reads when something happened; a number counts milliseconds.
func parseTime(text string) time.Time {
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return t
		}
	}
	return epoch(text)
}

// epoch reads a number of seconds, as Chrome writes it, or of milliseconds, as
// Playwright does.
func epoch(text string) time.Time {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil, !(n > 1e8 && n < 1e14):
		return time.Time{}
	case n < 1e11:
		n *= 1000
	}
	return time.UnixMicro(int64(n * 1000)).UTC()
}
