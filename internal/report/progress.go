package report

import (
	"fmt"
	"io"
	"sync"

	"github.com/previewgate/previewgate/gate"
)

// Progress shows on one line of a terminal that facts are being learned. The
// zero value shows nothing, which is right where there is no terminal.
type Progress struct {
	// Terminal is where the line goes.
	Terminal io.Writer

	mu      sync.Mutex
	learned int
	slowest gate.Learned
	done    bool
}

// progressCap keeps the line from breaking: a broken line is not erased.
const progressCap = 70

// Watch takes note of a fact. It is what [gate.Options] calls, from several
// goroutines.
func (p *Progress) Watch(l gate.Learned) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Terminal == nil || p.done {
		return
	}
	p.learned++
	if l.Took >= p.slowest.Took {
		p.slowest = l
	}
	line := fmt.Sprintf("%s learned, slowest: %s (%s)",
		plural(p.learned, "fact", "facts"), p.slowest.Fact, short(p.slowest.Took))
	fmt.Fprint(p.Terminal, "\r\x1b[K"+oneLine(line, progressCap))
}

// Done erases the line. Facts that are learned later are not shown.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.learned > 0 && !p.done {
		fmt.Fprint(p.Terminal, "\r\x1b[K")
	}
	p.done = true
}
