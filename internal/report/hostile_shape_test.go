package report

import (
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
)

// TestADoubtIsNoTable gives a doubt the two lines that a table starts with.
func TestADoubtIsNoTable(t *testing.T) {
	for _, fix := range []string{":-- | :--", ":-|-", "| - | - |", "--- | ---", "|-|-", "=", "- x", "# x", "1) x"} {
		r := reportOf(judged(jwks(), gate.Unsure("a | b").FixedBy("%s", fix)))
		checkPage(t, r, style(), byGoldmark)
	}
}

func TestABlankClauseSaysWhichCheck(t *testing.T) {
	got := Markdown(reportOf(judged(jwks(), gate.Fail("  \n"))), style())
	if want := "❌ **jwks-reachable failed** ("; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}
