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
func (s *sticky) find(ctx context.Context) ([]*github.IssueComment, error) {
	marked, err := s.marked(ctx)
	if err != nil || len(marked) == 0 {
		return nil, err
	}
	login, err := s.login(ctx, marked)
	return by(marked, login), err
}

// marked returns all comments of the pull request that begin with a marker for our project, the oldest first.
func (s *sticky) marked(ctx context.Context) ([]*github.IssueComment, error) {
	var marked []*github.IssueComment
	for page := 1; page > 0; {
		comments, resp, err := s.gh.Issues.ListComments(ctx, s.owner, s.name, s.pull, &github.IssueListCommentsOptions{
			ListOptions: github.ListOptions{Page: page, PerPage: 100},
		})
		if err != nil {
			return nil, err
		}
		for _, c := range comments {
			if m, ok := parseMarker(c.GetBody()); ok && m.isFor(s.own) {
				marked = append(marked, c)
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

// login returns who our token comments as. GitHub tells a person's token only; an app's is refused, and is then the
// workflow's own unless the comments hint at another app.
func (s *sticky) login(ctx context.Context, marked []*github.IssueComment) (string, error) {
	user, _, err := s.gh.Users.Get(ctx, "")
	if err == nil {
		return user.GetLogin(), nil
	}
	var refusal *github.ErrorResponse
	if !errors.As(err, &refusal) || refusal.Response == nil || refusal.Response.StatusCode != http.StatusForbidden {
		return "", err
	}
	for _, c := range marked {
		if u := c.GetUser(); u.GetType() == "Bot" && u.GetLogin() != actionsBot {
			return s.viewer(ctx), nil
		}
	}
	return actionsBot, nil
}

// viewer asks the other API, which knows an app's login too.
func (s *sticky) viewer(ctx context.Context) string {
	query := map[string]string{"query": "query{viewer{login}}"}
	var answer struct {
		Data struct {
			Viewer struct {
				Login string `json:"login"`
			} `json:"viewer"`
		} `json:"data"`
	}
	req, err := s.gh.NewRequest(http.MethodPost, "../graphql", query)
	if err != nil {
		return actionsBot
	}
	login := &answer.Data.Viewer.Login
	if _, err := s.gh.Do(ctx, req, &answer); err != nil || *login == "" {
		return actionsBot
	}
	return strings.TrimSuffix(*login, "[bot]") + "[bot]"
}
