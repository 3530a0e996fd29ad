package cage

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Main is a child's whole life: it reads one job, does it under the job's
// limits, writes the answer, and returns the exit code. The caller registers
// the handlers by their kinds.
func Main(stdin io.Reader, stdout io.Writer, handlers map[string]Handler) int {
	job, err := readJob(stdin)
	handle := handlers[job.Kind]
	if err != nil || handle == nil {
		return exitJob
	}
	job.Limits = job.Limits.withDefaults()
	guard(job.Limits)
	if err := restrict(job.Limits); err != nil {
		return exitJob
	}
	if err := writeFrame(stdout, do(handle, job)); err != nil {
		return exitJob
	}
	return 0
}

func do(handle Handler, job Job) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Error: "met what its parser or its machine cannot bear"}
		}
	}()
	v, err := handle(job)
	if inconclusive, ok := errors.AsType[*Inconclusive](err); ok {
		return answer{Error: inconclusive.Reason}
	}
	if err != nil {
		return answer{Error: "failed: " + err.Error()}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return answer{Error: "failed: " + err.Error()}
	}
	return answer{Result: text}
}

// heapPoll is how often a child looks at its heap. A garbage collector's limit
// is a wish; this is the bound.
const heapPoll = 5 * time.Millisecond

// guard ends the process when it takes too long or too much. It has to run
// before restrict, because a first timer opens descriptors.
func guard(l Limits) {
	debug.SetMaxStack(64 << 20)
	debug.SetMemoryLimit(l.Memory * 3 / 4)
	time.AfterFunc(l.Wall, func() { os.Exit(exitWall) })
	ticker := time.NewTicker(heapPoll)
	go func() {
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for range ticker.C {
			if metrics.Read(heap); heap[0].Value.Uint64() > uint64(l.Memory) {
				os.Exit(exitMemory)
			}
		}
	}()
}
