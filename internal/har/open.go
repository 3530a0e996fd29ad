package har

import (
	"archive/zip"
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/previewgate/previewgate/internal/facts"
)

// zipped is how a zip archive begins.
const zipped = "PK\x03\x04"

// Open reads the recording in a file: a HAR, or an archive of Playwright's
// with the HAR and the bodies in files beside it.
func Open(name string) (facts.Traffic, error) {
	f, err := os.Open(name)
	if err != nil {
		return facts.Traffic{}, withoutPath(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return facts.Traffic{}, withoutPath(err)
	case info.IsDir():
		return facts.Traffic{}, errors.New("it is a directory")
	case info.Size() > maxSize:
		return facts.Traffic{}, errLarge
	}
	head := make([]byte, len(zipped))
	if n, _ := f.ReadAt(head, 0); string(head[:n]) == zipped {
		return openZip(f, info.Size())
	}
	return Read(f)
}

// withoutPath leaves out the name of the file, which the caller says.
func withoutPath(err error) error {
	if failure, ok := errors.AsType[*os.PathError](err); ok {
		return failure.Err
	}
	return err
}

// openZip reads the HAR of an archive, then what it says of bodies that are
// in files of their own, and the chunks.
func openZip(f io.ReaderAt, size int64) (facts.Traffic, error) {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return facts.Traffic{}, errors.New("it is a broken zip archive")
	}
	r := newReader()
	read := false
	for _, file := range z.File {
		if !strings.HasSuffix(file.Name, ".har") {
			continue
		}
		if read {
			return facts.Traffic{}, errors.New("it is a zip archive with more than one HAR")
		}
		read = true
		if err := member(file, r.read); err != nil {
			return facts.Traffic{}, err
		}
	}
	if !read {
		return facts.Traffic{}, errors.New("it is a zip archive without a HAR")
	}
	left := int64(maxSize) // of all the files together
	for _, file := range z.File {
		if left -= int64(min(file.UncompressedSize64, maxSize)); left < 0 {
			break
		}
		// A body that cannot be read is one that is not in the recording.
		_ = member(file, func(body io.Reader) error { return r.attach(file.Name, body) })
	}
	return r.finish(), nil
}

// member reads one file of an archive.
func member(file *zip.File, read func(io.Reader) error) error {
	body, err := file.Open()
	if err != nil {
		return errors.New("it is a broken zip archive")
	}
	defer body.Close()
	return read(body)
}

// attach reads a file that stands beside the HAR.
func (r *reader) attach(name string, body io.Reader) error {
	body = &limited{body, maxSize}
	if strings.HasSuffix(name, ".js") {
		r.hunter.begin()
		piece := make([]byte, window)
		for {
			n, err := body.Read(piece)
			r.hunter.look(piece[:n])
			if err != nil {
				return err
			}
		}
	}
	var head []byte
	var result facts.ActionResult
	for _, i := range r.attached[name] {
		e := &r.traffic.Entries[i]
		if e.Action == "" {
			return r.messages(e, body)
		}
		if head == nil {
			var err error
			if head, err = io.ReadAll(io.LimitReader(body, maxAnswer)); err != nil {
				return err
			}
			result = returned(string(head), len(head) == maxAnswer)
		}
		e.Result = result
	}
	return nil
}

// messages reads those of Convex' WebSocket, one a line.
func (r *reader) messages(e *facts.Entry, body io.Reader) error {
	if !e.ConvexSync() {
		return nil
	}
	e.Framed = true
	r.scanner = newScanner(bufio.NewReader(body))
	for {
		if err := r.message(e); err != nil {
			return err
		}
	}
}
