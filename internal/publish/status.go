package publish

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

const (
	maxDescription = 140             // characters of a status's description that GitHub takes
	pending        = "pending"       // the one state that is not the end
	postTime       = 2 * time.Minute // for setting one, where the caller has as much
)

// A subject is what is spoken of: a commit under the name of a status and, if it has one, its pull request.
type subject struct {
	owner, name string // of the repository
	sha, scope  string
	pull        int // 0 without one
}

func newSubject(target gate.Target, scope string) subject {
	owner, name, _ := strings.Cut(target.Repository, "/")
	return subject{owner, name, target.SHA, scope, target.PullRequest}
}

// Context returns the name of the commit status, which a branch may require.
func Context(scope string) string { return named("previewgate", scope) }

// named adds a scope to the name of what every scope has one of.
func named(name, scope string) string {
	if scope == "" {
		return name
	}
	return name + " (" + scope + ")"
}

var errNoCommit = errors.New("what is to be judged is no commit")

// isCommit reports whether an event's commit is the hash of one, and not part of an address that leads elsewhere.
func isCommit(sha string) bool { return regexp.MustCompile(`^[0-9a-fA-F]{40,64}$`).MatchString(sha) }

// A status is what is said of a commit.
type status struct {
	state, description string
	address            string // of the page with more; carries the mark
	mark               mark   // in the address; zero for none of ours
}

// isNewer reports whether s has a newer stamp than the other, or ends what the other has begun.
func (s status) isNewer(other status) bool {
	if c := s.mark.compare(other.mark.stamp); c != 0 || s.mark == (mark{}) {
		return c > 0
	}
	return s.state != pending && other.state == pending
}

// word returns a status of this run.
func (p *Publisher) word(state, description string, m mark) status {
	return status{state, cut(oneLine(description), maxDescription), p.run.address(m), m}
}

// An answer is what became of a status that was to be set.
type answer struct {
	login  string // who our token is, as GitHub says
	stands bool   // the status was set, or may have been
	err    error
}

// post sets a status. It tries until it is set, or cannot be, or the time is over: repeating it is harmless, since of
// several the last counts.
func (p *Publisher) post(ctx context.Context, s subject, word status, limit time.Duration) answer {
	if !isCommit(s.sha) {
		return answer{err: errNoCommit}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	posted := &github.RepoStatus{State: &word.state, Context: new(Context(s.scope)), Description: &word.description}
	if word.address != "" {
		posted.TargetURL = &word.address
	}
	var a answer
	for tries := 1; ; tries++ {
		sent := ctx.Err() == nil
		got, _, err := p.gh.Repositories.CreateStatus(ctx, s.owner, s.name, s.sha, posted)
		a.login, a.err = got.GetCreator().GetLogin(), err
		a.stands = a.stands || sent && (err == nil || hub.Ambiguous(err))
		wait, again := hub.Again(err, tries)
		if !again || !sleep(ctx, p.run.spread(wait, tries)) {
			return a
		}
	}
}

// sleep waits and reports whether it did so to the end. It does not begin a wait that ctx is known to end.
func sleep(ctx context.Context, wait time.Duration) bool {
	if end, known := ctx.Deadline(); known && time.Until(end) <= wait {
		return false
	}
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
