package eval

import (
	"testing"
	"testing/fstest"
)

func authOf(t *testing.T, source string, env map[string]string) *AuthConfig {
	t.Helper()
	fsys := fstest.MapFS{"convex/auth.config.ts": {Data: []byte(source)}}
	got, err := EvalAuthConfig(t.Context(), fsys, "convex/auth.config.ts", env)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
