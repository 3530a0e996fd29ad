package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/browser"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/redact"
	"github.com/previewgate/previewgate/internal/web"
)

// A trial is everything that one run of the gate needs.
type trial struct {
	options
	credentials
	services
	network
	target   gate.Target
	preview  *url.URL     // nil when the deployment has no address
	hosts    []*url.URL   // further addresses that the user vouches for
	stated   facts.Stated // variables that the source is evaluated under
	alleged  []*url.URL   // further addresses that a comment names: nothing secret goes there
	built    *facts.Build // nil when no event tells
	redactor *redact.Redactor
	watch    func(gate.Learned)
	record   func(gate.Recording, error)
	looks    *looks
	kept     *[]string // files of what the browser saw, once the run is over
	noted    *[]string // what the report says of the browser besides, once the run is over
}

// newTrial validates everything that can be before anything is asked.
func newTrial(p process, o options, c credentials) (trial, error) {
	s, err := readServices(p.getenv)
	if err := cmp.Or(o.validate(), c.validate(), err); err != nil {
		return trial{}, err
	}
	if o.testAccounts != "" && !c.none {
		listed, err := readAccounts(o.testAccounts)
		if err != nil {
			return trial{}, err
		}
		c.accounts = append(c.accounts, listed...)
	}
	if _, err := browser.Find(c.chrome); err != nil && o.browser == "on" {
		return trial{}, fmt.Errorf("--browser on: %w", err)
	}
	hosts, err := o.hosts()
	if err != nil {
		return trial{}, err
	}
	stated, err := readEnv(o.env, c.secrets())
	if err != nil {
		return trial{}, err
	}
	return trial{
		options: o, credentials: c, services: s, network: p.network,
		target:   gate.Target{Branch: o.branch},
		hosts:    hosts,
		stated:   stated,
		redactor: redact.New(c.secrets()...),
		looks:    new(looks),
		kept:     new([]string),
		noted:    new([]string),
	}, nil
}

// at sets the address of the preview, which must be one that previewgate may
// ask.
func (t *trial) at(address string) error {
	preview, err := web.CheckPreview(address, t.allowHosts)
	if err != nil {
		return err
	}
	t.preview, t.target.URL = preview, preview.String()
	return nil
}

// judge runs the gate. The report holds no secret.
func (t trial) judge(ctx context.Context) (gate.Report, error) {
	selected, err := t.checks()
	if err != nil {
		return gate.Report{}, err
	}
	client, err := t.client()
	if err != nil {
		return gate.Report{}, err
	}
	defer client.Close()
	sessions := new(facts.StartedSessions)
	defer t.end(ctx, client, sessions)
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	opts := gate.Options{Advisory: t.advisory, Watch: t.watch, Record: t.record}
	given := append(t.given(client), facts.Sessions.Is(sessions))
	return clean(gate.Run(ctx, t.target, selected, opts, given...), t.redactor), nil
}

// lastGrace is how long the browser may take to end, and then ending the test
// account's sessions.
const lastGrace = 3 * time.Second

// end waits for the browser, so that its profile does not outlive the run, and
// ends the sessions that the run started, even when it was stopped. Those that
// WorkOS does not end now are over by themselves later.
func (t trial) end(ctx context.Context, client *web.Client, sessions *facts.StartedSessions) {
	*t.kept, *t.noted = t.looks.wait(lastGrace)
	if t.workOSKey == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastGrace)
	defer cancel()
	_ = sessions.Revoke(ctx, client, facts.WorkOSKey{API: t.workOS, Key: t.workOSKey})
}

func (t trial) client() (*web.Client, error) {
	o := web.Options{
		Allow:     append(append([]string(nil), t.allowHosts...), t.allowed...),
		Redactor:  t.redactor,
		Dial:      t.dial,
		RootCAs:   t.cas,
		Transport: t.transport,
	}
	if t.workOSKey != "" {
		o.Secrets = append(o.Secrets, web.Secret{Origin: t.workOS, Header: "Authorization", Value: "Bearer " + t.workOSKey})
	}
	for _, a := range t.accounts {
		o.Secrets = append(o.Secrets, web.Secret{Origin: t.workOS, Value: a.Password})
	}
	for _, u := range t.vouched() {
		if net.ParseIP(u.Hostname()) == nil { // an address is allowed by --allow-host or not at all
			o.Hosts = append(o.Hosts, u.Hostname())
		}
		for header, value := range t.opening() {
			o.Secrets = append(o.Secrets, web.Secret{Origin: u.Scheme + "://" + u.Host, Header: header, Value: value})
		}
	}
	return web.New(o)
}

// vouched lists the addresses of the deployment that the user or the event
// vouches for: what opens a protected preview is sent to these alone.
func (t trial) vouched() []*url.URL {
	if t.preview == nil {
		return t.hosts
	}
	return append([]*url.URL{t.preview}, t.hosts...)
}

// opening returns the headers that open a protected preview.
func (t trial) opening() map[string]string {
	headers := map[string]string{
		"X-Vercel-Protection-Bypass": t.bypass, "X-Vercel-Trusted-Oidc-Idp-Token": t.trusted,
	}
	maps.DeleteFunc(headers, func(_, value string) bool { return value == "" })
	return headers
}

func (t trial) given(client *web.Client) []gate.Given {
	given := append(t.credentials.given(t.services),
		facts.Web.Is(client),
		facts.Routes.Is(t.paths),
		facts.Aliases.Is(slices.Concat(t.hosts, t.alleged)),
		orMissing(facts.ConvexURL, t.convexURL != "", t.convexURL, "--convex-url"),
		t.named(),
		orMissing(facts.SourceDir, t.source != "", t.source, "--source"),
		facts.StatedEnv.Is(t.stated),
	)
	given = append(given, t.account(), t.browse())
	if t.preview == nil {
		given = append(given, facts.Preview.IsMissing(gate.Moot("there is no preview of this commit")))
	} else {
		given = append(given, facts.Preview.Is(t.preview))
	}
	if t.built == nil {
		return append(given, facts.Built.IsMissing(gate.NotGiven{What: "an event that tells how the build ended", Unlock: "VERCEL_TOKEN"}))
	}
	return append(given, facts.Built.Is(*t.built))
}

// named gives the Convex functions to call. They were read when the options
// were validated.
func (t trial) named() gate.Given {
	calls, _ := t.calls()
	return orMissing(facts.Calls, len(calls) > 0, calls, "--convex-run")
}

// clean takes every secret out of the report's texts.
func clean(r gate.Report, redactor *redact.Redactor) gate.Report {
	hide := redactor.String
	r.Target.URL, r.Target.Branch, r.Target.Project = hide(r.Target.URL), hide(r.Target.Branch), hide(r.Target.Project)
	for i := range r.Results {
		v := &r.Results[i].Verdict
		v.Summary, v.Fix = hide(v.Summary), hide(v.Fix)
		for j := range v.Evidence {
			e := &v.Evidence[j]
			e.What, e.Saw, e.File = hide(e.What), hide(e.Saw), hide(e.File)
		}
	}
	for i := range r.Learned {
		if err := r.Learned[i].Err; err != nil {
			r.Learned[i].Err = errors.New(hide(err.Error()))
		}
	}
	return r
}

// exitCode says by the process' exit what the report says in words.
func exitCode(r gate.Report, undecidedOpens bool) int {
	switch r.Outcome() {
	case gate.Closed:
		return exitClosed
	case gate.Undecided:
		if !undecidedOpens {
			return exitUndecided
		}
	case gate.Open:
	}
	return exitOpen
}
