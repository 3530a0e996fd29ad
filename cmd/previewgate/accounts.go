package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// An account is a test account, and the environment that it is for.
type account struct {
	environment string // empty: any
	facts.Account
}

// accountOf returns the first account that fits one of the environments.
func accountOf(accounts []account, environments ...string) (facts.Account, bool) {
	i := slices.IndexFunc(accounts, func(a account) bool {
		fits := func(e string) bool { return strings.EqualFold(a.environment, e) }
		return a.environment == "" || slices.ContainsFunc(environments, fits)
	})
	if i < 0 {
		return facts.Account{}, false
	}
	return accounts[i].Account, true
}

// account hands the test account to the facts, or says what would supply it.
func (t trial) account() gate.Given {
	a, found := accountOf(t.accounts, t.environments()...)
	switch {
	case found:
		return facts.TestAccount.Is(a)
	case len(t.accounts) > 0:
		what := "a test account for the environment " + strings.Join(t.environments(), " or ")
		return facts.TestAccount.IsMissing(gate.NotGiven{What: what, Unlock: "--test-accounts"})
	}
	return facts.TestAccount.IsMissing(gate.NotGiven{
		What: facts.TestAccount.Name, Unlock: "PREVIEWGATE_TEST_EMAIL and PREVIEWGATE_TEST_PASSWORD",
	})
}

// environments names what the run is about, for accounts that are for one
// environment: the deployment's by Vercel, and the key's by WorkOS.
func (t trial) environments() []string {
	names := []string{cmp.Or(t.target.Environment, "preview")}
	switch {
	case strings.HasPrefix(t.workOSKey, "sk_test_"):
		names = append(names, "staging")
	case strings.HasPrefix(t.workOSKey, "sk_live_"):
		names = append(names, "production")
	}
	return names
}

// maxAccountsFile bounds a file of accounts.
const maxAccountsFile = 1 << 20

// readAccounts reads a file of test accounts. No error holds any of its
// values.
func readAccounts(file string) ([]account, error) {
	f, err := os.Open(file)
	if err != nil {
		if path, ok := errors.AsType[*os.PathError](err); ok {
			err = path.Err
		}
		return nil, fmt.Errorf("--test-accounts %s: %w", file, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxAccountsFile+1))
	if err == nil && len(text) > maxAccountsFile {
		err = errors.New("it is larger than a file of accounts can be")
	}
	if err != nil {
		return nil, fmt.Errorf("--test-accounts %s: %w", file, err)
	}
	r := accountReader{dec: json.NewDecoder(bytes.NewReader(text)), text: text}
	accounts, err := r.file()
	if err != nil {
		line, column := position(text, r.at)
		return nil, fmt.Errorf("--test-accounts %s:%d:%d: %w", file, line, column, err)
	}
	return accounts, nil
}

// position counts lines and columns from 1.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// An accountReader reads JSON token by token, so that it knows where it is.
type accountReader struct {
	dec  *json.Decoder
	text []byte
	at   int // where the last token starts
}

// next reads a token.
func (r *accountReader) next() (json.Token, error) {
	r.at = int(r.dec.InputOffset())
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[r.at]) >= 0 {
		r.at++
	}
	token, err := r.dec.Token()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		r.at = max(r.at, int(syntax.Offset)-1)
		return nil, errors.New("it is no JSON from here on")
	}
	if err != nil {
		return nil, errors.New("the JSON ends before it is complete")
	}
	return token, nil
}

// file reads the whole file: an account, a list of them, or an object with
// accounts by environment.
func (r *accountReader) file() ([]account, error) {
	accounts, err := r.value("")
	if err != nil {
		return nil, err
	}
	if r.dec.More() {
		_, _ = r.next()
		return nil, errors.New("there is something behind the accounts")
	}
	if len(accounts) == 0 {
		return nil, errors.New("there is no account in it")
	}
	return accounts, nil
}

// value reads an account or more of the environment.
func (r *accountReader) value(environment string) ([]account, error) {
	token, err := r.next()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return r.object(environment)
	case json.Delim('['):
		return r.list(environment)
	}
	return nil, errors.New("an account is an object with email and password")
}

func (r *accountReader) list(environment string) ([]account, error) {
	var all []account
	for r.dec.More() {
		accounts, err := r.value(environment)
		if err != nil {
			return nil, err
		}
		all = append(all, accounts...)
	}
	_, err := r.next()
	return all, err
}

// object reads the inside of an account, or of an object with accounts by
// environment: the first member tells which.
func (r *accountReader) object(environment string) ([]account, error) {
	start := r.at
	a := account{environment: environment}
	var all []account
	for r.dec.More() {
		name, err := r.next()
		if err != nil {
			return nil, err
		}
		member, _ := name.(string)
		if into := a.member(member); into != nil && all == nil {
			err = r.string(member, into)
		} else {
			var accounts []account
			accounts, err = r.nested(a, member)
			all = append(all, accounts...)
		}
		if err != nil {
			return nil, err
		}
	}
	if _, err := r.next(); err != nil || all != nil {
		return all, err
	}
	if a.Email == "" || a.Password == "" {
		r.at = start
		return nil, errors.New("an account needs email and password")
	}
	return []account{a}, nil
}

// nested reads the accounts of the environment that a member names.
func (r *accountReader) nested(outer account, member string) ([]account, error) {
	if outer != (account{}) {
		return nil, fmt.Errorf("an account has no member %q: its members are email, password and environment", member)
	}
	return r.value(member)
}

// member returns the part of an account that a member of that name holds.
func (a *account) member(name string) *string {
	switch name {
	case "email":
		return &a.Email
	case "password":
		return &a.Password
	case "environment":
		return &a.environment
	}
	return nil
}

func (r *accountReader) string(member string, into *string) error {
	token, err := r.next()
	if err != nil {
		return err
	}
	text, isText := token.(string)
	if !isText || text == "" {
		return fmt.Errorf("%s is a text that is not empty", member)
	}
	*into = text
	return nil
}
