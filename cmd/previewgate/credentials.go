package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
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
	accounts       []account
	chrome         string // program of the browser; no secret
	none           bool   // nothing of the kind may be used, wherever it comes from
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
		{"WORKOS_API_KEY", "key of the WorkOS environment that the preview uses; sent to WorkOS' API only"},
		{"WORKOS_COOKIE_PASSWORD", "the preview's own: seals the session that the test account is shown to the preview with; sent nowhere"},
		{"PREVIEWGATE_TEST_EMAIL, PREVIEWGATE_TEST_PASSWORD", "test account that signs in with nothing but its password, which WorkOS alone gets: its API, and its sign-in page in a browser; see `--test-accounts` for several"},
		{"WORKOS_API_HOSTNAME, WORKOS_API_PORT, WORKOS_API_HTTPS", "where the WorkOS API is, when it is not https://api.workos.com; `false` in the last makes it plain http"},
		{"CONVEX_PROVISION_HOST", "where Convex' provisioning API is, when it is not https://api.convex.dev"},
		{"PREVIEWGATE_VERCEL_API", "where Vercel's API is, when it is not https://api.vercel.com"},
		{"GITHUB_API_URL", "where GitHub's API is, when it is not https://api.github.com"},
		{"PREVIEWGATE_CHROME", "program of the browser, where it is not found by the usual names"},
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
		accounts:       readAccount(getenv),
		chrome:         get("PREVIEWGATE_CHROME"),
	}
}

// readAccount reads the account in the environment. A password may have
// blanks at its ends, but a line break there was pasted with it.
func readAccount(getenv func(string) string) []account {
	a := facts.Account{
		Email:    strings.TrimSpace(getenv("PREVIEWGATE_TEST_EMAIL")),
		Password: strings.TrimRight(getenv("PREVIEWGATE_TEST_PASSWORD"), "\r\n"),
	}
	if a == (facts.Account{}) {
		return nil
	}
	return []account{{Account: a}}
}

// secrets lists the values that no output may hold.
func (c credentials) secrets() []string {
	all := []string{c.github, c.vercel, c.bypass, c.trusted, c.workOSKey, c.cookiePassword, c.convexKey}
	for _, a := range c.accounts {
		all = append(all, a.Email, a.Password)
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// keys lists the secrets but for e-mail addresses, which may stand anywhere.
func (c credentials) keys() []string {
	return slices.DeleteFunc(c.secrets(), func(s string) bool {
		return slices.ContainsFunc(c.accounts, func(a account) bool { return a.Email == s })
	})
}

// withoutAll drops every credential but the one that reports to GitHub: what
// a pull request from a fork is judged with.
func (c credentials) withoutAll() credentials { return credentials{github: c.github, none: true} }

// validate refuses a credential that cannot be what it is said to be. The
// error never holds any of it.
func (c credentials) validate() error {
	for _, a := range c.accounts {
		if a.Email == "" || a.Password == "" {
			return errors.New("PREVIEWGATE_TEST_EMAIL and PREVIEWGATE_TEST_PASSWORD go together: one of them is not set")
		}
	}
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
	vercel, convex, workOS string
	allowed                []string // hosts that those variables name, beyond the rules
}

func readServices(getenv func(string) string) (services, error) {
	s := services{
		vercel: strings.TrimRight(cmp.Or(getenv("PREVIEWGATE_VERCEL_API"), "https://api.vercel.com"), "/"),
		convex: strings.TrimRight(cmp.Or(getenv("CONVEX_PROVISION_HOST"), "https://api.convex.dev"), "/"),
		workOS: "https://api.workos.com",
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
		s.workOS = "https://" + host
		if getenv("WORKOS_API_HTTPS") == "false" {
			s.workOS = "http://" + host
		}
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
		orMissing(facts.WorkOS, c.workOSKey != "", facts.WorkOSKey{API: s.workOS, Key: c.workOSKey}, "WORKOS_API_KEY"),
		orMissing(facts.CookiePassword, c.cookiePassword != "", c.cookiePassword, "WORKOS_COOKIE_PASSWORD"),
		facts.KnownSecrets.Is(c.keys()),
	}
}

// orMissing gives a fact its value, or says what would supply it.
func orMissing[T any](f *gate.Fact[T], have bool, value T, unlock string) gate.Given {
	if have {
		return f.Is(value)
	}
	return f.IsMissing(gate.NotGiven{What: f.Name, Unlock: unlock})
}
