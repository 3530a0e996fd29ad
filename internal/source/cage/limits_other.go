//go:build !linux

package cage

import (
	"os"
	"os/exec"
)

func executable() (string, error) { return os.Executable() }

// confine leaves a child in its parent's group; the parent kills it alone.
func confine(cmd *exec.Cmd) {
	cmd.Dir = ""
	cmd.Cancel = func() error { return cmd.Process.Kill() }
}

func usedUpCPU(*exec.ExitError) bool { return false }

// restrict does nothing: heap, stack and wall clock are bounded by guard.
func restrict(Limits) error { return nil }
