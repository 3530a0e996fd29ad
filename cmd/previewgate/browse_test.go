package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/browser"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/sandbox"
)

// TestAVisitThatComesToNothing holds that it is skipped, with what would get
// further, unless the user insists; and that one that tells something counts.
func TestAVisitThatComesToNothing(t *testing.T) {
	over := context.DeadlineExceeded
	looked := browser.Reproduction{SignIn: browser.SignedIn, Watched: 1, Landed: "https://web.example/"}
	for name, tt := range map[string]struct {
		saw  browser.Reproduction
		err  error
		want string // in what would get further; empty: the visit counts
	}{
		"signed in":                       {looked, nil, ""},
		"no session":                      {browser.Reproduction{SignIn: browser.NoSession}, nil, ""},
		"a loop":                          {browser.Reproduction{SignIn: browser.Loops}, nil, ""},
		"a code":                          {browser.Reproduction{SignIn: browser.WantsCode}, nil, "signs in with a password alone: the page asks for a code by e-mail"},
		"a second factor":                 {browser.Reproduction{SignIn: browser.WantsMore}, nil, "signs in with a password alone"},
		"refused":                         {browser.Reproduction{SignIn: browser.Refused}, nil, "refuses this one"},
		"no form":                         {browser.Reproduction{SignIn: browser.NoForm}, nil, "no field"},
		"not sent":                        {browser.Reproduction{SignIn: browser.NotSent}, nil, "--sign-in or --protected"},
		"strayed":                         {browser.Reproduction{SignIn: browser.Strayed, Landed: "https://a.example/"}, nil, "it led to https://a.example/"},
		"an error of WorkOS'":             {browser.Reproduction{SignIn: browser.NotPermitted}, nil, "shows an error"},
		"no answer":                       {browser.Reproduction{SignIn: browser.Down}, nil, "did not come up"},
		"no rest":                         {browser.Reproduction{SignIn: browser.Restless}, nil, "comes to rest"},
		"no start":                        {browser.Reproduction{}, fmt.Errorf("%w: no usable sandbox", browser.ErrStart), "that starts: no usable sandbox"},
		"no time":                         {browser.Reproduction{}, over, "less than 45s"},
		"no time to watch":                {browser.Reproduction{SignIn: browser.SignedIn, Landed: "https://web.example/"}, over, "less than 45s"},
		"time to watch once":              {looked, over, ""},
		"no time, and the end is unknown": {browser.Reproduction{SignIn: browser.SignedIn, Watched: 1}, over, "less than 45s"},
	} {
		err := shortOf(tt.saw, tt.err, longestVisit)
		lack, skipped := errors.AsType[gate.NotGiven](err)
		if skipped != (tt.want != "") || err != nil && !skipped || !strings.Contains(lack.Unlock, tt.want) {
			t.Errorf("%s: got %v", name, err)
		}
		insisting := trial{options: options{browser: "on"}}.insist(err)
		if _, skipped := errors.AsType[gate.NotGiven](insisting); skipped || (insisting == nil) != (tt.want == "") {
			t.Errorf("%s, with --browser on: got %v", name, insisting)
		}
		if auto := (trial{options: options{browser: "auto"}}).insist(err); !errors.Is(auto, err) {
			t.Errorf("%s, with --browser auto: got %v", name, auto)
		}
	}
}

// TestABrowserThatDoesNotStartHoldsNothingUp runs the gate with a browser that
// has something to say instead.
func TestABrowserThatDoesNotStartHoldsNothingUp(t *testing.T) {
	chrome := filepath.Join(t.TempDir(), "chrome")
	if err := os.WriteFile(chrome, []byte("#!/bin/sh\necho 'No usable sandbox! Update your kernel.' >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[string]gate.Status{"auto": gate.Skipped, "on": gate.Unknown} {
		w := sandbox.Healthy()
		s, err := sandbox.Start(w)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		env := maps.Clone(w.Env())
		env["PREVIEWGATE_CHROME"] = chrome
		n := network{dial: s.Dial, cas: s.RootCAs(), browser: map[string]any{}}
		got := runCommand(t, n, env, "check", s.PreviewURL(), "--browser", mode, "--format", "json", "--only", "sign-out-background", "--artifacts", t.TempDir())
		var report struct {
			Results []struct{ Check, Status, Summary string }
		}
		if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
			t.Fatalf("%v: %s", err, got.stderr)
		}
		for _, r := range report.Results {
			if r.Check == "sign-out-background" && (r.Status != want.String() || !strings.Contains(r.Summary, "No usable sandbox!")) {
				t.Errorf("--browser %s: %s, %s", mode, r.Status, r.Summary)
			}
		}
		if mode == "auto" && got.code != exitOpen {
			t.Errorf("the gate is not open: %d", got.code)
		}
	}
}

func TestHowLongAVisitMayTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got := visitTime(t.Context()); got != longestVisit {
			t.Errorf("without an end %v", got)
		}
		for left, want := range map[time.Duration]time.Duration{time.Minute: 45 * time.Second, 30 * time.Second: 25 * time.Second, time.Second: -4 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), left)
			if got := visitTime(ctx); got != want {
				t.Errorf("with %v left %v, want %v", left, got, want)
			}
			cancel()
		}
	})
}

func TestTheRunWaitsForTheBrowser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(looks)
		if l.wait(time.Hour); l.over != nil {
			t.Error("there is a visit")
		}
		end := l.begin()
		started := time.Now()
		l.wait(3 * time.Second)
		if took := time.Since(started); took != 3*time.Second {
			t.Errorf("waited %v for one that does not end", took)
		}
		go func() {
			time.Sleep(time.Second)
			l.note("late")
			end()
		}()
		started = time.Now()
		if _, notes := l.wait(3 * time.Second); time.Since(started) != time.Second || len(notes) != 1 {
			t.Errorf("waited %v, and got %v", time.Since(started), notes)
		}
	})
}

func TestWhereAVisitBegins(t *testing.T) {
	preview, alias := &url.URL{Scheme: "https", Host: "web-abc-acme.vercel.app"}, &url.URL{Scheme: "https", Host: "web-git-main-acme.vercel.app"}
	walled := credentials{bypass: "secret-of-the-wall"}
	for name, tt := range map[string]struct {
		trial trial
		want  *url.URL
	}{
		"the user names the alias":                      {trial{preview: preview, hosts: []*url.URL{alias}, credentials: walled}, alias},
		"nobody does, and no wall is to be opened":      {trial{preview: preview}, alias},
		"nobody does, and the wall would stay in front": {trial{preview: preview, credentials: walled}, preview},
	} {
		if got := tt.trial.entry(facts.Trip{Start: alias}); got != tt.want {
			t.Errorf("%s: begins at %s", name, got)
		}
	}
	got := trial{preview: preview, hosts: []*url.URL{alias}, alleged: []*url.URL{{Scheme: "https", Host: "web-x-acme.vercel.app"}}}.opened()
	if want := []string{"https://" + preview.Host, "https://" + alias.Host}; !slices.Equal(got, want) {
		t.Errorf("what opens the preview goes to %v", got)
	}
}

func TestKeepingWhatTheBrowserSaw(t *testing.T) {
	t.Chdir(t.TempDir())
	outside := t.TempDir()
	seen := browser.Reproduction{Archive: []byte("{}"), Screenshot: []byte("png")}
	for link, to := range map[string]string{"linked": outside, filepath.Join("holds", "previewgate.har"): filepath.Join(outside, "x.har")} {
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "artifacts")
	for _, tt := range []struct {
		dir   string
		files []string
		note  string
	}{
		{"", nil, ""},
		{"new/artifacts", []string{"new/artifacts/previewgate.har", "new/artifacts/previewgate.png"}, ""},
		{"new/artifacts", []string{"new/artifacts/previewgate-2.har", "new/artifacts/previewgate-2.png"}, ""},
		{"./holds/", []string{"holds/previewgate-2.har", "holds/previewgate.png"}, ""},
		{elsewhere, []string{elsewhere + "/previewgate.har", elsewhere + "/previewgate.png"}, ""},
		{"linked", nil, "linked is a symbolic link"},
		{"linked/below", nil, "linked is a symbolic link"},
		{"file/below", nil, "not a directory"},
	} {
		l := new(looks)
		l.keep(tt.dir, seen)
		files, notes := l.wait(0)
		if !slices.Equal(files, tt.files) || !strings.Contains(strings.Join(notes, ""), tt.note) || (len(notes) > 0) != (tt.note != "") {
			t.Errorf("%s: kept %v, noted %v", tt.dir, files, notes)
		}
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("written through a link: %v %v", left, err)
	}
}
