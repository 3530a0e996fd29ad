package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

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

// progressCap, in columns, keeps the line from breaking: a broken line is not
// erased.
const progressCap = 70

// narrow cuts a line to progressCap, where a letter that is not ASCII may be
// two columns wide.
func narrow(s string) string {
	line := oneLine(s, progressCap)
	width := 0
	for i, r := range line {
		if width++; r >= utf8.RuneSelf {
			width++
		}
		if width > progressCap+1 { // the ellipsis of oneLine is narrow
			return strings.TrimRight(line[:i], " ") + "…"
		}
	}
	return line
}

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
	fmt.Fprint(p.Terminal, "\r\x1b[K"+narrow(line))
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
