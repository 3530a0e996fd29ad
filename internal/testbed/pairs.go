package testbed

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// Pairs lists faults that stand in one preview at the same time.
func Pairs() [][2]Case {
	named := map[string]Case{}
	for _, c := range Singles() {
		named[c.ID] = c
	}
	var pairs [][2]Case
	for _, of := range pairings() {
		for _, other := range of.others {
			pairs = append(pairs, [2]Case{get(named, of.fault), get(named, other)})
		}
	}
	return pairs
}

func get(named map[string]Case, id string) Case {
	c, found := named[id]
	if !found {
		panic(fmt.Sprintf("testbed: there is no fault %q", id))
	}
	return c
}

type pairing struct {
	fault  string
	others []string
}

// pairings say what is joined to what. The first of each is built, or set,
// once for all that follow it.
func pairings() []pairing {
	return []pairing{
		{"cookie-password-missing", []string{"redirect-uri-unregistered", "convex-other-client", "convex-gone", "sign-out-prefetch", "callback-missing"}},
		{"proxy-missing", []string{"redirect-uri-undefined", "convex-no-providers", "convex-gone", "jwks-unavailable"}},
		{"matcher-misses-page", []string{"redirect-uri-undefined", "redirect-uri-unregistered", "convex-other-client", "homepage-missing"}},
		{"protected-page-open", []string{"redirect-uri-undefined", "redirect-uri-unregistered", "convex-no-providers", "app-api-key-wrong"}},
		{"client-unknown", []string{"convex-gone", "callback-missing", "sign-out-prefetch", "homepage-missing"}},
		{"redirect-uri-undefined", []string{"convex-other-client", "convex-no-providers", "sign-out-prefetch", "app-api-key-wrong", "convex-function-errors"}},
		{"redirect-uri-unregistered", []string{"convex-other-client", "convex-gone", "app-api-key-wrong", "sign-out-prefetch", "refresh-refused"}},
		{"callback-missing", []string{"redirect-uri-unregistered", "convex-wrong-issuer", "convex-url-empty", "homepage-missing"}},
		{"secret-in-bundle", []string{"convex-other-client", "redirect-uri-undefined", "sign-out-prefetch"}},
		{"refresh-loop", []string{"redirect-uri-undefined", "auth-config-not-deployed", "refresh-429"}},
		{"convex-other-client", []string{"sign-out-prefetch", "sign-out-get", "test-account-wrong-password", "homepage-missing"}},
		{"jwks-unavailable", []string{"sign-out-prefetch", "callback-missing"}},
		{"convex-gone", []string{"sign-out-prefetch", "app-api-key-wrong", "homepage-missing"}},
		{"refresh-loop-browser", []string{"homepage-missing", "convex-env-padded"}},
		{"sign-out-in-an-effect", []string{"homepage-missing", "convex-other-client"}},
		{"deployment-protected", []string{"cookie-password-missing", "convex-gone"}},
	}
}

// Both is the preview with two faults.
func Both(a, b Case) Case {
	return Case{
		ID: a.ID + " + " + b.ID, With: union(a.With, b.With),
		Change: Change{
			AuthKit: max(a.AuthKit, b.AuthKit), Overlays: union(a.Overlays, b.Overlays), Remove: union(a.Remove, b.Remove),
			BuildEnv: joined(a.BuildEnv, b.BuildEnv), Backend: union(a.Backend, b.Backend), Env: joined(a.Env, b.Env),
			World: func(w *sandbox.World) {
				for _, change := range []func(*sandbox.World){a.World, b.World} {
					if change != nil {
						change(w)
					}
				}
			},
			Alias: a.Alias || b.Alias, Browser: a.Browser || b.Browser, Source: a.Source || b.Source, Flags: slices.Concat(a.Flags, b.Flags),
			Visitors: max(a.Visitors, b.Visitors), Tabs: max(a.Tabs, b.Tabs), Refusal: max(a.Refusal, b.Refusal), NoGrace: a.NoGrace || b.NoGrace,
		},
	}
}

// isPair reports whether the case is one of Both.
func (c Case) isPair() bool { return strings.Contains(c.ID, " + ") }

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func joined(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}
