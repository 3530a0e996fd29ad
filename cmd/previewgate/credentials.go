package main

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// credentials are what the environment gives. Each is optional and unlocks
// checks; they come from nowhere else, so that none stands on a command line.
type credentials struct {
	github         string
	vercel, team   string
	bypass         string
	trusted        string // an OIDC token for Vercel's Trusted Sources
	workOSKey      string
	workOSClient   string // no secret
	cookiePassword string
	convexKey      string
}

// A variable is one that the command reads from its environment.
type variable struct{ name, what string }

// variables lists them for the documentation.
func variables() []variable {
	return []variable{
		{"VERCEL_TOKEN", "token for Vercel's API; one of the project suffices"},
		{"VERCEL_TEAM_ID", "the team that the project belongs to"},
		{"VERCEL_AUTOMATION_BYPASS_SECRET", "opens a preview behind Deployment Protection; sent to the preview only"},
		{"CONVEX_DEPLOY_KEY", "preview deploy key of the Convex project, or the deploy key of one deployment"},
		{"WORKOS_CLIENT_ID", "the WorkOS client that the preview must use; no secret"},
		{"GITHUB_TOKEN", "of the action: reads the pull request, writes the commit status and the comment"},
		{"WORKOS_API_KEY, WORKOS_COOKIE_PASSWORD", "looked for in the client bundle, where they must not be"},
		{"WORKOS_API_HOSTNAME, WORKOS_API_PORT", "where the WorkOS API is, when it is not api.workos.com"},
		{"CONVEX_PROVISION_HOST", "where Convex' provisioning API is, when it is not https://api.convex.dev"},
		{"PREVIEWGATE_VERCEL_API", "where Vercel's API is, when it is not https://api.vercel.com"},
		{"GITHUB_API_URL", "where GitHub's API is, when it is not https://api.github.com"},
		{"NO_COLOR", "set to anything: no colour on a terminal"},
	}
}

func readCredentials(getenv func(string) string) credentials {
	get := func(name string) string { return strings.TrimSpace(getenv(name)) }
	return credentials{
		github:         get("GITHUB_TOKEN"),
		vercel:         get("VERCEL_TOKEN"),
		team:           get("VERCEL_TEAM_ID"),
		bypass:         get("VERCEL_AUTOMATION_BYPASS_SECRET"),
		workOSKey:      get("WORKOS_API_KEY"),
		workOSClient:   get("WORKOS_CLIENT_ID"),
		cookiePassword: get("WORKOS_COOKIE_PASSWORD"),
		convexKey:      get("CONVEX_DEPLOY_KEY"),
	}
}

// secrets lists the values that no output may hold.
func (c credentials) secrets() []string {
	var all []string
	for _, s := range []string{c.github, c.vercel, c.bypass, c.trusted, c.workOSKey, c.cookiePassword, c.convexKey} {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

// withoutAll drops every credential but the one that reports to GitHub: what
// a pull request from a fork is judged with.
func (c credentials) withoutAll() credentials { return credentials{github: c.github} }

// validate refuses a credential that cannot be what it is said to be. The
// error never holds any of it.
func (c credentials) validate() error {
	if c.convexKey == "" {
		return nil
	}
	if _, err := facts.ReadDeployKey(c.convexKey); err != nil {
		return fmt.Errorf("CONVEX_DEPLOY_KEY: %w", err)
	}
	return nil
}

// services are where the vendors' APIs are, by the variables of their own
// tools.
type services struct {
	vercel, convex string
	allowed        []string // hosts that those variables name, beyond the rules
}

func readServices(getenv func(string) string) (services, error) {
	s := services{
		vercel: strings.TrimRight(cmp.Or(getenv("PREVIEWGATE_VERCEL_API"), "https://api.vercel.com"), "/"),
		convex: strings.TrimRight(cmp.Or(getenv("CONVEX_PROVISION_HOST"), "https://api.convex.dev"), "/"),
	}
	for name, address := range map[string]string{
		"PREVIEWGATE_VERCEL_API": getenv("PREVIEWGATE_VERCEL_API"), "CONVEX_PROVISION_HOST": getenv("CONVEX_PROVISION_HOST"),
	} {
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return services{}, fmt.Errorf("%s: %q is no address", name, address)
		}
		s.allowed = append(s.allowed, u.Host)
	}
	if host := getenv("WORKOS_API_HOSTNAME"); host != "" {
		if port := getenv("WORKOS_API_PORT"); port != "" {
			host += ":" + port
		}
		s.allowed = append(s.allowed, host)
	}
	return s, nil
}

// given hands the credentials to the facts, or says what would supply them.
func (c credentials) given(s services) []gate.Given {
	return []gate.Given{
		orMissing(facts.Vercel, c.vercel != "", facts.VercelAccount{API: s.vercel, Token: c.vercel, Team: c.team}, "VERCEL_TOKEN"),
		orMissing(facts.Convex, c.convexKey != "", facts.ConvexAccount{API: s.convex, Key: c.convexKey}, "CONVEX_DEPLOY_KEY"),
		orMissing(facts.ExpectedClient, c.workOSClient != "", c.workOSClient, "WORKOS_CLIENT_ID"),
		orMissing(facts.BypassGiven, c.bypass != "", true, "VERCEL_AUTOMATION_BYPASS_SECRET"),
		facts.KnownSecrets.Is(c.secrets()),
	}
}

// orMissing gives a fact its value, or says what would supply it.
func orMissing[T any](f *gate.Fact[T], have bool, value T, unlock string) gate.Given {
	if have {
		return f.Is(value)
	}
	return f.IsMissing(gate.NotGiven{What: f.Name, Unlock: unlock})
}
