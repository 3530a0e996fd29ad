package rules

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/previewgate/previewgate/internal/source/project"
)

// generated is an app of n files of about 3.5 kB, of which some speak of
// authentication, as in a real one.
func generated(n int) fstest.MapFS {
	files := fstest.MapFS{
		"package.json":  {Data: []byte(`{"dependencies":{"next":"^16.0.0","@workos-inc/authkit-nextjs":"^4.0.0"}}`)},
		"tsconfig.json": {Data: []byte(`{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}`)},
	}
	put := func(name, text string) { files["src/"+name] = &fstest.MapFile{Data: []byte(text)} }
	put("app/sign-out/route.ts", `import { signOut } from "@workos-inc/authkit-nextjs"; export const GET = () => signOut();`)
	put("app/callback/route.ts", `import { handleAuth } from "@workos-inc/authkit-nextjs"; export const GET = handleAuth();`)
	put("components/header.tsx", `import Link from "next/link"; export const Header = () => <Link href="/sign-out">x</Link>;`)
	put("lib/auth.ts", `import { withAuth } from "@workos-inc/authkit-nextjs"; export const who = () => withAuth({ ensureSignedIn: true });`)
	filler := strings.Repeat("  const total = rows.filter((row) => row.amount > 0).reduce((sum, row) => sum + row.amount, 0);\n  if (total < 0) { throw new Error(`negative ${total}`); }\n", 1)
	for i := range n - 4 {
		var b strings.Builder
		fmt.Fprintf(&b, "import { useState } from \"react\";\nimport { C%d } from \"@/components/c%d\";\n", 2*i+1, 2*i+1)
		if i%10 == 0 {
			b.WriteString("import Link from \"next/link\";\n")
		}
		if i%100 == 0 {
			b.WriteString("import { Header } from \"@/components/header\";\nimport { who } from \"@/lib/auth\";\n")
		}
		for j := range 14 {
			fmt.Fprintf(&b, "export function f%d_%d(rows: { amount: number }[]) {\n%s  return total;\n}\n", i, j, filler)
		}
		fmt.Fprintf(&b, "export const C%d = ({ a }: { a: string }) => {\n  const [x] = useState(a);\n  return <section className={x}><C%d a=\"b\" />{[1, 2].map((n) => <p key={n}>{n}</p>)}</section>;\n};\n", i, 2*i+1)
		put(fmt.Sprintf("components/c%d.tsx", i), b.String())
	}
	return files
}

func BenchmarkAnalyze(b *testing.B) {
	files := generated(2000)
	size := 0
	for _, file := range files {
		size += len(file.Data)
	}
	for _, selection := range []Selection{{}, {Everything: true}} {
		name := "selected"
		if selection.Everything {
			name = "everything"
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			parsed := 0
			for b.Loop() {
				p, err := project.Discover(files, project.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				in, err := Select(b.Context(), files, p, selection)
				if err != nil {
					b.Fatal(err)
				}
				found, err := Examine(b.Context(), in)
				if err != nil || len(found.Links) != 1 {
					b.Fatal(err, len(found.Links))
				}
				parsed = found.FilesParsed
			}
			b.ReportMetric(float64(parsed), "parsed")
		})
	}
}
