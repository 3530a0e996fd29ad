package testbed

import (
	"maps"
	"slices"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// A Change is how a preview differs from the healthy one.
type Change struct {
	AuthKit  int                  // major version of authkit-nextjs; 0: 4
	Overlays []string             // folders of testdata/apps/faults that are laid over the application before it is built
	Remove   []string             // files that are left out before it is built
	BuildEnv map[string]string    // of the build
	Backend  []string             // folders that are laid over the source the gate reads: of the backend, which is not built
	Env      map[string]string    // of the application when it runs; empty: unset
	World    func(*sandbox.World) // what else is different: identity, Convex, Vercel
	Alias    bool                 // the gate is given the branch alias
	Source   bool                 // the gate is given the source
	Browser  bool                 // the gate may use the installed browser
	Flags    []string             // of the gate
	Visitors int                  // signed-in visitors whose sessions are refreshed again and again while the gate looks
	Tabs     int                  // that each visitor has open; 0: 1
	Refusal  int                  // status by which WorkOS turns every refresh down; 0: it does not
	NoGrace  bool                 // WorkOS takes a refresh token once and never again
}

// A Case is a preview that the gate is tried on.
type Case struct {
	ID     string
	Branch string   // of the triage, as triage lists them
	Title  string   // what is different, one clause
	Check  string   // the check whose failure must be the diagnosis; empty: the preview is healthy
	With   []string // credentials that the gate is given, by environment variable
	Change
}

// Credentials that go together.
var (
	withVercel  = []string{"VERCEL_TOKEN", "VERCEL_TEAM_ID"}
	withAccount = []string{"WORKOS_API_KEY", "PREVIEWGATE_TEST_EMAIL", "PREVIEWGATE_TEST_PASSWORD"}
	withBypass  = []string{"VERCEL_AUTOMATION_BYPASS_SECRET", "PREVIEWGATE_TEST_EMAIL", "PREVIEWGATE_TEST_PASSWORD"}
	withSession = append(slices.Clone(withAccount), "WORKOS_COOKIE_PASSWORD")
)

// Healthy lists the previews that must be open, without a word against them.
func Healthy() []Case {
	all := slices.Sorted(maps.Keys(sandbox.Healthy().Given))
	var cases []Case
	for _, major := range []int{4, 2} {
		is := func(id, title string, with []string, c Change) {
			c.AuthKit = major
			cases = append(cases, Case{ID: id, Title: title, With: with, Change: c})
		}
		is("browser", "the gate has a test account and a browser", withSession, Change{
			Browser: true, Flags: []string{"--debug", "/admin/auth-debug"},
		})
		is("no-credentials", "the gate has nothing but the address", nil, Change{})
		is("all-credentials", "the gate has every credential", all, Change{})
		is("with-source", "the gate has every credential and the source", all, Change{Source: true})
		is("behind-protection", "Vercel Authentication, and a secret that opens it", []string{"VERCEL_AUTOMATION_BYPASS_SECRET"}, Change{
			World: func(w *sandbox.World) { w.Edge.Guard = sandbox.Authentication },
		})
		is("browser-behind-protection", "the same, and a browser looks as the test account, without WorkOS' key", withBypass, Change{
			World: func(w *sandbox.World) { w.Edge.Guard = sandbox.Authentication }, Browser: true,
		})
		is("visitors", "signed-in visitors refresh their sessions", withVercel, Change{Visitors: 3})
		is("tabs", "the tabs of a visitor refresh one session at the same time", withVercel, Change{Visitors: 1, Tabs: 12})
		is("convex-redacted", "Convex keeps the details of errors to itself", nil, Change{World: func(w *sandbox.World) { w.Convex.Preview.Redacts = true }})
	}
	return append(
		cases,
		Case{
			ID: "branch-alias", Title: "the branch alias is visited, named by NEXT_PUBLIC_WORKOS_REDIRECT_URI and registered", With: withSession,
			Change: Change{
				AuthKit: 4, Alias: true, Overlays: []string{"redirect-uri-by-variable"}, World: onlyAliasRegistered,
				BuildEnv: map[string]string{"NEXT_PUBLIC_WORKOS_REDIRECT_URI": "https://web-git-fix-login-acme.vercel.app/callback"},
			},
		},
		Case{
			ID: "page-insists", Title: "/settings itself sends visitors to sign in, which pages can under AuthKit 2", With: withSession,
			Change: Change{AuthKit: 2, Overlays: []string{"paths-too-open"}, Flags: []string{"--protected", "/settings"}},
		},
	)
}
