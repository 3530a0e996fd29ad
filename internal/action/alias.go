package action

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/go-github/v66/github"
)

// maxComment is how much of a comment's first line is read.
const maxComment = 64 << 10

// askComments reads the comments of the pull request.
func (r *resolver) askComments(ctx context.Context) {
	if r.asked || r.Target.PullRequest == 0 {
		return
	}
	r.asked = true
	r.comments, _, _ = r.gh.Issues.ListComments(ctx, r.owner, r.name, r.Target.PullRequest, &github.IssueListCommentsOptions{
		ListOptions: github.ListOptions{PerPage: page},
	})
}

// findAlias learns the alias of the branch from the comment that Vercel keeps on a pull request. The form of the
// comment is nobody's promise: what is not found is left out without a word.
func (r *resolver) findAlias(ctx context.Context) {
	if r.Target.URL == "" {
		return
	}
	r.askComments(ctx)
	for _, c := range r.comments {
		if !isBy(c.GetUser()) {
			continue
		}
		host := aliasOf(parseVercelComment(c.GetBody()), r.Target.Project)
		if host != "" && host != hostOf(r.Target.URL) {
			r.Hosts = []string{host}
		}
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// A vercelProject is a row of Vercel's comment.
type vercelProject struct {
	Name    text `json:"name"`
	Preview text `json:"previewUrl"`
}

// parseVercelComment reads the data that Vercel hides in the first line: a signature, which only Vercel can check, and
// base64 of JSON.
func parseVercelComment(body string) []vercelProject {
	line, _, _ := strings.Cut(body[:min(len(body), maxComment)], "\n")
	hidden, isVercels := strings.CutPrefix(strings.TrimSpace(line), "[vc]: #")
	_, encoded, hasData := strings.Cut(hidden, ":")
	if !isVercels || !hasData {
		return nil
	}
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nil
	}
	var comment struct {
		Projects []vercelProject `json:"projects"`
	}
	if json.Unmarshal(data, &comment) != nil {
		return nil
	}
	return comment.Projects
}

// aliasOf returns the host of the named project, or of the only one when the name is not known.
func aliasOf(projects []vercelProject, name string) string {
	for _, p := range projects {
		if strings.EqualFold(string(p.Name), name) || name == "" && len(projects) == 1 {
			return hostName(string(p.Preview))
		}
	}
	return ""
}

// hostName returns s as a host, or "" if it is anything but the name of one on the public Internet.
func hostName(s string) string {
	s = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(s, "https://"), "/"))
	name := regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`)
	if len(s) > 253 || !name.MatchString(s) {
		return ""
	}
	return s
}
