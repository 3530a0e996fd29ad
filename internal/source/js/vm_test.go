package js

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type variables map[string]string

func (v variables) Get(name string) (string, bool, error) {
	if name == "FORBIDDEN" {
		return "", false, errors.New("must not be read")
	}
	value, ok := v[name]
	return value, ok, nil
}

func (v variables) Keys() []string { return []string{"A"} }

func bundled(t *testing.T, text string) *Bundled {
	t.Helper()
	b, err := Bundle(t.Context(), "src/a.ts", Files{"src/a.ts": []byte(text)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVMEvaluates(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"the environment":    {`process.env.B = 'b'; export default [process.env.A, process.env.B, process.env.C ?? 'c', 'A' in process.env, 'C' in process.env, Object.keys(process.env)]`, `["a","b","c",true,false,["A"]]`},
		"a forbidden one":    {`let m; try { process.env.FORBIDDEN } catch (e) { m = [e instanceof Error, e.message] } export default m`, `[true,"must not be read"]`},
		"URLs":               {`const u = new URL('/a?x=1', 'https://h.example:8/'); u.searchParams.set('y', 'é&'); u.pathname = '/b'; export default [u, u.origin, u.searchParams.get('x'), URL.canParse('x'), u.host]`, `["https://h.example:8/b?x=1&y=%C3%A9%26","https://h.example:8","1",false,"h.example:8"]`},
		"headers":            {`const h = new Headers({ A: '1' }); h.append('a', '2'); export default [h.get('A'), h.has('b'), [...h]]`, `["1, 2",false,[["a","1, 2"]]]`},
		"timers":             {`const x = []; await new Promise((f) => setTimeout(() => { x.push(1); f() }, 50)); export default x`, `[1]`},
		"no clock, no dice":  {`export default [Date.now(), Math.random(), crypto.randomUUID()]`, `[1767225600000,0.5,"00000000-0000-4000-8000-000000000000"]`},
		"base64":             {`export default [btoa('\xff'), atob('/w==').charCodeAt(0)]`, `["/w==",255]`},
		"unknowns":           {`import u, { v } from 'u'; const [x, ...y] = v.w(1); export default [u === u, typeof v.w, String(v), await v, new u.X().y.z, x?.a, y.length, u instanceof Object]`, `[true,"function","[unknown u.v]","[unknown u.v]","[unknown new u.default.X.y.z]","[unknown u.v.w()[0].a]",1,false]`},
		"unknown namespaces": {`import * as u from 'u'; export default [u.a.b, Object.keys(u), { ...u.c }]`, `["[unknown u.a.b]",[],{}]`},
		"wrappers":           {`import { wrap } from 'u'; export default wrap((x) => x + 1)(1)`, `2`},
		"no way out":         {`const F = (() => {}).constructor; export default [typeof globalThis.require, typeof F('return globalThis')().Deno, typeof process.exit, typeof module]`, `["undefined","undefined","undefined","undefined"]`},
	} {
		t.Run(name, func(t *testing.T) {
			got := defaultOf(t, bundled(t, c.text), Options{Env: variables{"A": "a"}})
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestVMFailures(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"an error":          {"const é = '😀';\nexport const x = () => 1; throw new TypeError('no ' + é)", "src/a.ts:2:33: TypeError: no 😀"},
		"in a function":     {"const f = () => {\n  null.x;\n};\nf()", "src/a.ts:2:8: TypeError: Cannot read property 'x' of undefined"},
		"after waiting":     {"await 0;\nthrow new Error('late')", "src/a.ts:2:7: Error: late"},
		"not an error":      {"throw 'text'", "text"},
		"never":             {"await new Promise(() => {})", "waits for something that never happens"},
		"a dynamic import":  {"const name = globalThis.x ?? './x'; await import(name)", "Error: Cannot find module"},
		"too deep a call":   {"const f = () => f() + 1; f()", "RangeError: Maximum call stack size exceeded"},
		"an unreadable one": {"throw { get message() { throw 1 } }", "threw something that cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			vm, err := NewVM(Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer vm.Close()
			_, err = vm.Run(bundled(t, c.text))
			failure, ok := errors.AsType[*Failure](err)
			if !ok {
				t.Fatalf("got %v, want a Failure", err)
			}
			if failure.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestVMStops(t *testing.T) {
	for name, text := range map[string]string{
		"a loop":            "for (;;);",
		"a loop of jobs":    "const f = () => Promise.resolve().then(f); await f()",
		"a loop of timers":  "const f = () => setTimeout(f); f(); await new Promise(() => {})",
		"a loop that tries": "for (;;) try { for (;;); } catch {}",
	} {
		t.Run(name, func(t *testing.T) {
			vm, err := NewVM(Options{Deadline: 30 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer vm.Close()
			if _, err = vm.Run(bundled(t, text)); !errors.Is(err, ErrTime) {
				t.Errorf("got %v, want ErrTime", err)
			}
		})
	}
}

func TestVMRemembersUnknowns(t *testing.T) {
	vm, err := NewVM(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	exports, err := vm.Run(bundled(t, `import { a } from 'u'; import 'v'; export const f = () => a.b(); export const g = a`))
	if err != nil {
		t.Fatal(err)
	}
	f, err := vm.Get(exports, "f")
	if err != nil {
		t.Fatal(err)
	}
	value, err := vm.Call(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := vm.Unknowns.Name(value); got != "u.a.b()" {
		t.Errorf("got %q", got)
	}
	if diff := cmp.Diff([]string{"u.a", "u.a.b", "u.a.b()"}, vm.Unknowns.Touched); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
