package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/google/go-github/v66/github"
)

// Explain says in one line why a request failed and, where a permission of the token is missing, which one.
func Explain(err error) string {
	var limit *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	var refusal *github.ErrorResponse
	switch {
	case errors.As(err, &limit):
		return "the token's rate limit at GitHub is used up until " + limit.Rate.Reset.UTC().Format("15:04:05 MST")
	case errors.As(err, &secondary):
		return "GitHub asks to slow down (secondary rate limit)"
	case errors.As(err, &refusal) && refusal.Response != nil:
		return explainRefusal(refusal)
	case errors.Is(err, context.DeadlineExceeded):
		return "GitHub took too long to answer"
	case errors.Is(err, context.Canceled):
		return "the run was stopped"
	}
	return oneLine(err.Error())
}

// explainRefusal tells the answers apart that a user can do something about.
func explainRefusal(r *github.ErrorResponse) string {
	status := r.Response.StatusCode
	needs := permission(r.Response.Request)
	switch {
	case status == http.StatusUnauthorized:
		return "GitHub does not accept the token (401): it is missing, expired or revoked"
	case Permission(r) != "":
		return fmt.Sprintf("the token lacks `%s`: add it under `permissions:` in the workflow", needs)
	case recognise(r) != "":
		return recognise(r)
	case status == http.StatusNotFound && needs != "":
		return fmt.Sprintf("GitHub finds nothing there, or hides it from a token without `%s` (404)", needs)
	case status == http.StatusTooManyRequests:
		return "GitHub asks to slow down (429)"
	case status >= 300 && status < 400:
		return fmt.Sprintf("GitHub points elsewhere (%d), and the token is not taken there", status)
	case status >= 500:
		return fmt.Sprintf("GitHub is out of order (%d)", status)
	}
	return oneLine(fmt.Sprintf("GitHub answers %d: %s", status, message(r)))
}

// recognise explains the refusals that GitHub's words tell apart, and returns "" for others.
func recognise(r *github.ErrorResponse) string {
	status, said := r.Response.StatusCode, message(r)
	switch {
	case isLocked(r):
		return fmt.Sprintf("the conversation of the pull request is locked (%d): only people with write access may comment", status)
	case status == http.StatusForbidden && strings.HasPrefix(said, "You must authenticate via a GitHub App"):
		return "GitHub takes check runs from apps only (403): use the workflow's own token, or an app's"
	case status == http.StatusUnprocessableEntity && strings.Contains(said, "maximum number of statuses"):
		return "GitHub keeps 1,000 statuses of one name on a commit, and this commit has as many (422): push a new commit"
	case status == http.StatusUnprocessableEntity && strings.HasPrefix(said, "No commit found for SHA"):
		return "GitHub knows no such commit in this repository (422): was the branch rewritten?"
	}
	return ""
}

// isLocked reports whether a comment was refused since nobody but members may comment. GitHub documents 410 for it, and
// has been seen to say 403.
func isLocked(r *github.ErrorResponse) bool {
	req := r.Response.Request
	if req == nil || req.Method == http.MethodGet || !strings.Contains(req.URL.Path, "/issues/") {
		return false
	}
	switch r.Response.StatusCode {
	case http.StatusGone, http.StatusLocked:
		return true
	}
	return r.Response.StatusCode == http.StatusForbidden && strings.Contains(r.Message, "is locked")
}

// message joins what GitHub says of an error with the details that its validation adds.
func message(r *github.ErrorResponse) string {
	parts := []string{r.Message}
	for _, e := range r.Errors {
		if e.Message != "" {
			parts = append(parts, e.Message)
		}
	}
	return strings.Join(parts, ": ")
}

// Permission returns the line that the workflow's permissions lack, such as "statuses: write", if err says that the
// token may not do what was asked; otherwise "".
func Permission(err error) string {
	var r *github.ErrorResponse
	if !errors.As(err, &r) || r.Response == nil || r.Response.StatusCode != http.StatusForbidden {
		return ""
	}
	if !strings.HasPrefix(r.Message, "Resource not accessible by ") {
		return ""
	}
	return permission(r.Response.Request)
}

// permission returns what a token needs for a request.
func permission(req *http.Request) string {
	if req == nil {
		return ""
	}
	access := "write"
	if req.Method == http.MethodGet || req.Method == http.MethodHead {
		access = "read"
	}
	switch path := req.URL.Path; {
	case strings.Contains(path, "/commits/") && (strings.HasSuffix(path, "/status") || strings.HasSuffix(path, "/statuses")):
		return "statuses: " + access
	case strings.Contains(path, "/statuses/"):
		return "statuses: " + access
	case strings.Contains(path, "/deployments"):
		return "deployments: " + access
	case strings.Contains(path, "/issues/"), strings.Contains(path, "/pulls"):
		return "pull-requests: " + access
	case strings.Contains(path, "/check-runs"):
		return "checks: " + access
	case strings.Contains(path, "/repos/"):
		return "contents: " + access
	}
	return ""
}

// Ambiguous reports whether a write that failed with err may have taken place all the same: GitHub's answer was lost,
// or was that something broke on the way.
func Ambiguous(err error) bool {
	var r *github.ErrorResponse
	if errors.As(err, &r) && r.Response != nil {
		return r.Response.StatusCode >= 500
	}
	var limit *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	return err != nil && !errors.As(err, &limit) && !errors.As(err, &secondary)
}

// Again reports whether a request that failed with err may succeed later, and how long to wait for it after that many
// tries, for callers who know that theirs does no harm when it is repeated. A rate limit may last longer than a caller
// has time for, and is not to be tried before it ends. The client itself repeats no POST.
func Again(err error, tries int) (time.Duration, bool) {
	if err == nil || errors.Is(err, context.Canceled) {
		return 0, false
	}
	wait, limited := asked(err)
	return max(wait, backoff(tries)), limited || Ambiguous(err)
}

// asked returns how long GitHub asks to be left alone, and whether err is one of its rate limits.
func asked(err error) (wait time.Duration, limited bool) {
	var resp *http.Response
	var limit *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	var r *github.ErrorResponse
	switch {
	case errors.As(err, &limit):
		resp, limited, wait = limit.Response, true, time.Until(limit.Rate.Reset.Time)
	case errors.As(err, &secondary):
		resp, limited = secondary.Response, true
		if secondary.RetryAfter != nil { // which is all that there is where go-github itself holds the request back
			wait = *secondary.RetryAfter
		}
	case errors.As(err, &r):
		resp, limited = r.Response, isLimit(r.Response)
	}
	if said, ok := retryAfter(resp); ok {
		return said, limited
	}
	if limited && wait <= 0 {
		wait = limitWait
	}
	return wait, limited
}

// oneLine makes foreign text fit for a line of a log: without control characters, and short.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 300 {
		s = string(runes[:300]) + "…"
	}
	return strings.Join(strings.Fields(s), " ")
}
