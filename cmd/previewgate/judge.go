package main

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"slices"

	"github.com/previewgate/previewgate/gate"
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
	alleged  []*url.URL   // further addresses that a comment names: nothing secret goes there
	built    *facts.Build // nil when no event tells
	redactor *redact.Redactor
	watch    func(gate.Learned)
}

// newTrial validates everything that can be before anything is asked.
func newTrial(p process, o options, c credentials) (trial, error) {
	s, err := readServices(p.getenv)
	if err := cmp.Or(o.validate(), c.validate(), err); err != nil {
		return trial{}, err
	}
	hosts, err := o.hosts()
	if err != nil {
		return trial{}, err
	}
	return trial{
		options: o, credentials: c, services: s, network: p.network,
		target:   gate.Target{Branch: o.branch},
		hosts:    hosts,
		redactor: redact.New(c.secrets()...),
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
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	opts := gate.Options{Advisory: t.advisory, Watch: t.watch}
	return clean(gate.Run(ctx, t.target, selected, opts, t.given(client)...), t.redactor), nil
}

func (t trial) client() (*web.Client, error) {
	o := web.Options{
		Allow:     append(append([]string(nil), t.allowHosts...), t.allowed...),
		Redactor:  t.redactor,
		Dial:      t.dial,
		RootCAs:   t.cas,
		Transport: t.transport,
	}
	for _, u := range append([]*url.URL{t.preview}, t.hosts...) {
		if u == nil {
			continue
		}
		if net.ParseIP(u.Hostname()) == nil { // an address is allowed by --allow-host or not at all
			o.Hosts = append(o.Hosts, u.Hostname())
		}
		for header, value := range map[string]string{
			"X-Vercel-Protection-Bypass": t.bypass, "X-Vercel-Trusted-Oidc-Idp-Token": t.trusted,
		} {
			if value != "" {
				o.Secrets = append(o.Secrets, web.Secret{Origin: u.Scheme + "://" + u.Host, Header: header, Value: value})
			}
		}
	}
	return web.New(o)
}

func (t trial) given(client *web.Client) []gate.Given {
	given := append(t.credentials.given(t.services),
		facts.Web.Is(client),
		facts.Routes.Is(t.paths),
		facts.Aliases.Is(slices.Concat(t.hosts, t.alleged)),
		orMissing(facts.ConvexURL, t.convexURL != "", t.convexURL, "--convex-url"),
	)
	if t.preview == nil {
		given = append(given, facts.Preview.IsMissing(gate.Moot("there is no preview of this commit")))
	} else {
		given = append(given, facts.Preview.Is(t.preview))
	}
	if t.built == nil {
		return append(given, facts.Built.IsMissing(gate.NotGiven{What: "an event that tells how the build ended"}))
	}
	return append(given, facts.Built.Is(*t.built))
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
func exitCode(r gate.Report, undecided string) int {
	switch r.Outcome() {
	case gate.Closed:
		return exitClosed
	case gate.Undecided:
		if undecided != "open" {
			return exitUndecided
		}
	case gate.Open:
	}
	return exitOpen
}
