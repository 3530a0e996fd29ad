package har

// object reads an object. It calls field for each of its fields, which reads
// the value. A value that is no object is skipped.
func (s *scanner) object(field func(name string) error) error {
	return s.members('{', '}', func() error {
		c, err := s.next()
		if err != nil {
			return err
		}
		if c != '"' {
			return s.unexpected(c)
		}
		raw, err := s.quoted(maxName, nil)
		if err != nil {
			return err
		}
		name := unescape(raw)
		if c, err = s.next(); err != nil {
			return err
		}
		if c != ':' {
			return s.unexpected(c)
		}
		return field(name)
	})
}

// maxName is how much of a field's name is kept.
const maxName = 64

// array reads an array. It calls item for each of its items, which reads it. A
// value that is no array is skipped.
func (s *scanner) array(item func() error) error { return s.members('[', ']', item) }

// members reads what stands between the two brackets.
func (s *scanner) members(opening, closing byte, member func() error) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != opening {
		s.back()
		return s.skip()
	}
	if c, err = s.next(); err != nil || c == closing {
		return err
	}
	s.back()
	for {
		if err := member(); err != nil {
			return err
		}
		switch c, err := s.next(); {
		case err != nil:
			return err
		case c == closing:
			return nil
		case c != ',':
			return s.unexpected(c)
		}
	}
}

// value reads a text, or a number or word as if it were one, and keeps that
// many bytes of it at most. An object or an array counts as no text.
func (s *scanner) value(most int) (string, error) {
	raw, err := s.raw(most, nil)
	return unescape(raw), err
}

// raw is value without its escapes undone. What it returns holds until the
// next call. tap is shown the whole text, piece by piece.
func (s *scanner) raw(most int, tap func([]byte)) ([]byte, error) {
	c, err := s.next()
	switch {
	case err != nil:
		return nil, err
	case c == '"':
		return s.quoted(most, tap)
	case c == '{', c == '[':
		s.back()
		return nil, s.skip()
	}
	s.back()
	return s.word(most)
}
