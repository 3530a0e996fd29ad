package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/source/project"
)

func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestHostileSources: each ends, with a note or without a finding.
func TestHostileSources(t *testing.T) {
	link := `import Link from "next/link"; export const A = () => <Link href="/sign-out"/>; process.env.A;`
	deep := func(open, end string, n int) string { return strings.Repeat(open, n) + "1" + strings.Repeat(end, n) }
	var chain strings.Builder
	for i := range 200 {
		fmt.Fprintf(&chain, "export const f%d = () => f%d() ? f%d() : f%d();\n", i, (i+1)%200, (i+2)%200, (i+3)%200)
	}
	tests := map[string]string{
		"unclosed":           "process.env.A; export const a = {",
		"brackets":           "process.env.A;" + deep("(", ")", 100_000),
		"arrays":             "process.env.A; export const a = " + deep("[", "]", 1500),
		"unary":              "process.env.A; export const a = " + strings.Repeat("!", 20_000) + "1",
		"sum":                "process.env.A; export const a = 1" + strings.Repeat("+1", 50_000),
		"ternaries":          "process.env.A; export const a = " + strings.Repeat("x?1:", 3000) + "1",
		"recursion":          "process.env.A;" + link + chain.String() + "export const B = () => <Link href={f0()}/>",
		"itself":             link + "const a = b, b = a; export const B = () => <Link href={a}/>",
		"component":          link + "const R = (p) => <><R {...p}/><R {...p}/><Link href={p.x}/></>; export const B = () => <R x='/logout' y={1}/>",
		"maps":               link + "const r = Array.of(1); export const B = () => r.map(a => r.map(b => r.map(c => <Link href={a+b+c}/>)))",
		"spread":             link + "const o = {...o}; export const B = () => <Link {...o}/>",
		"no text":            "",
		"bytes":              "process.env.A \xff\xfe",
		"cycle of modules":   `export * from "./cycle-of-modules"; export * from "./a"; export { x } from "./a"; process.env.A`,
		"a map elsewhere":    link + "\n//# sourceMappingURL=file:///etc/passwd",
		"a regex":            link + "export const r = /\\u{10FFFF}/u;",
		"a hole in brackets": link + "export const B = () => [,,].map((x) => <Link href={x}/>);",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{
				"package.json":    {Data: []byte(`{"dependencies":{"next":"16","@workos-inc/authkit-nextjs":"4"}}`)},
				"app/page.tsx":    {Data: []byte("export default () => null")},
				"a.tsx":           {Data: []byte(text)},
				"app/x/route.tsx": {Data: []byte(`import * as a from "../../a"; import "@workos-inc/authkit-nextjs"; export const GET = a.f0`)},
			}
			found := examine(t, files, Selection{})
			if len(found.Links) > 3 {
				t.Errorf("%d links", len(found.Links))
			}
		})
	}
}

// TestInputIsPlainData hands the input on as the parent of a child process
// would.
func TestInputIsPlainData(t *testing.T) {
	for _, archive := range archives(t) {
		p, err := project.Discover(archive.files, project.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		in, err := Select(t.Context(), archive.files, p, Selection{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var copied Input
		if err := json.Unmarshal(text, &copied); err != nil {
			t.Fatal(err)
		}
		want, _ := Examine(t.Context(), in)
		got, _ := Examine(t.Context(), copied)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", archive.name, diff)
		}
	}
}

// TestSelectionLeavesOut what cannot matter, and says what it could not read.
func TestSelectionLeavesOut(t *testing.T) {
	files := fstest.MapFS{
		"package.json": {Data: []byte(`{}`)},
		"plain.ts":     {Data: []byte("export const a = 1")},
		"env.ts":       {Data: []byte("import './used'; export const a = process.env.A")},
		"used.ts":      {Data: []byte("export {}")},
		"video.ts":     {Data: []byte("G\x00process.env")},
		"large.ts":     {Data: make([]byte, 2<<20)},
	}
	p, err := project.Discover(files, project.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := Select(t.Context(), files, p, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]string{"env.ts"}, in.Roots); diff != "" {
		t.Error(diff)
	}
	if _, sent := in.Files["plain.ts"]; sent || in.Files["used.ts"] == nil {
		t.Errorf("files: %v", len(in.Files))
	}
	want := []project.Note{
		{File: "large.ts", Text: "it has 2097152 bytes, more than the 1048576 that are read"},
		{File: "video.ts", Text: "it is binary, whatever its name says"},
	}
	if diff := gocmp.Diff(want, in.Notes); diff != "" {
		t.Error(diff)
	}
	in, err = Select(t.Context(), files, p, Selection{Total: 20})
	if err != nil || len(in.Files) > 1 || len(in.Notes) == 0 {
		t.Errorf("%d files, notes %v, %v", len(in.Files), in.Notes, err)
	}
}
