package action

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v66/github"
)

// A repo is the repository that GitHub is asked about.
type repo struct {
	gh          *github.Client
	owner, name string
}

// page is as many as GitHub lists at once, and maxPages how many of them are read.
const (
	page     = 100
	maxPages = 10
)

// isNotFound reports whether GitHub says that it does not know a commit. It has several ways.
func isNotFound(err error) bool {
	var r *github.ErrorResponse
	if !errors.As(err, &r) || r.Response == nil {
		return false
	}
	switch r.Response.StatusCode {
	case http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// isBy reports whether an account is Vercel's app.
func isBy(u *github.User) bool { return isVercel(u.GetLogin(), u.GetType()) }

// atOnce is how many requests of a kind are under way together.
const atOnce = 4

// each calls do with the numbers below n, some at once, and returns the first of their errors in order. A crash of do's
// is an error of its.
func each(n int, do func(i int) error) error {
	errs := make([]error, n)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(n, atOnce) {
		wg.Go(func() {
			for i := range next {
				errs[i] = caught(func() error { return do(i) })
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// caught calls do and makes an error of its crash: outside of the goroutine that a run recovers in, one would end the
// program without a word on the commit. What crashed it may hold a secret, so only the place is told.
func caught(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("previewgate crashed at %s while it asked GitHub: please report this", crashSite())
		}
	}()
	return do()
}

// crashSite returns the file and line of the panic that a deferred function, its caller, recovers from.
func crashSite() string {
	callers := make([]uintptr, 16)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)]) // from what called the deferred function
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// sleep waits, unless ctx ends before; then it returns why.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
