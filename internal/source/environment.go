package source

import (
	"maps"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/source/eval"
)

// An Environment is what the sources are evaluated under.
type Environment struct {
	// Host is where visitors of the preview are; empty for VERCEL_URL.
	Host string

	// Build is what the app is built and run with on Vercel.
	Build map[string]string

	// Convex is what the Convex deployment has. A variable that an
	// auth.config reads and that is missing here is unset, unless Guess is
	// true.
	Convex map[string]string

	// Guess says that variables which are not named may have a value all the
	// same.
	Guess bool

	guessed []string
}

// Preview returns the environment that is assumed of a preview when nothing
// is known of it: Vercel's own variables, with made-up hosts, and one WorkOS
// client.
func Preview() Environment {
	e := Environment{
		Build: map[string]string{
			"NODE_ENV":                      "production",
			"VERCEL":                        "1",
			"VERCEL_ENV":                    "preview",
			"VERCEL_TARGET_ENV":             "preview",
			"VERCEL_URL":                    "web-k3v9x2m1q-team.vercel.app",
			"VERCEL_BRANCH_URL":             "web-git-branch-team.vercel.app",
			"VERCEL_PROJECT_PRODUCTION_URL": "web.example.com",
			"WORKOS_CLIENT_ID":              "client_01ASSUMED00000000000000000",
			"WORKOS_API_KEY":                "sk_test_assumed",
			"WORKOS_COOKIE_PASSWORD":        "assumed-assumed-assumed-assumed-",
		},
		Convex: map[string]string{
			"WORKOS_CLIENT_ID": "client_01ASSUMED00000000000000000",
			"CONVEX_CLOUD_URL": "https://assumed-otter-1.convex.cloud", // Convex sets these two and does not list them
			"CONVEX_SITE_URL":  "https://assumed-otter-1.convex.site",
		},
		Guess: true,
	}
	e.guessed = slices.Sorted(maps.Keys(e.Build))
	return e
}

// With returns the environment with further variables, which are the app's
// and, where its backend reads them too, Convex'. A variable of Vercel's that
// is empty, as in a file pulled for development, is not taken.
func (e Environment) With(variables map[string]string) Environment {
	e.Build, e.Convex = maps.Clone(e.Build), maps.Clone(e.Convex)
	for name, value := range variables {
		vercels := strings.HasPrefix(name, "VERCEL")
		if vercels && value == "" {
			continue
		}
		e.Build[name] = value
		if !vercels {
			e.Convex[name] = value
		}
		e.guessed = slices.DeleteFunc(slices.Clone(e.guessed), func(g string) bool { return g == name })
	}
	return e
}

// build is what the app is built and run with: Vercel copies the variables of
// its own for the browser, unless the project sets them.
func (e Environment) build() map[string]string {
	all := maps.Clone(e.Build)
	for name, value := range e.Build {
		public := "NEXT_PUBLIC_" + name
		if _, set := all[public]; !set && strings.HasPrefix(name, "VERCEL_") {
			all[public] = value
		}
	}
	return all
}

// unknown reports whether a variable may have a value that is not known. The
// names of Vercel's own that a build may have are known.
func (e Environment) unknown(name string) bool {
	own, isVercels := strings.CutPrefix(strings.TrimPrefix(name, "NEXT_PUBLIC_"), "VERCEL_")
	if isVercels {
		return strings.HasPrefix(own, "GIT_") || slices.Contains(further, own)
	}
	return e.Guess
}

// further are variables of Vercel's, beside those of Git, that a build may
// have and whose values are not assumed.
var further = []string{
	"DEPLOYMENT_ID", "PROJECT_ID", "REGION", "SKEW_PROTECTION_ENABLED", "AUTOMATION_BYPASS_SECRET", "OIDC_TOKEN",
}

// Assumed lists the variables whose values were made up, as NAME=value, for
// the reader.
func (e Environment) Assumed() []string {
	var all []string
	for _, name := range e.guessed {
		if strings.HasPrefix(name, "VERCEL_") && strings.Contains(name, "URL") || name == "VERCEL_ENV" || name == "WORKOS_CLIENT_ID" {
			all = append(all, name+"="+e.Build[name])
		}
	}
	return all
}

// hosts are where visitors of the preview can be: first where they are, then
// the deployment's other addresses.
func (e Environment) hosts() []string {
	var all []string
	for _, host := range []string{e.Host, e.Build["VERCEL_URL"], e.Build["VERCEL_BRANCH_URL"]} {
		if host != "" && !slices.Contains(all, host) {
			all = append(all, host)
		}
	}
	return all
}

// requests are the visits of paths, on each of the preview's hosts.
func (e Environment) requests(paths []string) []eval.Request {
	var all []eval.Request
	for _, host := range e.hosts() {
		for _, p := range paths {
			all = append(all, eval.Request{URL: "https://" + host + p})
		}
	}
	return all
}

// fixed reports whether a route's URL is one path, without parameters.
func fixed(url string) bool { return !strings.Contains(url, "[") }
