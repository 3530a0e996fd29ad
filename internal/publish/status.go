package publish

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

// statusTries is how often a status is posted. Repeating it is harmless: of several with one context the last counts.
const statusTries = 3

// maxDescription is as long as GitHub lets a status's description be.
const maxDescription = 140

// A status is what is said of a commit.
type status struct {
	scope, state, description string
}

// Context returns the name of the commit status, which a branch may require.
func Context(scope string) string {
	if scope == "" {
		return "previewgate"
	}
	return "previewgate (" + scope + ")"
}

// setStatus sets a status even if a later run has set it before: what an earlier status says is anybody's claim who may
// write statuses, and must not silence the gate.
func (p *Publisher) setStatus(ctx context.Context, target gate.Target, s status) error {
	owner, name, _ := strings.Cut(target.Repository, "/")
	posted := &github.RepoStatus{
		State:       new(s.state),
		Context:     new(Context(s.scope)),
		Description: new(cut(oneLine(s.description), maxDescription)),
	}
	if url := p.run.url(); url != "" {
		posted.TargetURL = &url
	}
	for tries := 1; ; tries++ {
		_, _, err := p.gh.Repositories.CreateStatus(ctx, owner, name, target.SHA, posted)
		wait, again := hub.Again(err)
		if !again || tries == statusTries || !sleep(ctx, wait) {
			return err
		}
	}
}

// sleep waits and reports whether it could do so to the end.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cut returns s with at most n characters.
func cut(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return s
}

// oneLine returns s without line breaks and characters that do not show.
func oneLine(s string) string {
	return strings.Join(strings.Fields(visible(s, "")), " ")
}

// visible replaces the characters of s that do not show by spaces, except those in keep.
func visible(s, keep string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || strings.ContainsRune(keep, r) {
			return r
		}
		return ' '
	}, s)
}
