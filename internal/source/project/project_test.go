package project

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"
)

var header = regexp.MustCompile(`(?m)^-- (\S+)(?: (.*))? --\n`)

// tree makes files of "-- name content --" lines; content may follow below.
func repository(text string) fstest.MapFS {
	files := fstest.MapFS{}
	marks := header.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		content := text[m[1]:end]
		if m[4] >= 0 {
			content = text[m[4]:m[5]]
		}
		files[text[m[2]:m[3]]] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

func discover(t *testing.T, text string) Project {
	t.Helper()
	p, err := Discover(repository(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// summary is a project in a few lines.
func summary(p Project) string {
	var b strings.Builder
	for _, a := range p.Apps {
		fmt.Fprintf(&b, "app %s root %s next %d proxy %q", a.Dir, a.Root, a.Next.Major, a.Proxy.File)
		if a.Proxy.Conflict {
			b.WriteString(" conflict")
		}
		if a.BasePath != "" {
			b.WriteString(" base " + a.BasePath)
		}
		b.WriteString("\n")
		for _, c := range a.Proxy.Candidates {
			fmt.Fprintf(&b, "  not %s: %s\n", c.File, c.Reason)
		}
		for _, r := range a.Routes {
			fmt.Fprintf(&b, "  %s %s\n", r.Kind, r.URL)
		}
	}
	for _, c := range p.Backends {
		fmt.Fprintf(&b, "convex %s of %s %v\n", c.Dir, c.Package, c.AuthConfigs)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(&b, "note %s: %s\n", n.File, n.Text)
	}
	return b.String()
}

func TestDiscover(t *testing.T) {
	for _, tt := range layouts() {
		t.Run(tt.name, func(t *testing.T) {
			if diff := gocmp.Diff(strings.TrimPrefix(tt.want, "\n"), summary(discover(t, tt.files))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWorkspaceMembers(t *testing.T) {
	const packages = `
-- apps/web/package.json {"name":"web"} --
-- apps/x/y/package.json {} --
-- packages/ui/package.json {"name":"ui"} --
-- packages/old/package.json {} --
-- tools/package.json {} --
`
	tests := []struct{ name, root, want string }{
		{"npm", `-- package.json {"workspaces":["apps/*","packages/*"]} --`, "apps/web packages/old packages/ui"},
		{"an object", `-- package.json {"workspaces":{"packages":["apps/**"]}} --`, "apps/web apps/x/y"},
		{"negated", `-- package.json {"workspaces":["packages/*","!packages/old"]} --`, "packages/ui"},
		{"dotted", `-- package.json {"workspaces":["./apps/*/","tools"]} --`, "apps/web tools"},
		{"braces", `-- package.json {"workspaces":["{apps,packages}/*"]} --`, "apps/web packages/old packages/ui"},
		{"pnpm", "-- package.json {} --\n-- pnpm-workspace.yaml --\npackages:\n  - 'apps/*' # apps\n- \"packages/*\"\n  - '!packages/old'\n\ncatalog:\n  next: ^16.0.0\n", "apps/web packages/ui"},
		{"pnpm in one line", "-- package.json {} --\n-- pnpm-workspace.yaml --\npackages: [apps/*, \"tools\"]\n", "apps/web tools"},
		{"a string", `-- package.json {"workspaces":"apps/*"} --`, ""},
		{"numbers", `-- package.json {"workspaces":[1,2]} --`, ""},
		{"none", `-- package.json {} --`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := discover(t, tt.root+"\n"+packages)
			var got []string
			for _, pkg := range p.Packages {
				if pkg.Member {
					got = append(got, pkg.Dir)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNextVersion(t *testing.T) {
	tests := []struct {
		name, version, more string
		want                int
		from                string
	}{
		{"exact", "16.4.6", "", 16, "web/package.json"},
		{"caret", "^15.2.0-canary.3", "", 15, "web/package.json"},
		{"tilde", "~14.1", "", 14, "web/package.json"},
		{"x", "15.x", "", 15, "web/package.json"},
		{"bounds", ">=15.0.0 <16", "", 15, "web/package.json"},
		{"hyphen", "15.0.0 - 15.9.0", "", 15, "web/package.json"},
		{"alternatives alike", "^15.0.0 || ^15.4.0", "", 15, "web/package.json"},
		{"an alias", "npm:next@16.0.0", "", 16, "web/package.json"},
		{"catalog", "catalog:", "-- pnpm-workspace.yaml --\ncatalog:\n  react: 19\n  \"next\": ^16.1.0\n", 16, "web/package.json"},
		{"named catalog", "catalog:old", "-- pnpm-workspace.yaml --\ncatalogs:\n  new:\n    next: 16\n  old:\n    next: 14.0.0\n", 14, "web/package.json"},
		{"bun's catalog", "catalog:", `-- package.json {"workspaces":{"packages":["*"],"catalog":{"next":"15.1.0"}}} --`, 15, "web/package.json"},
		{"the root's", "", `-- package.json {"dependencies":{"next":"15.0.0"}} --`, 15, "package.json"},
		{"npm's lock", "latest", "-- package-lock.json --\n{\n  \"packages\": {\n    \"node_modules/next\": {\n      \"version\": \"15.0.3\",\n    },\n    \"web/node_modules/next\": {\n      \"version\": \"16.0.0\",\n    }\n  }\n}", 16, "package-lock.json"},
		{"npm's lock, hoisted", "*", "-- package-lock.json --\n{\n    \"node_modules/next-auth\": {\n      \"version\": \"4.0.0\",\n    },\n    \"node_modules/next\": {\n      \"version\": \"15.0.3\",\n", 15, "package-lock.json"},
		{"pnpm's lock", ">=14", "-- pnpm-lock.yaml --\nimporters:\n\n  .:\n    dependencies:\n      next:\n        specifier: '14'\n        version: 14.2.1\n\n  web:\n    dependencies:\n      next:\n        specifier: '>=14'\n        version: 16.0.1(react@19.0.0)\n\npackages:\n\n  next@14.2.1:\n", 16, "pnpm-lock.yaml"},
		{"pnpm's older lock", "latest", "-- pnpm-lock.yaml --\npackages:\n\n  /next@13.5.0(react@18.0.0):\n    resolution: {}\n", 13, "pnpm-lock.yaml"},
		{"pnpm's lock, two", "latest", "-- pnpm-lock.yaml --\npackages:\n\n  next@13.5.0:\n    x: 1\n\n  next@14.5.0:\n", 0, ""},
		{"yarn's lock", "canary", "-- yarn.lock --\nnext@14:\n  version \"14.0.0\"\n\nnext@canary:\n  version \"16.1.0-canary.3\"\n", 16, "yarn.lock"},
		{"yarn's new lock", "latest", "-- yarn.lock --\n\"next@npm:latest\":\n  version: 15.5.0\n", 15, "yarn.lock"},
		{"bun's lock", "latest", "-- bun.lock --\n{\n  \"packages\": {\n    \"next\": [\"next@15.4.1\", \"\"],\n", 15, "bun.lock"},
		{"the nearer lock", "latest", "-- web/yarn.lock --\nnext@latest:\n  version \"16.0.0\"\n-- yarn.lock --\nnext@latest:\n  version \"15.0.0\"\n", 16, "web/yarn.lock"},
		{"nothing", "latest", "", 0, ""},
		{"two majors", "^14 || ^15", "", 0, ""},
		{"nonsense", "github:vercel/next.js", "", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := discover(t, tt.more+"\n-- web/package.json {\"dependencies\":{\"next\":\""+tt.version+"\"}} --\n-- web/next.config.js --\n-- web/app/page.tsx --\n")
			if len(p.Apps) != 1 {
				t.Fatal(summary(p))
			}
			if got := p.Apps[0].Next; got.Major != tt.want || got.From != tt.from {
				t.Errorf("got %+v", got)
			}
			if noted := slices.ContainsFunc(p.Notes, func(n Note) bool { return strings.Contains(n.Text, "version of next") }); noted != (tt.want == 0) {
				t.Errorf("notes: %v", p.Notes)
			}
		})
	}
}

func TestRoutePath(t *testing.T) {
	tests := []struct{ file, want string }{
		{"page.tsx", "page /"},
		{"callback/route.ts", "handler /callback"},
		{"(auth)/callback/route.js", "handler /callback"},
		{"(auth)/(deep)/page.jsx", "page /"},
		{"@modal/login/page.tsx", "page /login"},
		{"[locale]/x/page.ts", "page /[locale]/x"},
		{"auth/[...workos]/route.ts", "handler /auth/[...workos]"},
		{"[[...all]]/page.tsx", "page /[[...all]]"},
		{"a/layout.tsx", "layout /a"},
		{"%5Fx/page.tsx", "page /_x"},
		{"_private/page.tsx", ""},
		{"a/_lib/route.ts", ""},
		{"feed/(.)photo/page.tsx", ""},
		{"feed/(..)photo/page.tsx", ""},
		{"feed/(...)photo/page.tsx", ""},
		{"a/page.mdx", ""},
		{"a/route.mjs", ""},
		{"a/routes.ts", ""},
		{"a/page.test.tsx", ""},
		{"a/helper.ts", ""},
		{"page", ""},
		{"", ""},
	}
	for _, tt := range tests {
		got := ""
		if url, kind, ok := RoutePath(tt.file, defaultExtensions[:]); ok {
			got = string(kind) + " " + url
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.file, got, tt.want)
		}
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, path string
		want          bool
	}{
		{"/", "/", true},
		{"/a", "/a", true},
		{"/a", "/a/", true},
		{"/a/[x]", "/a/b", true},
		{"/[locale]/a", "/en/a", true},
		{"/a/[...x]", "/a/b/c", true},
		{"/a/[[...x]]", "/a", true},
		{"/a/[...x]", "/a", false},
		{"/a", "/A", false},
		{"/a", "/a/b", false},
		{"/a/[x]", "/a", false},
		{"/a/b", "/a", false},
	}
	for _, tt := range tests {
		if _, got := Match(tt.pattern, tt.path); got != tt.want {
			t.Errorf("%s for %s: %v", tt.pattern, tt.path, got)
		}
	}
	literal, _ := Match("/a/b", "/a/b")
	dynamic, _ := Match("/a/[x]", "/a/b")
	rest, _ := Match("/[...x]", "/a/b")
	if literal <= dynamic || dynamic <= rest {
		t.Error("the more literal pattern does not win", literal, dynamic, rest)
	}
}

func TestOwners(t *testing.T) {
	p := discover(t, `
-- package.json {"dependencies":{"next":"16"}} --
-- app/page.tsx --
-- sites/a/package.json {"dependencies":{"next":"16"}} --
-- sites/a/app/page.tsx --
-- sites/ab/x.ts --
`)
	for file, want := range map[string]string{"app/page.tsx": ".", "sites/a/x.ts": "sites/a", "sites/ab/x.ts": "."} {
		app, _ := p.AppOf(file)
		pkg, _ := p.PackageOf(file)
		if app.Dir != want || pkg.Dir != want {
			t.Errorf("%s: app %s, package %s, want %s", file, app.Dir, pkg.Dir, want)
		}
	}
}
