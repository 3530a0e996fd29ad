package eval

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/source/cage"
)

// hostile are sources that try to get out, to take everything, or never to
// come back.
func hostile() map[string]string {
	return map[string]string{
		"a string of a gigabyte":     `export default 'x'.repeat(2 ** 30)`,
		"a string that doubles":      `let s = 'x'; for (;;) s += s; export default s`,
		"an array of a billion":      `export default Array(1e9).fill(1)`,
		"arrays without end":         `const a = []; for (;;) a.push(new Array(1e5).fill(1)); export default a`,
		"a map without end":          `const m = new Map(); for (let i = 0; ; i++) m.set(i, {}); export default m`,
		"a power of integers":        `export default String(2n ** (2n ** 40n))`,
		"a loop":                     `while (true) {} export default 1`,
		"a loop of jobs":             `const f = () => Promise.resolve().then(f); await f(); export default 1`,
		"a loop of timers":           `const f = () => setTimeout(f); f(); await new Promise(() => {}); export default 1`,
		"deep recursion":             `const f = (n) => f(n + 1) + 1; export default f(0)`,
		"recursion through natives":  `const f = () => [1].map(f); export default f()`,
		"recursion through JSON":     `const o = { toJSON() { return { o } } }; export default o`,
		"a regular expression":       `export default /^(a+)+$/.test('a'.repeat(40) + '!')`,
		"one with a look-ahead":      `export default /^(?=(a+)+$)b/.test('a'.repeat(40) + '!')`,
		"sorting a proxy":            `export default new Proxy([], { get: () => 1e9, has: () => true, ownKeys: () => [] }).sort`,
		"a getter that throws":       `export default { get providers() { throw { toString() { throw 1 } } } }`,
		"a getter that loops":        `export default { get providers() { for (;;); } }`,
		"a thenable":                 `await { then() {} }; export default 1`,
		"a promise never kept":       `await new Promise(() => {}); export default { providers: [] }`,
		"a source map of a file":     "export default { providers: [] }\n//# sourceMappingURL=file:///etc/passwd",
		"a source map in eval":       "export default eval('1\\n//# source' + 'MappingURL=file:///etc/passwd')",
		"the constructor of all":     `export default (() => {}).constructor('return process.mainModule.require("fs")')()`,
		"JSON.stringify overwritten": `JSON.stringify = () => '{"providers":[]}'; Object.prototype.toJSON = () => 1; export default { providers: 5 }`,
		"process.exit":               `process.exit(0); export default 1`,
		"an import of a file":        `export default await import('/etc/' + 'passwd')`,
		"an import that is static":   `import p from '/etc/passwd'; import q from 'file:///etc/passwd'; import r from '../../../../etc/passwd'; export default [p, q, r]`,
		"a thrown proxy":             `throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })`,
		"a thrown error with a name": `const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { for (;;); } }); throw e`,
		"a million brackets":         "export default " + strings.Repeat("(", 1_000_000),
		"a chain of generics":        "const x = " + strings.Repeat("a<b<", 100_000),
		"a chain of arrows":          "export default " + strings.Repeat("a=>", 200_000) + "1",
		"a chain of conditions":      "export default " + strings.Repeat("a?", 200_000),
		"a chain of negations":       "export default " + strings.Repeat("!", 500_000) + "1",
		"a chain of elses":           strings.Repeat("if(a);else ", 90_000) + ";",
		"a regular expression's end": `export default /\u{10FFFF}/`,
		"not UTF-8":                  "export default '\xff\xfe'",
		"nothing":                    "",
		"unknowns without end":       `import u from 'u'; let x = u; for (;;) x = x.a(x); export default x`,
		"an unknown's prototype":     `import u from 'u'; export default u instanceof u`,
		"the host":                   `__previewgate.later(() => { for (;;); }); __previewgate = 1; export default { providers: [] }`,
		"the host's URL":             `export default [new URL('http://' + 'a/../'.repeat(1e6)).href, __previewgate.parseURL(), __previewgate.setURL()]`,
	}
}

// hostileHandlers are harmless until a request comes.
func hostileHandlers() map[string]string {
	return map[string]string{
		"a loop":                  `export default () => { for (;;); }`,
		"a loop that waits":       `export default async () => { for (;;) await 0; }`,
		"a promise never kept":    `export default () => new Promise(() => {})`,
		"memory":                  `export default () => { const a = []; for (;;) a.push('x'.repeat(1e6) + a.length); }`,
		"a response that lies":    `export default () => ({ get headers() { throw 1; }, get status() { for (;;); } })`,
		"a matcher with a getter": `export default () => {}; export const config = { get matcher() { for (;;); } }`,
		"a matcher without end":   `export default () => {}; export const config = { matcher: '/((?:(?:a|aa)+)+)/end' }`,
		"a glob without end": `import { authkitProxy } from '@workos-inc/authkit-nextjs';
export default authkitProxy({ redirectUri: 'https://a.example/c', middlewareAuth: { enabled: true, unauthenticatedPaths: Array(1e6).fill('/((?:(?:a|aa)+)+)/end') } })`,
	}
}

// TestHostileSources states that whatever a source does, an analysis ends in
// time, in a result or with a reason.
func TestHostileSources(t *testing.T) {
	for name, source := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endure(t, kindAuthConfig, source)
		})
	}
}

func TestHostileHandlers(t *testing.T) {
	for name, source := range hostileHandlers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endure(t, kindProxy, source)
		})
	}
}

func endure(t *testing.T, kind, source string) {
	t.Helper()
	input, err := json.Marshal(ProxyInput{Entry: "a/proxy.ts", Requests: []Request{{URL: "https://a.example/" + strings.Repeat("a", 60) + "/endless"}}})
	if err != nil {
		t.Fatal(err)
	}
	limits := cage.Limits{Wall: time.Second, Memory: 128 << 20}
	files := map[string][]byte{"a/proxy.ts": []byte(source)}
	start := time.Now()
	result, err := cage.Run(t.Context(), cage.Job{Kind: kind, Input: input, Files: files, Limits: limits})
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if _, ok := errors.AsType[*cage.Inconclusive](err); err != nil && !ok {
		t.Errorf("got %v, want a result or Inconclusive", err)
	}
	if strings.Contains(string(result)+errorText(err), "root:") {
		t.Error("the result has a line of /etc/passwd")
	}
	t.Logf("%.200s %v", result, err)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestSourceCannotHideItself states that intrinsics are taken hold of before a
// source can replace them.
func TestSourceCannotHideItself(t *testing.T) {
	got := authOf(t, hostile()["JSON.stringify overwritten"], nil)
	if got.Error == nil || got.Error.Code != "AuthConfigNotMatchingSchemaError" {
		t.Errorf("got %+v, want the error of the true default export", got)
	}
}
