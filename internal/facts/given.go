// Package facts is what can be learned about a preview deployment: one
// variable a fact, one file a source. It holds all of the gate's input; what
// it learns is raw and typed, and the checks judge it.
//
// Fact values hold text and numbers only, so that they can be recorded.
// Requests, answers and traps follow what was measured of the vendors'
// services; where a vendor's answer is not certain, a fact keeps enough of it
// for a check to say "unknown".
package facts

import (
	"net/url"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// Web is the client that every request goes through.
var Web = &gate.Fact[*web.Client]{Name: "HTTP client"}

// Preview is the address under test, as the event or the user names it.
var Preview = &gate.Fact[*url.URL]{Name: "preview URL"}

// Aliases are further addresses of the same deployment that somebody we trust
// vouches for: the user, or Vercel's own comment on the pull request.
var Aliases = &gate.Fact[[]*url.URL]{Name: "aliases of the deployment"}

// Paths are the app's routes, as far as the user names them. Where a field is
// empty the usual places are tried.
type Paths struct {
	SignIn    string   // "/sign-in" when empty
	SignOut   string   // "/sign-out" when empty, and what the client bundle links to
	Callback  string   // the path of the redirect URI when empty
	Protected []string // pages that only a signed-in visitor may see
	Debug     string   // a page of the app's own that shows what it knows of the session
}

// Routes are the paths that the user named.
var Routes = &gate.Fact[Paths]{Name: "paths of the app"}

// ConvexURL is the Convex deployment that the user says the app uses.
var ConvexURL = &gate.Fact[string]{Name: "Convex URL"}

// ExpectedClient is the WorkOS client id that the user expects everywhere.
var ExpectedClient = &gate.Fact[string]{Name: "WorkOS client id"}

// KnownSecrets are the credentials the gate was started with. They are given
// so that a check can look for them where they must not be.
var KnownSecrets = &gate.Fact[[]string]{Name: "credentials"}

// A VercelAccount is a token for Vercel's REST API and where that is.
type VercelAccount struct {
	API   string // without a trailing slash
	Token string
	Team  string // team_… id or slug; empty for a personal account
}

// Vercel is the access to Vercel's API.
var Vercel = &gate.Fact[VercelAccount]{Name: "Vercel token"}

// A ConvexAccount is a deploy key and where Convex' provisioning API is.
type ConvexAccount struct {
	API string // without a trailing slash
	Key string
}

// Convex is the access to Convex' administration.
var Convex = &gate.Fact[ConvexAccount]{Name: "Convex deploy key"}

// A Build is how the building of the deployment ended.
type Build struct {
	State  string // of the event: success, failure, error, …
	Detail string // Vercel's reason, may be empty
}

// Built is how the event says that the build ended.
var Built = &gate.Fact[Build]{Name: "outcome of the build"}

// BypassGiven says that requests carry Vercel's bypass secret.
var BypassGiven = &gate.Fact[bool]{Name: "Vercel bypass secret"}
