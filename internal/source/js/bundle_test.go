package js

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// repository has every way in which an import can lead somewhere.
func repository() Files {
	return Files{
		"tsconfig.base.json":          []byte(`{"compilerOptions":{"paths":{"~/*":["./common/*"]}}}`),
		"common/base.ts":              []byte(`export const base = 'base'`),
		"web/tsconfig.json":           []byte("{ // paths\n\"extends\": \"../tsconfig.base.json\", \"compilerOptions\": {\"baseUrl\": \"./src\", \"paths\": {\"@/*\": [\"./*\",],},},}"),
		"web/package.json":            []byte(`{"name":"web","imports":{"#env":{"types":"./x.d.ts","default":"./src/env.js"},"#lib/*":"./src/lib/*.ts"}}`),
		"web/src/env.ts":              []byte(`export const env = 'env'`),
		"web/src/lib/a.ts":            []byte(`export * from './b.js'`),
		"web/src/lib/b.ts":            []byte(`export const b = 'b'`),
		"web/src/data.json":           []byte(`{"json":1}`),
		"packages/auth/package.json":  []byte(`{"name":"@acme/auth","exports":{".":{"import":"./dist/index.js"},"./*":"./dist/*.js"}}`),
		"packages/auth/src/index.ts":  []byte(`export const auth = 'auth'`),
		"packages/auth/src/url.ts":    []byte(`import { plain } from 'plain'; export const url = plain + 'url'`),
		"packages/plain/package.json": []byte(`{"name":"plain","main":"main"}`),
		"packages/plain/main.js":      []byte(`module.exports = { plain: 'plain' }`),
		"web/src/proxy.ts": []byte(`import { base } from '~/base'; import { env } from '#env'; import { b } from '#lib/b'; import { b as c } from '@/lib/a';
import { env as same } from 'env'; import data from './data.json'; import { auth } from '@acme/auth'; import { url } from '@acme/auth/url';
import { stub } from 'stub/deep'; import unknown, { x } from 'nowhere'; import './style.css';
const late = await import('./lib/b');
export default [base, env, b, c, same, data.json, auth, url, stub, typeof unknown, x === x, late.b, process.env.NODE_ENV].join(' ')`),
	}
}

func TestBundleFindsImports(t *testing.T) {
	stubs := map[string]string{"stub/*": `exports.stub = 'stub'`}
	fsys := make(fstest.MapFS)
	for name, text := range repository() {
		fsys[name] = &fstest.MapFile{Data: text}
	}
	fsys["web/unrelated.ts"] = &fstest.MapFile{Data: []byte("1")}
	files := Gather(fsys, []string{"web/src/proxy.ts"}, stubs)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(repository())), slices.Sorted(maps.Keys(files))); diff != "" {
		t.Errorf("gathered (-want +got):\n%s", diff)
	}
	b, err := Bundle(t.Context(), "web/src/proxy.ts", files, stubs)
	if err != nil {
		t.Fatal(err)
	}
	got := defaultOf(t, b, Options{})
	if want := `"base env b b env 1 auth plainurl stub function true b production"`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if diff := cmp.Diff([]string{"./style.css", "nowhere"}, b.Unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
}

// defaultOf runs a bundle and returns its default export as JSON.
func defaultOf(t *testing.T, b *Bundled, o Options) string {
	t.Helper()
	vm, err := NewVM(o)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	exports, err := vm.Run(b)
	if err != nil {
		t.Fatal(err)
	}
	value, err := vm.Get(exports, "default")
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := vm.JSON(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestBundleErrors(t *testing.T) {
	many := Files{"a.ts": nil}
	for i := range maxModules + 1 {
		many["a.ts"] = fmt.Appendf(many["a.ts"], "import './m%d'\n", i)
		many[fmt.Sprintf("m%d.ts", i)] = []byte("f()")
	}
	for name, c := range map[string]struct {
		files Files
		want  string
	}{
		"no entry":           {Files{}, "a.ts: does not exist"},
		"broken import":      {Files{"a.ts": []byte("import './b'"), "b.ts": []byte("\n let é = )")}, `b.ts:2:10: Unexpected ")"`},
		"no such export":     {Files{"a.ts": []byte("import { x } from './b'; f(x)"), "b.ts": []byte("export {}")}, `a.ts:1:10: No matching export in "repository:b.ts" for import "x"`},
		"too many modules":   {many, "a.ts: imports more than 400 modules"},
		"too deep an import": {Files{"a.ts": []byte("import './b'"), "b.ts": slices.Repeat([]byte("("), 3000)}, "b.ts: nests brackets more than 2000 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Bundle(t.Context(), "a.ts", c.files, nil)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestNothingOutside states that no specifier leads out of the files.
func TestNothingOutside(t *testing.T) {
	files := Files{"a.ts": []byte(`import a from '/etc/passwd'; import b from '../../../etc/passwd'; import c from 'file:///etc/passwd'; import d from '@/x';
export default [a, b, c, d].map((v) => typeof v)`), "tsconfig.json": []byte(`{"compilerOptions":{"paths":{"@/*":["../../../../etc/*","/etc/*"]}}}`)}
	b, err := Bundle(t.Context(), "a.ts", files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"../../../etc/passwd", "/etc/passwd", "@/x", "file:///etc/passwd"}, b.Unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
}
