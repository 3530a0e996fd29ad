package publish

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
)

// MaxMarkdown is how many bytes the Markdown of an Outcome may have so that, with the marker, it fits into a comment of
// GitHub's 65,536 characters.
const MaxMarkdown = 65_536 - 1024

// A leftAlone is the reason why a comment rightly stays as it is.
type leftAlone string

func (l leftAlone) Error() string { return string(l) }

// unlessLeft returns err if something failed, and nil if the comment was rightly left alone.
func unlessLeft(err error) error {
	if _, left := errors.AsType[leftAlone](err); left {
		return nil
	}
	return err
}

const (
	headMoved  = leftAlone("the pull request has got other commits since, whose own runs will comment")
	outdoneAgo = leftAlone("a newer run has written it")
)

// A sticky is the one comment that a pull request has for a scope, and what this run knows of it and did to it.
type sticky struct {
	*Publisher
	subject
	head  string // of the pull request, as it was last read; "" is not known
	login string // who our token is; "" is not known

	stands  marker // of the comment, as this run last left or found it
	url     string // of the comment
	created bool
	edited  bool // or perhaps so: the answer was lost
}

// wrote reports whether this run has written the comment, or may have. Without a comment it has not.
func (c *sticky) wrote() bool { return c != nil && (c.created || c.edited) }

// write makes d the comment, unless a better one is there.
func (c *sticky) write(ctx context.Context, d draft) error {
	found, err := c.rewrite(ctx, d)
	if found || err != nil {
		return err
	}
	return c.create(ctx, d)
}

// rewrite makes d the comment if there is one, unless a better one is there. It reports whether there is one.
func (c *sticky) rewrite(ctx context.Context, d draft) (found bool, err error) {
	if !c.mayWrite(d) {
		return false, headMoved
	}
	ours, err := c.find(ctx)
	if err != nil || len(ours) == 0 {
		return false, err
	}
	c.doubtHead(ctx, ours, d)
	err = c.merge(ctx, ours, d)
	switch {
	case !isGone(err):
		return true, err
	case !c.mayWrite(d):
		return false, headMoved
	}
	return false, nil
}

// mayWrite reports whether a comment may speak of d's commit: no other is known to be the head.
func (c *sticky) mayWrite(d draft) bool { return d.sha == "" || c.head == "" || d.sha == value(c.head) }

// doubtHead reads the head again if there is a newer comment on another commit: it may have become the head just now.
func (c *sticky) doubtHead(ctx context.Context, ours []*github.IssueComment, d draft) {
	for _, o := range ours {
		if there := c.read(o); there.sha != d.sha && there.compare(d.stamp) > 0 {
			if head, err := c.readHead(ctx, c.subject); err == nil {
				c.head = head
			}
			return
		}
	}
}

// create adds the comment and looks who else did: two runs may have found none. A failure that leaves open whether it
// was added is followed by the same look, and one more try.
func (c *sticky) create(ctx context.Context, d draft) error {
	for try := 1; ; try++ {
		sent := ctx.Err() == nil
		added, _, err := c.gh.Issues.CreateComment(ctx, c.owner, c.name, c.pull, &github.IssueComment{Body: &d.text})
		if err != nil && (!sent || !hub.Ambiguous(err)) {
			return err
		}
		c.created = true
		c.stands, c.url = d.marker, added.GetHTMLURL()
		c.login = cmp.Or(c.login, added.GetUser().GetLogin())
		found, lookErr := c.lookAround(ctx, d)
		switch {
		case found:
			return lookErr
		case err == nil:
			return nil // it stands; if others do beside it, the next run sees them
		case lookErr != nil || try == 2:
			return err
		}
	}
}

// lookAround finds the comment that was just added, and those that were added beside it, and merges them. It reports
// whether it found any.
func (c *sticky) lookAround(ctx context.Context, d draft) (found bool, err error) {
	ctx, cancel := lingering(ctx)
	defer cancel()
	ours, err := c.find(ctx)
	if err != nil || len(ours) == 0 {
		return false, err
	}
	c.doubtHead(ctx, ours, d)
	return true, c.merge(ctx, ours, d)
}

// merge makes one of the comments that are there, the oldest first: the oldest stays, and gets the best text of them and
// d. Nobody edits another than the oldest, so that the others hold nothing that is not known here.
func (c *sticky) merge(ctx context.Context, ours []*github.IssueComment, d draft) error {
	best := draft{c.read(ours[0]), ours[0].GetBody()}
	for _, o := range ours[1:] {
		if there := c.read(o); c.isBetter(there, best.marker) {
			best = draft{there, o.GetBody()}
		}
	}
	var kept error
	switch {
	case !c.mayWrite(d):
		kept = headMoved
	case c.isBetter(best.marker, d.marker):
		kept = outdoneAgo
	default:
		best = d
	}
	if err := c.edit(ctx, ours[0], best); err != nil {
		return err
	}
	for _, o := range ours[1:] {
		if err := c.remove(ctx, o); err != nil {
			return err
		}
	}
	return kept
}

// isBetter reports whether a comment with the marker a should stand rather than one with b: it is on the head and the
// other is not or, where that does not tell them apart, its run is newer.
func (c *sticky) isBetter(a, b marker) bool {
	onHead := func(m marker) bool { return c.head != "" && m.sha == value(c.head) }
	if onHead(a) != onHead(b) {
		return onHead(a)
	}
	return a.compare(b.stamp) > 0
}

// edit gives a comment the text of d, if it has another.
func (c *sticky) edit(ctx context.Context, o *github.IssueComment, d draft) error {
	if !isSame(o.GetBody(), d.text) {
		_, _, err := c.gh.Issues.EditComment(ctx, c.owner, c.name, o.GetID(), &github.IssueComment{Body: &d.text})
		c.edited = c.edited || err == nil || hub.Ambiguous(err)
		if err != nil {
			return err
		}
	}
	c.stands, c.url = d.marker, o.GetHTMLURL()
	return nil
}

// isSame reports whether two texts are one but for what GitHub may make of the ends of their lines.
func isSame(a, b string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return plain(a) == plain(b)
}

func (c *sticky) remove(ctx context.Context, o *github.IssueComment) error {
	_, err := c.gh.Issues.DeleteComment(ctx, c.owner, c.name, o.GetID())
	if isGone(err) {
		return nil
	}
	return err
}

func isGone(err error) bool {
	var r *github.ErrorResponse
	return errors.As(err, &r) && r.Response != nil && r.Response.StatusCode == http.StatusNotFound
}
