package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const nodeFolder = "../../testdata/node"

// originals is a healthy World with the changes, served to the vendors' own
// clients. The test is skipped where those are not installed.
type originals struct {
	*Sandbox
	t    *testing.T
	node string
}

func withOriginals(t *testing.T, changes ...func(*World)) originals {
	t.Helper()
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(nodeFolder, "node_modules", "convex")); errors.Is(missing, fs.ErrNotExist) {
		err = missing
	}
	switch {
	case err != nil && os.Getenv("PREVIEWGATE_NODE") == "1":
		t.Fatalf("the real packages are required, but: %v (testdata/node/install)", err)
	case err != nil:
		t.Skip("the real packages are not installed: testdata/node/install")
	}
	t.Parallel() // they take their time, most of it waiting
	return originals{plain(t, changes...), t, node}
}

// plain serves a healthy World with the changes without TLS.
func plain(t *testing.T, changes ...func(*World)) *Sandbox {
	t.Helper()
	w := Healthy()
	for _, change := range changes {
		change(&w)
	}
	s, err := StartPlain(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// drive runs a script around a client and returns the JSON it prints.
func (o originals) drive(script string, input any) string {
	o.t.Helper()
	text, err := json.Marshal(input)
	if err != nil {
		o.t.Fatal(err)
	}
	command := exec.CommandContext(o.t.Context(), o.node, script)
	command.Dir, command.Env = nodeFolder, o.environment()
	command.Stdin, command.Stderr = bytes.NewReader(text), os.Stderr
	output, err := command.Output()
	if err != nil {
		o.t.Fatalf("%s: %v", script, err)
	}
	return string(output)
}

// environment is what a client may know: where the stand-ins are, and nothing
// of who runs the test.
func (o originals) environment(more ...string) []string {
	own := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.t.TempDir(), "CI=1", "NO_COLOR=1", "TZ=UTC"}
	return append(append(own, o.PlainEnv()...), more...)
}

// tokens are one that Convex accepts, and one that it refuses.
func (o originals) tokens() (good, bad string) {
	own := o.world.WorkOS.Clients[0].Issuer
	return token(map[string]any{"iss": own}), token(map[string]any{"iss": own, "exp": 1.7e9, "iat": 1.7e9 - 300})
}

// workOS is where a script finds the identity provider, and as whom.
func (o originals) workOS() map[string]any { return workOSOf(o.t, o.Sandbox) }

func workOSOf(t *testing.T, s *Sandbox) map[string]any {
	t.Helper()
	host, port, err := net.SplitHostPort(s.world.Hosts.WorkOS)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{
		"host": host, "port": json.Number(port), "key": previewKey, "clientId": previewClient,
		"email": testEmail, "password": testPassword, "cookiePassword": cookiePassword,
	}
}

// wantJSON compares two JSON texts, whatever their layout.
func wantJSON(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(indented(t, want), indented(t, got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func indented(t *testing.T, text string) []string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(out), "\n")
}
