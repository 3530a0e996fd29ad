package sandbox

import "time"

// WorkOS is the state of the identity provider.
type WorkOS struct {
	Clients        []Client
	RefusedAt      string // address of the page for a redirect URI that is not registered
	RequirePKCE    bool   // an authorize request needs a code_challenge
	Email          string // the test account
	Password       string
	Organizations  []Organization // that the account is a member of; of several, one has to be chosen at sign-in
	RefreshRefused string         // why no refresh token is any good; empty: they are
	Hurdle         Hurdle         // what keeps the account, with the right password, from its tokens
}

// An Organization is one of a client's customers.
type Organization struct {
	ID   string
	Name string
}

// A Client is one WorkOS environment.
type Client struct {
	ID           string
	Name         string // of the environment, as error pages show it
	Environment  string // its ID, as dashboard links show it
	APIKey       string
	Issuer       string        // of its access tokens
	Audience     string        // of its access tokens; empty: they name none
	Lifetime     time.Duration // of its access tokens; 0: five minutes
	AuthKit      string        // address of its hosted sign-in page
	Homepage     string        // where signing out lands; empty: not configured
	RedirectURIs []string
	JWKS         JWKS
	SigningKey   string // ID of the key that its tokens are signed with; empty: the first of its JWKS
}

// JWKS is how a client's key set answers.
type JWKS struct {
	Status      int
	ContentType string
	Keys        []string // key IDs; none: an empty set
}

// Convex is the state of a Convex project.
type Convex struct {
	Team       string
	Project    string
	DeployKey  string   // the project's preview deploy key
	Denied     []string // operations no key is allowed, as in deployment:env:view
	Branch     string   // that the preview deployment belongs to
	Defaults   map[string]string
	Preview    Deployment
	Production Deployment
}

// A Deployment is one Convex backend.
type Deployment struct {
	Name      string
	URL       string
	Type      string // preview or prod
	Gone      bool   // deleted or expired
	Redacts   bool   // errors keep their details from clients
	AdminKey  string
	Env       map[string]string
	Providers []Provider
	Functions []Function
	Calls     []string // functions that were called lately and went well
	Logs      []string // error lines of recent function calls
	OldKeys   []string // IDs of the keys in its copies of the key sets; none: it has no copies, and asks
	Commit    string   // short hash in the message of the last push
}

// A Provider is one entry of a deployed auth.config.
type Provider struct {
	Type          string // customJwt, or oidc
	Issuer        string // the domain, where Type is oidc
	JWKS          string
	Algorithm     string
	ApplicationID string // empty: none
}

// A Function is a query that the application's developers deployed.
type Function struct {
	Path     string // as in users:viewer
	Internal bool   // only admin keys may call it
	Answer   Answer
}

// An Answer is what a function returns.
type Answer string

// The answers a function can have.
const (
	CallersIdentity Answer = "the caller's identity"
	Arguments       Answer = "its arguments"
	Exception       Answer = "an exception"
	Unauthorized    Answer = "an exception: Unauthorized"
)

// Vercel is what its API knows.
type Vercel struct {
	Token        string
	TeamID       string
	TeamSlug     string
	Project      string
	ProjectID    string
	DeploymentID string
	ReadyState   string
	ErrorCode    string
	ErrorMessage string
	Created      time.Time
	EnvNames     []string // variables the deployment was built with
	Env          []EnvVar // variables of the project today
	Aliases      []string
	BuildLog     []string
	RuntimeLog   []string // error lines the deployment wrote before the gate came
	LiveLog      []string // lines it writes for other visitors while somebody watches
}

// An EnvVar is one variable of a Vercel project.
type EnvVar struct {
	Key     string
	Type    string // plain, encrypted or sensitive
	Target  []string
	Branch  string
	Updated time.Time
}

// GitHub is what its API knows.
type GitHub struct {
	Token       string
	Login       string            // who the token acts as
	Permissions map[string]string // of the token, by scope: read or write
	Owner       string
	Repo        string
	PullRequest int
	Branch      string
	HeadSHA     string // of the pull request
	DeployedSHA string // of the preview
	Fork        bool   // the pull request comes from a fork
	Comments    []Comment
	Statuses    []Status
}

// A Comment is one comment on the pull request.
type Comment struct {
	ID     int64
	Author string
	Body   string
	Edits  []string // earlier bodies, oldest first
}

// A Status is one commit status.
type Status struct {
	SHA         string
	Context     string
	State       string
	Description string
	TargetURL   string
}
