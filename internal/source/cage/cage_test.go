package cage

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == Argument {
		os.Exit(Main(os.Stdin, os.Stdout, handlers()))
	}
	os.Exit(m.Run())
}

func handlers() map[string]Handler {
	return map[string]Handler{
		"echo":  func(job Job) (any, error) { return []any{string(job.Input), job.Files}, nil },
		"error": func(Job) (any, error) { return nil, errors.New("no luck") },
		"said":  func(Job) (any, error) { return nil, &Inconclusive{"gave up"} },
		"panic": func(Job) (any, error) { panic("no") },
		"exit":  func(Job) (any, error) { os.Exit(5); return nil, nil },
		"loop": func(Job) (any, error) {
			for {
				runtime.Gosched()
			}
		},
		"grow": func(Job) (any, error) {
			var all [][]byte
			for {
				all = append(all, make([]byte, 1<<20))
				all[len(all)-1][0] = 1
			}
		},
		"gulp":   func(Job) (any, error) { return len(make([]byte, 1<<36)), nil },
		"deep":   func(Job) (any, error) { return deep(0), nil },
		"large":  func(Job) (any, error) { return strings.Repeat("x", 2<<20), nil },
		"noise":  func(Job) (any, error) { return io.Copy(os.Stdout, zeros{}) },
		"escape": escape,
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func deep(n int) int {
	if n < 0 {
		return n
	}
	return deep(n+1) + 1
}

// escape tries what no analysis may do, and reports what came of it.
func escape(Job) (any, error) {
	worked := []string{}
	if f, err := os.Open("/etc/passwd"); err == nil {
		worked = append(worked, f.Name())
	}
	if f, err := os.CreateTemp("", "x"); err == nil {
		worked = append(worked, f.Name())
	}
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		worked = append(worked, l.Addr().String())
	}
	if _, err := os.StartProcess("/proc/self/exe", []string{"x"}, &os.ProcAttr{}); err == nil {
		worked = append(worked, "a process")
	}
	return append(worked, os.Environ()...), nil
}

func TestRunGivesTheResult(t *testing.T) {
	files := map[string][]byte{"a/b.ts": []byte("text\x00"), "empty": {}}
	got, err := Run(t.Context(), Job{Kind: "echo", Input: json.RawMessage(`{"n":1}`), Files: files})
	if err != nil {
		t.Fatal(err)
	}
	if want := `["{\"n\":1}",{"a/b.ts":"dGV4dAA=","empty":""}]`; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestRunSaysWhy states that every end of a child is put into words.
func TestRunSaysWhy(t *testing.T) {
	limits := Limits{Wall: 2 * time.Second, Memory: 64 << 20, Output: 1 << 20}
	for kind, want := range map[string]string{
		"error":   "failed: no luck",
		"said":    "gave up",
		"panic":   "met what its parser or its machine cannot bear",
		"exit":    "ended without a result: exit status 5",
		"loop":    "took more than 2 s",
		"grow":    "wanted more than 64 MiB of memory",
		"gulp":    "wanted more than 64 MiB of memory",
		"deep":    "nests too deeply",
		"large":   "had a result of more than 1 MiB",
		"noise":   "had a result of more than 1 MiB",
		"unheard": "could not be started: the worker does not know the job",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			_, err := Run(t.Context(), Job{Kind: kind, Limits: limits})
			inconclusive, ok := errors.AsType[*Inconclusive](err)
			if !ok {
				t.Fatalf("got %v, want Inconclusive", err)
			}
			if inconclusive.Reason != want {
				t.Errorf("got %q, want %q", inconclusive.Reason, want)
			}
		})
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, Job{Kind: "loop"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestRunRefusesTooMuch(t *testing.T) {
	_, err := Run(t.Context(), Job{Kind: "echo", Files: map[string][]byte{"a": make([]byte, maxInput+1)}})
	if _, ok := errors.AsType[*Inconclusive](err); !ok {
		t.Errorf("got %v, want Inconclusive", err)
	}
}

func TestChildCannotReachOut(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux takes descriptors away")
	}
	t.Setenv("PREVIEWGATE_SECRET", "hunter2")
	got, err := Run(t.Context(), Job{Kind: "escape"})
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != "[]" {
		t.Errorf("the child got at %s", got)
	}
}

func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		if _, err := Run(b.Context(), Job{Kind: "echo"}); err != nil {
			b.Fatal(err)
		}
	}
}
