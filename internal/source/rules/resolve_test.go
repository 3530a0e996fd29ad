package rules

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/previewgate/previewgate/internal/source/project"
)

func TestResolver(t *testing.T) {
	files := unpack(`-- package.json --
{"workspaces": ["packages/*"], "imports": {"#lib/*": "./src/lib/*.ts", "#one": {"node": "./src/one.node.ts", "default": "./src/one.ts"}}}
-- tsconfig.json --
{"compilerOptions": {"paths": {"@/*": ["./src/*", "./generated/*"], "@/ui/*": ["./src/components/ui/*"], "~": ["./src/index.ts"], "*.css": ["./css.ts"]}}}
-- web/tsconfig.json --
{"extends": "@acme/tsconfig/next", "compilerOptions": {"baseUrl": "src"}}
-- packages/tsconfig/package.json --
{"name": "@acme/tsconfig"}
-- packages/tsconfig/next.json --
{"compilerOptions": {"paths": {"common/*": ["../common/*"]}}}
-- packages/common/package.json --
{"name": "@acme/common", "main": "dist/index.js"}
-- packages/common/src/index.ts --
-- packages/common/deep/a.ts --
-- packages/ui/package.json --
{"name": "ui", "exports": {".": {"import": {"types": "./dist/i.d.ts", "default": "./src/i.tsx"}}, "./*": "./src/*.tsx", "./icons/*": ["./icons/*.js"]}}
-- packages/ui/src/i.tsx --
-- packages/ui/src/button.tsx --
-- packages/ui/icons/x.js --
-- src/index.ts --
-- src/one.ts --
-- src/one.node.ts --
-- src/lib/a.ts --
-- src/lib/b/index.tsx --
-- src/lib/c.mts --
-- src/lib/d.js --
-- src/components/ui/card.tsx --
-- src/ui/card.tsx --
-- generated/only.ts --
-- css.ts --
-- web/src/x.ts --
`)
	p, err := project.Discover(files, project.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	r := newResolver(&p, func(file string) bool { return slices.Contains(p.Sources, file) })
	tests := []struct{ from, specifier, want string }{
		{"src/lib/a.ts", "./b", "src/lib/b/index.tsx"},
		{"src/lib/a.ts", "../one", "src/one.ts"},
		{"src/lib/a.ts", "..", "src/index.ts"},
		{"src/lib/a.ts", "./c.mjs", "src/lib/c.mts"},
		{"src/lib/b/index.tsx", "../a.js", "src/lib/a.ts"},
		{"src/lib/a.ts", "./d.js", "src/lib/d.js"},
		{"src/lib/a.ts", "./missing", ""},
		{"src/lib/a.ts", "../../../../etc/passwd", ""},
		{"src/lib/a.ts", "@/lib/a", "src/lib/a.ts"},
		{"src/lib/a.ts", "@/ui/card", "src/components/ui/card.tsx"},
		{"src/lib/a.ts", "@/only", "generated/only.ts"},
		{"src/lib/a.ts", "~", "src/index.ts"},
		{"src/lib/a.ts", "x.css", "css.ts"},
		{"src/lib/a.ts", "#lib/a", "src/lib/a.ts"},
		{"src/lib/a.ts", "#one", "src/one.ts"},
		{"src/lib/a.ts", "@acme/common", "packages/common/src/index.ts"},
		{"src/lib/a.ts", "@acme/common/deep/a", "packages/common/deep/a.ts"},
		{"src/lib/a.ts", "ui", "packages/ui/src/i.tsx"},
		{"src/lib/a.ts", "ui/button", "packages/ui/src/button.tsx"},
		{"src/lib/a.ts", "ui/icons/x", "packages/ui/icons/x.js"},
		{"src/lib/a.ts", "next/link", ""},
		{"src/lib/a.ts", "", ""},
		{"web/src/x.ts", "x", "web/src/x.ts"},
		{"web/src/x.ts", "common/deep/a", "packages/common/deep/a.ts"},
	}
	for _, tt := range tests {
		if got, _ := r.file(tt.from, tt.specifier); got != tt.want {
			t.Errorf("%q from %s is %q, want %q", tt.specifier, tt.from, got, tt.want)
		}
	}
}

func TestOpensWith(t *testing.T) {
	tests := map[string]bool{
		`"use client"`:                      true,
		"'use client';\n":                   true,
		"// c\n/* d */ \n\n\"use client\";": true,
		"\ufeff\"use client\"":              true,
		"\"use strict\"; \"use client\"":    true,
		"import x from 'y'; \"use client\"": false,
		"\"use server\"":                    false,
		"// \"use client\"":                 false,
		"const x = \"use client\"":          false,
		"":                                  false,
		"\"":                                false,
		"\"use \n client\"":                 false,
	}
	for text, want := range tests {
		if got := opensWith([]byte(text), "use client"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestSpecifiers(t *testing.T) {
	text := `import a from "a"; import {b} from 'b'
import "c";
export * from"d";
const e = await import('e'), f = require("f"), g = import(/* x */ "g");
const from = "no"; importing("no"); unimport("no")`
	if got, want := specifiers([]byte(text)), []string{"a", "b", "d", "c", "e", "f"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExamineEndsWithItsContext(t *testing.T) {
	p := fstest.MapFS{"a.ts": {Data: []byte("export const a = process.env.A")}}
	found, err := project.Discover(p, project.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := Select(t.Context(), p, found, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Examine(ended(t), in); err == nil {
		t.Error("it has not ended")
	}
	if _, err := Select(ended(t), p, found, Selection{}); err == nil {
		t.Error("it has not ended")
	}
}
