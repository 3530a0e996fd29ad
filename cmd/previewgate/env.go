package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/internal/facts"
)

// maxEnvFile bounds a file of variables.
const maxEnvFile = 1 << 20

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// readEnv reads what --env states: each is NAME=VALUE or a file of such lines,
// as .env files are. A credential has no place on a command line, so one is
// refused.
//
// A file is taken to state the whole environment, single variables are not.
func readEnv(given, secrets []string) (facts.Stated, error) {
	stated := facts.Stated{Variables: make(map[string]string)}
	for _, g := range given {
		name, value, isPair := strings.Cut(g, "=")
		if isPair && envName.MatchString(name) {
			if slices.Contains(secrets, value) {
				return facts.Stated{}, fmt.Errorf("--env %s: its value is a credential; the source needs no true one", name)
			}
			stated.Variables[name] = value
			continue
		}
		stated.Complete = true
		if err := readEnvFile(g, stated.Variables); err != nil {
			return facts.Stated{}, fmt.Errorf("--env: %w", err)
		}
	}
	return stated, nil
}

func readEnvFile(file string, into map[string]string) error {
	f, err := os.Open(file)
	if err != nil {
		if path, ok := errors.AsType[*os.PathError](err); ok {
			return fmt.Errorf("%s: %w; or state a variable as NAME=VALUE", file, path.Err)
		}
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxEnvFile+1))
	if err != nil {
		return err
	}
	if len(text) > maxEnvFile {
		return fmt.Errorf("%s is larger than a file of variables can be", file)
	}
	return parseEnv(file, string(text), into)
}

// parseEnv reads lines of NAME=VALUE. Comments, blank lines, a leading export
// and quotes around a value are as in .env files.
func parseEnv(file, text string, into map[string]string) error {
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, found := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "export ")), "=")
		name = strings.TrimSpace(name)
		if !found || !envName.MatchString(name) {
			return fmt.Errorf("%s:%d: it is no NAME=VALUE", file, number)
		}
		into[name] = unquoted(strings.TrimSpace(value))
	}
	return nil
}

// unquoted takes quotes off a value, or a comment behind it.
func unquoted(value string) string {
	for _, quote := range []string{`"`, `'`, "`"} {
		if inner, found := strings.CutPrefix(value, quote); found {
			if inside, _, closed := strings.Cut(inner, quote); closed {
				return inside
			}
		}
	}
	before, _, _ := strings.Cut(value, " #")
	return strings.TrimSpace(before)
}
