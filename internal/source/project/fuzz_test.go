package project

import (
	"path"
	"strings"
	"testing"
)

// FuzzManifest: whatever package.json holds, reading it gives a manifest or
// an error.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		`{"name":"a","workspaces":{"packages":["a/*"],"catalog":{"next":"1"}},"exports":{".":{"import":["./a.ts"]}}}`,
		"[]", "null", "\ufeff{}", `{"dependencies":{"next":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseManifest(text)
		if err == nil && (m.Dependencies == nil || m.catalog == nil) {
			t.Error("nil maps")
		}
		_ = major(m.Dependencies["next"])
	})
}

// FuzzPnpmWorkspace also matches the patterns that are read.
func FuzzPnpmWorkspace(f *testing.F) {
	f.Add([]byte("packages:\n  - 'a/*'\ncatalogs:\n  x:\n    next: 1\n"), "a/b")
	f.Add([]byte("packages: [a, **/{b,c}]\n"), "a/../b")
	f.Fuzz(func(_ *testing.T, text []byte, dir string) {
		w := parsePnpmWorkspace(text)
		for _, pattern := range w.packages {
			if leaves(".", strings.TrimPrefix(pattern, "!")) {
				continue
			}
			_ = member(".", w.packages, dir)
		}
	})
}

// FuzzRoutePath: a URL is absolute, clean, and free of groups and slots.
func FuzzRoutePath(f *testing.F) {
	f.Add("(a)/@b/[c]/route.ts", "/x/[y]")
	f.Add("_a/page.tsx", "[[...x]]")
	f.Fuzz(func(t *testing.T, file, pattern string) {
		url, _, ok := RoutePath(file, defaultExtensions[:])
		if _, matches := Match(pattern, url); matches && !ok && url != "" {
			t.Error("a URL of what is not served")
		}
		if !ok {
			return
		}
		if !strings.HasPrefix(url, "/") || strings.Contains(url, "//") {
			t.Errorf("%q gives %q", file, url)
		}
		if _, itself := Match(url, url); !itself && !strings.Contains(url, "[") {
			t.Errorf("%q does not serve itself", url)
		}
	})
}

// FuzzVersion: a major comes out only of a text that has it.
func FuzzVersion(f *testing.F) {
	for _, seed := range []string{"^16.0.0", ">=15 <16", "1 || 2", "npm:next@3", "16 - 16"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m := major(text); m < 0 || m > 999 {
			t.Errorf("%q is %d", text, m)
		}
	})
}

// FuzzSettings: the other small readers end and stay in the repository.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"extends":"./a","compilerOptions":{"baseUrl":"..","paths":{"@/*":["../../x"]}}}`), "next@1:\n version 2")
	f.Fuzz(func(_ *testing.T, text []byte, line string) {
		if config, err := parseTsconfig(text); err == nil {
			_ = path.Join(config.baseURL, strings.Join(config.extends, "/"))
		}
		_, _ = parseFunctions(text)
		for _, name := range []string{"package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"} {
			l := lock{name: name, dir: "a", version: "1"}
			for text := range strings.Lines(line) {
				l.line(strings.TrimRight(text, "\n"))
			}
		}
	})
}
