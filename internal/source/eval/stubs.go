package eval

import _ "embed"

//go:embed stubs/next_server.js
var nextServer string

//go:embed stubs/next_headers.js
var nextHeaders string

//go:embed stubs/next_navigation.js
var nextNavigation string

//go:embed stubs/authkit.js
var authkit string

//go:embed stubs/zod.js
var zod string

//go:embed stubs/t3env.js
var t3env string

//go:embed proxy.js
var proxyPrelude string

// stubs stand in for the packages whose behaviour decides about redirects. All
// other packages are unknown.
func stubs() map[string]string {
	const nothing = "module.exports = {};"
	return map[string]string{
		"next/server":                nextServer,
		"next/headers":               nextHeaders,
		"next/navigation":            nextNavigation,
		"server-only":                nothing,
		"client-only":                nothing,
		"@workos-inc/authkit-nextjs": authkit,
		"zod":                        zod,
		"zod/v3":                     zod,
		"zod/v4":                     zod,
		"zod/mini":                   zod,
		"@t3-oss/env-nextjs":         t3env,
		"@t3-oss/env-core":           t3env,
	}
}
