package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// planted returns a world in which every credential stands wherever a preview
// or a vendor could put it: in redirects, chunks, branch names and errors.
func planted() sandbox.World {
	w := sandbox.Healthy()
	var all []string
	for _, secret := range secretsOf(w) {
		all = append(all, secret)
	}
	slices.Sort(all)
	joined := strings.Join(all, " ")
	w.App.Bundle.Literals = append(all, joined)
	w.App.SignInRedirectURI = w.App.Proxy.RedirectURI + "?leak=" + url.QueryEscape(joined)
	w.GitHub.Branch = "fix/" + all[0]
	w.App.Bundle.SignOutLink = "/sign-out?" + url.QueryEscape(joined)
	return w
}

// secretsOf lists the credentials of a world that are secret, by variable.
func secretsOf(w sandbox.World) map[string]string {
	all := make(map[string]string)
	for name, value := range w.Env() {
		switch name {
		case "WORKOS_CLIENT_ID", "VERCEL_TEAM_ID":
		default:
			all[name] = value
		}
	}
	return all
}

// forms lists what a secret looks like after the usual encodings.
func forms(secret string) []string {
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
}

// mustNotHold fails the test where the text holds a secret.
func mustNotHold(t *testing.T, secrets map[string]string, where, text string) {
	t.Helper()
	for name, secret := range secrets {
		for _, form := range forms(secret) {
			if at := strings.Index(text, form); at >= 0 {
				t.Errorf("%s holds %s: …%s", where, name, text[max(0, at-60):at])
			}
		}
	}
}

// learnedSecrets adds the tokens and cookies that a run got on the way, as the
// stand-ins were sent them, and counts them.
func learnedSecrets(t *testing.T, s *sandbox.Sandbox, into map[string]string) int {
	t.Helper()
	before := len(into)
	for _, r := range s.Requests() {
		cookies := (&http.Request{Header: r.Header}).CookiesNamed("wos-session")
		token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer eyJ")
		var grant struct {
			RefreshToken string `json:"refresh_token"`
		}
		_ = json.Unmarshal([]byte(r.Body), &grant)
		switch {
		case len(cookies) == 1 && strings.HasPrefix(cookies[0].Value, "Fe26.2"):
			into["the session cookie"] = cookies[0].Value
		case isBearer && !strings.HasSuffix(token, ".cHJldmlld2dhdGU"): // that of forged ones
			into["the access token"] = "eyJ" + token
		case grant.RefreshToken != "":
			into["the refresh token"] = grant.RefreshToken
		}
	}
	for i, id := range s.Revoked() {
		into[fmt.Sprint("the ID of session ", i)] = id
	}
	return len(into) - before
}

func TestNoOutputHoldsASecret(t *testing.T) {
	w := planted()
	secrets := secretsOf(w)
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	env := w.Env()
	dir := t.TempDir()
	got := runCommand(t, network{dial: s.Dial, cas: s.RootCAs()}, env, "check", s.PreviewURL(), "--verbose",
		"--protected", "/dashboard", "--branch", w.GitHub.Branch, "--format", "text",
		"--record", filepath.Join(dir, "evidence.json"),
		"--write", "json="+filepath.Join(dir, "r.json"), "--write", "markdown="+filepath.Join(dir, "r.md"))
	if n := learnedSecrets(t, s, secrets); n < 3 {
		t.Errorf("%d tokens and cookies were seen, so that this test shows little", n)
	}
	if got.code != exitClosed || !strings.Contains(got.stdout, "secrets-not-public") {
		t.Errorf("the leak was not diagnosed: %+v", got)
	}
	mustNotHold(t, secrets, "standard output", got.stdout)
	mustNotHold(t, secrets, "standard error", got.stderr)
	for _, file := range []string{"r.json", "r.md", "evidence.json"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		mustNotHold(t, secrets, file, string(text))
	}
}

func TestNothingThatIsPublishedHoldsASecret(t *testing.T) {
	w := planted()
	p := employ(t, w, "deployment_status", nil)
	secrets := secretsOf(w)
	maps.Copy(p.env, w.Env())
	_, log := p.run(t)
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "::add-mask::") { // the runner takes these out
			mustNotHold(t, secrets, "the log", line)
		}
	}
	for _, c := range p.ours() {
		mustNotHold(t, secrets, "the comment", c.Body)
	}
	for _, s := range p.Statuses() {
		mustNotHold(t, secrets, "the commit status", s.Description+s.TargetURL+s.Context)
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "event.json" {
			mustNotHold(t, secrets, e.Name(), p.file(t, e.Name()))
		}
	}
}

// TestSecretsGoOnlyWhereTheyBelong reads what every stand-in was sent.
func TestSecretsGoOnlyWhereTheyBelong(t *testing.T) {
	w := sandbox.Healthy()
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	runCommand(t, network{dial: s.Dial, cas: s.RootCAs()}, w.Env(), "check", s.PreviewURL(), "--branch", w.GitHub.Branch)
	belongs := map[string][]string{
		"VERCEL_TOKEN":                    {w.Hosts.VercelAPI},
		"VERCEL_AUTOMATION_BYPASS_SECRET": {w.Hosts.Deployment},
		"CONVEX_DEPLOY_KEY":               {w.Hosts.ConvexAPI},
		"WORKOS_API_KEY":                  {w.Hosts.WorkOS},
		"WORKOS_COOKIE_PASSWORD":          nil,
		"GITHUB_TOKEN":                    nil,
		"PREVIEWGATE_TEST_EMAIL":          {w.Hosts.WorkOS},
		"PREVIEWGATE_TEST_PASSWORD":       {w.Hosts.WorkOS},
	}
	for _, r := range s.Requests() {
		u, err := url.Parse(r.URL)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		text.WriteString(r.URL + r.Body)
		for name, values := range r.Header {
			text.WriteString(name + strings.Join(values, " "))
		}
		for name, secret := range secretsOf(w) {
			if strings.Contains(text.String(), secret) && !slices.Contains(belongs[name], u.Host) {
				t.Errorf("%s was sent to %s", name, u.Host)
			}
		}
	}
}

func TestThePreviewIsNeverCreatedOnConvex(t *testing.T) {
	w := sandbox.Healthy()
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	runCommand(t, network{dial: s.Dial, cas: s.RootCAs()}, w.Env(), "check", s.PreviewURL(), "--branch", w.GitHub.Branch)
	looked := false
	for _, r := range s.Requests() {
		looked = looked || strings.Contains(r.URL, "/authorize_preview")
		if strings.Contains(r.URL, "claim_preview_deployment") {
			t.Error("the call that creates a preview deployment was made")
		}
	}
	if !looked {
		t.Error("the preview deployment was not looked up, so this test shows nothing")
	}
}

// TestAForksPreviewMeetsNoCredential runs the whole action on a fork's commit
// with every credential in its environment, and looks for each in every
// request that was made but those to GitHub.
func TestAForksPreviewMeetsNoCredential(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		w := broken(func(w *sandbox.World) { w.GitHub.Fork = true })
		p := employ(t, w, "deployment_status", nil)
		maps.Copy(p.env, w.Env())
		if allowed {
			p.env["INPUT_FORK_CREDENTIALS"] = "allow"
		}
		if code, log := p.run(t); code != exitOpen {
			t.Fatalf("exit code %d:\n%s", code, log)
		}
		secrets := readCredentials(func(name string) string { return w.Env()[name] })
		secrets.github = ""
		met := 0
		for _, r := range p.Requests() {
			for _, secret := range secrets.secrets() {
				if strings.Contains(fmt.Sprint(r), secret) {
					met++
				}
			}
		}
		if (met > 0) != allowed {
			t.Errorf("allowed %t: %d requests held a credential", allowed, met)
		}
	}
}
