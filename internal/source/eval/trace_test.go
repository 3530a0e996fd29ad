//go:build linux

package eval

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// TestChildOpensNothing traces the child's system calls while it evaluates a
// source that tries to make its parsers read files.
func TestChildOpensNothing(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	log := filepath.Join(t.TempDir(), "trace")
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-o", log,
		"-e", "trace=execve,open,openat,openat2,socket,connect,read", os.Args[0], "-test.run=^TestTracee$")
	cmd.Env = append(os.Environ(), "PREVIEWGATE_TRACEE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("tracing does not work here: %v\n%s", err, out)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	calls := childCalls(string(text))
	if len(calls) == 0 {
		t.Fatalf("the trace has no child:\n%s", text)
	}
	// A Go program reads these before it begins.
	runtime := regexp.MustCompile(`"/(sys/kernel/mm/|sys/fs/cgroup/|sys/devices/system/cpu/|proc/self/|proc/stat|etc/ld\.so|lib|usr/lib)|ENOENT`)
	for _, call := range calls {
		switch {
		case strings.Contains(call, "socket("), strings.Contains(call, "connect("), strings.Contains(call, "passwd"):
			t.Errorf("the child called %s", call)
		case strings.Contains(call, "open") && !runtime.MatchString(call):
			t.Errorf("the child called %s", call)
		}
	}
}

// childCalls returns what the processes did that were started as a worker,
// threads included.
func childCalls(trace string) []string {
	child := regexp.MustCompile(`^(\d+) +execve\(.*caged-worker`)
	var calls []string
	running := false
	for line := range strings.Lines(trace) {
		if child.MatchString(line) {
			running = true
			continue
		}
		if running && !strings.Contains(line, "resumed>") && (strings.Contains(line, "open") || strings.Contains(line, "socket(") || strings.Contains(line, "connect(") || strings.Contains(line, "passwd")) {
			calls = append(calls, strings.TrimSpace(line))
		}
	}
	return calls
}

// TestTracee is what is traced.
func TestTracee(t *testing.T) {
	if os.Getenv("PREVIEWGATE_TRACEE") == "" {
		t.Skip("runs under TestChildOpensNothing")
	}
	source := `import a from '/etc/passwd'; import b from './b';
export default { providers: [], c: () => eval('1\n//# source' + 'MappingURL=file:///etc/passwd')() };
try { (0, eval)('1\n//# source' + 'MappingURL=file:///etc/passwd') } catch {}
try { await import('file:///etc/passwd' + process.env.X) } catch {}
//# sourceMappingURL=file:///etc/passwd`
	fsys := fstest.MapFS{
		"convex/auth.config.ts": {Data: []byte(source)},
		"convex/b.ts":           {Data: []byte("export default 1\n/*# sourceMappingURL=../../../../etc/passwd */")},
	}
	if _, err := EvalAuthConfig(t.Context(), fsys, "convex/auth.config.ts", nil); err != nil {
		t.Log(err)
	}
}
