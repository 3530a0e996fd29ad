// Package checks is the catalogue: one file for each check.
//
// To add a check, copy the file of one that reads the same facts, change it,
// add it to [All] where the report should show it, write its test, and run
//
//	go generate ./checks
package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

//go:generate go test -run ^TestDocs$ -update

// All lists every check, in the order in which a report shows them: a check
// comes after those that can explain its failure.
func All() []*gate.Check {
	return []*gate.Check{
		PreviewBuilt,
		PreviewReachable,
		PreviewEnv,
		SecretsNotPublic,
		ProxyAnswers,
		ProxyCovers,
		ProtectedPaths,
		SignInStarts,
		ClientIDKnown,
		ClientIDAgrees,
		CookiePassword,
		RedirectURIHost,
		RedirectURIConsistent,
		RedirectURISameHost,
		RedirectURIConfigured,
		RedirectURIRegistered,
		CallbackRoute,
		CallbackAnswers,
		APIKeyValid,
		TestAccount,
		AppAPIKey,
		SessionAccepted,
		RedirectLoop,
		JWKSReachable,
		TokenIssued,
		TokenVerifies,
		TokenRefreshes,
		RefreshErrors,
		ForcedRefresh,
		ConvexURL,
		ConvexReachable,
		ConvexEnv,
		AuthConfigValid,
		AuthConfigDeployed,
		ConvexProvider,
		ConvexAcceptsToken,
		ConvexRun,
		ConvexLogs,
		ConvexFresh,
		SignOutPrefetch,
		SignOutGet,
		SignOutBackground,
		RefreshStorm,
		HomepageURL,
	}
}

// Select returns the checks to run: those that only names, and those that can
// explain their failures, or all when it is empty; without those that skip
// names. An ID that is no check's is an error that lists the nearest.
func Select(only, skip []string) ([]*gate.Check, error) {
	all := All()
	for _, id := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(all, func(c *gate.Check) bool { return c.ID == id }) {
			return nil, fmt.Errorf("there is no check %q: previewgate explain lists them", id)
		}
	}
	wanted := make(map[*gate.Check]bool)
	for _, c := range all {
		if len(only) == 0 || slices.Contains(only, c.ID) {
			want(wanted, c)
		}
	}
	return slices.DeleteFunc(all, func(c *gate.Check) bool { return !wanted[c] || slices.Contains(skip, c.ID) }), nil
}

// want marks a check and those that it comes after.
func want(wanted map[*gate.Check]bool, c *gate.Check) {
	if wanted[c] {
		return
	}
	wanted[c] = true
	for _, earlier := range c.After {
		want(wanted, earlier)
	}
}

// worst returns the verdict to report of several on the like: the first that
// failed, or else the first that is not known, or else the last.
func worst(verdicts []gate.Verdict) gate.Verdict {
	for _, status := range []gate.Status{gate.Failed, gate.Unknown} {
		for _, v := range verdicts {
			if v.Status == status {
				return v
			}
		}
	}
	return verdicts[len(verdicts)-1]
}

// unreadChunks is the verdict of a check that reads the client bundle and may
// have overlooked something.
func unreadChunks(b facts.Bundle) gate.Verdict {
	if b.Missed == 0 {
		return gate.Unsure("no client chunk was found on the pages that were read")
	}
	return gate.Unsure("%d of %d client chunks could not be read", b.Missed, b.Missed+b.Chunks)
}

// list joins the items as a sentence would: "a, b and c".
func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}
