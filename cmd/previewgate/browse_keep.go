package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/previewgate/previewgate/internal/browser"
)

// looks are the visits with a browser of a run. They may go on for a moment
// when the run was stopped.
type looks struct {
	mu    sync.Mutex
	over  chan struct{} // closed when the visit is over; nil when none began
	files []string      // what was kept of it
	notes []string      // what the report says of it besides
}

// begin announces a visit and returns what ends it.
func (l *looks) begin() (end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	over := make(chan struct{})
	l.over = over
	return func() { close(over) }
}

// wait waits for the visit to be over, and returns what is known of it then.
func (l *looks) wait(most time.Duration) (files, notes []string) {
	l.mu.Lock()
	over := l.over
	l.mu.Unlock()
	if over != nil {
		select {
		case <-over:
		case <-time.After(most):
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files, l.notes
}

func (l *looks) note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, text)
}

// keep writes the recording and the picture where the user wants them. What
// cannot be written is said, and keeps nothing from being judged.
func (l *looks) keep(dir string, r browser.Reproduction) {
	if dir == "" {
		return
	}
	files, err := keepIn(dir, r)
	if err != nil {
		l.note(fmt.Sprintf("--artifacts %s: what the browser saw was not kept: %v.", dir, err))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = append(l.files, files...)
}

// keepIn writes what there is of the recording and the picture, into files that
// were not there before.
func keepIn(dir string, r browser.Reproduction) (files []string, err error) {
	if err := noLinks(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for _, file := range []struct {
		name, ext string
		content   []byte
	}{{"previewgate", ".har", r.Archive}, {"previewgate", ".png", r.Screenshot}} {
		if len(file.content) == 0 {
			continue
		}
		name, err := create(root, file.name, file.ext, file.content)
		if err != nil {
			return files, err
		}
		files = append(files, filepath.Join(dir, name))
	}
	return files, nil
}

// create writes a file under the first name of the kind that is free, so that
// it follows no link and replaces nothing.
func create(root *os.Root, stem, ext string, content []byte) (name string, err error) {
	const most = 100
	for n := 1; n <= most; n++ {
		name = stem + ext
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", stem, n, ext)
		}
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(content)
		return name, errors.Join(err, f.Close())
	}
	return "", fmt.Errorf("it holds %d files of the name already", most)
}

// noLinks refuses a directory that is a symbolic link or, within the working
// directory, lies behind one: a checkout holds what a pull request puts there.
func noLinks(dir string) error {
	place, below := filepath.Dir(dir), filepath.Base(dir)
	if here, err := os.Getwd(); err == nil {
		absolute := dir
		if !filepath.IsAbs(dir) {
			absolute = filepath.Join(here, dir)
		}
		if rel, err := filepath.Rel(here, absolute); err == nil && filepath.IsLocal(rel) {
			place, below = here, rel
		}
	}
	for part := range strings.SplitSeq(filepath.ToSlash(below), "/") {
		place = filepath.Join(place, part)
		info, err := os.Lstat(place)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err != nil:
			return err
		case info.Mode()&os.ModeSymlink != 0:
			return fmt.Errorf("%s is a symbolic link", place)
		}
	}
	return nil
}
