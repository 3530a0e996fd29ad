package cage

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// What goes to the child: a length, a header in JSON, and the files' bytes in
// the header's order. What comes back: a length and an answer in JSON.

// maxInput bounds all files of a job together.
const maxInput = 128 << 20

type header struct {
	Kind   string          `json:"kind"`
	Input  json.RawMessage `json:"input,omitempty"`
	Limits Limits          `json:"limits"`
	Files  []fileHeader    `json:"files"`
}

type fileHeader struct {
	Path string `json:"path"`
	Size int    `json:"size"`
}

type answer struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

func writeJob(w io.Writer, job Job) error {
	h := header{Kind: job.Kind, Input: job.Input, Limits: job.Limits}
	names := slices.Sorted(maps.Keys(job.Files))
	for _, name := range names {
		h.Files = append(h.Files, fileHeader{name, len(job.Files[name])})
	}
	out := bufio.NewWriter(w)
	if err := writeFrame(out, h); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := out.Write(job.Files[name]); err != nil {
			return err
		}
	}
	return out.Flush()
}

func readJob(r io.Reader) (Job, error) {
	in := bufio.NewReader(r)
	var h header
	if err := readFrame(in, maxInput, &h); err != nil {
		return Job{}, err
	}
	job := Job{Kind: h.Kind, Input: h.Input, Limits: h.Limits, Files: make(map[string][]byte, len(h.Files))}
	total := 0
	for _, f := range h.Files {
		if total += f.Size; f.Size < 0 || total > maxInput {
			return Job{}, errors.New("too many bytes of files")
		}
		text := make([]byte, f.Size)
		if _, err := io.ReadFull(in, text); err != nil {
			return Job{}, err
		}
		job.Files[f.Path] = text
	}
	return job, nil
}

func writeFrame(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := binary.Write(w, binary.BigEndian, uint64(len(text))); err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

func readFrame(r io.Reader, limit int64, v any) error {
	var size uint64
	if err := binary.Read(r, binary.BigEndian, &size); err != nil {
		return err
	}
	if size > uint64(limit) {
		return fmt.Errorf("%d bytes are more than %d", size, limit)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
