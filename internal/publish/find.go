package publish

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v66/github"
)

// actionsBot is who a workflow's own token comments as.
const actionsBot = "github-actions[bot]"

// find returns the comments that carry our marker and are by our token, the oldest first. Anybody can write a marker,
// and a token that may comment may also edit what others wrote.
func (c *sticky) find(ctx context.Context) ([]*github.IssueComment, error) {
	marked, err := c.marked(ctx)
	if err == nil && len(marked) > 0 && c.login == "" {
		c.login, err = c.ask(ctx, marked)
	}
	if err != nil {
		return nil, err
	}
	return by(marked, c.login), nil
}

// marked returns all comments of the pull request that begin with a marker for our project, the oldest first.
func (c *sticky) marked(ctx context.Context) ([]*github.IssueComment, error) {
	var marked []*github.IssueComment
	for page := 1; page > 0; {
		comments, resp, err := c.gh.Issues.ListComments(ctx, c.owner, c.name, c.pull, &github.IssueListCommentsOptions{
			ListOptions: github.ListOptions{Page: page, PerPage: 100},
		})
		if err != nil {
			return nil, err
		}
		for _, o := range comments {
			if m, ok := parseMarker(o.GetBody()); ok && strings.EqualFold(m.project, value(c.scope)) {
				marked = append(marked, o)
			}
		}
		if resp.NextPage <= page {
			break
		}
		page = resp.NextPage
	}
	slices.SortFunc(marked, func(a, b *github.IssueComment) int { return cmp.Compare(a.GetID(), b.GetID()) })
	return marked, nil
}

// by returns the comments of one author. A login with brackets must be an app's: no user can have it.
func by(comments []*github.IssueComment, login string) []*github.IssueComment {
	isBot := strings.HasSuffix(login, "[bot]")
	return slices.DeleteFunc(slices.Clone(comments), func(c *github.IssueComment) bool {
		user := c.GetUser()
		return !strings.EqualFold(user.GetLogin(), login) || isBot != (user.GetType() == "Bot")
	})
}

// read returns the marker of a comment. One of the future says nothing: somebody has edited the comment.
func (c *sticky) read(o *github.IssueComment) marker {
	m, _ := parseMarker(o.GetBody())
	if m.isForged(c.clock.Now()) {
		m.stamp = stamp{}
	}
	return m
}

// ask returns who our token comments as, where no status was set whose answer says it. GitHub tells a person's token
// only; an app's is refused, and is then the workflow's own unless the comments hint at another app.
func (c *sticky) ask(ctx context.Context, marked []*github.IssueComment) (string, error) {
	user, _, err := c.gh.Users.Get(ctx, "")
	if err == nil {
		return user.GetLogin(), nil
	}
	var refusal *github.ErrorResponse
	if !errors.As(err, &refusal) || refusal.Response == nil || refusal.Response.StatusCode != http.StatusForbidden {
		return "", err
	}
	for _, o := range marked {
		if u := o.GetUser(); u.GetType() == "Bot" && u.GetLogin() != actionsBot {
			return c.viewer(ctx), nil
		}
	}
	return actionsBot, nil
}

// viewer asks the other API, which knows an app's login too.
func (c *sticky) viewer(ctx context.Context) string {
	query := map[string]string{"query": "query{viewer{login}}"}
	var answer struct {
		Data struct {
			Viewer struct {
				Login string `json:"login"`
			} `json:"viewer"`
		} `json:"data"`
	}
	req, err := c.gh.NewRequest(http.MethodPost, "../graphql", query)
	if err != nil {
		return actionsBot
	}
	login := &answer.Data.Viewer.Login
	if _, err := c.gh.Do(ctx, req, &answer); err != nil || *login == "" {
		return actionsBot
	}
	return strings.TrimSuffix(*login, "[bot]") + "[bot]"
}
