package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/browser"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/har"
)

// looking is how long a page is looked at in the browser, each time: a
// refresh storm shows within it.
const looking = 6 * time.Second

// browse gives what runs a browser, or why none is run.
func (t trial) browse() gate.Given {
	program, err := browser.Find(t.chrome)
	switch {
	case t.options.browser == "off", t.sandboxed() && t.network.browser == nil:
		return facts.Browser.IsMissing(gate.NotGiven{What: "leave to use a browser", Unlock: "--browser auto"})
	case err != nil:
		return facts.Browser.IsMissing(gate.NotGiven{What: "browser", Unlock: "an installed Chrome or Chromium"})
	}
	return facts.Browser.Is(func(ctx context.Context, preview *url.URL, page string, account facts.Account) (facts.Browsed, error) {
		return t.reproduce(ctx, program, preview, page, account)
	})
}

// sandboxed reports whether the network is one within this process, where no
// browser finds its way.
func (n network) sandboxed() bool { return n.dial != nil || n.transport != nil }

// browsing bounds a visit with a browser: it must not use up the time of the
// whole run.
const browsing = 45 * time.Second

// reproduce uses the preview in a browser and keeps what came of it.
func (t trial) reproduce(ctx context.Context, program string, preview *url.URL, page string, account facts.Account) (facts.Browsed, error) {
	within, cancel := context.WithTimeout(ctx, browsing)
	defer cancel()
	r, err := browser.Reproduce(within, browser.Options{
		Program: program, Preview: preview, Path: page,
		WorkOS: t.workOS, ClientID: t.workOSClient, Email: account.Email, Password: account.Password,
		Header: t.opening(), Allowed: t.allowHosts, Watch: looking, Redact: t.redactor.String, Version: buildVersion(),
		Flags: t.network.browser,
	})
	seen := facts.Browsed{
		SignIn: string(r.SignIn), Landed: r.Landed, Session: r.Session, Debug: facts.ReadDebugPage(r.Debug),
	}
	if len(r.Archive) > 0 {
		var readErr error
		seen.Traffic, readErr = har.Read(bytes.NewReader(r.Archive))
		err = errors.Join(err, readErr)
	}
	var keepErr error
	seen.Files, keepErr = t.keep(r)
	*t.kept = seen.Files
	return seen, errors.Join(err, keepErr)
}

// keep writes the recording and the picture where the user wants them.
func (t trial) keep(r browser.Reproduction) (files []string, err error) {
	if t.artifacts == "" {
		return nil, nil
	}
	if err := os.MkdirAll(t.artifacts, 0o755); err != nil {
		return nil, err
	}
	for _, file := range []struct {
		name    string
		content []byte
	}{{"previewgate.har", r.Archive}, {"previewgate.png", r.Screenshot}} {
		if len(file.content) == 0 {
			continue
		}
		path := filepath.Join(t.artifacts, file.name)
		if err := os.WriteFile(path, file.content, 0o644); err != nil {
			return files, fmt.Errorf("keeping what the browser saw: %w", err)
		}
		files = append(files, path)
	}
	return files, nil
}
