package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/action"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/web"
	"github.com/previewgate/previewgate/internal/workflow"
)

// refuse says why a preview is not judged: it is not the team's, or not what
// Vercel has on record. An event is only what somebody said, and nothing has
// been sent to the preview yet.
func (a act) refuse(ctx context.Context, t trial, e action.Event, r action.Resolved) error {
	if t.preview == nil {
		return nil
	}
	if a.ofTeam != "" && !web.IsAllowed(t.preview, a.allowHosts) {
		if err := action.InTeam(t.preview.String(), a.ofTeam); err != nil {
			return &workflow.Refusal{Reason: err.Error() + "; the input allow-host lets further hosts in"}
		}
	}
	if t.credentials.vercel == "" || e.ByHand() && t.target.SHA == "" {
		return unproven(r.Unproven)
	}
	d, err := t.onRecord(ctx)
	if _, isNobodys := errors.AsType[facts.NotOnRecord](err); isNobodys {
		return &workflow.Refusal{Reason: "the VERCEL_TOKEN's team has no deployment at " + t.preview.Host + " (is VERCEL_TEAM_ID set?)"}
	}
	if err != nil {
		return unproven(r.Unproven) // nothing is contradicted: the judging asks again and says what is wrong
	}
	if reason := contradiction(d, t.target, t.preview.Host); reason != "" {
		return &workflow.Refusal{Reason: reason}
	}
	if d.SHA == "" { // as of a deployment from the command line
		return unproven(r.Unproven)
	}
	return nil
}

// unproven refuses an address that neither GitHub nor Vercel knows as one of
// the commit that the verdict would stand on.
func unproven(reason string) error {
	if reason == "" {
		return nil
	}
	return &workflow.Refusal{Reason: reason + ": leave out the url, or the commit"}
}

// contradiction says in what the event differs from Vercel's record of the
// deployment, if it does. A deployment from the command line has no commit.
func contradiction(d facts.VercelDeployment, target gate.Target, host string) string {
	switch {
	case d.SHA != "" && target.SHA != "" && d.SHA != target.SHA:
		return fmt.Sprintf("Vercel built %s from commit %.12s, not from %.12s as the event says", host, d.SHA, target.SHA)
	case target.Deployment != "" && len(d.Hosts) > 0 && !slices.Contains(d.Hosts, host):
		return fmt.Sprintf("%s is no address of %s, by Vercel's record", host, target.Deployment)
	}
	return ""
}

// onRecord asks Vercel for the deployment.
func (t trial) onRecord(ctx context.Context) (d facts.VercelDeployment, err error) {
	client, err := t.client()
	if err != nil {
		return d, err
	}
	defer client.Close()
	ask := &gate.Check{
		ID: "on-record", Stage: gate.StageDeployment, Title: "Vercel has the deployment on record",
		Uses: []gate.Need{facts.Deployment},
		Judge: func(known *gate.Facts) gate.Verdict {
			d, err = facts.Deployment.Lookup(known)
			return gate.Pass("")
		},
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	gate.Run(ctx, t.target, []*gate.Check{ask}, gate.Options{}, t.given(client)...)
	return d, err
}
