package rules

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestEnvReads(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"dot", `export const a = process.env.WORKOS_API_KEY;`, "WORKOS_API_KEY@1:30"},
		{"non-null", `export const a = process.env.A!.trim();`, "A@1:30"},
		{"bracket", `export const a = process.env["A"];`, "A@1:30"},
		{"optional", `export const a = process.env?.A ?? process?.env?.B;`, "A@1:31 B@1:50"},
		{"destructured", "const { A, B: b, C = 1 } = process.env;\nexport { A, b, C };", "A@1:9 B@1:12 C@1:18"},
		{"through a constant", "const env = process.env;\nexport const a = env.A;", "A@2:22"},
		{"from node", "import process from 'node:process';\nexport const a = process.env.A;", "A@2:30"},
		{"in a template", "export const a = `https://${process.env.VERCEL_URL}/x`;", "VERCEL_URL@1:41"},
		{"in JSX", "export const a = <p title={process.env.A}>{process.env.B}</p>;", "A@1:40 B@1:56"},
		{"twice", "export const a = process.env.A;\nexport const b = process.env.A;", "A@1:30"},
		{"in a type assertion", "export const a = (process.env as Record<string, string>).A;", "A@1:58"},
		{"asserted to exist", "export const a = process.env.A as string satisfies string;", "A@1:30"},

		{"a comment", "// process.env.A\nexport {};", ""},
		{"a string", `export const a = "process.env.A";`, ""},
		{"another process", "export const a = (process: any) => process.env.A;", ""},
		{"an import of its own", "import { process } from './x';\nexport const a = process.env.A;", ""},
		{"env of something else", "export const a = globalThis.config.env.A;", ""},
		{"env alone", "import { env } from './env';\nexport const a = env.A;", ""},
		{"import.meta", "export const a = import.meta.env.A;", ""},
		{"all of it", "export const a = { ...process.env };", ""},
		{"a computed name", "export const a = (k: string) => process.env[k];", ""},
		{"a type", "export type A = typeof process.env.A;", ""},
		{"its name", "export const process_env = { A: 1 }.A;", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := examine(t, fstest.MapFS{"a.tsx": {Data: []byte(tt.text)}}, Selection{})
			var got []string
			for _, read := range found.EnvReads {
				got = append(got, fmt.Sprintf("%s@%d:%d", read.Name, read.Line, read.Column))
			}
			if diff := gocmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIgnores(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"alone", "// previewgate-ignore sign-out-prefetch: it is behind a flag\nx", `sign-out-prefetch "it is behind a flag" 1-2`},
		{"behind code", "x; // previewgate-ignore forced-refresh: measured", `forced-refresh "measured" 1-1`},
		{"in JSX", "  {/* previewgate-ignore sign-out-prefetch: see #7 */}\n  <Link/>", `sign-out-prefetch "see #7" 1-2`},
		{"a block", "/* previewgate-ignore a: b */", `a "b" 1-2`},
		{"a block of documentation", "/** previewgate-ignore a-b: c **/", `a-b "c" 1-2`},
		{"no blanks", "//previewgate-ignore a:b", `a "b" 1-2`},
		{"CR LF", "x\r\n// previewgate-ignore a: b\r\ny", `a "b" 2-3`},
		{"after umlauts", "ä = 'ö'; // previewgate-ignore a: b", `a "b" 1-1`},
		{"behind a URL", `f("https://x"); // previewgate-ignore a: b`, `a "b" 1-1`},
		{"a colon in the reason", "// previewgate-ignore a: b: c", `a "b: c" 1-2`},

		{"no reason", "// previewgate-ignore sign-out-prefetch", "wrong: it gives no reason"},
		{"an empty reason", "// previewgate-ignore sign-out-prefetch:  ", "wrong: it gives no reason"},
		{"an empty reason in JSX", "{/* previewgate-ignore sign-out-prefetch: */}", "wrong: it gives no reason"},
		{"no check", "// previewgate-ignore: because", "wrong: it names no check"},
		{"nothing", "// previewgate-ignore", "wrong: it names no check"},
		{"two checks", "// previewgate-ignore a b: c", "wrong: it names no check that there could be"},
		{"capitals", "// previewgate-ignore Sign-Out: c", "wrong: it names no check that there could be"},
		{"a longer word", "// previewgate-ignored a: b", "wrong: write previewgate-ignore <check>: <reason>"},

		{"a string", `x = "// previewgate-ignore a: b"`, ""},
		{"a template", "x = `// previewgate-ignore a: b`", ""},
		{"code", "previewgate-ignore; a: b", ""},
		{"prose in a comment", "// see previewgate-ignore a: b", ""},
		{"a division", "x / previewgate-ignore a: b", ""},
		{"another tool", "// eslint-disable-next-line a: b", ""},
		{"an option", "const o = { 'previewgate-ignore': 'a: b' }", ""},
		{"JSX text", "<p>previewgate-ignore a: b</p>", ""},
		{"a URL", `<a href="https://previewgate-ignore/a: b" />`, ""},
		{"an escaped quote", `x = "\"// previewgate-ignore a: b"`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, i := range Ignores("a.tsx", []byte(tt.text)) {
				if i.Wrong != "" {
					got = append(got, "wrong: "+i.Wrong)
				} else {
					got = append(got, fmt.Sprintf("%s %q %d-%d", i.Check, i.Reason, i.Lines[0], i.Lines[1]))
				}
				if !strings.HasPrefix(tt.text[i.Offset:], i.Token) {
					t.Errorf("no %q at %d", i.Token, i.Offset)
				}
			}
			if diff := gocmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIgnoreCovers(t *testing.T) {
	ignores := Ignores("a.tsx", []byte("// previewgate-ignore a: b\nx\ny"))
	if len(ignores) != 1 {
		t.Fatal(ignores)
	}
	for line, want := range map[int]bool{1: true, 2: true, 3: false} {
		if got := ignores[0].Covers("a", Position{File: "a.tsx", Line: line}); got != want {
			t.Errorf("line %d: %v", line, got)
		}
	}
	if ignores[0].Covers("c", Position{File: "a.tsx", Line: 2}) || ignores[0].Covers("a", Position{File: "b.tsx", Line: 2}) {
		t.Error("it covers another check or another file")
	}
}

// FuzzIgnores: whatever a file holds, each comment lies in it.
func FuzzIgnores(f *testing.F) {
	f.Add([]byte("{/* previewgate-ignore a: b */}\r// previewgate-ignore"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, i := range Ignores("a.ts", text) {
			if !strings.HasPrefix(string(text[i.Offset:]), i.Token) || i.Line < 1 || i.Column < 1 {
				t.Errorf("%+v", i)
			}
			if i.Wrong == "" && (i.Check == "" || i.Reason == "") {
				t.Errorf("no check or reason: %+v", i)
			}
		}
	})
}
