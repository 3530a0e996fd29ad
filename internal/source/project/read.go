package project

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Read returns the text of a file of at most limit bytes. Its error is a
// clause for people, without the path: too large, binary, not to be opened.
func Read(fsys fs.FS, file string, limit int64) ([]byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("it cannot be opened: %w", reason(err))
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", reason(err))
	}
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("it has %d bytes, more than the %d that are read", info.Size(), limit)
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", reason(err))
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("it has more than the %d bytes that are read", limit)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, errors.New("it is binary, whatever its name says")
	}
	return text, nil
}

// reason drops the operation and the path, which a note states already.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// Within reports whether file is dir or lies below it.
func Within(dir, file string) bool {
	return dir == "." || file == dir || strings.HasPrefix(file, dir+"/")
}

// join is path.Join for parts of which the first may be ".".
func join(parts ...string) string { return path.Join(parts...) }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
