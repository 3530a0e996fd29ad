package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/golden"
)

// given is what a case of testdata is evaluated with.
type given struct {
	Env      map[string]string
	Requests []Request
}

// TestAuthConfigs and TestProxies compare whole results with want.json, for the
// ways in which people write these files.
func TestAuthConfigs(t *testing.T) {
	eachCase(t, "auth", func(ctx context.Context, fsys fs.FS, entry string, g given) (any, error) {
		return EvalAuthConfig(ctx, fsys, entry, g.Env)
	})
}

func TestProxies(t *testing.T) {
	eachCase(t, "proxy", func(ctx context.Context, fsys fs.FS, entry string, g given) (any, error) {
		return EvalProxy(ctx, fsys, ProxyInput{Entry: entry, Env: g.Env, Requests: g.Requests})
	})
}

func eachCase(t *testing.T, kind string, eval func(context.Context, fs.FS, string, given) (any, error)) {
	dirs, err := filepath.Glob(filepath.Join("testdata", kind, "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatal("there are no cases")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(dir, "given.json"))
			if err != nil {
				t.Fatal(err)
			}
			var g given
			if err := json.Unmarshal(text, &g); err != nil {
				t.Fatal(err)
			}
			got, err := eval(t.Context(), os.DirFS(dir), entryOf(t, dir), g)
			if err != nil {
				got = map[string]string{"inconclusive": err.Error()}
			}
			golden.Equal(t, filepath.Join(dir, "want.json"), indented(t, got))
		})
	}
}

// indented writes JSON so that a position takes one line.
func indented(t *testing.T, v any) []byte {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func entryOf(t *testing.T, dir string) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		switch filepath.Base(name) {
		case "auth.config.ts", "auth.config.js", "proxy.ts", "middleware.ts":
			if !strings.Contains(name, "packages") {
				found = name
			}
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no entry in %s: %v", dir, err)
	}
	rel, err := filepath.Rel(dir, found)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}
