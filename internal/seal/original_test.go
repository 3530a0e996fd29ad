package seal

import (
	"bytes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const nodeFolder = "../../testdata/node"

// encrypted is one part of a seal as the password makes it, padding and all
// being in the text already.
func encrypted(t *testing.T, salt, iv string, text []byte) []byte {
	t.Helper()
	block, err := newCipher(password, salt)
	if err != nil {
		t.Fatal(err)
	}
	vector, _ := decode(iv)
	out := make([]byte, len(text))
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(out, text)
	return out
}

// original runs one of the scripts around the real packages, or skips the
// test where they are not installed.
func original(t *testing.T, script string, input any) []byte {
	t.Helper()
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(nodeFolder, "node_modules", "iron-session")); errors.Is(missing, fs.ErrNotExist) {
		err = missing
	}
	switch {
	case err != nil && os.Getenv("PREVIEWGATE_NODE") == "1":
		t.Fatalf("the real packages are required, but: %v (testdata/node/install)", err)
	case err != nil:
		t.Skip("the real packages are not installed: testdata/node/install")
	}
	text, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), node, script)
	command.Dir, command.Stdin, command.Stderr = nodeFolder, bytes.NewReader(text), os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	return output
}

func TestTheOriginalOpensOurSeals(t *testing.T) {
	values := []string{
		`{"accessToken":"a.b.c","user":{"id":"user_01"}}`, `{"ü":"日本語 🙂"}`, `"` + string(bytes.Repeat([]byte("x"), 3000)) + `"`,
	}
	var sealed []string
	for _, value := range values {
		for _, ttl := range []time.Duration{0, 10 * time.Minute} {
			one, err := Seal(password, []byte(value), ttl, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			sealed = append(sealed, one)
		}
	}
	expired, err := Seal(password, []byte(`{"too":"late"}`), time.Minute, time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	got := original(t, "seal-open.mjs", map[string]any{"password": password, "sealed": append(sealed, expired)})
	want := "[" + values[0] + "," + values[0] + "," + values[1] + "," + values[1] + "," + values[2] + "," + values[2] + ",{}]"
	if string(got) != want {
		t.Errorf("got %.300s\nwant %.300s", got, want)
	}
}
