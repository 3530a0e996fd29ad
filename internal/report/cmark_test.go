package report

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// byCmark renders a page with cmark-gfm, the parser that GitHub has its own
// from, where that is installed. It knows limits that goldmark does not have.
func byCmark(t *testing.T, markdown string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "cmark-gfm", "--unsafe", "--hardbreaks",
		"-e", "footnotes", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist")
	c.Stdin = strings.NewReader(markdown)
	rendered, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(rendered)
}

// needsCmark skips the test where cmark-gfm is missing and may be.
func needsCmark(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("cmark-gfm"); err == nil {
		return
	}
	if os.Getenv("PREVIEWGATE_CMARK") == "1" {
		t.Fatal("PREVIEWGATE_CMARK=1, but cmark-gfm is not installed (apt-get install cmark-gfm)")
	}
	t.Skip("cmark-gfm is not installed")
}

func TestHostileTextStaysTextForCmark(t *testing.T) {
	needsCmark(t)
	for _, s := range append(hostilePieces(), mixtures(80)...) {
		t.Run(fmt.Sprintf("%.30q", s), func(t *testing.T) {
			t.Parallel()
			checkPage(t, foreign(s), foreignStyle(s), byCmark)
		})
	}
}
