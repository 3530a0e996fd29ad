// Package har reads recordings of a browser's traffic in the format HAR 1.2,
// as Chrome, Firefox, Safari, Playwright and others write them.
//
// A recording holds everything that its user did: cookies, tokens, and what
// the pages said. The package keeps what is judged of it and nothing else: of
// headers, cookies and queries the names, of bodies whether they are a token,
// of addresses the path with its secrets masked. It reads a file of any size in
// little memory, and takes what recorders differ in as it comes.
package har

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/redact"
)

// Bounds of what is read. Recordings of an hour have some ten thousand
// entries and some ten megabytes.
const (
	maxSize    = 200 << 20
	maxEntries = 100_000
	maxFrames  = 100_000
)

var errLarge = errors.New("it is larger than 200 MB: record a shorter time, or leave images and media out")

// A reader reads one recording.
type reader struct {
	*scanner
	traffic  facts.Traffic
	hunter   hunter
	redactor redact.Redactor // knows secrets by their shape
	pages    map[string]int
	body     []byte // of the entry at hand
	cut      bool   // there is more of that body than was kept
	frames   int
	found    bool
	attached map[string][]int // where the bodies are in files of their own: the entries by the file's name
}

// Read reads a recording of at most 200 MB. Its errors are one clause about
// the file.
func Read(src io.Reader) (facts.Traffic, error) {
	r := newReader()
	err := r.read(src)
	return r.finish(), err
}

func newReader() *reader {
	return &reader{
		hunter: hunter{found: make(map[string]string)}, pages: make(map[string]int),
		attached: make(map[string][]int),
	}
}

// read reads the file as far as its log.
func (r *reader) read(src io.Reader) error {
	src = &limited{src, maxSize}
	head := make([]byte, 4)
	n, err := io.ReadFull(src, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	if err := foreign(head); err != nil {
		return err
	}
	r.scanner = newScanner(io.MultiReader(bytes.NewReader(bytes.TrimPrefix(head, []byte("\ufeff"))), src))
	switch c, err := r.next(); {
	case err != nil:
		return err
	case c != '{' && c != '[':
		return r.unexpected(c)
	}
	r.back()
	err = r.object(func(name string) error {
		if name == "log" {
			return r.log()
		}
		return r.skip()
	})
	switch {
	case errors.Is(err, errCut) && len(r.traffic.Entries) > 0:
		return fmt.Errorf("%w (%d whole entries before that)", err, len(r.traffic.Entries))
	case err == nil && !r.found:
		return errors.New("it is no HAR: it has no log with entries")
	}
	return err
}

// foreign recognises files of another kind by how they begin.
func foreign(head []byte) error {
	switch text := string(head); {
	case text == "":
		return errors.New("it is empty")
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return errors.New("it is UTF-16: save it as UTF-8")
	case strings.HasPrefix(text, "\x1f\x8b"):
		return errors.New("it is compressed: unpack it first")
	case text == zipped:
		return errors.New("it is a zip archive, which can only be read from a file")
	}
	return nil
}

// log reads what the recording holds.
func (r *reader) log() error {
	return r.object(func(name string) error {
		switch name {
		case "creator":
			return r.creator()
		case "entries":
			r.found = true
			return r.array(r.entry)
		}
		return r.skip()
	})
}

// creator reads who recorded it.
func (r *reader) creator() error {
	var name, version string
	err := r.object(func(field string) (err error) {
		switch field {
		case "name":
			name, err = r.value(40)
		case "version":
			version, err = r.value(20)
		default:
			err = r.skip()
		}
		return err
	})
	r.traffic.Recorder = r.redactor.String(strings.TrimSpace(printable(name) + " " + printable(version)))
	return err
}

// finish puts the entries in the order of time. One of unknown time stays
// behind the one that it was recorded after.
func (r *reader) finish() facts.Traffic {
	entries := r.traffic.Entries
	times, last := make(map[int]time.Time, len(entries)), time.Time{}
	for _, e := range entries {
		if !e.Started.IsZero() {
			last = e.Started
		}
		times[e.Number] = last
	}
	slices.SortStableFunc(entries, func(a, b facts.Entry) int { return times[a.Number].Compare(times[b.Number]) })
	r.traffic.Actions = r.hunter.found
	return r.traffic
}

// A limited reads a source up to a size, and calls what is beyond it an error.
type limited struct {
	src  io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errLarge
	}
	return n, err
}
