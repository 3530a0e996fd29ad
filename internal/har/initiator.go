package har

import (
	"fmt"
	"net/url"
	"strconv"
)

// A source is where in a script or a page a request was made, as Chrome notes
// it: lines and columns are counted from 0.
type source struct {
	url, line, column string
}

// initiator reads what had the request made.
func (r *reader) initiator(e *recorded) error {
	return r.object(func(field string) error {
		switch field {
		case "type":
			return r.tag(&e.Initiator)
		case "stack":
			return r.stack(e, true)
		}
		return r.place(field, &e.source)
	})
}

// stack reads the innermost call of a script that has an address. What the
// script waited for is its parent.
func (r *reader) stack(e *recorded, parents bool) error {
	return r.object(func(field string) error {
		switch {
		case field == "callFrames":
			return r.array(func() error { return r.call(e) })
		case field == "parent" && parents:
			return r.stack(e, false)
		}
		return r.skip()
	})
}

// call reads one call, if none before it had an address.
func (r *reader) call(e *recorded) error {
	if e.source.url != "" {
		return r.skip()
	}
	var at source
	err := r.object(func(field string) error { return r.place(field, &at) })
	if at.url != "" {
		e.source = at
	}
	return err
}

// place reads a field of where something is.
func (r *reader) place(field string, at *source) (err error) {
	switch field {
	case "url":
		at.url, err = r.value(maxAddress)
	case "lineNumber":
		at.line, err = r.value(12)
	case "columnNumber":
		at.column, err = r.value(12)
	default:
		err = r.skip()
	}
	return err
}

// sourceOf words where the request was made, as editors do: with lines and
// columns from 1, and without the origin where it is the request's own.
func (r *reader) sourceOf(e *recorded) string {
	u, err := url.Parse(e.source.url)
	if err != nil || u.Host == "" {
		return ""
	}
	at := r.path(u)
	if origin := u.Scheme + "://" + u.Host; origin != e.Origin {
		at = origin + at
	}
	for _, text := range []string{e.source.line, e.source.column} {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			break
		}
		at += fmt.Sprintf(":%d", n+1)
	}
	return at
}
