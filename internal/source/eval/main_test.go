package eval

import (
	"os"
	"testing"

	"github.com/previewgate/previewgate/internal/source/cage"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == cage.Argument {
		os.Exit(cage.Main(os.Stdin, os.Stdout, Handlers()))
	}
	os.Exit(m.Run())
}
