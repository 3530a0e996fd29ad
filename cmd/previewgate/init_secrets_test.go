package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// skippedFor runs the whole gate against a healthy sandbox and lists, by
// check, the inputs for the lack of which it was skipped.
func skippedFor(t *testing.T, s *sandbox.Sandbox, env map[string]string) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	runCommand(t, network{dial: s.Dial, cas: s.RootCAs()}, env, "check", s.PreviewURL(), "--protected", "/dashboard",
		"--branch", sandbox.Healthy().GitHub.Branch, "--write", "json="+file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Results []struct{ Check, Status, Summary string }
	}
	if err := json.Unmarshal(text, &report); err != nil || len(report.Results) == 0 {
		t.Fatalf("%v: %s", err, text)
	}
	skipped := make(map[string]string)
	for _, r := range report.Results {
		if lack := regexp.MustCompile(` is not given \((.*)\)$`).FindStringSubmatch(r.Summary); r.Status == "skipped" && lack != nil {
			skipped[r.Check] = lack[1]
		}
	}
	return skipped
}

// TestUnlockingsAreWhatTheGateSays takes each credential away and looks which
// checks the gate then skips.
func TestUnlockingsAreWhatTheGateSays(t *testing.T) {
	w := sandbox.Healthy()
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	always := skippedFor(t, s, w.Env())
	always["preview-built"] = "" // the event of a workflow tells what it asks
	got := make(map[string][]string)
	for _, supply := range supplies() {
		env := w.Env()
		for _, name := range supply.Names {
			delete(env, name)
		}
		for id := range skippedFor(t, s, env) {
			if _, anyway := always[id]; !anyway {
				got[id] = append(got[id], supply.Names[0])
			}
		}
	}
	want := make(map[string][]string)
	for _, u := range unlockings() {
		for _, id := range u.checks {
			if want[id] = u.by; u.beside != "" { // no browser finds the sandbox
				got[id] = append(u.by, missing(always[id], "--browser auto")...)
			}
		}
	}
	for _, id := range unlockedBySource() {
		want[id], got[id] = nil, missing(always[id], "--source")
	}
	for id, lack := range always {
		if _, known := want[id]; !known && (lack == "--source" || lack == "--browser auto") {
			t.Errorf("%s lacks %s, and is not mentioned", id, lack)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the credentials without which each check is skipped (-said +seen):\n%s", diff)
	}
}

// missing is a complaint where a check lacks something else than it should.
func missing(lack, want string) []string {
	if lack == want {
		return nil
	}
	return []string{"lacks " + lack + " in place of " + want}
}

// TestSuppliesAreTheCredentials holds the workflow to what the command reads.
func TestSuppliesAreTheCredentials(t *testing.T) {
	reads := make(map[string]bool)
	readCredentials(func(name string) string {
		reads[name] = true
		return ""
	})
	delete(reads, "GITHUB_TOKEN")       // of which the action has an input
	delete(reads, "PREVIEWGATE_CHROME") // a program
	var supplied []string
	for _, s := range supplies() {
		supplied = append(supplied, s.Names...)
		if s.What() == "" || s.Where == "" || strings.HasSuffix(s.Where, ".") {
			t.Errorf("%s: %+v", s.Names, s)
		}
	}
	slices.Sort(supplied)
	if want := slices.Sorted(maps.Keys(reads)); !slices.Equal(supplied, want) {
		t.Errorf("the workflow supplies %v, and the command reads %v", supplied, want)
	}
}

// TestWhatIsNoSecretIsAVariable holds that GitHub masks what is one.
func TestWhatIsNoSecretIsAVariable(t *testing.T) {
	for _, s := range supplies() {
		for _, name := range s.Names {
			c := readCredentials(func(asked string) string {
				if asked == name {
					return "a value"
				}
				return ""
			})
			if isSecret := len(c.secrets()) > 0; isSecret != (s.Store == "secrets") {
				t.Errorf("%s is kept in %s, and the command treats it as a secret: %t", name, s.Store, isSecret)
			}
		}
	}
}

func TestUnlocks(t *testing.T) {
	for _, s := range supplies() {
		want, isNamed := map[string]string{
			"WORKOS_CLIENT_ID":       "",
			"WORKOS_API_KEY":         "api-key-valid and homepage-url",
			"WORKOS_COOKIE_PASSWORD": "cookie-password; with WORKOS_API_KEY, PREVIEWGATE_TEST_EMAIL and PREVIEWGATE_TEST_PASSWORD: session-accepted and token-issued",
		}[s.Names[0]]
		if got := s.Unlocks(); isNamed && got != want {
			t.Errorf("%s unlocks %q, want %q", s.Names[0], got, want)
		}
	}
}
