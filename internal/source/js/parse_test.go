package js

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/sobek/ast"
)

// page has what shifts columns: carriage returns, characters of two and of
// four bytes, types, and syntax that is lowered.
const page = "// é😀\r\nimport type { X } from 'x';\nimport Link from 'next/link';\u2028\n" +
	"export default async function Page<T>({ a }: { a: string }) {\r" +
	"  const s = \"é😀\"; const t = useIt(a as any, s!);\n" +
	"  for await (const q of gen()) go(q);\n" +
	"  return <div title=\"é😀\">é😀<Link prefetch={false} {...t} href=\"/out\">{t?.x.y}</Link><></></div>;\n}\n"

// TestPositions states that a node lies where its token lies in the source, by
// what an editor counts: each position is followed by what stands there.
func TestPositions(t *testing.T) {
	m, err := Parse(Source{"app/page.tsx", []byte(page)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	Walk(m.Program, func(n ast.Node) bool {
		var what string
		switch n := n.(type) {
		case *ast.CallExpression:
			what = "call"
		case *ast.PropertyKeyed:
			what = "attribute"
		case *ast.StringLiteral:
			what = "string"
		case *ast.DotExpression:
			at := m.Position(n.Identifier.Idx)
			got = append(got, fmt.Sprintf("member %d:%d %.4s", at.Line, at.Column, page[at.Offset:]))
			return true
		case *ast.ImportDeclaration, *ast.ExportDeclaration:
			what = "statement"
		default:
			return true
		}
		if at := m.Position(n.Idx0()); at.Line > 2 && !strings.HasPrefix(page[at.Offset:], "for") {
			got = append(got, fmt.Sprintf("%s %d:%d(%d) %.5q", what, at.Line, at.Column, at.ByteColumn, page[at.Offset:]))
		}
		return true
	})
	want := []string{
		`statement 3:1(1) "impor"`,
		`statement 4:1(1) "expor"`,
		`string 5:13(13) "\"é😀\";"`,
		`call 5:30(33) "useIt"`,
		`call 6:25(25) "gen()"`,
		`call 6:32(32) "go(q)"`,
		`call 7:10(10) "<div "`,
		`string 7:11(11) "div t"`,
		`attribute 7:15(15) "title"`,
		`string 7:15(15) "title"`,
		`string 7:21(21) "\"é😀\">"`,
		`string 7:27(30) "é😀<Li"`,
		`call 7:30(36) "<Link"`,
		`attribute 7:36(42) "prefe"`,
		`string 7:36(42) "prefe"`,
		`attribute 7:60(66) "href="`,
		`string 7:60(66) "href="`,
		`string 7:65(71) "\"/out"`,
		`member 7:78 y}</`,
		`member 7:76 x.y}`,
		`call 7:87(93) "<></>"`,
	}
	var lines []string
	for _, line := range got {
		if !strings.Contains(line, " 0:0") && !strings.Contains(line, `"for a`) && !strings.Contains(line, " for ") && !strings.Contains(line, "6:3 ") {
			lines = append(lines, line)
		}
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
		ours bool
	}{
		"a place":           {"let é;\nlet x = 'é' +", "a.ts:2:14: Unexpected end of file", false},
		"behind wide ones":  {"'é😀' )", "a.ts:1:7: Expected \";\" but found \")\"", false},
		"too many brackets": {strings.Repeat("[", maxDepth+1), "a.ts: nests brackets more than 2000 deep", true},
		"not UTF-8":         {"'\xff'", "a.ts: is not UTF-8", true},
		"too large":         {strings.Repeat(" ", MaxFile+1), "a.ts: is larger than 1048576 bytes", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(Source{"a.ts", []byte(c.text)})
			syntax, ok := errors.AsType[*SyntaxError](err)
			if !ok {
				t.Fatalf("got %v, want a SyntaxError", err)
			}
			if syntax.Error() != c.want {
				t.Errorf("got %q, want %q", syntax, c.want)
			}
			if syntax.Ours != c.ours {
				t.Errorf("got Ours %v", syntax.Ours)
			}
		})
	}
}

// TestParseTakes lists syntax that has to be lowered, or to be survived.
func TestParseTakes(t *testing.T) {
	for name, text := range map[string]string{
		"only types":              "type X = 1; interface Y {}",
		"nothing":                 "",
		"a byte order mark":       "\ufeffexport const x = 1",
		"top-level await":         "const x = await f(); export { x }",
		"decorators":              "@d class A { @e accessor f = 1; static { g() } }",
		"using":                   "{ using x = f(); await using y = g() }",
		"import attributes":       "import x from './x.json' with { type: 'json' }; console.log(x)",
		"an enum and a namespace": "export enum A { B = 'b' } export namespace N { export const c = 1 }",
		"import equals":           "import x = require('x'); export = x",
		"regular expressions":     "export default [/\\p{L}/u, /[\\p{L}--[a]]/v, /(?<=a)b/d, /\\u{10FFFF}/]",
		"satisfies":               "export default { a: 1 } satisfies X as const",
		"private names":           "class A { #a = 1; has(o) { return #a in o } get #b() { return this.#a } }",
		"assignment operators":    "a ??= b; c ||= d; e &&= f; g **= 2; h?.[i]?.(j)",
		"numbers":                 "export default [1_000n, 0b1, .5e3, 0xFF]",
		"an async generator":      "async function* f() { yield* g() }",
		"a hashbang":              "#!/usr/bin/env node\nf()",
		"a string as a name":      "const x = 1; export { x as 'a b' }",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse(Source{"a.ts", []byte(text)}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCommentsAreDefused states that a comment can neither name a source map
// nor choose what JSX becomes.
func TestCommentsAreDefused(t *testing.T) {
	text := "/** @jsx h */ /** @jsxRuntime automatic */\nexport default <a href='/x'/>\n//# sourceMappingURL=file:///etc/passwd\n"
	m, err := Parse(Source{"a.jsx", []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	elements := 0
	Walk(m.Program, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpression); ok {
			if id, ok := call.Callee.(*ast.Identifier); ok && id.Name.String() == Element && m.Position(call.Idx0()).Line == 2 {
				elements++
			}
		}
		return true
	})
	if elements != 1 {
		t.Errorf("got %d elements, want 1", elements)
	}
}

func TestWalkVisitsOnce(t *testing.T) {
	text := `export default { a, ...b, [c]: d ? e : f, g() { try { h } catch (i) { j } finally { k } } };
for (const l of m) for (n in o) for (let p = 0; q; r++) while (s) do { t } while (u);
switch (v) { case w: x; default: y } label: if (z) throw new A(B, ...C); else return_;
class D extends E { F = G; static H() { super.I } } const { J: K = L, ...M } = N, [O, , ...P] = Q;
const R = async (S = T, ...U) => V, W = async function* X() { yield await Y }, Z = aa` + "`b${bb}`" + `;
export const cc = dd?.ee?.(ff)[gg]; export function hh() {} export class ii {} kk = (ll, -mm), nn?.oo;`
	m, err := Parse(Source{"a.js", []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	nodes := make(map[ast.Node]int)
	Walk(m.Program, func(n ast.Node) bool {
		if nodes[n]++; nodes[n] > 1 {
			t.Errorf("%T twice", n)
		}
		if id, ok := n.(*ast.Identifier); ok {
			seen[id.Name.String()]++
		}
		return true
	})
	names := "a b c d e f h i j k l m n o p q r s t u v w x y z A B C return_ D E G I K L M N O P Q R S T U V W X Y Z aa bb cc dd ee ff gg hh ii kk ll mm nn oo"
	for name := range strings.FieldsSeq(names) {
		if seen[name] == 0 {
			t.Errorf("%s was not visited", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{page, "a<b<", "@d class A {}", "`${", "/[", "<a {...b}>", "let é", "\ufeff#!x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			t.Skip()
		}
		m, err := Parse(Source{"a.tsx", text})
		if err != nil {
			return
		}
		Walk(m.Program, func(n ast.Node) bool {
			if p, ok := n.(*ast.Program); !ok || len(p.Body) > 0 {
				if at := m.Position(n.Idx0()); at.Offset < 0 || at.Offset > len(text) {
					t.Errorf("%T lies at %d of %d", n, at.Offset, len(text))
				}
			}
			return true
		})
	})
}
