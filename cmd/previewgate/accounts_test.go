package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/sandbox"
)

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadAccounts(t *testing.T) {
	a := func(environment, email string) account {
		return account{environment, facts.Account{Email: email, Password: "pw"}}
	}
	for _, tt := range []struct {
		name, text string
		want       []account
	}{
		{"one", `{"email": "a@x.dev", "password": "pw"}`, []account{a("", "a@x.dev")}},
		{"one with its environment", `{"environment": "staging", "email": "a@x.dev", "password": "pw"}`, []account{a("staging", "a@x.dev")}},
		{"a list", `[{"email":"a@x.dev","password":"pw"},{"email":"b@x.dev","password":"pw","environment":"preview"}]`, []account{a("", "a@x.dev"), a("preview", "b@x.dev")}},
		{
			"by environment", `{"preview": {"email":"a@x.dev","password":"pw"}, "staging": [{"email":"b@x.dev","password":"pw"}]}`,
			[]account{a("preview", "a@x.dev"), a("staging", "b@x.dev")},
		},
	} {
		got, err := readAccounts(writeFile(t, "accounts.json", tt.text))
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v, %v", tt.name, got, err)
		}
	}
}

func TestAMistakeInTheAccountsIsPlaced(t *testing.T) {
	const secret = "hunter2-hunter2"
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", "email: a@x.dev", ":1:1: it is no JSON from here on"},
		{"a comma too many", "{\n  \"email\": \"a@x.dev\",\n  \"password\": \"" + secret + "\",\n}", ":4:1: it is no JSON from here on"},
		{"cut off", "[\n  {\"email\": \"a@x.dev\"", ":2:22: the JSON ends before it is complete"},
		{"empty", "", ":1:1: the JSON ends before it is complete"},
		{"no account", "[]", ":1:2: there is no account in it"},
		{"a misspelt member", "{\"email\": \"ä@x.dev\", \"pasword\": \"" + secret + "\"}", `:1:22: an account has no member "pasword": its members are email, password and environment`},
		{"no password", "[\n  {\"email\": \"a@x.dev\"}\n]", ":2:3: an account needs email and password"},
		{"an empty password", `{"email": "a@x.dev", "password": ""}`, ":1:34: password is a text that is not empty"},
		{"a number", `{"email": 1, "password": "` + secret + `"}`, ":1:11: email is a text that is not empty"},
		{"texts in a list", `["` + secret + `"]`, ":1:2: an account is an object with email and password"},
		{"a text by environment", `{"preview": "` + secret + `"}`, ":1:13: an account is an object with email and password"},
		{"environments within environments", `{"preview": {"staging": {}}}`, `:1:14: an account has no member "staging": its members are email, password and environment`},
		{"two files in one", `{"email":"a@x.dev","password":"pw"} {}`, ":1:37: there is something behind the accounts"},
	} {
		file := writeFile(t, "accounts.json", tt.text)
		_, err := readAccounts(file)
		if err == nil || err.Error() != "--test-accounts "+file+tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error holds the password", tt.name)
		}
	}
	if _, err := readAccounts("no/such/file"); err == nil || err.Error() != "--test-accounts no/such/file: no such file or directory" {
		t.Errorf("got %v", err)
	}
}

func TestTheFirstAccountThatFitsIsTaken(t *testing.T) {
	staging, preview, general := account{"staging", facts.Account{Email: "s"}}, account{"Preview", facts.Account{Email: "p"}}, account{"", facts.Account{Email: "a"}}
	for _, tt := range []struct {
		name        string
		accounts    []account
		environment string
		key         string
		want        string
	}{
		{"Vercel's", []account{staging, preview}, "preview", "", "p"},
		{"Vercel's when nothing tells", []account{staging, preview}, "", "", "p"},
		{"WorkOS', by the key", []account{staging, preview}, "preview", "sk_test_x", "s"},
		{"one for all", []account{general, preview}, "preview", "", "a"},
		{"another", []account{staging, preview}, "qa", "sk_live_x", ""},
	} {
		tr := trial{credentials: credentials{workOSKey: tt.key}}
		tr.target.Environment = tt.environment
		if got, found := accountOf(tt.accounts, tr.environments()...); got.Email != tt.want || found != (tt.want != "") {
			t.Errorf("%s: got %q", tt.name, got.Email)
		}
	}
}

func TestHalfAnAccountIsMisuse(t *testing.T) {
	got := runCommand(t, network{}, map[string]string{"PREVIEWGATE_TEST_EMAIL": "gate@acme.dev"}, "check", "https://a.vercel.app")
	if got.code != exitMisuse || got.stderr != "previewgate: PREVIEWGATE_TEST_EMAIL and PREVIEWGATE_TEST_PASSWORD go together: one of them is not set\n" {
		t.Errorf("got %+v", got)
	}
}

// TestAForkGetsNoAccount holds that the file is not even read.
func TestAForkGetsNoAccount(t *testing.T) {
	c := readCredentials(func(name string) string { return sandbox.Healthy().Env()[name] }).withoutAll()
	o := options{undecided: "close", timeout: time.Second, testAccounts: "no/such/file"}
	tr, err := newTrial(process{getenv: func(string) string { return "" }}, o, c)
	if err != nil || len(tr.accounts) > 0 {
		t.Errorf("got %d accounts, %v", len(tr.accounts), err)
	}
}

// TestTheSessionIsEnded runs the gate to its end, and stops it while WorkOS
// still thinks about the sign-in.
func TestTheSessionIsEnded(t *testing.T) {
	for name, delay := range map[string]time.Duration{"run to its end": 0, "stopped": 80 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			w := sandbox.Healthy()
			w.Delay = delay
			s, err := sandbox.Start(w)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			tr := withAccounts(t, s, w)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if delay > 0 {
				go stopAtSignIn(ctx, s, cancel)
			}
			if _, err := tr.judge(ctx); err != nil || grants(s) != 1 || len(s.Revoked()) != 1 {
				t.Errorf("%d sessions were started, and %v ended (%v)", grants(s), s.Revoked(), err)
			}
		})
	}
}

// withAccounts is a trial with an API key and a file of accounts.
func withAccounts(t *testing.T, s *sandbox.Sandbox, w sandbox.World) trial {
	t.Helper()
	file := writeFile(t, "accounts.json", `{"staging": {"email": "`+w.WorkOS.Email+`", "password": "`+w.WorkOS.Password+`"}}`)
	getenv := func(name string) string {
		if name == "WORKOS_API_KEY" {
			return w.Env()[name]
		}
		return ""
	}
	o := options{undecided: "close", timeout: 20 * time.Second, testAccounts: file}
	tr, err := newTrial(process{getenv: getenv, network: network{dial: s.Dial, cas: s.RootCAs()}}, o, readCredentials(getenv))
	if err == nil {
		err = tr.at(s.PreviewURL())
	}
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// grants counts the sign-ins that WorkOS was asked for.
func grants(s *sandbox.Sandbox) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.Contains(r.Body, `"grant_type":"password"`) {
			n++
		}
	}
	return n
}

// stopAtSignIn stops a run as soon as it signs in.
func stopAtSignIn(ctx context.Context, s *sandbox.Sandbox, stop func()) {
	for ctx.Err() == nil && grants(s) == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
}
