package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/browser"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/har"
)

// looking is how long a page is looked at in the browser, each time: a
// refresh storm shows within it.
const looking = 6 * time.Second

// What bounds a visit with a browser: it must not use up the time of the whole
// run, and what it saw is to be read before that is over.
const (
	longestVisit  = 45 * time.Second
	shortestVisit = 10 * time.Second
	lastMoments   = 5 * time.Second
)

// browse gives what runs a browser, or why none is run.
func (t trial) browse() gate.Given {
	program, err := browser.Find(t.chrome)
	switch {
	case t.options.browser == "off", t.sandboxed() && t.network.browser == nil:
		return facts.Browser.IsMissing(gate.NotGiven{What: "leave to use a browser", Unlock: "--browser auto"})
	case err != nil:
		return facts.Browser.IsMissing(gate.NotGiven{What: "browser", Unlock: "an installed Chrome or Chromium"})
	}
	return facts.Browser.Is(func(ctx context.Context, trip facts.Trip) (facts.Browsed, error) {
		seen, err := t.reproduce(ctx, program, trip)
		return seen, t.insist(err)
	})
}

// sandboxed reports whether the network is one within this process, where no
// browser finds its way.
func (n network) sandboxed() bool { return n.dial != nil || n.transport != nil }

// insist makes an error of what a visit lacks, where the user wants a browser
// to look; otherwise what needs the visit is skipped.
func (t trial) insist(err error) error {
	if lack, ok := errors.AsType[gate.NotGiven](err); ok && t.options.browser == "on" {
		return fmt.Errorf("it needs %s", lack.Unlock)
	}
	return err
}

// reproduce uses the preview in a browser and keeps what came of it.
func (t trial) reproduce(ctx context.Context, program string, trip facts.Trip) (facts.Browsed, error) {
	defer t.looks.begin()()
	most := visitTime(ctx)
	if most < shortestVisit {
		return facts.Browsed{}, tooLittleTime("a longer --timeout: too little of it is left")
	}
	within, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	r, err := browser.Reproduce(within, browser.Options{
		Program: program, Preview: t.entry(trip), Own: trip.Own, Path: trip.Page, Entrance: trip.Entrance,
		WorkOS: t.workOS, ClientID: t.workOSClient, Email: trip.Account.Email, Password: trip.Account.Password,
		Header: t.opening(), Opened: t.opened(), Allowed: t.allowHosts, Lookup: t.lookup(),
		Watch: looking, Redact: t.redactor.String, Secrets: t.secrets(), Version: buildVersion(), Flags: t.network.browser,
	})
	t.looks.keep(t.artifacts, r)
	seen := facts.Browsed{SignIn: string(r.SignIn), Landed: r.Landed, Had: r.Had, Session: r.Session, Sessions: r.Sessions}
	if r.Watched > 0 && t.paths.Debug != "" {
		var unread error
		if seen.Debug, unread = facts.ReadDebugPage(r.Debug); unread != nil {
			seen.Unread = unread.Error()
			t.looks.note("--debug " + t.paths.Debug + ": the page " + seen.Unread + ".")
		}
	}
	if err = shortOf(r, err, most); err != nil {
		return seen, err
	}
	seen.Traffic, err = har.Read(bytes.NewReader(r.Archive))
	return seen, err
}

// visitTime is how long a visit may take.
func visitTime(ctx context.Context) time.Duration {
	end, bounded := ctx.Deadline()
	if !bounded {
		return longestVisit
	}
	return min(longestVisit, time.Until(end)-lastMoments)
}

// entry is where the visit begins: where the trip does, unless a wall stands
// there that the browser may not open.
func (t trial) entry(trip facts.Trip) *url.URL {
	for _, u := range t.vouched() {
		if u.Host == trip.Start.Host {
			return trip.Start
		}
	}
	if len(t.opening()) > 0 {
		return t.preview
	}
	return trip.Start
}

// opened lists the origins that are sent what opens a protected preview.
func (t trial) opened() []string {
	var origins []string
	for _, u := range t.vouched() {
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return origins
}

// lookup finds the addresses of hosts as the browser does, unless the browser
// is told others.
func (t trial) lookup() func(context.Context, string) ([]netip.Addr, error) {
	if t.network.browser != nil {
		return nil
	}
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}
}

func tooLittleTime(unlock string) error {
	return gate.NotGiven{What: "enough time for a visit with a browser", Unlock: unlock}
}

// shortOf says what a visit lacked to tell anything: nothing where somebody was
// signed in, and the page was watched at least once. A visit that was sent
// round in circles tells of them.
func shortOf(r browser.Reproduction, err error, most time.Duration) error {
	tells := r.SignIn == browser.SignedIn || r.SignIn == browser.NoSession
	switch {
	case errors.Is(err, browser.ErrStart):
		return gate.NotGiven{What: "browser that starts", Unlock: "a Chrome or Chromium that starts: " + afterColon(err)}
	case r.SignIn == browser.Loops && (err == nil || errors.Is(err, context.DeadlineExceeded)):
		return nil
	case errors.Is(err, context.DeadlineExceeded) && (!tells || r.Watched == 0 || r.Landed == ""):
		return tooLittleTime(fmt.Sprintf("a preview on which signing in and looking at a page take less than %s", most.Round(time.Second)))
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		return err
	}
	if unlock := lack(r); unlock != "" {
		return gate.NotGiven{What: "a signed-in visit with a browser", Unlock: unlock}
	}
	return nil
}

func afterColon(err error) string {
	_, reason, _ := strings.Cut(err.Error(), ": ")
	return reason
}

// lack says what it takes to get further than a visit did that did not get in.
func lack(r browser.Reproduction) string {
	const account = "a test account that signs in with a password alone: "
	switch r.SignIn {
	case browser.SignedIn, browser.NoSession, browser.Loops:
		return ""
	case browser.WantsCode:
		return account + "the page asks for a code by e-mail"
	case browser.WantsMore:
		return account + "the page asks for more than that"
	case browser.Refused:
		return account + "the page refuses this one"
	case browser.NoForm:
		return account + "the sign-in page has no field for it"
	case browser.NotSent:
		return "a path that leads to sign-in: --sign-in or --protected"
	case browser.Strayed:
		return "a sign-in that stays with WorkOS and this deployment: it led to " + r.Landed +
			" (an address of this deployment: --alias; a sign-in page on a domain of your own: WORKOS_CLIENT_ID)"
	case browser.NotPermitted:
		return "a sign-in that WorkOS begins: it shows an error in place of the form, at " + r.Landed
	case browser.Down:
		return "a preview that answers a browser: the page did not come up"
	case browser.Restless:
		return "a page that comes to rest: it changes its address on and on"
	}
	return "a sign-in that ends in a way that is known, and not: " + string(r.SignIn)
}
