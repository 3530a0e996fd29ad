package har

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// A scanner reads JSON as it arrives. Of a text it keeps as much as it is
// asked to, and nothing of what is skipped, so that its memory does not grow
// with the file, with a text in it or with how deep it is nested. It finds
// every fault of what it keeps, and not every one of what it skips.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	before   int64 // bytes that came before buf
	text     []byte
}

const window = 64 << 10

func newScanner(r io.Reader) *scanner { return &scanner{r: r, buf: make([]byte, window)} }

// errCut is what a file ends with that ends too early.
var errCut = errors.New("it ends too early: it was cut off while it was saved or sent")

// fill reads on when what was read is used up.
func (s *scanner) fill() error {
	for s.pos == s.end {
		s.before += int64(s.end)
		s.pos, s.end = 0, 0
		n, err := s.r.Read(s.buf)
		s.end = n
		if n == 0 && err != nil {
			return err
		}
	}
	return nil
}

// next returns the next byte that is no space, and moves beyond it.
func (s *scanner) next() (byte, error) {
	for {
		if err := s.fill(); errors.Is(err, io.EOF) {
			return 0, errCut
		} else if err != nil {
			return 0, err
		}
		c := s.buf[s.pos]
		s.pos++
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, nil
		}
	}
}

// back moves before the byte that next returned.
func (s *scanner) back() { s.pos-- }

// unexpected says where the file stops being JSON.
func (s *scanner) unexpected(c byte) error {
	return fmt.Errorf("it is no JSON: unexpected %q at byte %d", rune(c), s.before+int64(s.pos))
}

// word reads a number, true, false or null; null is no text.
func (s *scanner) word(most int) ([]byte, error) {
	c, err := s.next()
	if err != nil {
		return nil, err
	}
	if !inWord(c) {
		return nil, s.unexpected(c)
	}
	s.text = s.text[:0]
	for inWord(c) {
		if len(s.text) < most {
			s.text = append(s.text, c)
		}
		if err := s.fill(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		c = s.buf[s.pos]
		s.pos++
	}
	if !inWord(c) {
		s.back()
	}
	if string(s.text) == "null" {
		return nil, nil
	}
	return s.text, nil
}

func inWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.'
}

// quoted reads a text behind its opening quote.
func (s *scanner) quoted(most int, tap func([]byte)) ([]byte, error) {
	s.text = s.text[:0]
	for escaped := false; ; {
		if err := s.fill(); errors.Is(err, io.EOF) {
			return nil, errCut
		} else if err != nil {
			return nil, err
		}
		piece := s.buf[s.pos:s.end]
		at := quote(piece, &escaped)
		closed := at >= 0
		if closed {
			piece = piece[:at]
			s.pos++
		}
		s.pos += len(piece)
		s.text = append(s.text, piece[:min(len(piece), max(0, most-len(s.text)))]...)
		if tap != nil {
			tap(piece)
		}
		if closed {
			return s.text, nil
		}
	}
}

// quote returns where the quote stands that ends the text, and -1 when it is
// not in this piece. escaped says that the first byte is escaped, and on
// return whether that of the next piece is.
func quote(piece []byte, escaped *bool) int {
	from := 0
	if *escaped {
		from, *escaped = 1, false
	}
	for {
		i := bytes.IndexByte(piece[from:], '"')
		to := from + i
		if i < 0 {
			to = len(piece)
		}
		odd := false
		for back := to; back > from && piece[back-1] == '\\'; back-- {
			odd = !odd
		}
		switch {
		case i < 0:
			*escaped = odd
			return -1
		case !odd:
			return to
		}
		from = to + 1
	}
}

// skip moves beyond a value of whatever kind.
func (s *scanner) skip() error {
	for depth := 0; ; {
		c, err := s.next()
		if err != nil {
			return err
		}
		switch {
		case c == '"':
			_, err = s.quoted(0, nil)
		case c == '{', c == '[':
			depth++
		case depth > 0 && (c == '}' || c == ']'):
			depth--
		case depth > 0 && (c == ',' || c == ':'):
			continue
		case inWord(c):
			s.back()
			_, err = s.word(0)
		default:
			return s.unexpected(c)
		}
		if err != nil || depth == 0 {
			return err
		}
	}
}
