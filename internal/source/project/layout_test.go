package project

type layout struct{ name, files, want string }

const webPackage = `-- package.json {"name":"web","dependencies":{"next":"^16.0.0","convex":"1"}} --
`

// layouts are repositories as they are found, each with what is in it.
func layouts() []layout {
	return append(routers(), backends()...)
}

func routers() []layout {
	return []layout{
		{"one package", webPackage + "-- app/page.tsx --\n-- proxy.ts --\n-- app/callback/route.ts --\n", `
app . root . next 16 proxy "proxy.ts"
  handler /callback
  page /
`},
		{"under src", webPackage + "-- src/app/page.tsx --\n-- src/proxy.ts --\n", `
app . root src next 16 proxy "src/proxy.ts"
  page /
`},
		{"a proxy beside src", webPackage + "-- src/app/page.tsx --\n-- proxy.ts --\n-- src/app/middleware.ts --\n", `
app . root src next 16 proxy ""
  not proxy.ts: not beside the app or pages directory
  not src/app/middleware.ts: not beside the app or pages directory
  page /
`},
		{"a module proxy", webPackage + "-- app/page.tsx --\n-- proxy.mjs --\n-- proxy.mts --\n", `
app . root . next 16 proxy ""
  not proxy.mjs: its extension is not among pageExtensions
  not proxy.mts: its extension is not among pageExtensions
  page /
`},
		{"both", webPackage + "-- app/page.tsx --\n-- proxy.ts --\n-- middleware.ts --\n", `
app . root . next 16 proxy "proxy.ts" conflict
  page /
`},
		{"two extensions", webPackage + "-- app/page.tsx --\n-- middleware.js --\n-- middleware.ts --\n", `
app . root . next 16 proxy "middleware.ts"
  not middleware.js: another extension of the same name comes first
  page /
`},
		{"a proxy before 16", `-- package.json {"dependencies":{"next":"15.4.0"}} --
-- app/page.tsx --
-- proxy.ts --
`, `
app . root . next 15 proxy ""
  not proxy.ts: proxy files are known from Next.js 16 on
  page /
`},
		{"a middleware before 16", `-- package.json {"devDependencies":{"next":"~14.2.1"}} --
-- pages/index.tsx --
-- pages/_app.tsx --
-- pages/api/login.ts --
-- pages/docs/[slug].tsx --
-- middleware.js --
`, `
app . root . next 14 proxy "middleware.js"
  handler /api/login
  page /docs/[slug]
  page /
`},
		{"settings of its own", webPackage + `-- next.config.mjs --
export default {
  // pageExtensions: ["no"],
  basePath: '/docs/',
  pageExtensions: ["page.tsx", 'mdx'],
  redirects: () => [{ source: "https://x" }],
};
-- app/route.page.tsx --
-- app/page.tsx --
-- proxy.page.tsx --
-- proxy.ts --
`, `
app . root . next 16 proxy "proxy.page.tsx" base /docs
  not proxy.ts: its extension is not among pageExtensions
  handler /
`},
		{"settings that are computed", webPackage + "-- next.config.js --\nmodule.exports = { basePath: process.env.BASE, pageExtensions: list }\n-- app/page.tsx --\n", `
app . root . next 16 proxy ""
  page /
note next.config.js: basePath is not a literal here; paths are given without it
note next.config.js: pageExtensions is not a list of literals here; tsx, ts, jsx and js are assumed
`},
		{"two routers apart", webPackage + "-- src/app/page.tsx --\n-- pages/index.js --\n", `
app . root . next 16 proxy ""
  page /
  page /
note src/app: app and pages lie in different directories; Next.js refuses to build that
`},
		{"everyday names in a URL", webPackage + "-- app/build/page.tsx --\n-- app/out/page.tsx --\n-- build/page.tsx --\n-- node_modules/x/app/page.tsx --\n", `
app . root . next 16 proxy ""
  page /build
  page /out
`},
	}
}

func backends() []layout {
	return []layout{
		{"a turborepo", `-- package.json {"workspaces":["apps/*","packages/*"]} --
-- turbo.json --
-- proxy.ts --
-- apps/web/package.json {"name":"web","dependencies":{"next":"16.0.1"}} --
-- apps/web/src/app/(x)/page.tsx --
-- apps/admin/package.json {"name":"admin","dependencies":{"next":"15.0.0"}} --
-- apps/admin/app/page.tsx --
-- packages/ui/package.json {"name":"ui","peerDependencies":{"next":">=14"}} --
-- packages/ui/pages/x.tsx --
-- packages/backend/package.json {"name":"backend","dependencies":{"convex":"1"}} --
-- packages/backend/convex/auth.config.ts --
`, `
app apps/admin root apps/admin next 15 proxy ""
  not proxy.ts: not beside the app or pages directory
  page /
app apps/web root apps/web/src next 16 proxy ""
  not proxy.ts: not beside the app or pages directory
  page /
convex packages/backend/convex of packages/backend [packages/backend/convex/auth.config.ts]
`},
		{"functions elsewhere", webPackage + `-- app/page.tsx --
-- convex.json {"functions":"src/convex/"} --
-- src/convex/auth.config.js --
-- src/convex/auth.config.ts --
`, `
app . root . next 16 proxy ""
  page /
convex src/convex of . [src/convex/auth.config.ts src/convex/auth.config.js]
note src/convex/auth.config.js: there is also auth.config.ts; Convex refuses two auth configs
`},
		{"functions outside", webPackage + "-- app/page.tsx --\n-- convex.json {\"functions\":\"../convex\"} --\n", `
app . root . next 16 proxy ""
  page /
note convex.json: the functions directory "../convex" lies outside the repository
`},
		{"a convex.json with comments", webPackage + "-- app/page.tsx --\n-- convex.json --\n{\n // here\n \"functions\": \"x\" }\n-- convex/auth.config.ts --\n", `
app . root . next 16 proxy ""
  page /
convex convex of . [convex/auth.config.ts]
note convex.json: it is not JSON (invalid character '/' looking for beginning of object key string); convex reads it without comments or trailing commas
`},
		{"no app", `-- package.json {"dependencies":{"express":"4"}} --
-- src/index.ts --
`, `
note .: no Next.js app was found: no package names next (or holds a next.config) and has an app or pages directory
`},
		{"configured but empty", webPackage + "-- next.config.ts --\n-- lib/x.ts --\n", `
note .: no Next.js app was found: no package names next (or holds a next.config) and has an app or pages directory
note next.config.ts: this package is configured for Next.js but has neither an app nor a pages directory
`},
		{"nothing at all", "-- README.md --\n", `
note .: no Next.js app was found: no package names next (or holds a next.config) and has an app or pages directory
note .: there is no package.json in this repository
`},
	}
}
