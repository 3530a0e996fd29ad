package main

//go:generate go test -run ^(TestReadmeShowsTheDemo|TestInputsDoc)$ -update

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/previewgate/previewgate/checks"
	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/web"
)

// options say how to gate. They are the flags of check and, by the same
// names, the inputs of the action.
type options struct {
	paths                facts.Paths
	source               string
	env                  []string
	convexURL            string
	convexRun            []string
	branch               string
	aliases              []string
	only, skip, advisory []string
	undecided            string
	timeout              time.Duration
	allowHosts           []string
	audience             string
	testAccounts         string
	browser, artifacts   string
	format, output       string
	record               string
	writes               []string
	verbose              bool

	// of the action alone
	projects        []string
	wait            time.Duration
	ofTeam          string
	forkCredentials string
	checkRun        bool
}

// What bounds a run that nobody bounds otherwise.
const (
	usualTimeout = time.Minute
	usualWait    = 10 * time.Minute
)

// flags returns the flag set that fills o.
func (o *options) flags(name string) *pflag.FlagSet {
	f := pflag.NewFlagSet(name, pflag.ContinueOnError)
	f.SortFlags = false
	f.StringVar(&o.paths.SignIn, "sign-in", "", "path of the sign-in route (tried without it: /sign-in, /login)")
	f.StringVar(&o.paths.SignOut, "sign-out", "", "path of the sign-out route (tried without it: /sign-out and what the client links to)")
	f.StringVar(&o.paths.Callback, "callback", "", "path of AuthKit's callback (without it: the redirect URI's)")
	f.StringSliceVar(&o.paths.Protected, "protected", nil, "path that only signed-in visitors may see (repeatable)")
	f.StringVar(&o.source, "source", "", "directory with the checked-out repository, for the checks that read it")
	f.StringArrayVar(&o.env, "env", nil, "FILE or NAME=VALUE: variables under which the source is evaluated (repeatable)")
	f.StringVar(&o.convexURL, "convex-url", "", "Convex deployment that the app must talk to (without it: the client bundle's)")
	f.StringArrayVar(&o.convexRun, "convex-run", nil, "FUNCTION [ARGS] [as key] [=> ERROR]: a Convex function to call as the test account, really and once (repeatable)")
	f.StringVar(&o.branch, "branch", "", "Git branch of the deployment, by which Convex finds its preview")
	f.StringSliceVar(&o.aliases, "alias", nil, "further host of the same deployment, such as its branch alias (repeatable)")
	f.StringSliceVar(&o.only, "only", nil, "run these checks and those that can explain them")
	f.StringSliceVar(&o.skip, "skip", nil, "leave these checks out")
	f.StringSliceVar(&o.advisory, "advisory", nil, "let a failure of these checks not close the gate")
	f.StringVar(&o.undecided, "undecided", "close", "what an undecided gate does: close or open")
	f.DurationVar(&o.timeout, "timeout", usualTimeout, "for the whole run")
	f.StringSliceVar(&o.allowHosts, "allow-host", nil, "HOST[:PORT] beyond the rules: the only way to plain http, loopback and custom domains (repeatable)")
	f.StringVar(&o.audience, "trusted-audience", "", "audience of the GitHub OIDC token that Vercel's Trusted Sources expect")
	f.StringVar(&o.testAccounts, "test-accounts", "", `FILE of test accounts in JSON: {"email": "…", "password": "…"}, a list of such, or an object with either by environment, such as "preview" or "staging"; the first that fits is used`)
	f.StringVar(&o.browser, "browser", "auto", "whether an installed Chrome reproduces what the test account sees: auto (where there is one, and as far as it gets), on (not getting in leaves the gate undecided) or off. Where WorkOS signs in by a code in place of a password, the account may be sent one at every run")
	f.StringVar(&o.paths.Debug, "debug", "", "path of a page of the app's that shows what it knows of the session, as docs/debug-page.md says: the browser looks at it")
	f.StringVar(&o.artifacts, "artifacts", "", "directory for what the browser saw, in new files: a recording (HAR) and a picture, both without secrets. The report links to the artifacts of the run, where the workflow uploads them, as that of previewgate init does")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "tell each fact as it is learned")
	return f
}

// actionFlags returns the flag set whose flags are the inputs of the action.
func (o *options) actionFlags() *pflag.FlagSet {
	f := pflag.NewFlagSet("action", pflag.ContinueOnError)
	f.SortFlags = false
	// First, since the statuses in which another input is said to be wrong have the names of the projects.
	f.StringSliceVar(&o.projects, "project", nil, "name of a Vercel project that the workflow is for, whose status is then always called previewgate (PROJECT) (repeatable; without it: whatever projects there are)")
	f.AddFlagSet(o.flags("action"))
	f.StringVar(&o.ofTeam, "team", "", "slug of the Vercel team: previews at hosts of other teams are refused")
	f.StringVar(&o.forkCredentials, "fork-credentials", "deny", "whether previews of forks are judged with credentials: deny or allow")
	f.DurationVar(&o.wait, "wait", usualWait, "how long previews may take that are still being built, those of all projects together")
	f.BoolVar(&o.checkRun, "check-run", false, "make a check run with annotations too")
	f.StringArrayVar(&o.writes, "write", nil, "FORMAT=FILE: the report as a file, too, one a line. Of several projects in one run, each but the first writes to FILE with its name")
	return f
}

// outputs adds the flags that say where the report goes.
func (o *options) outputs(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", "text", "of the report: text, markdown, json, sarif or junit")
	f.StringVar(&o.output, "output", "", "file for the report (without it: standard output)")
	f.StringArrayVar(&o.writes, "write", nil, "FORMAT=FILE: the report once more (repeatable)")
}

// validate refuses what cannot be meant.
func (o *options) validate() error {
	if o.undecided != "close" && o.undecided != "open" {
		return fmt.Errorf("--undecided %s: it is close or open", o.undecided)
	}
	if o.timeout <= 0 {
		return errors.New("--timeout: it must be more than nothing, such as 60s")
	}
	if o.browser != "" && o.browser != "auto" && o.browser != "on" && o.browser != "off" {
		return fmt.Errorf("--browser %s: it is auto, on or off", o.browser)
	}
	if o.forkCredentials != "" && o.forkCredentials != "deny" && o.forkCredentials != "allow" {
		return fmt.Errorf("--fork-credentials %s: it is deny or allow", o.forkCredentials)
	}
	for flag, paths := range map[string][]string{
		"sign-in": {o.paths.SignIn}, "sign-out": {o.paths.SignOut}, "callback": {o.paths.Callback}, "debug": {o.paths.Debug}, "protected": o.paths.Protected,
	} {
		for _, path := range paths {
			if err := checkPath(path); err != nil {
				return fmt.Errorf("--%s %s: %w", flag, path, err)
			}
		}
	}
	if o.convexURL != "" {
		if u, err := url.Parse(o.convexURL); err != nil || u.Host == "" || u.User != nil {
			return fmt.Errorf("--convex-url %s: it is an address, such as https://swift-lemur-482.convex.cloud", o.convexURL)
		}
	}
	if _, err := o.calls(); err != nil {
		return err
	}
	_, err := o.checks()
	return err
}

// calls reads the functions to call.
func (o *options) calls() ([]facts.Call, error) {
	var all []facts.Call
	for _, text := range o.convexRun {
		c, err := facts.ReadCall(text)
		if err != nil {
			return nil, fmt.Errorf("--convex-run %s: %w", text, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func checkPath(path string) error {
	switch {
	case path == "":
		return nil
	case !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//"):
		return errors.New("a path starts with one /")
	case strings.ContainsAny(path, " \t\r\n?#\\"):
		return errors.New("a path holds no space, query or fragment")
	}
	return nil
}

// checks returns the checks that the options select.
func (o *options) checks() ([]*gate.Check, error) {
	selected, err := checks.Select(o.only, o.skip)
	if err != nil {
		return nil, err
	}
	for _, id := range o.advisory {
		if !slices.ContainsFunc(checks.All(), func(c *gate.Check) bool { return c.ID == id }) {
			return nil, fmt.Errorf("--advisory %s: there is no such check", id)
		}
	}
	if len(selected) == 0 {
		return nil, errors.New("--only and --skip leave no check to run")
	}
	return selected, nil
}

// hosts reads the further addresses of the deployment, under the rules of the
// first.
func (o *options) hosts() ([]*url.URL, error) {
	var all []*url.URL
	for _, raw := range o.aliases {
		if !strings.Contains(raw, "://") {
			raw = "https://" + raw
		}
		u, err := web.CheckPreview(raw, o.allowHosts)
		if err != nil {
			return nil, fmt.Errorf("--alias: %w", err)
		}
		all = append(all, u)
	}
	return all, nil
}

// parse reads a command line of flags and operands, in any order.
func parse(f *pflag.FlagSet, p process, usage string) (operands []string, code int, done bool) {
	f.SetOutput(p.stdout)
	f.Usage = func() { fmt.Fprintf(p.stdout, "usage: previewgate %s\n\n%s", usage, f.FlagUsagesWrapped(100)) }
	err := f.Parse(p.args)
	if errors.Is(err, pflag.ErrHelp) {
		return nil, exitOpen, true
	}
	if err != nil {
		return nil, p.misuse(fmt.Errorf("%w (previewgate %s --help)", err, f.Name())), true
	}
	return f.Args(), exitOpen, false
}
