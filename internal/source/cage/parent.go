package cage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// grace is how much longer than a child the parent waits before it kills: a
// child that can still say why it ends should do so.
const grace = 500 * time.Millisecond

// Run does a job in a child of its own. Its error is ctx's when that ended the
// child, and an *Inconclusive otherwise.
func Run(ctx context.Context, job Job) (json.RawMessage, error) {
	job.Limits = job.Limits.withDefaults()
	total := 0
	for _, text := range job.Files {
		total += len(text)
	}
	if total > maxInput {
		return nil, &Inconclusive{fmt.Sprintf("was asked about more than %d MiB of sources", maxInput>>20)}
	}
	wall, cancel := context.WithTimeout(ctx, job.Limits.Wall+grace)
	defer cancel()
	out, err := spawn(wall, job)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if wall.Err() != nil {
		return nil, tookTooLong(job.Limits)
	}
	if err != nil {
		return nil, ended(job.Limits, err, out)
	}
	return result(out, job.Limits)
}

func spawn(ctx context.Context, job Job) (*capped, error) {
	self, err := executable()
	if err != nil {
		return &capped{}, err
	}
	var in bytes.Buffer
	if err := writeJob(&in, job); err != nil {
		return &capped{}, err
	}
	out := &capped{left: job.Limits.Output + 64<<10}
	cmd := exec.CommandContext(ctx, self, Argument)
	cmd.Env = []string{}
	cmd.Dir = "/"
	cmd.Stdin = &in
	cmd.Stdout, cmd.Stderr = out, out // one writer is one pipe: no third descriptor of the parent's
	cmd.WaitDelay = time.Second
	confine(cmd)
	out.full = func() { _ = cmd.Cancel() }
	return out, cmd.Run()
}

func result(out *capped, limits Limits) (json.RawMessage, error) {
	if out.left < 0 {
		return nil, &Inconclusive{fmt.Sprintf("had a result of more than %d MiB", limits.Output>>20)}
	}
	var a answer
	if err := readFrame(&out.buffer, limits.Output, &a); err != nil {
		return nil, &Inconclusive{"ended without a result"}
	}
	if a.Error != "" {
		return nil, &Inconclusive{a.Error}
	}
	return a.Result, nil
}

func tookTooLong(l Limits) error {
	return &Inconclusive{fmt.Sprintf("took more than %g s", l.Wall.Seconds())}
}

func wantedMemory(l Limits) error {
	return &Inconclusive{fmt.Sprintf("wanted more than %d MiB of memory", l.Memory>>20)}
}

// ended puts the end of a child without a result into words.
func ended(limits Limits, err error, out *capped) error {
	if out.left < 0 {
		return &Inconclusive{fmt.Sprintf("had a result of more than %d MiB", limits.Output>>20)}
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return &Inconclusive{"could not be started: " + err.Error()}
	}
	text := out.buffer.String()
	switch {
	case exit.ExitCode() == exitMemory, strings.Contains(text, "out of memory"), strings.Contains(text, "cannot allocate memory"):
		return wantedMemory(limits)
	case exit.ExitCode() == exitWall, usedUpCPU(exit):
		return tookTooLong(limits)
	case strings.Contains(text, "stack exceeds"), strings.Contains(text, "stack overflow"):
		return &Inconclusive{"nests too deeply"}
	case exit.ExitCode() == exitJob:
		return &Inconclusive{"could not be started: the worker does not know the job"}
	}
	return &Inconclusive{"ended without a result: " + exit.String()}
}

// capped keeps what a child writes, and ends a child that writes too much.
type capped struct {
	buffer bytes.Buffer
	left   int64
	full   func()
}

func (c *capped) Write(p []byte) (int, error) {
	c.left -= int64(len(p))
	if c.left < 0 {
		c.full()
		return len(p), nil
	}
	return c.buffer.Write(p)
}
