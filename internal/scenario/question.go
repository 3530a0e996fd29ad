package scenario

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// A question is a kind of request, as the name of a section states it.
type question struct {
	name       string
	method     string
	url        *url.URL // its host, path and query values may hold stars
	anyQuery   bool
	conditions []condition
	stars      int
}

// A condition narrows a question.
type condition struct {
	header, holds string // the header has to be there and hold the text
	without       string // the header must not be there
	claim, value  string // the claim of the bearer token, or the member of the body, has to be that; empty for none
}

var (
	questionForm  = regexp.MustCompile(`^([A-Z]+) (https?://\S+)((?: \[[^\]]+\])*)$`)
	conditionForm = regexp.MustCompile(`\[([^\]]+)\]`)
)

func parseQuestion(name string) (question, error) {
	m := questionForm.FindStringSubmatch(name)
	if m == nil {
		return question{}, errors.New("it is neither the name of a text nor METHOD URL [condition]…")
	}
	u, err := url.Parse(m[2])
	if err != nil {
		return question{}, err
	}
	q := question{name: name, method: m[1], url: u, anyQuery: u.RawQuery == "*", stars: strings.Count(m[2], "*")}
	for _, c := range conditionForm.FindAllStringSubmatch(m[3], -1) {
		parsed, err := parseCondition(c[1])
		if err != nil {
			return question{}, err
		}
		q.conditions = append(q.conditions, parsed)
	}
	return q, nil
}

func parseCondition(text string) (condition, error) {
	if header, isWithout := strings.CutPrefix(text, "no "); isWithout {
		return condition{without: header}, nil
	}
	if header, holds, isHeader := strings.Cut(text, ": "); isHeader {
		return condition{header: header, holds: holds}, nil
	}
	if claim, value, isClaim := strings.Cut(text, "="); isClaim {
		return condition{claim: claim, value: value}, nil
	}
	return condition{}, fmt.Errorf("[%s] is no condition: it is [Header: text], [no Header] or [claim=value]", text)
}

// matches reports whether a request is one of that kind.
func (q question) matches(r *http.Request) bool {
	if r.Method != q.method || r.URL.Scheme != q.url.Scheme || !glob(q.url.Host, r.URL.Host) {
		return false
	}
	if !glob(pathOf(q.url), pathOf(r.URL)) || !q.anyQuery && !matchesQuery(q.url.Query(), r.URL.Query()) {
		return false
	}
	for _, c := range q.conditions {
		if !c.holdsFor(r) {
			return false
		}
	}
	return true
}

// before reports whether q says more exactly than other what it is for.
func (q question) before(other question) bool {
	if len(q.conditions) != len(other.conditions) {
		return len(q.conditions) > len(other.conditions)
	}
	return q.stars < other.stars
}

func (c condition) holdsFor(r *http.Request) bool {
	switch {
	case c.without != "":
		return r.Header.Get(c.without) == ""
	case c.header != "":
		value := r.Header.Get(c.header)
		return value != "" && strings.Contains(value, c.holds)
	}
	value := claimOf(r, c.claim)
	return (value == "") == (c.value == "") && glob(c.value, value)
}

// claimOf returns a claim of the bearer token of a request, unverified, or a
// member of its body where there is no such token.
func claimOf(r *http.Request, name string) string {
	payload := bodyOf(r)
	parts := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
	if len(parts) == 3 {
		payload, _ = base64.RawURLEncoding.DecodeString(parts[1]) // what is no token claims nothing
	}
	var claims map[string]any
	if json.Unmarshal(payload, &claims) != nil || claims[name] == nil {
		return ""
	}
	return fmt.Sprint(claims[name])
}

// bodyOf reads the body of a request, and leaves it to be read again.
func bodyOf(r *http.Request) []byte {
	if r.Body == nil {
		return nil
	}
	body, _ := io.ReadAll(r.Body) // a body that breaks off has no members
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

func pathOf(u *url.URL) string {
	if u.Path == "" {
		return "/"
	}
	return u.Path
}

func matchesQuery(pattern, got url.Values) bool {
	if len(pattern) != len(got) {
		return false
	}
	for name, values := range pattern {
		if len(got[name]) != len(values) {
			return false
		}
		for i := range values {
			if !glob(values[i], got[name][i]) {
				return false
			}
		}
	}
	return true
}

// glob reports whether text matches a pattern in which * stands for any text.
func glob(pattern, text string) bool {
	first, rest, hasStar := strings.Cut(pattern, "*")
	if !hasStar {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text, rest = text[i+len(part):], after
	}
}
