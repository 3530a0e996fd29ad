package publish

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

// MaxMarkdown is how many bytes the Markdown of an Outcome may have so that, with the marker, it fits into a comment of
// GitHub's 65,536 characters.
const MaxMarkdown = 65_536 - 1024

// leftAlone is the reason why a comment rightly stays as it is.
type leftAlone string

func (l leftAlone) Error() string { return string(l) }

// A sticky is the one comment that a pull request has for a project, as this run wants it to be.
type sticky struct {
	gh          *github.Client
	owner, name string
	pull        int
	own         marker
	text        string
	isHead      bool // the commit is known to be the pull request's head
	posts       int  // how often adding it was tried
}

// comment writes the comment and returns its address.
func (p *Publisher) comment(ctx context.Context, target gate.Target, o Outcome) (string, error) {
	own := marker{o.Scope, target.SHA, target.Deployment, p.run.id, p.run.attempt}
	owner, name, _ := strings.Cut(target.Repository, "/")
	s := &sticky{
		gh: p.gh, owner: owner, name: name, pull: target.PullRequest, own: own,
		text: own.String() + "\n" + fit(withoutMarkers(o.Markdown), MaxMarkdown),
	}
	if err := s.checkHead(ctx); err != nil {
		return "", err
	}
	ours, err := s.find(ctx)
	switch {
	case err != nil:
		return "", err
	case len(ours) == 0:
		return s.create(ctx)
	}
	return s.update(ctx, ours)
}

// fit cuts Markdown at the end of a line so that it has at most n bytes.
func fit(markdown string, n int) string {
	if len(markdown) <= n {
		return markdown
	}
	const note = "\n\n*This report was cut: it is too long for here.*\n"
	kept := markdown[:n-len(note)]
	if line := strings.LastIndexByte(kept, '\n'); line > 0 {
		return kept[:line] + note
	}
	return strings.ToValidUTF8(kept, "") + note
}

// checkHead refuses to speak of a commit that is no longer the pull request's head. If GitHub does not say, the runs
// decide.
func (s *sticky) checkHead(ctx context.Context) error {
	pull, _, err := s.gh.PullRequests.Get(ctx, s.owner, s.name, s.pull)
	if err != nil || s.own.sha == "" {
		return nil
	}
	if s.isHead = pull.GetHead().GetSHA() == s.own.sha; !s.isHead {
		return leftAlone("the pull request has got other commits since, whose own runs will comment")
	}
	return nil
}

// create adds the comment. A failure that leaves open whether it was added is followed by a look, and one more try.
func (s *sticky) create(ctx context.Context) (string, error) {
	s.posts++
	added, _, err := s.gh.Issues.CreateComment(ctx, s.owner, s.name, s.pull, &github.IssueComment{Body: &s.text})
	switch {
	case err == nil:
		return s.settle(ctx, added)
	case !hub.Ambiguous(err):
		return "", err
	}
	ours, lookErr := s.find(ctx)
	switch {
	case lookErr != nil:
		return "", errors.Join(err, lookErr)
	case len(ours) > 0:
		return s.update(ctx, ours)
	case s.posts < 2:
		return s.create(ctx)
	}
	return "", err
}

// settle looks whether another run has added a comment at the same time. The older comment stays, with the text of the
// later run, and each run takes only its own comment away.
func (s *sticky) settle(ctx context.Context, added *github.IssueComment) (string, error) {
	ours, err := s.marked(ctx)
	if err != nil {
		return added.GetHTMLURL(), nil //nolint:nilerr // the comment stands; the next run looks again
	}
	ours = by(ours, added.GetUser().GetLogin())
	if len(ours) == 0 || ours[0].GetID() >= added.GetID() {
		return added.GetHTMLURL(), nil
	}
	first := ours[0]
	if !s.isOutdoneBy(first) {
		if err := s.edit(ctx, first); err != nil {
			return added.GetHTMLURL(), err
		}
	}
	return first.GetHTMLURL(), s.remove(ctx, added)
}

// update replaces the text of the first of our comments and removes the others, unless a later run has spoken.
func (s *sticky) update(ctx context.Context, ours []*github.IssueComment) (string, error) {
	for _, c := range ours {
		if s.isOutdoneBy(c) {
			return c.GetHTMLURL(), leftAlone("a later run has written it")
		}
	}
	first := ours[0]
	switch err := s.edit(ctx, first); {
	case isGone(err) && s.posts == 0:
		return s.create(ctx)
	case err != nil:
		return "", err
	}
	for _, c := range ours[1:] {
		if err := s.remove(ctx, c); err != nil {
			return first.GetHTMLURL(), err
		}
	}
	return first.GetHTMLURL(), nil
}

func (s *sticky) edit(ctx context.Context, c *github.IssueComment) error {
	if c.GetBody() == s.text {
		return nil
	}
	_, _, err := s.gh.Issues.EditComment(ctx, s.owner, s.name, c.GetID(), &github.IssueComment{Body: &s.text})
	return err
}

func (s *sticky) remove(ctx context.Context, c *github.IssueComment) error {
	_, err := s.gh.Issues.DeleteComment(ctx, s.owner, s.name, c.GetID())
	if isGone(err) {
		return nil
	}
	return err
}

func isGone(err error) bool {
	var r *github.ErrorResponse
	return errors.As(err, &r) && r.Response != nil && r.Response.StatusCode == http.StatusNotFound
}

// isOutdoneBy reports whether a comment is of a later run. A later run on another commit does not count when this one is
// on the head.
func (s *sticky) isOutdoneBy(c *github.IssueComment) bool {
	m, _ := parseMarker(c.GetBody())
	return m.isLater(s.own) && (m.isOf(s.own) || !s.isHead)
}
