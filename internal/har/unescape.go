package har

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape undoes the escapes of a JSON text. One that was cut off in the
// middle of an escape ends before it.
func unescape(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return strings.ToValidUTF8(string(raw), string(utf8.RuneError))
	}
	var b strings.Builder
	b.Grow(len(raw))
	for len(raw) > 0 {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 {
			b.Write(raw)
			break
		}
		b.Write(raw[:at])
		r, size := escape(raw[at:])
		if size == 0 {
			break
		}
		b.WriteRune(r)
		raw = raw[at+size:]
	}
	return strings.ToValidUTF8(b.String(), string(utf8.RuneError))
}

// escape reads the escape that raw begins with. Its size is 0 when it was cut
// off.
func escape(raw []byte) (r rune, size int) {
	if len(raw) < 2 {
		return 0, 0
	}
	switch raw[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
	default:
		r, n := utf8.DecodeRune(raw[1:])
		return r, 1 + n
	}
	r, ok := unit(raw)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		if low, ok := unit(raw[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return utf8.RuneError, 6
	}
	return r, 6
}

// unit reads \uXXXX at the start of raw.
func unit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(n), err == nil
}
