package action

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// A text is a JSON string, or what a number says, or empty for anything else. Payloads that are off in one place can
// then be read in all others.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(data, &s) == nil:
		*t = text(s)
	case json.Unmarshal(data, &n) == nil:
		*t = text(n)
	default:
		*t = ""
	}
	return nil
}

// decode reads JSON into v and leaves out what has another type than expected.
func decode(payload []byte, v any) error {
	err := json.Unmarshal(payload, v)
	var mismatch *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &mismatch) {
		return misuse("the event is not JSON: %s", clean(err.Error(), 100))
	}
	return nil
}

// number returns a positive number of at most 31 bits, as the numbers of pull requests are; 0 for anything else.
func number(t text) int {
	n, err := strconv.ParseUint(string(t), 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

// An actor is who did something on GitHub.
type actor struct {
	Login text `json:"login"`
	Type  text `json:"type"`
}

// isVercel tells Vercel's app from an account of a similar name: the brackets cannot stand in the name of a user.
func isVercel(login, kind string) bool { return login == "vercel[bot]" && kind == "Bot" }

// clean returns foreign text without what could reorder, break or hide it when it is shown, and at most n characters.
func clean(s string, n int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s))
	if runes := []rune(s); len(runes) > n {
		s = string(runes[:n])
	}
	return s
}

// commit returns a SHA in lower case.
func commit(sha text) (string, error) {
	if !regexp.MustCompile(`^[0-9a-fA-F]{40}$`).MatchString(string(sha)) {
		return "", misuse("the commit %q is not a full SHA of 40 hex digits", clean(string(sha), 60))
	}
	return strings.ToLower(string(sha)), nil
}

// address returns an address that is at least one line of visible ASCII.
func address(raw text) (string, error) {
	s := strings.TrimSpace(string(raw))
	if len(s) > 2048 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", misuse("the preview's address %q is not one", clean(s, 100))
	}
	return s, nil
}

// environment splits the name that Vercel gives an environment on GitHub. It is the plain name where one project is
// linked to the repository, and "Preview – web" where several are; people type other dashes.
func environment(full text) (name, project string) {
	s := clean(string(full), 200)
	split := regexp.MustCompile(`^(.+?)\s+([-–—])\s+(\S.*)$`).FindStringSubmatch(s)
	if split == nil || !isStandard(split[1]) && split[2] != "–" {
		return canonical(s), ""
	}
	return canonical(split[1]), clean(split[3], 100)
}

func isStandard(name string) bool {
	return strings.EqualFold(name, "preview") || strings.EqualFold(name, "production")
}

func canonical(name string) string {
	if isStandard(name) {
		return strings.ToLower(name)
	}
	return clean(name, 100)
}
