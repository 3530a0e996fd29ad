package sandbox

import (
	"maps"
	"time"
)

// A World is the whole state the stand-ins answer from. Vendors compare what
// they are sent with their own part of it; Given is what the gate was handed.
type World struct {
	Scheme     string            // of every address: https, or http in the plain mode
	Hosts      Hosts             // the names the stand-ins answer to
	URL        string            // the preview's address as the gate is given it
	Protected  []string          // paths the gate is told need a signed-in user
	Calls      []string          // Convex functions the gate is told to call
	Given      map[string]string // credentials handed to the gate, by environment variable
	App        App               // the preview
	Production App               // the application on the production domain
	Edge       Edge              // what stands before the preview
	WorkOS     WorkOS
	Convex     Convex
	Vercel     Vercel
	GitHub     GitHub
	Delay      time.Duration // added to every request but the stand-ins' own
}

// Hosts names the stand-ins.
type Hosts struct {
	Deployment       string // the preview's unique host, VERCEL_URL
	Alias            string // its branch alias, VERCEL_BRANCH_URL
	Production       string
	WorkOS           string // the API
	AuthDomain       string // a custom domain of the API; empty: none
	WorkOSErrors     string
	AuthKit          string // the hosted sign-in page
	VercelSite       string // where Vercel Authentication sends visitors
	Convex           string // the preview's deployment
	ConvexProduction string
	ConvexAPI        string
	VercelAPI        string
	GitHubAPI        string
}

// all lists the names in use.
func (h Hosts) all() []string {
	names := []string{
		h.Deployment, h.Alias, h.Production, h.WorkOS, h.WorkOSErrors, h.AuthKit, h.VercelSite,
		h.Convex, h.ConvexProduction, h.ConvexAPI, h.VercelAPI, h.GitHubAPI,
	}
	if h.AuthDomain != "" {
		names = append(names, h.AuthDomain)
	}
	return names
}

// Env returns the credentials the gate may be given, by environment variable.
// Faults and variants name under With those of them that belong to their case.
func (w World) Env() map[string]string { return maps.Clone(w.Given) }

// url returns the address of a path on one of the stand-ins.
func (w World) url(host, path string) string { return w.Scheme + "://" + host + path }

// App describes a Next.js application that uses AuthKit.
type App struct {
	AuthKit           int    // major version of authkit-nextjs: 2, 3 or 4
	ClientID          string // WORKOS_CLIENT_ID; empty: unset
	APIKey            string // WORKOS_API_KEY; empty: unset
	CookiePassword    string // WORKOS_COOKIE_PASSWORD; empty: unset
	APIHost           string // WORKOS_API_HOSTNAME
	PublicRedirectURI string // NEXT_PUBLIC_WORKOS_REDIRECT_URI; empty: unset
	SignInRedirectURI string // what the sign-in route asks for itself; empty: the proxy's
	EagerAuth         bool   // the proxy hands documents their access token in a cookie
	WithholdsTokens   bool   // the server action for access tokens returns nothing
	Proxy             Proxy
	Routes            map[string]Route // by path
	Bundle            Bundle
}

// Proxy describes proxy.ts.
type Proxy struct {
	Missing     bool     // no such file where Next.js looks for it
	RedirectURI string   // the option redirectUri; empty: NEXT_PUBLIC_WORKOS_REDIRECT_URI
	Matcher     []string // config.matcher as written
	Open        []string // unauthenticatedPaths
}

// A Route is what the application does at a path.
type Route string

// The routes an application can have.
const (
	Page        Route = "page"             // asks who is signed in, and serves anyone
	StrictPage  Route = "page, signed in"  // insists on a signed-in user while it renders
	Data        Route = "route handler"    // answers JSON about who is signed in
	SignIn      Route = "sign-in"          // redirects to WorkOS
	Callback    Route = "callback"         // AuthKit's handleAuth
	SignOutGET  Route = "sign-out by GET"  // a GET that ends the session
	SignOutPOST Route = "sign-out by POST" // answers 405 to a GET
)

// Bundle is what the client chunks of an application give away.
type Bundle struct {
	BuildID          string
	ConvexURL        string   // NEXT_PUBLIC_CONVEX_URL as inlined
	SignOutLink      string   // the href of a Link to the sign-out route; empty: none
	SignOutPrefetch  bool     // that Link lacks prefetch={false}
	SignOutForm      string   // the action of a form that signs out; empty: none
	Literals         []string // further strings that server code leaked into a chunk
	RefreshesByForce bool     // the Convex bridge answers every request with a forced refresh
}

// A Guard is a kind of barrier before a deployment.
type Guard string

// The guards a deployment can have.
const (
	Open           Guard = ""
	Authentication Guard = "Vercel Authentication"
	Password       Guard = "password"
	Firewall       Guard = "firewall challenge"
)

// Edge is what answers before the preview's application does.
type Edge struct {
	NextStart      bool     // no platform at all: `next start` behind a plain proxy
	Error          string   // the x-vercel-error code every request ends in; empty: none
	Guard          Guard    // who is kept out
	GuardRedirects bool     // the guard answers 302 to its sign-in page instead of 401
	Bypass         []string // secrets that open the guard
}
