package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-github/v66/github"
)

func refusal(method, path string, status int, message string) error {
	req, _ := http.NewRequest(method, "https://api.github.com"+path, nil)
	return fmt.Errorf("doing it: %w", &github.ErrorResponse{
		Response: &http.Response{StatusCode: status, Request: req, Header: http.Header{}},
		Message:  message,
	})
}

const byIntegration = "Resource not accessible by integration"

func TestAMissingPermissionIsNamed(t *testing.T) {
	for _, c := range []struct{ method, path, want string }{
		{"POST", "/repos/o/r/statuses/abc", "statuses: write"},
		{"GET", "/repos/o/r/commits/abc/statuses", "statuses: read"},
		{"GET", "/repos/o/r/commits/heads/fix/pulls/status", "statuses: read"},
		{"POST", "/repos/o/r/issues/1/comments", "pull-requests: write"},
		{"PATCH", "/repos/o/r/issues/comments/1", "pull-requests: write"},
		{"GET", "/repos/o/r/issues/1/comments", "pull-requests: read"},
		{"GET", "/api/v3/repos/o/r/commits/abc/pulls", "pull-requests: read"},
		{"GET", "/repos/o/r/deployments", "deployments: read"},
		{"GET", "/repos/o/r/deployments/1/statuses", "deployments: read"},
		{"POST", "/repos/o/r/check-runs", "checks: write"},
		{"GET", "/repos/o/r/commits/abc/branches-where-head", "contents: read"},
		{"GET", "/user", ""},
	} {
		err := refusal(c.method, c.path, 403, byIntegration)
		if got := Permission(err); got != c.want {
			t.Errorf("%s %s lacks %q, want %q", c.method, c.path, got, c.want)
		}
	}
	for _, err := range []error{
		nil, errors.New("x"),
		refusal("POST", "/repos/o/r/statuses/abc", 404, byIntegration),
		refusal("POST", "/repos/o/r/statuses/abc", 403, "Repository was archived"),
	} {
		if got := Permission(err); got != "" {
			t.Errorf("%v lacks %q, want none", err, got)
		}
	}
}

func TestErrorsAreOneClearLine(t *testing.T) {
	const statuses, comments = "/repos/o/r/statuses/abc", "/repos/o/r/issues/1/comments"
	locked := func(status string) string {
		return "the conversation of the pull request is locked (" + status + "): only people with write access may comment"
	}
	limit := &github.RateLimitError{Rate: github.Rate{Reset: github.Timestamp{Time: time.Unix(0, 0)}}}
	long := &github.ErrorResponse{
		Response: &http.Response{StatusCode: 422},
		Message:  "Validation Failed", Errors: []github.Error{{Message: "Body is\ntoo long"}},
	}
	many := &github.ErrorResponse{
		Response: &http.Response{StatusCode: 422}, Message: "Validation Failed",
		Errors: []github.Error{{Message: "This SHA and context has reached the maximum number of statuses."}},
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{refusal("POST", statuses, 401, "Bad credentials"), "GitHub does not accept the token (401): it is missing, expired or revoked"},
		{refusal("POST", statuses, 403, byIntegration), "the token lacks `statuses: write`: add it under `permissions:` in the workflow"},
		{refusal("POST", statuses, 403, "Repository was\n::error::archived"), "GitHub answers 403: Repository was ::error::archived"},
		{refusal("POST", statuses, 404, "Not Found"), "GitHub finds nothing there, or hides it from a token without `statuses: write` (404)"},
		{refusal("GET", "/user", 404, "Not Found"), "GitHub answers 404: Not Found"},
		{refusal("POST", statuses, 410, "Gone"), "GitHub answers 410: Gone"},
		{refusal("POST", comments, 410, "Gone"), locked("410")},
		{refusal("PATCH", "/repos/o/r/issues/comments/1", 423, "Locked"), locked("423")},
		{refusal("POST", comments, 403, "Unable to create comment because issue is locked."), locked("403")},
		{refusal("POST", comments, 404, "Not Found"), "GitHub finds nothing there, or hides it from a token without `pull-requests: write` (404)"},
		{refusal("POST", "/repos/o/r/check-runs", 403, "You must authenticate via a GitHub App."), "GitHub takes check runs from apps only (403): use the workflow's own token, or an app's"},
		{many, "GitHub keeps 1,000 statuses of one name on a commit, and this commit has as many (422): push a new commit"},
		{refusal("POST", statuses, 422, "No commit found for SHA: abc"), "GitHub knows no such commit in this repository (422): was the branch rewritten?"},
		{long, "GitHub answers 422: Validation Failed: Body is too long"},
		{refusal("POST", statuses, 429, ""), "GitHub asks to slow down (429)"},
		{refusal("POST", statuses, 502, "<html>"), "GitHub is out of order (502)"},
		{limit, "the token's rate limit at GitHub is used up until 00:00:00 UTC"},
		{&github.AbuseRateLimitError{}, "GitHub asks to slow down (secondary rate limit)"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), "GitHub took too long to answer"},
		{fmt.Errorf("x: %w", context.Canceled), "the run was stopped"},
		{errors.New("dial tcp:\r\n\x1b[31m refused"), "dial tcp: [31m refused"},
	} {
		if got := Explain(c.err); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestWhatMayBeTriedAgain(t *testing.T) {
	limited := func(status int, after string) error {
		return &github.ErrorResponse{Response: &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {after}}}}
	}
	secondary := func(after string, heeded *time.Duration) error {
		resp := &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{"Retry-After": {after}}}
		return &github.AbuseRateLimitError{Response: resp, RetryAfter: heeded}
	}
	until := func(wait time.Duration) error {
		return &github.RateLimitError{Rate: github.Rate{Reset: github.Timestamp{Time: time.Now().Add(wait)}}}
	}
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			name      string
			err       error
			wait      time.Duration // after the first try
			again     bool
			ambiguous bool
		}{
			{"success", nil, 0, false, false},
			{"a limit with a wait", limited(429, "2"), 2 * time.Second, true, false},
			{"a limit without a wait", limited(429, ""), limitWait, true, false},
			{"a limit with a long wait", limited(429, "600"), 10 * time.Minute, true, false},
			{"a limit that is over at once", limited(429, "0"), firstWait, true, false},
			{"a limit as 403", limited(403, "3"), 3 * time.Second, true, false},
			{"a secondary limit", secondary("1", nil), time.Second, true, false},
			{"a secondary limit without a wait", secondary("", nil), limitWait, true, false},
			{"a secondary limit that go-github heeds", secondary("", new(7*time.Second)), 7 * time.Second, true, false},
			{"a used-up limit", until(time.Hour), time.Hour, true, false},
			{"a used-up limit without an end", &github.RateLimitError{}, limitWait, true, false},
			{"a refusal", refusal("POST", "/", 403, byIntegration), 0, false, false},
			{"a bad gateway", limited(502, ""), firstWait, true, true},
			{"a bad gateway with a wait", limited(503, "9"), 9 * time.Second, true, true},
			{"a lost connection", errors.New("reset"), firstWait, true, true},
			{"a try that took too long", fmt.Errorf("x: %w", context.DeadlineExceeded), firstWait, true, true},
			{"a stopped run", context.Canceled, 0, false, true},
		} {
			wait, again := Again(c.err, 1)
			if again != c.again || again && wait != c.wait {
				t.Errorf("%s: again %v after %v, want %v after %v", c.name, again, wait, c.again, c.wait)
			}
			if got := Ambiguous(c.err); got != c.ambiguous {
				t.Errorf("%s: ambiguous %v, want %v", c.name, got, c.ambiguous)
			}
		}
	})
}

func TestWaitsGrow(t *testing.T) {
	for tries, want := range map[int]time.Duration{
		1: 250 * time.Millisecond, 2: 500 * time.Millisecond, 5: 4 * time.Second, 6: 8 * time.Second, 900: 8 * time.Second,
	} {
		if wait, again := Again(errors.New("reset"), tries); wait != want || !again {
			t.Errorf("after %d tries: again %v after %v, want %v", tries, again, wait, want)
		}
	}
}
