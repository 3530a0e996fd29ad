package facts

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/source"
)

// SourceDir is the directory with the checked-out repository.
var SourceDir = &gate.Fact[string]{Name: "source"}

// A Stated environment is what the user wants the sources to be evaluated
// under.
type Stated struct {
	Variables map[string]string
	Complete  bool // a variable that is missing is unset, and not only unknown
}

// StatedEnv is the environment that the user states.
var StatedEnv = &gate.Fact[Stated]{Name: "environment of the source"}

// Repository is what the sources say, evaluated under what is known of the
// deployment's environment without asking it, and under assumptions beyond
// that.
var Repository = &gate.Fact[source.Repository]{
	Name:   "source",
	Needs:  []gate.Need{SourceDir},
	Uses:   []gate.Need{StatedEnv, Preview, Aliases, ExpectedClient},
	Within: sourceWithin,
	Learn: func(ctx context.Context, known *gate.Facts) (source.Repository, error) {
		return source.Read(ctx, SourceDir.From(known), environment(known))
	},
}

// sourceWithin is how long the sources may take: some seconds for the largest
// repositories that were measured.
const sourceWithin = 40 * time.Second

// environment is what the sources are evaluated under.
func environment(known *gate.Facts) source.Environment {
	variables := make(map[string]string)
	var hosts []*url.URL
	if preview, err := Preview.Lookup(known); err == nil {
		hosts = append(hosts, preview)
	}
	aliases, _ := Aliases.Lookup(known) // none are given: none are known
	for _, u := range slices.Concat(hosts, aliases) {
		if !strings.HasSuffix(u.Host, ".vercel.app") {
			continue // no variable of Vercel's names a domain of the user's own
		}
		name := "VERCEL_URL"
		if strings.Contains(u.Host, "-git-") {
			name = "VERCEL_BRANCH_URL"
		}
		if variables[name] == "" {
			variables[name] = u.Host
		}
	}
	if id, err := ExpectedClient.Lookup(known); err == nil {
		variables["WORKOS_CLIENT_ID"] = id
	}
	stated, _ := StatedEnv.Lookup(known) // nothing stated: nothing is known
	maps.Copy(variables, stated.Variables)
	env := source.Preview().With(variables)
	env.Guess = !stated.Complete
	if len(hosts) > 0 {
		env.Host = hosts[0].Host
	}
	return env
}
