package eval

import (
	"os"
	"testing"
)

// BenchmarkAuthConfig is a whole evaluation, the start of the child included.
func BenchmarkAuthConfig(b *testing.B) {
	fsys := os.DirFS("testdata/auth/two-providers")
	env := map[string]string{"WORKOS_CLIENT_ID": "client_01"}
	for b.Loop() {
		got, err := EvalAuthConfig(b.Context(), fsys, "convex/auth.config.ts", env)
		if err != nil || len(got.Providers) != 2 {
			b.Fatal(got, err)
		}
	}
}

// BenchmarkProxy is a whole evaluation of a proxy, with two requests.
func BenchmarkProxy(b *testing.B) {
	fsys := os.DirFS("testdata/proxy/workspace")
	in := ProxyInput{Entry: "apps/web/src/proxy.ts", Requests: []Request{{URL: "https://a.example/"}, {URL: "https://a.example/callback"}}}
	for b.Loop() {
		got, err := EvalProxy(b.Context(), fsys, in)
		if err != nil || len(got.Visits) != 2 {
			b.Fatal(got, err)
		}
	}
}
