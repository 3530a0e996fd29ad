// Package cage runs work on foreign sources in a process of its own, which
// has no environment, no files and little memory and time. Whatever the
// sources do to it, the parent gets a result or the reason why there is none.
//
// The child is this program again. Its main function hands over to [Main]
// when it is called with [Argument], before it does anything else.
package cage

import (
	"encoding/json"
	"time"
)

// Argument is the only argument of a child.
const Argument = "caged-worker"

// A Job is what a child is asked to do.
type Job struct {
	Kind   string            // which handler
	Input  json.RawMessage   // what the handler takes besides files
	Files  map[string][]byte // by path relative to the repository's root
	Limits Limits            // the zero value: the defaults
}

// Limits bound a child.
type Limits struct {
	Wall   time.Duration `json:"wall"`   // 0: 3s
	Memory int64         `json:"memory"` // bytes of heap; 0: 256 MiB
	Output int64         `json:"output"` // bytes of result; 0: 8 MiB
}

func (l Limits) withDefaults() Limits {
	if l.Wall == 0 {
		l.Wall = 3 * time.Second
	}
	if l.Memory == 0 {
		l.Memory = 256 << 20
	}
	if l.Output == 0 {
		l.Output = 8 << 20
	}
	return l
}

// A Handler does one kind of job, in the child.
type Handler func(Job) (any, error)

// Inconclusive is the error of a job that ended without a result: nothing is
// known about the sources but that they are to blame.
type Inconclusive struct {
	Reason string // completes "the analysis …"
}

func (e *Inconclusive) Error() string { return "the analysis " + e.Reason }

// Exit codes of a child, beside 0 and Go's own 2.
const (
	exitMemory = 97
	exitWall   = 98
	exitJob    = 99 // the job could not be read, or no handler takes it
)
