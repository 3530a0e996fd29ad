package testbed

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// emulatorKey is the one API key the emulator knows. Nobody else uses it: the
// front checks the keys of the World.
const emulatorKey = "sk_" + "test_" + "testbed"

// An Emulator is WorkOS' own, running.
type Emulator struct {
	Address string
	process process
}

// StartEmulator starts it with the test account of the World.
func (a *Apps) StartEmulator(ctx context.Context, w sandbox.World) (*Emulator, error) {
	cmd := exec.CommandContext(ctx, "node", filepath.Join(a.dir, "emulator", "start.mjs"))
	cmd.Env = append(bare(), "TEST_EMAIL="+w.WorkOS.Email, "TEST_PASSWORD="+w.WorkOS.Password, "TEST_KEY="+emulatorKey)
	started := make(chan string, 1)
	p, err := start(cmd, func(line string) {
		select {
		case started <- line:
		default:
		}
	})
	if err != nil {
		return nil, fmt.Errorf("starting the emulator: %w", err)
	}
	select {
	case address := <-started:
		return &Emulator{strings.TrimSpace(address), p}, nil
	case <-p.over:
		return nil, errors.New("starting the emulator: it ended at once")
	}
}

// Close ends it.
func (e *Emulator) Close() { e.process.end() }

// A process is a program that runs until it is ended, and tells things a line
// at a time.
type process struct {
	cmd  *exec.Cmd
	over chan struct{} // closed at its end
}

// start starts a program. It ends with its standard input, too, so that it
// does not outlive this process.
func start(cmd *exec.Cmd, tell func(line string)) (process, error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return process{}, err
	}
	if _, err := cmd.StdinPipe(); err != nil {
		return process{}, err
	}
	if err := cmd.Start(); err != nil {
		return process{}, err
	}
	p := process{cmd, make(chan struct{})}
	go func() {
		defer close(p.over)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			tell(lines.Text())
		}
		_ = cmd.Wait() // it was told to end, or the caller sees that it did
	}()
	return p, nil
}

func (p process) end() {
	_ = p.cmd.Process.Kill()
	<-p.over
}
