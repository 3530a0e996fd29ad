package cage

import (
	"os/exec"
	"syscall"
	"time"
)

// executable is the running program even when its file has been replaced.
func executable() (string, error) { return "/proc/self/exe", nil }

// confine puts a child into a process group of its own, to be killed whole.
func confine(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// usedUpCPU: the kernel ends a process at its limit of CPU time.
func usedUpCPU(exit *exec.ExitError) bool {
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGXCPU
}

// restrict takes from the calling process what no analysis needs: from here
// on it can open no file and no socket, write no file, and leave no core.
func restrict(l Limits) error {
	cpu := uint64(l.Wall/time.Second)*4 + 4
	for _, r := range []struct {
		resource int
		limit    uint64
	}{
		{syscall.RLIMIT_CPU, cpu},
		{syscall.RLIMIT_FSIZE, 0},
		{syscall.RLIMIT_CORE, 0},
		{syscall.RLIMIT_NOFILE, 0},
	} {
		if err := syscall.Setrlimit(r.resource, &syscall.Rlimit{Cur: r.limit, Max: r.limit}); err != nil {
			return err
		}
	}
	return restrictData(uint64(l.Memory)*2 + 256<<20)
}
