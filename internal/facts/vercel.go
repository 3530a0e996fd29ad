package facts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A VercelDeployment is what Vercel's API says of the deployment.
type VercelDeployment struct {
	ID        string
	ProjectID string
	Branch    string
	SHA       string
	Created   time.Time
	Names     []string // of the environment variables that it was deployed with; nil when the token may not see them
	Hosts     []string // every host that leads to it, without a scheme

	State        string // READY, ERROR, CANCELED, BLOCKED, BUILDING, …
	ErrorCode    string
	ErrorMessage string
	Blocked      string // why, when the author has no seat: COMMIT_AUTHOR_REQUIRED, …
}

// Deployment is the deployment as Vercel knows it.
var Deployment = &gate.Fact[VercelDeployment]{
	Name:  "Vercel deployment",
	Needs: []gate.Need{Web, Vercel},
	Uses:  []gate.Need{Preview},
	Learn: learnDeployment,
}

// deploymentID is what Vercel finds the deployment by: its id, its host, or,
// after a failed build that has neither, its commit.
func deploymentID(ctx context.Context, known *gate.Facts) (string, error) {
	if known.Target.Deployment != "" {
		return known.Target.Deployment, nil
	}
	preview, err := Preview.Lookup(known)
	if err == nil || known.Target.SHA == "" {
		if err != nil {
			return "", err
		}
		return preview.Host, nil
	}
	var list struct {
		Deployments []struct{ UID, Name, Target string }
	}
	if err := askVercel(ctx, known, "/v7/deployments?limit=10&sha="+url.QueryEscape(known.Target.SHA), &list); err != nil {
		return "", err
	}
	for _, d := range list.Deployments {
		if d.Target != "production" && (known.Target.Project == "" || d.Name == known.Target.Project) {
			return d.UID, nil
		}
	}
	return "", gate.Moot("Vercel knows no deployment of this commit")
}

func learnDeployment(ctx context.Context, known *gate.Facts) (VercelDeployment, error) {
	id, err := deploymentID(ctx, known)
	if err != nil {
		return VercelDeployment{}, err
	}
	var d struct {
		ID, URL, ProjectID           string
		ReadyState, Status           string
		ErrorCode, ErrorMessage      string
		SeatBlock                    struct{ BlockCode string }
		Alias, AutomaticAliases, Env []string
		CreatedAt                    int64
		Meta                         map[string]any
	}
	if err := askVercel(ctx, known, "/v13/deployments/"+url.PathEscape(id)+"?withGitRepoInfo=true", &d); err != nil {
		return VercelDeployment{}, err
	}
	branch, _ := d.Meta["githubCommitRef"].(string)
	sha, _ := d.Meta["githubCommitSha"].(string)
	return VercelDeployment{
		ID: d.ID, ProjectID: d.ProjectID, Branch: branch, SHA: sha,
		Created: time.UnixMilli(d.CreatedAt), Names: d.Env,
		Hosts: uniqueHosts(append(append([]string{d.URL}, d.Alias...), d.AutomaticAliases...)),
		State: cmp.Or(d.ReadyState, d.Status), ErrorCode: d.ErrorCode, ErrorMessage: clip(d.ErrorMessage), Blocked: d.SeatBlock.BlockCode,
	}, nil
}

func uniqueHosts(all []string) []string {
	var hosts []string
	seen := map[string]bool{"": true}
	for _, h := range all {
		if !seen[h] {
			seen[h] = true
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// A Variable is one environment variable of the Vercel project, without its
// value: those of the usual type can be read by nobody.
type Variable struct {
	Name    string
	Type    string // plain, encrypted, sensitive, system
	Targets []string
	Branch  string // the one Git branch that it is for; "" for all
	Updated time.Time
}

// Variables are the environment variables of the Vercel project that apply to
// previews of this branch.
var Variables = &gate.Fact[[]Variable]{
	Name:  "Vercel environment variables",
	Needs: []gate.Need{Web, Vercel, Deployment},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Variable, error) {
		d := Deployment.From(known)
		var list struct {
			Envs []struct {
				Key, Type, GitBranch string
				Target               targets
				UpdatedAt            int64
			}
		}
		if err := askVercel(ctx, known, "/v10/projects/"+url.PathEscape(d.ProjectID)+"/env", &list); err != nil {
			return nil, err
		}
		var all []Variable
		for _, e := range list.Envs {
			if slices.Contains(e.Target, "preview") && (e.GitBranch == "" || e.GitBranch == d.Branch) {
				all = append(all, Variable{e.Key, e.Type, e.Target, e.GitBranch, time.UnixMilli(e.UpdatedAt)})
			}
		}
		return all, nil
	},
}

// targets are the environments that a variable is for. Vercel writes one as a
// string and several as a list.
type targets []string

// UnmarshalJSON reads either form.
func (t *targets) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = targets{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// askVercel gets a path of Vercel's API.
func askVercel(ctx context.Context, known *gate.Facts, path string, into any) error {
	resp, err := Web.From(known).Do(ctx, vercelRequest(Vercel.From(known), path))
	if err != nil {
		return err
	}
	if resp.Status != http.StatusOK {
		return refusedByVercel(resp)
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		return errors.New("vercel answered with something other than the JSON of its API")
	}
	return nil
}

// vercelRequest asks for a path of Vercel's API, in the account's team. The
// token is the client's secret for that origin.
func vercelRequest(account VercelAccount, path string) web.Request {
	if account.Team != "" {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		name := "slug"
		if strings.HasPrefix(account.Team, "team_") {
			name = "teamId"
		}
		path += sep + name + "=" + url.QueryEscape(account.Team)
	}
	return web.Request{
		URL: account.API + path, Header: http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + account.Token}},
	}
}

// NotOnRecord says that Vercel has nothing of this kind for the VERCEL_TOKEN: its
// API answers 404 for what is another team's as for what is nobody's.
type NotOnRecord struct{}

func (NotOnRecord) Error() string {
	return "vercel knows no such deployment for the VERCEL_TOKEN (is VERCEL_TEAM_ID set?)"
}

// refusedByVercel words a refusal. Vercel has two forms of errors, and says
// 403 for a token that is no good and 404 for one without its team.
func refusedByVercel(resp *web.Response) error {
	var nested struct {
		Error struct{ Code string }
		Code  string
	}
	_ = json.Unmarshal(resp.Body, &nested) // a refusal without JSON is named by its status
	code := cmp.Or(nested.Error.Code, nested.Code)
	switch {
	case resp.Status == http.StatusForbidden && code == "forbidden":
		return errors.New("vercel does not accept the VERCEL_TOKEN for this (expired, or of another team)")
	case resp.Status == http.StatusNotFound:
		return NotOnRecord{}
	case code != "":
		return fmt.Errorf("vercel answers %d %s", resp.Status, code)
	}
	return fmt.Errorf("vercel answers %d %s", resp.Status, http.StatusText(resp.Status))
}
